import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { count, HarnessError } from '../../core/index.ts'
import { Ticker, planLoad, wantedRate, type LoadRequest, type LoadResult } from '../embedded.ts'
import { LoadMetrics } from '../metrics.ts'
import { youngMs } from '../runner.ts'
import type { SelfCheck } from '../self-check.ts'
import { evaluateAtEnd, thresholdsOf } from '../thresholds.ts'
import { abortedBy } from './aborted-by.ts'
import { exitOfK6, type K6Exit } from './exit-codes.ts'
import { followFile } from './follow-file.ts'
import { doorVariable, makeScript } from './make-script.ts'
import { K6Output } from './read-output.ts'

/** One run of a k6, wherever it is. */
export interface K6Order {
  /** Of this run of k6: a name that nothing else has. */
  readonly runId: string
  /** Where it runs. */
  readonly directory: string
  /** What k6 is told. Files that it names are in the directory. */
  readonly args: readonly string[]
  /** File that what k6 says is added to. */
  readonly log: string
  readonly env: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

/** A k6 that can be run. Nothing of it is left when `run` returns, however it does. */
export interface K6Program {
  /** 'k6 v2.3.0', or the image. */
  readonly name: string
  run(order: K6Order): Promise<{ readonly code: number; readonly lastLines: string }>
}

export interface K6LoadRequest extends LoadRequest {
  readonly program: K6Program
  readonly module: string
  /** Where script and output are, until it ends. */
  readonly scratchDir: string
  readonly runId: string
  /** File for what k6 says. */
  readonly log: string
}

const script = 'script.js'
const output = 'output.ndjson'
const authority = 'ca.pem'
/** It reports its use to nobody, and its own API takes a port that is free. */
const quietly = ['--quiet', '--no-color', '--no-usage-report', '--address', '127.0.0.1:0']

/**
 * Runs a validated profile by k6, and evaluates its thresholds from what k6 measured. Throws HarnessError: INVALID_SCENARIO when no script
 * can be made of the flows, LOAD_FAILED with k6's last words when k6 could not run it.
 */
export async function runK6Load(request: K6LoadRequest): Promise<LoadResult> {
  const executors = planLoad(request.profile, request)
  const metrics = new LoadMetrics(executors)
  const read = new K6Output(executors, request.redactor)
  const directory = await mkdtemp(join(request.scratchDir, 'k6-'))
  try {
    await writeFile(join(directory, script), await makeScript(request))
    // Where it runs is another path in a container: both are told the name.
    await writeFile(join(directory, authority), request.caCertificate ?? '')
    const elapsed = () => (read.startedAt === undefined ? 0 : Date.now() - read.startedAt)
    const ticker = new Ticker(async (part) => {
      metrics.elapsedMs = elapsed()
      metrics.take(0, read.batch())
      const wanted = wantedRate(executors, elapsed() - 500)
      request.onSecond?.({
        ...metrics.takeSecond(),
        ...part,
        elapsedMs: elapsed(),
        ...(wanted === undefined ? {} : { wanted }),
      })
    })
    ticker.start()
    const ended = request.program.run({
      runId: request.runId,
      directory,
      args: ['run', ...quietly, '--out', `json=${output}`, script],
      log: request.log,
      env: environmentOf(request),
      signal: request.signal,
    })
    let durationMs = 0
    void ended.finally(() => (durationMs = elapsed())).catch(() => undefined)
    try {
      await followFile(join(directory, output), (line) => read.take(line), ended)
    } finally {
      await ticker.stop()
    }
    const { code, lastLines } = await ended
    metrics.elapsedMs = durationMs
    const exit = exitOfK6(code)
    const isRefused = exit.end === 'refused' || exit.end === 'stopped'
    if (isRefused && !request.signal.aborted) throw refused(code, exit, lastLines)
    const { profile, signal } = request
    const isStopped =
      signal.aborted ||
      exit.end === 'aborted' ||
      abortedBy(lastLines, profile.thresholds) !== undefined
    metrics.take(0, read.cutOff(isStopped ? youngMs : 0))
    const thresholds = thresholdsOf(request.profile.thresholds).map((one) =>
      evaluateAtEnd(one, metrics),
    )
    const isUnseen =
      exit.end === 'thresholds' && thresholds.every(({ outcome }) => outcome !== 'crossed')
    const aborted = abortedBy(lastLines, request.profile.thresholds, thresholds)
    return {
      metrics,
      durationMs,
      thresholds,
      ...(aborted === undefined ? {} : { abortedBy: aborted }),
      selfCheck: selfCheckOf([
        ...(isUnseen
          ? ['k6 says that thresholds do not hold, and its output does not show it']
          : []),
        ...(exit.end === 'aborted' ? [`k6 ended before its time: ${exit.meaning}`] : []),
        ...(read.strangeLines > 0
          ? [`${count(read.strangeLines, 'line')} of k6's output could not be understood`]
          : []),
      ]),
    }
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/**
 * Where the system is, and the way to the mocked outside, in what a program in Go looks at: what is outside goes by the proxy, whatever
 * NO_PROXY the harness was started with, and nothing but the authority of the run has to vouch for it. Source: pkg.go.dev/crypto/x509#SystemCertPool.
 */
function environmentOf(request: K6LoadRequest): Record<string, string> {
  const { frontDoors, proxyUrl, caCertificate } = request
  return {
    ...Object.fromEntries(
      Object.entries(frontDoors).map(([name, url]) => [doorVariable(name), url]),
    ),
    HTTP_PROXY: proxyUrl,
    HTTPS_PROXY: proxyUrl,
    NO_PROXY: Object.values(frontDoors)
      .map((url) => new URL(url).hostname)
      .join(','),
    ...(caCertificate === undefined ? {} : { SSL_CERT_FILE: authority }),
  }
}

function refused(code: number, exit: K6Exit, lastLines: string): HarnessError {
  return new HarnessError('LOAD_FAILED', `k6 ended with ${code}: ${exit.meaning}\n${lastLines}`, {
    hint: exit.end === 'stopped' ? 'correct the flow' : 'see what k6 says',
  })
}

/** k6 does not say how late it started flows: what it could not start in time it counts as dropped. */
function selfCheckOf(problems: readonly string[]): SelfCheck {
  const isOk = problems.length === 0
  return { by: 'k6', ok: isOk, problems, lateP50Ms: 0, lateP99Ms: 0, busiest: 0, cpuMs: 0 }
}
