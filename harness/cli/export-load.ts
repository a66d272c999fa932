import { mkdirSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { randomInt } from 'node:crypto'
import { HarnessError, type LoadTest } from '../core/index.ts'
import { doorVariable, makeScript, operatorManifests, vusAtOnce } from '../load/index.ts'
import { packageVersion, say } from '../session/index.ts'

export const exportKinds = ['k6', 'k6-operator'] as const
export type ExportKind = (typeof exportKinds)[number]

export interface ExportOptions {
  readonly out?: string
  readonly seed?: number
  readonly parallelism?: number
}

const usualPods = 4

/** `aftershock load --export`: writes the load test for people to keep, and says how it is run. Starts nothing. Throws HarnessError. */
export async function exportLoad(
  test: LoadTest,
  module: string,
  kind: ExportKind,
  { out = '.', seed = test.seed ?? randomInt(2 ** 32), parallelism: wanted }: ExportOptions,
): Promise<void> {
  const isScript = kind === 'k6'
  const parallelism = isScript ? 1 : podsFor(test, wanted)
  const services = test.stack.services.map(({ name }) => name)
  const variables = services.map(doorVariable)
  const given = variables.map((name) => `-e ${name}=http://…`).join(' ')
  const script = await scriptFor(test, module, seed, [
    `${test.id}: ${test.title}`,
    `Made by aftershock ${packageVersion()} from ${relative(process.cwd(), fileURLToPath(module))}, seed ${seed}.`,
    `k6 run ${given} ${test.id}.k6.js`,
  ])
  mkdirSync(out, { recursive: true })
  const path = join(out, isScript ? `${test.id}.k6.js` : `${test.id}.k6-operator.yaml`)
  const content = isScript
    ? script
    : operatorManifests({ name: test.id, script, parallelism, variables })
  writeFileSync(path, content)
  say(
    isScript
      ? `${path}: k6 run ${given} ${path}\n`
      : `${path}: ${parallelism === 1 ? '1 pod' : `${parallelism} pods`}; fill in the addresses of ${services.join(', ')}, then kubectl apply -f ${path}\n`,
  )
}

/** The load test as a script for k6. Throws INVALID_SCENARIO when it cannot be one. */
export function scriptFor(
  { profile, flows, actors, stack }: LoadTest,
  module: string,
  seed = 0,
  remarks: readonly string[] = [],
): Promise<string> {
  const frontDoors = Object.fromEntries(stack.services.map(({ name }) => [name, '']))
  return makeScript({
    profile,
    flows,
    actors,
    module,
    frontDoors,
    entry: stack.entry,
    seed,
    remarks,
  })
}

/** The operator starts nothing where there are more pods than users. */
function podsFor({ id, profile }: LoadTest, wanted: number | undefined): number {
  const most = vusAtOnce(profile)
  if (wanted === undefined) return Math.min(usualPods, most)
  if (wanted <= most) return wanted
  throw new HarnessError(
    'USAGE',
    `'${id}' has ${most} users at once at most: the k6 operator refuses to share them among ${wanted} pods`,
    { hint: `use --parallelism ${most} or less, or more users` },
  )
}
