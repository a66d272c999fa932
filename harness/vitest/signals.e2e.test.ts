import { expect, test } from 'vitest'
import type { JournalEvent, JournalKind } from '../core/index.ts'
import { TestProject } from './testing/test-project.ts'
import { until } from './testing/until.ts'

async function kindsOf(project: TestProject): Promise<JournalKind[]> {
  const [runId = ''] = await project.runs()
  return (await project.journal(runId)).map((event: JournalEvent) => event.kind)
}

test.for([
  { signal: 'SIGINT', to: 'group', code: 130 },
  { signal: 'SIGTERM', to: 'process', code: 143 },
  { signal: 'SIGTERM', to: 'group', code: 143 },
] as const)(
  '$signal to the $to undoes the change, tears down and exits $code',
  async ({ signal, to, code }) => {
    await using project = await TestProject.create('unending')
    const vitest = project.start()
    await project.event('change.applied')
    vitest.kill(signal, to)

    const finished = await vitest.finished
    expect(finished.code, finished.output).toBe(code)
    expect(await project.leftovers()).toEqual([])
    expect(await project.event('interrupted')).toMatchObject({ signal })
    expect(await project.event('change.undone')).toMatchObject({ replicas: ['shelf-1'] })
    expect((await kindsOf(project)).at(-1)).toBe('run.ended')
  },
)

test('a second signal ends at once, and the supervisor cleans up', async () => {
  await using project = await TestProject.create('unending')
  const vitest = project.start()
  await project.event('change.applied')
  vitest.kill('SIGINT', 'group')
  // The undo takes a while here, so that there is time for impatience.
  await project.event('phase', ({ phase }) => phase === 'undoing')
  vitest.kill('SIGINT', 'group')

  const { code, output } = await vitest.finished
  expect(code, output).toBe(130)
  expect(await kindsOf(project)).not.toContain('run.ended')
  await until('the end of all that was started', async () =>
    (await project.leftovers()).length === 0 ? true : undefined,
  )
})

test('a scenario that takes longer than its timeout is stopped and torn down', async () => {
  await using project = await TestProject.create('unending')
  await project.configure('{ timeoutMs: 8_000 }')
  const { code, output } = await project.run()
  expect(code, output).toBe(1)
  expect(await project.event('interrupted')).toMatchObject({ signal: 'the timeout of 8000 ms' })
  expect((await kindsOf(project)).at(-1)).toBe('run.ended')
  expect(await project.leftovers()).toEqual([])
})
