import {
  allOrFirstError,
  HalfInjected,
  type Fault,
  type InjectedFault,
  type PowerPort,
  type SystemPort,
} from '../core/index.ts'
import {
  shownTarget,
  struckReplicas,
  targetFault,
  targetsOf,
  type TargetOptions,
} from './targets.ts'

/** `kill`: SIGKILL. `stop`: SIGTERM, then SIGKILL. `pause`: no processor. `restart`: stopped and started, one after the other. `crash-loop`: killed and started again and again. */
export type ServiceAction = 'kill' | 'stop' | 'pause' | 'restart' | 'crash-loop'

export interface ServiceFaultOptions extends TargetOptions {
  readonly action: ServiceAction
  /** `stop`, `restart`: how long each may take to end by itself, in ms. Default 5000. */
  readonly graceMs?: number
  /** `crash-loop`: how long each stays up once healthy, in ms. Default 500. */
  readonly upMs?: number
  /** `crash-loop`: how long each stays down, in ms. Default 500. */
  readonly downMs?: number
}

interface Struck {
  readonly id: string
  readonly port: PowerPort
}

/** Starting, and waiting for health, on a busy machine. */
const healTimeoutMs = 60_000
const defaultGraceMs = 5_000
const defaultLoopMs = 500
const actions: readonly string[] = ['kill', 'stop', 'pause', 'restart', 'crash-loop']
const words: Readonly<Record<ServiceAction, string>> = {
  kill: 'is killed',
  stop: 'is stopped',
  pause: 'is paused',
  restart: 'is restarted',
  'crash-loop': 'is killed and started again and again',
}

/**
 * Replicas go down or stand still, until the fault is healed: then each is healthy again, with the configuration that it had. The front door
 * and links go on sending to them, as a load balancer does that does not look: `serviceFault('media-dies', { replica: 'media-2', action: 'kill' })`.
 * A restart is over once it was done: its effects may come or not.
 */
export function serviceFault(name: string, options: ServiceFaultOptions): Fault {
  const { action } = options
  return targetFault(name, options, {
    summary: `${shownTarget(options)} ${words[action]}`,
    // Moments in which it is up serve those who are lucky.
    ...(action === 'crash-loop' || action === 'restart' ? { intermittent: true } : {}),
    ...(action === 'restart' ? { momentary: true } : {}),
    decides: (stack) => struckReplicas(options, stack).map((id) => `whether ${id} runs`),
    known: { action: 'text', graceMs: 'number', upMs: 'number', downMs: 'number' },
    problems: () => ownProblems(options),
    inject: (system, signal, tell) => inject(options, system, signal, tell),
  })
}

function ownProblems({ action, graceMs = 0, upMs = 0, downMs = 0 }: ServiceFaultOptions): string[] {
  return [
    ...(actions.includes(action) ? [] : [`action is '${action}': use ${actions.join(', ')}`]),
    ...Object.entries({ graceMs, upMs, downMs })
      .filter(([, ms]) => !(ms >= 0 && ms <= 600_000))
      .map(([key, ms]) => `${key} is ${ms}: use 0 to 600000 ms`),
  ]
}

async function inject(
  options: ServiceFaultOptions,
  system: SystemPort,
  signal: AbortSignal,
  tell: (text: string) => void,
): Promise<InjectedFault> {
  const struck = targetsOf(options, system, 'power')
  const over = new AbortController()
  const loops: Promise<void>[] = []
  const heal = async (healing: AbortSignal) => {
    over.abort()
    await Promise.all(loops)
    await allOrFirstError(struck.map(({ port }) => port.start(healing)))
  }
  const on = struck.map(({ id }) => id)
  try {
    const explain = await strike(options, struck, signal)
    if (options.action === 'crash-loop') {
      loops.push(...struck.map((one) => crashLoop(one, options, over.signal, tell)))
    }
    // One that was restarted is up. What a later fault does to it is that fault's.
    if (options.action === 'restart') return { on, explain, heal: async () => undefined }
    return { on, explain, heal, healTimeoutMs }
  } catch (error) {
    throw new HalfInjected(error, { on, heal, healTimeoutMs })
  }
}

/** Does it once; a line for each. */
async function strike(
  { action, graceMs = defaultGraceMs }: ServiceFaultOptions,
  struck: readonly Struck[],
  signal: AbortSignal,
): Promise<string[]> {
  if (action === 'restart') {
    const lines: string[] = []
    for (const { id, port } of struck) {
      lines.push(`${id} ${await port.stop(graceMs, signal)}, and was started again`)
      await port.start(signal)
    }
    return lines
  }
  // What still goes on with one of them while it is healed would not be healed.
  return allOrFirstError(
    struck.map(async ({ id, port }) => {
      if (action === 'stop') return `${id} ${await port.stop(graceMs, signal)}`
      if (action === 'pause') {
        await port.pause(signal)
        return `${id} is paused`
      }
      await port.kill(signal)
      return `${id} was killed`
    }),
  )
}

/** Goes on until the signal fires. What goes wrong with starting is tried again by healing, which says so. */
async function crashLoop(
  { id, port }: Struck,
  { upMs = defaultLoopMs, downMs = defaultLoopMs }: ServiceFaultOptions,
  signal: AbortSignal,
  tell: (text: string) => void,
): Promise<void> {
  try {
    while (await passes(downMs, signal)) {
      await port.start(signal)
      tell(`${id} is up`)
      if (!(await passes(upMs, signal))) return
      await port.kill(signal)
      tell(`${id} was killed`)
    }
  } catch (error) {
    if (!signal.aborted) tell(`${id} does not come up again: ${String(error)}`)
  }
}

/** False when the signal fired meanwhile. */
export function passes(durationMs: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve(!signal.aborted)
    }
    const timer = setTimeout(end, durationMs)
    signal.addEventListener('abort', end)
    if (signal.aborted) end()
  })
}
