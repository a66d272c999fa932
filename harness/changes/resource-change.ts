import type { Change, Resources } from '../core/index.ts'
import { containerChange, type ContainerChangeOptions } from './container-change.ts'

const units = { cpus: 'cores', memoryMb: 'MiB' } as const
const least = { cpus: 0.05, memoryMb: 16 } as const
const names = ['cpus', 'memoryMb'] as const

/** Other limits of CPU or memory: the containers of the service are made anew with them. Limits that are not named stay. */
export function resourceChange(
  name: string,
  options: ContainerChangeOptions & { readonly resources: Resources },
): Change {
  const { resources, service } = options
  const summary = `limit ${service} to ${listed(resources)}`
  return containerChange(
    name,
    options,
    summary,
    () => problemsOf(resources),
    async (container, signal) => {
      const before = container.settings.resources
      const wanted = { ...before, ...resources }
      const explain = names
        .filter((key) => before[key] !== wanted[key])
        .map((key) => `${key}: ${shown(before[key])} -> ${shown(wanted[key])}`)
      if (explain.length > 0) await container.recreate({ resources: wanted }, signal)
      return {
        explain,
        async undo(undoSignal) {
          const now = container.settings.resources
          if (names.every((key) => now[key] === before[key])) return
          await container.recreate({ resources: before }, undoSignal)
        },
      }
    },
  )
}

function problemsOf(resources: Resources): string[] {
  const given = names.filter((key) => resources[key] !== undefined)
  if (given.length === 0) return ['resources names neither cpus nor memoryMb']
  return given
    .filter((key) => !((resources[key] as number) >= least[key]))
    .map((key) => `resources.${key} is ${resources[key]}: use ${least[key]} ${units[key]} or more`)
}

function listed(resources: Resources): string {
  return names
    .filter((key) => resources[key] !== undefined)
    .map((key) => `${resources[key]} ${units[key]}`)
    .join(' and ')
}

function shown(value: number | undefined): string {
  return value === undefined ? '(no limit)' : String(value)
}
