import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const SERVICES = fileURLToPath(new URL('..', import.meta.url))

export interface ServiceProcess extends AsyncDisposable {
  url: string
  adminUrl: string
  child: ChildProcess
  /** Every line of stdout so far. */
  lines: () => string[]
  exit: Promise<number | null>
}

/** Starts a service as the harness does, and waits until it listens. */
export async function startProcess(
  service: string,
  env: Record<string, string>,
): Promise<ServiceProcess> {
  const { child, output, exit } = launch(service, env)
  const dispose = async (): Promise<void> => {
    child.kill('SIGKILL')
    await exit
  }
  const listening = new Promise<{ url: string; adminUrl: string }>((resolve) => {
    child.stdout.on('data', () => {
      const line = output.stdout.split('\n').find((item) => item.includes('"event":"listening"'))
      if (line !== undefined) resolve(JSON.parse(line) as { url: string; adminUrl: string })
    })
  })
  const early = exit.then((code) => {
    throw new Error(`${service} exited with ${code} before it listened: ${output.stderr}`)
  })
  const { url, adminUrl } = await Promise.race([listening, early])
  // From now on an exit is what tests wait for.
  early.catch(() => {})
  const lines = (): string[] => output.stdout.split('\n').filter((line) => line !== '')
  return { url, adminUrl, child, lines, exit, [Symbol.asyncDispose]: dispose }
}

/** For a service that is expected not to start. */
export async function runToExit(
  service: string,
  env: Record<string, string>,
): Promise<{ code: number | null; stderr: string }> {
  const { output, exit } = launch(service, env)
  const code = await exit
  return { code, stderr: output.stderr }
}

function launch(service: string, env: Record<string, string>) {
  const child = spawn(process.execPath, [`${SERVICES}${service}/main.ts`], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ADMIN_TOKEN: 'admin-token-of-the-test',
      // Nothing listens there: what starts must not need the others.
      MEDIA_URL: 'http://127.0.0.1:9',
      LINK_URL: 'http://127.0.0.1:9',
      GATEWAY_URL: 'http://127.0.0.1:9',
      ...env,
    },
  })
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text))
  // 'close' rather than 'exit': by then all output has been read.
  const exit = once(child, 'close').then(([code]) => code as number | null)
  return { child, output, exit }
}
