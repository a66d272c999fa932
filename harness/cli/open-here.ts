import { openProject, projectEnvironment, type Project } from '../session/index.ts'

/** The project that the command is started in, what it says about the surroundings being in force from now on. */
export async function openHere(): Promise<Project> {
  const project = await openProject()
  Object.assign(process.env, projectEnvironment(project))
  return project
}
