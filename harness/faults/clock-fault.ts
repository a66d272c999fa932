import {
  HalfInjected,
  allOrFirstError,
  type ClockPort,
  type Fault,
  type InjectedFault,
  type Stack,
  type SystemPort,
} from '../core/index.ts'
import {
  shownTarget,
  struckService,
  targetFault,
  targetsOf,
  type TargetOptions,
} from './targets.ts'

export interface ClockFaultOptions extends TargetOptions {
  /** How much later than the machine it is for them, in ms; earlier below 0. At most ten years either way. */
  readonly offsetMs: number
}

const maxMs = 10 * 366 * 86_400_000

/**
 * Replicas take another time for the right one, until the fault is healed: `clockFault('ahead', { replica: 'gateway-2', offsetMs: 3_600_000 })`.
 * For services that offer it (`clock` of the service).
 */
export function clockFault(name: string, options: ClockFaultOptions): Fault {
  return targetFault(name, options, {
    summary: `the clock of ${shownTarget(options)} is ${inWords(options.offsetMs)}`,
    known: { offsetMs: 'number' },
    problems: (stack) => ownProblems(options, stack),
    inject: (system, signal) => inject(options, system, signal),
  })
}

function ownProblems(options: ClockFaultOptions, stack: Stack): string[] {
  const { offsetMs } = options
  const struck = struckService(options, stack)
  return [
    ...(Math.abs(offsetMs) <= maxMs && offsetMs !== 0
      ? []
      : [`offsetMs is ${offsetMs}: use ms above or below 0, ten years at most`]),
    ...(struck && !struck.clock
      ? [`${struck.name} does not let its clock be moved: name a service with 'clock'`]
      : []),
  ]
}

/** What faults have moved a clock by, the newest last: it goes by the newest, and then by the one before again. */
const inForce = new WeakMap<ClockPort, readonly { readonly offsetMs: number }[]>()

async function inject(
  { offsetMs, ...target }: ClockFaultOptions,
  system: SystemPort,
  signal: AbortSignal,
): Promise<InjectedFault> {
  const struck = targetsOf(target, system, 'clock')
  const on = struck.map(({ id }) => id)
  const own = { offsetMs }
  const others = (port: ClockPort) => (inForce.get(port) ?? []).filter((one) => one !== own)
  const move = async (port: ClockPort) => {
    inForce.set(port, [...others(port), own])
    await port.move(offsetMs, signal)
  }
  const back = async (port: ClockPort, healing: AbortSignal) => {
    inForce.set(port, others(port))
    await port.move(others(port).at(-1)?.offsetMs ?? 0, healing)
  }
  const heal = async (healing: AbortSignal) =>
    void (await allOrFirstError(struck.map(({ port }) => back(port, healing))))
  try {
    await allOrFirstError(struck.map(({ port }) => move(port)))
  } catch (error) {
    throw new HalfInjected(error, { on, heal })
  }
  return { on, explain: on.map((id) => `${id} is ${inWords(offsetMs)}`), heal }
}

/** `90 s ahead` */
function inWords(offsetMs: number): string {
  return `${Math.abs(offsetMs) / 1_000} s ${offsetMs > 0 ? 'ahead' : 'behind'}`
}
