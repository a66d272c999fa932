import { mkdirSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { aftershock, startInShell, TestProject } from './test-cli.ts'

/** As text of an `aftershock.config.ts`. */
const config = (members: string) =>
  `import { defineConfig } from ${JSON.stringify(new URL('../index.ts', import.meta.url).href)}
export default defineConfig({ ${members} })
`

function projectWith(members: string): TestProject {
  const project = new TestProject({ outer: '' })
  mkdirSync(project.path('chaos'))
  const fixtures = new URL('./fixtures/project.ts', import.meta.url).href
  project.write(
    'chaos/inner.scenario.ts',
    `import { scenario } from '${fixtures}'\nexport default scenario({ id: 'inner' })\n`,
  )
  project.write('aftershock.config.ts', config(members))
  return project
}

describe('aftershock.config.ts', () => {
  it('says below which folders scenarios are, and where runs go', async () => {
    using project = projectWith(`scenarios: ['chaos'], runs: 'left/here'`)
    const { code, stdout } = await aftershock(project, 'run', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ scenario: 'inner', verdict: 'pass' })
    expect(readdirSync(project.path('left/here'))).toHaveLength(1)
  })

  it('says the runtime where neither the command line nor the environment does', async () => {
    using project = projectWith(`runtime: 'containers'`)
    const run = (line: string) => startInShell(project, line, 'run', 'inner').finished
    const without = 'DOCKER_HOST=unix:///nowhere'
    expect(await run(`${without} "$@"`)).toMatchObject({
      code: 70,
      stderr: expect.stringContaining('containers are asked for, and no container engine answers'),
    })
    expect(await run(`${without} "$@" --runtime processes`)).toMatchObject({ code: 0 })
    expect(await run(`${without} AFTERSHOCK_RUNTIME=processes "$@"`)).toMatchObject({ code: 0 })
  })

  it('with errors ends every command that reads it with 64, and all of them', async () => {
    using project = projectWith(
      `scenarios: ['chaos', 'nowhere'], runtime: 'pods', runs: '', colour: 'red'`,
    )
    for (const command of ['list', 'run']) {
      const { code, stderr } = await aftershock(project, command)
      expect(code).toBe(64)
      expect(stderr).toBe(
        [
          'aftershock: aftershock.config.ts:',
          '  scenarios is ["chaos","nowhere"]: there is no folder "nowhere"',
          '  runtime is "pods": use auto, processes, containers',
          '  runs is "": use a text that is not empty',
          '  colour is not known: use scenarios, runtime, runs, baseImage',
          '  nothing was started',
          '',
        ].join('\n'),
      )
    }
  })

  it.each([
    ['that throws', 'throw new Error("no")', 'aftershock.config.ts cannot be loaded: no'],
    ['that exports nothing', 'export {}', '(default export) is undefined: export default'],
  ])('%s ends with 64', async (_, content, message) => {
    using project = projectWith('')
    project.write('aftershock.config.ts', content)
    expect(await aftershock(project, 'list')).toMatchObject({
      code: 64,
      stderr: expect.stringContaining(message),
    })
  })
})
