/**
 * `npm run verify:k6`: everything that has to do with k6, for real, by the k6 that a load would take: on the PATH, named by AFTERSHOCK_K6, or in
 * a container. Tests have only what stands in for it. Exit code 0 when all holds, 1 when something does not, 2 when nothing was verified.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setTimeout as delay } from 'node:timers/promises'
import { $ } from 'zx'
import { reportFault } from '../cli/faults.ts'
import { k6Flows, k6LoadTest } from '../cli/fixtures/k6-project.ts'
import { TestProject } from '../cli/test-cli.ts'
import { exitOfK6 } from '../load/k6/exit-codes.ts'
import type { K6Program } from '../engine/index.ts'
import { chooseK6 } from '../runtimes/k6/choose-k6.ts'
import { k6Endings, type K6Ending } from './k6-endings.ts'

const program = fileURLToPath(new URL('../bin/aftershock.js', import.meta.url))
const startsWithinMs = 60_000

interface Figures {
  readonly verdict: { readonly kind: string }
  readonly loads: readonly {
    readonly cells?: readonly { flow: string; count: number; failed: number }[]
  }[]
}

class Verification {
  #failed = 0
  #runs = 0
  readonly #k6: K6Program
  readonly #project: TestProject

  constructor(k6: K6Program, project: TestProject) {
    this.#k6 = k6
    this.#project = project
  }

  /** Whether all holds. Without a k6 that says its version nothing more is tried. */
  async verify(): Promise<boolean> {
    const version = await this.#run(['version'])
    const said = /\bk6(?:\.exe)? v\d+\.\d+.*/.exec(version.said)?.[0]
    this.#say(`${this.#k6.name} is a k6`, said !== undefined, said ?? version.said)
    if (said === undefined) return false
    await this.#verifyExport()
    for (const ending of k6Endings) await this.#verifyEnding(ending)
    await this.#verifyLoads()
    return this.#failed === 0
  }

  async #verifyExport(): Promise<void> {
    const exported = await this.#load('outside', '--export', 'k6')
    const { code, said } = await this.#run(['inspect', 'outside.k6.js'])
    const inspected = /\{[^]*\}/.exec(said)?.[0] ?? ''
    const names = ['open', 'ramp', 'crowd', 'each', 'users', 'counted']
    const isKnown = code === 0 && names.every((name) => inspected.includes(`"${name}"`))
    this.#say(
      'an exported script is understood',
      isKnown,
      isKnown ? `executors ${names.join(', ')}` : exported.text + said,
    )
  }

  async #verifyEnding({ code, script, isStopped = false }: K6Ending): Promise<void> {
    writeFileSync(this.#project.path('ending.js'), script)
    const args = ['run', '--quiet', '--no-usage-report', '--out', 'json=ending.ndjson', 'ending.js']
    const ended = await this.#run(args, isStopped)
    const isRight = ended.code === code
    const seen = isRight ? '' : `: it is ${ended.code}\n${ended.said}`
    this.#say(`exit code ${code}`, isRight, `${exitOfK6(code).meaning}${seen}`)
  }

  async #verifyLoads(): Promise<void> {
    const whole = await this.#load('outside', '--load-engine', 'k6')
    const cells = whole.figures?.loads.flatMap((load) => load.cells ?? []) ?? []
    const news = cells.find(({ flow }) => flow === 'news')
    const isWhole = whole.code === 0 && whole.figures?.verdict.kind === 'pass' && news?.count === 10
    this.#say(
      'a load of every executor passes, with a site over https',
      isWhole && news.failed === 0,
      isWhole ? cells.map((one) => `${one.count} × ${one.flow}`).join(', ') : whole.text,
    )
    const refused = await this.#load('refuses', '--load-engine', 'k6')
    const isCrossed =
      refused.figures?.verdict.kind === 'fail' && /CROSSED checks/.test(refused.text)
    const words = isCrossed ? 'checks does not hold' : refused.text
    this.#say('a load whose threshold is crossed fails', refused.code === 1 && isCrossed, words)
    const wrong = await this.#load('wrong', '--load-engine', 'k6')
    const isBlamed = wrong.code === 70 && wrong.text.includes('k6 ended with 108')
    const blamed = isBlamed ? 'the flow is named' : wrong.text
    this.#say('a flow that is wrong is blamed, and not the system', isBlamed, blamed)
  }

  #say(what: string, isGood: boolean, detail: string): void {
    if (!isGood) this.#failed += 1
    const lines = detail.trim().split('\n').slice(-12).join('\n       ')
    process.stdout.write(`${isGood ? 'holds' : 'FAILS'}  ${what}: ${lines || 'it says nothing'}\n`)
  }

  /** k6 itself, in the folder of the project, interrupted once it measures when `isStopped`. */
  async #run(args: readonly string[], isStopped = false): Promise<{ code: number; said: string }> {
    const runId = `verify-k6-${process.pid}-${(this.#runs += 1)}`
    const log = this.#project.path(`${runId}.log`)
    writeFileSync(log, '')
    const { directory } = this.#project
    const stop = new AbortController()
    const running = this.#k6.run({ runId, directory, args, log, env: {}, signal: stop.signal })
    if (isStopped) {
      const output = join(directory, 'ending.ndjson')
      const deadline = performance.now() + startsWithinMs
      const isOn = () => existsSync(output) && readFileSync(output, 'utf8').includes('"iterations"')
      while (!isOn() && performance.now() < deadline) await delay(50)
      stop.abort()
    }
    const { code } = await running
    return { code, said: readFileSync(log, 'utf8') }
  }

  /** `aftershock load`, as a user would run it. */
  async #load(...args: readonly string[]) {
    const out = this.#project.path(`out-${(this.#runs += 1)}`)
    mkdirSync(out)
    const isExport = args.includes('--export')
    const where = ['--out', isExport ? this.#project.directory : out]
    const options = { nothrow: true, quiet: true, cwd: this.#project.directory }
    const ran = await $(
      options,
    )`${process.execPath} ${program} load ${args} ${where} --runtime processes`
    const file = join(out, 'load.json')
    const figures = existsSync(file)
      ? (JSON.parse(readFileSync(file, 'utf8')) as Figures)
      : undefined
    return { code: ran.exitCode, text: ran.stdout + ran.stderr, figures }
  }
}

async function main(): Promise<number> {
  const k6 = await chooseK6().catch((error: unknown) => {
    reportFault(error)
    process.stderr.write('nothing was verified\n')
  })
  if (!k6) return 2
  using project = new TestProject({})
  project.write('flows.ts', k6Flows)
  project.write('outside.load.ts', k6LoadTest('outside', ', hasSite: true', 'outside'))
  project.write('refuses.load.ts', k6LoadTest('refuses', `, config: { refuse: ['/post'] }`))
  project.write('wrong.load.ts', k6LoadTest('wrong', '', 'wrong'))
  return (await new Verification(k6, project).verify()) ? 0 : 1
}

process.exitCode = await main()
