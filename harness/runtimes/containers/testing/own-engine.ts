import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

const waitMs = 60_000

/** Whether a second engine can be started here: it takes root, and a network of its own. */
export function canHaveOwnEngine(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false
  return ['dockerd', 'unshare', 'nsenter'].every((program) => onPath(program) !== undefined)
}

/**
 * A Docker engine to be stopped in a test, with its files, its socket and a network namespace of its own: no other engine of this machine,
 * nor its firewall rules, is touched.
 */
export class OwnEngine implements AsyncDisposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'aftershock-engine-'))
  /** Keeps the network while there is no engine. */
  readonly #network: ChildProcess
  #engine: ChildProcess | undefined

  private constructor() {
    const setUp = 'ip link set lo up && exec sleep infinity'
    this.#network = spawn('unshare', ['--net', 'sh', '-c', setUp], { stdio: 'ignore' })
  }

  static async start(): Promise<OwnEngine> {
    const own = new OwnEngine()
    await once(own.#network, 'spawn')
    await until(() => spawnSync('nsenter', own.inside('ip', 'addr', 'show', 'up')).status === 0)
    await own.restart()
    return own
  }

  get address(): string {
    return `unix://${join(this.#folder, 'socket')}`
  }

  /** Arguments of nsenter by which a program reaches what this engine publishes. */
  inside(...command: readonly string[]): string[] {
    return ['--net', '--target', String(this.#network.pid), '--', ...command]
  }

  /** Returns when it answers. */
  async restart(): Promise<void> {
    const at = (name: string) => join(this.#folder, name)
    const places = {
      host: this.address,
      pidfile: at('pid'),
      'data-root': at('data'),
      'exec-root': at('run'),
    }
    const options = Object.entries(places).map(([name, value]) => `--${name}=${value}`)
    const dockerd = [onPath('dockerd') as string, ...options]
    this.#engine = spawn('nsenter', this.inside(...dockerd), { stdio: 'ignore' })
    await until(() => this.docker('version').status === 0)
  }

  docker(...args: readonly string[]) {
    return spawnSync('docker', ['--host', this.address, ...args], { encoding: 'utf8' })
  }

  /** Returns when it has ended. */
  async stop(signal: NodeJS.Signals): Promise<void> {
    const engine = this.#engine
    if (!engine || engine.exitCode !== null || engine.signalCode !== null) return
    const ended = once(engine, 'exit')
    engine.kill(signal)
    await ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // What an engine that was killed had started goes on without it, until another one takes it up.
    if (this.docker('version').status !== 0) await this.restart()
    const left = this.docker('ps', '--all', '--quiet').stdout.split('\n').filter(Boolean)
    if (left.length > 0) this.docker('rm', '--force', ...left)
    await this.stop('SIGTERM')
    // A shim that outlives its engine: nobody else has this folder in its arguments.
    spawnSync('pkill', ['-KILL', '-f', join(this.#folder, 'run')])
    this.#network.kill()
    // The engine's own mount of its data.
    spawnSync('umount', [join(this.#folder, 'data')])
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }
}

function onPath(program: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/sbin']
  return folders
    .map((folder) => join(folder, program))
    .find((file) => spawnSync('test', ['-x', file]).status === 0)
}

async function until(isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + waitMs
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error(`not within ${waitMs} ms: ${String(isSo)}`)
    await delay(100)
  }
}
