import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'

vi.setConfig({ testTimeout: 60_000 })

/** A process in which a flow computes for a moment and another one for ever; it ends as the command does. */
const script = `import { watchMainThread } from '${new URL('./main-watch.ts', import.meta.url).href}'
const end = (error) => {
  console.log(error.code + ': ' + error.message)
  process.exit(70)
}
watchMainThread(['computes', 'spins'], end, { silentMs: 2_000 })
const spin = (untilMs) => {
  while (performance.now() < untilMs);
}
const flows = [
  { id: 'computes', run: () => spin(performance.now() + 300) },
  { id: 'spins', async run() { await null; spin(Infinity) } },
]
setTimeout(() => flows[0].run(), 200)
setTimeout(() => flows[1].run(), 600)
`

it('ends what keeps the main thread, and names the flow and the line', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'aftershock-watch-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const file = join(directory, 'spins.mjs')
  writeFileSync(file, script)
  const { code, stdout } = await new Promise<{ code: unknown; stdout: string }>((resolve) => {
    execFile(process.execPath, [file], (error, stdout) => resolve({ code: error?.code, stdout }))
  })
  expect(stdout).toMatch(
    /^FLOW_BLOCKED: the flow 'spins' does not give its thread back: nothing else went on for \d s, busy at spin \(.*spins\.mjs:8\) < run \(.*spins\.mjs:12\)\n$/,
  )
  expect(code).toBe(70)
})
