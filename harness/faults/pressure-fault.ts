import {
  count,
  HalfInjected,
  allOrFirstError,
  type Fault,
  type InjectedFault,
  type PressurePort,
  type Stack,
  type SystemPort,
} from '../core/index.ts'
import {
  shownTarget,
  struckReplicas,
  struckService,
  targetFault,
  targetsOf,
  type TargetOptions,
} from './targets.ts'

export interface PressureFaultOptions extends TargetOptions {
  /** Cores that each may use, from 0.01. */
  readonly cpus?: number
  /** Memory that each may use, in MiB, from 16. The service needs `resources.memoryMb` in the stack, to go back to. */
  readonly memoryMb?: number
  /** No block is left in the data directory, which all replicas share: what still fits into the last block of a file can be appended to it. Healed, an empty file `.aftershock-full` stays there. The service needs `dataMb` in the stack. */
  readonly diskFull?: boolean
}

const healTimeoutMs = 30_000

/** Too little processor or memory, or a full disk, for containers that go on running, until the fault is healed. */
export function pressureFault(name: string, options: PressureFaultOptions): Fault {
  const { cpus, memoryMb, diskFull } = options
  const what = [
    ...(cpus === undefined ? [] : [count(cpus, 'core')]),
    ...(memoryMb === undefined ? [] : [`${memoryMb} MiB of memory`]),
    ...(diskFull ? ['no room left on its disk'] : []),
  ].join(' and ')
  return targetFault(name, options, {
    summary: `${shownTarget(options)} has ${what || 'what it had'}`,
    needs: 'containers',
    decides: (stack) => [
      ...(cpus === undefined && memoryMb === undefined
        ? []
        : struckReplicas(options, stack).map((id) => `the limits of ${id}`)),
      ...(diskFull ? [`the disk of ${struckService(options, stack)?.name}`] : []),
    ],
    known: { cpus: 'number', memoryMb: 'number', diskFull: 'flag' },
    problems: (stack) => ownProblems(options, stack),
    inject: (system, signal) => inject(options, system, signal),
  })
}

function ownProblems(options: PressureFaultOptions, stack: Stack): string[] {
  const { cpus, memoryMb, diskFull = false } = options
  const spec = struckService(options, stack)
  const given = cpus !== undefined || memoryMb !== undefined || diskFull
  return [
    ...(given ? [] : ['takes nothing away: give it cpus, memoryMb or diskFull']),
    ...(cpus === undefined || cpus >= 0.01 ? [] : [`cpus is ${cpus}: use 0.01 or more`]),
    ...(memoryMb === undefined || (Number.isInteger(memoryMb) && memoryMb >= 16)
      ? []
      : [`memoryMb is ${memoryMb}: use a whole number of MiB from 16`]),
    ...(memoryMb !== undefined && spec && spec.resources?.memoryMb === undefined
      ? [`${spec.name} has no limit of memory to go back to: give it resources.memoryMb`]
      : []),
    ...(diskFull && spec && spec.dataMb === undefined
      ? [`the disk of ${spec.name} has no limit: give the service dataMb`]
      : []),
  ]
}

async function inject(
  { cpus, memoryMb, diskFull = false, ...target }: PressureFaultOptions,
  system: SystemPort,
  signal: AbortSignal,
): Promise<InjectedFault> {
  const struck = targetsOf(target, system, 'pressure')
  const limits = {
    ...(cpus === undefined ? {} : { cpus }),
    ...(memoryMb === undefined ? {} : { memoryMb }),
  }
  const isSqueezed = Object.keys(limits).length > 0
  // The directory is shared: one of them fills it for all.
  const disk: PressurePort | undefined = diskFull ? struck[0]?.port : undefined
  const heal = async (healing: AbortSignal) => {
    await disk?.fillDisk(false, healing)
    if (!isSqueezed) return
    await allOrFirstError(struck.map(({ port }) => port.squeeze(undefined, healing)))
  }
  const on = struck.map(({ id }) => id)
  try {
    if (isSqueezed) await allOrFirstError(struck.map(({ port }) => port.squeeze(limits, signal)))
    await disk?.fillDisk(true, signal)
  } catch (error) {
    throw new HalfInjected(error, { on, heal, healTimeoutMs })
  }
  return {
    on,
    explain: struck.flatMap(({ id }) => [
      ...(cpus === undefined ? [] : [`${id} may use ${count(cpus, 'core')}`]),
      ...(memoryMb === undefined ? [] : [`${id} may use ${memoryMb} MiB`]),
      ...(diskFull ? [`${id} has a full disk`] : []),
    ]),
    heal,
    healTimeoutMs,
  }
}
