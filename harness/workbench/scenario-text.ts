import {
  HarnessError,
  isSecretName,
  selects,
  type CellId,
  type CellSelector,
  type Effect,
  type Step,
} from '../core/index.ts'
import type { Bench, StepInForce } from './bench.ts'
import { profileOf } from './hand-load.ts'
import type { FailingCell } from './recent-samples.ts'
import { savedLoad, type SavedLoad } from './saved-load.ts'

const missOfSpared = 0.0005

/**
 * What is in force, as a scenario file beside the one that runs: the same steps in the same order on as many replicas, each with what it was
 * seen to break. Run, it passes when the same breaks again and everything else holds.
 */
export function scenarioText(bench: Bench, id: string, original: string): string {
  const inForce = bench.inForce()
  const steps = inForce.map((one, i) => stepText(bench, one, i === inForce.length - 1))
  const makers = new Set(inForce.flatMap(({ byHand }) => (byHand ? [byHand.maker] : [])))
  const types = new Set(inForce.flatMap(({ byHand, step }) => (byHand ? [] : [typeOf(step.kind)])))
  const imports = [
    ...['defineScenario', 'holds', 'reproduces'].filter((name) =>
      name === 'defineScenario' ? true : (name === 'holds') === (broken(bench).length === 0),
    ),
    ...makers,
    ...[...types].map((name) => `type ${name}`),
  ]
  return `/** Made by hand on the live page of '${bench.scenario.id}': what was in force then, and what was seen to break. */
import { ${imports.toSorted().join(', ')} } from 'aftershock'
import original from '${original}'

const { incident: _incident, demonstrates: _demonstrates, ...rest } = original

export default defineScenario({
  ...rest,
  id: '${id}',
  title: ${literal(`By hand: ${titlesOf(inForce)}`)},
  steps: [
${steps.map((text) => indented(text, 4)).join(',\n')},
  ],
  expect: ${expectation(bench)},
${judgementText(bench)}${loadText(bench)}})
`
}

/** Windows as long as the load needs them; and less luck, where so many cells that are spared now and then are to be seen failing. */
function judgementText(bench: Bench): string {
  const windowMs = loadToSave(bench)?.windowMs
  const miss = Math.min(missOfSpared, bench.scenario.judgement?.miss ?? missOfSpared)
  const own = [
    ...(windowMs === undefined ? [] : [`windowMs: ${windowMs}`]),
    ...(broken(bench).some(({ sometimes }) => sometimes) ? [`miss: ${miss}`] : []),
  ]
  return own.length === 0 ? '' : `  judgement: { ...original.judgement, ${own.join(', ')} },\n`
}

/** How load that was started by hand is saved; undefined without one. */
export function loadToSave(bench: Bench): SavedLoad | undefined {
  const { ratePerSecond } = bench.options.load
  if (ratePerSecond === 0) return undefined
  const { judgement = {}, loadJudgement = {} } = bench.scenario
  return savedLoad({
    ratePerSecond,
    cells: bench.experiment.cells,
    steps: bench.inForce().length,
    judgement,
    loadJudgement,
  })
}

/** Beside that of the scenario itself, which comes along anyway. */
function loadText(bench: Bench): string {
  const saved = loadToSave(bench)
  if (!saved) return ''
  const { loadJudgement, says } = saved
  const { load } = bench.scenario
  // Without one of its own it would get that of the scenario.
  const all = load?.mix && bench.experiment.cells.map(({ flow, actor }) => ({ flow, actor }))
  const mix = saved.mix ?? all
  const { executors } = profileOf(bench.options.load.ratePerSecond)
  const byHand = literal({ ...executors['by-hand'], ...(mix === undefined ? {} : { mix }) })
  const own = load === undefined ? '' : '...original.load?.executors, '
  const rest = load === undefined ? '' : '...original.load, '
  const name = freeName(Object.keys(load?.executors ?? {}))
  const lines = [
    `// ${says}`,
    `load: { ${rest}executors: { ${own}'${name}': ${byHand} } },`,
    `loadJudgement: ${literal(loadJudgement)},`,
  ]
  return `${indented(lines.join('\n'), 2)}\n`
}

/** A scenario that was saved itself has one of that name. */
function freeName(taken: readonly string[], number = 1): string {
  const name = number === 1 ? 'by-hand' : `by-hand-${number}`
  return taken.includes(name) ? freeName(taken, number + 1) : name
}

const typeOf = (kind: string): string => (kind === 'fault' ? 'Fault' : 'Change')

function titlesOf(inForce: readonly StepInForce[]): string {
  return inForce
    .map(({ step }) => step.title)
    .join('; ')
    .slice(0, 150)
}

/** A step that is not the last declares what it breaks, so that the run goes on to the next. */
function stepText(bench: Bench, one: StepInForce, isLast: boolean): string {
  const { step, on, byHand } = one
  if (step.kind === 'change') assertFirstOnes(step, on, bench.replicasOf(step.service))
  const added = isLast ? [] : undeclared(bench, one)
  const declared = asSeen(step.effects, isLast ? bench.recent.failing() : failingUnder(bench, one))
  const effects = [
    ...declared,
    ...grouped(added).map(({ symptom = '*', ...cells }) => ({ ...cells, becomes: symptom })),
  ]
  const rollout = step.kind === 'change' ? { rollout: { kind: 'count', replicas: on.length } } : {}
  if (byHand) {
    assertNoSecret(byHand.options)
    const options = { ...byHand.options, ...rollout, ...(effects.length > 0 ? { effects } : {}) }
    return `${byHand.maker}('${step.name}', ${literal(options)})`
  }
  const index = bench.scenario.steps.indexOf(step)
  const altered = {
    ...(bench.isPartial(one) ? rollout : {}),
    ...(added.length > 0 || declared !== step.effects ? { effects } : {}),
  }
  const from = `...(original.steps[${index}] as ${typeOf(step.kind)})`
  return `{\n  ${[from, ...Object.entries(altered).map(([key, value]) => `${key}: ${indented(literal(value), 2).trimStart()}`)].join(',\n  ')},\n}`
}

/** What was seen to fail under a step, and is not declared by it. */
function undeclared(bench: Bench, one: StepInForce): FailingCell[] {
  return failingUnder(bench, one).filter((cell) => !isDeclared(one.step.effects, cell))
}

function failingUnder(bench: Bench, { step }: StepInForce): readonly FailingCell[] {
  return bench.failingUnder.get(step.name) ?? []
}

/** Of what a part of the traffic is spared, some ways to fail were perhaps not seen yet. */
function surely(cell: FailingCell): FailingCell {
  const { symptom, ...rest } = cell
  return cell.sometimes || symptom === undefined ? rest : cell
}

/** What a step declares; any symptom in the place of one that its cells were not seen to keep to, as where a part of the replicas has the step. */
function asSeen(effects: readonly Effect[], failing: readonly FailingCell[]): readonly Effect[] {
  const isOther = (effect: Effect) =>
    effect.becomes !== '*' &&
    failing.some(
      (cell) => selects(effect, cell) && (cell.sometimes || cell.symptom !== effect.becomes),
    )
  if (!effects.some(isOther)) return effects
  return effects.map((effect) => (isOther(effect) ? { ...effect, becomes: '*' } : effect))
}

/**
 * A change that broke something with other steps after it. A run ends with the step that breaks something; to go on, what the change breaks
 * would have to be declared as its effect, and an outage would be told as a change that is safe.
 */
export function harmfulBeforeTheLast(bench: Bench): StepInForce | undefined {
  return bench
    .inForce()
    .slice(0, -1)
    .find((one) => one.step.kind === 'change' && undeclared(bench, one).length > 0)
}

function isDeclared(effects: readonly Effect[], cell: CellId): boolean {
  return effects.some((effect) => selects(effect, cell))
}

/** What fails now and no step in force declares. */
function broken(bench: Bench): FailingCell[] {
  const inForce = bench.inForce()
  const before = inForce.slice(0, -1).flatMap(({ step }) => bench.failingUnder.get(step.name) ?? [])
  const isKnown = (cell: CellId) =>
    inForce.some(({ step }) => isDeclared(step.effects, cell)) ||
    before.some(({ flow, actor }) => flow === cell.flow && actor === cell.actor)
  return bench.recent.failing().filter((cell) => !isKnown(cell))
}

function expectation(bench: Bench): string {
  const cells = broken(bench)
  if (cells.length === 0) return 'holds()'
  const selectors = [false, true].flatMap((sometimes) =>
    grouped(cells.filter((cell) => cell.sometimes === sometimes).map(surely)).map((selector) =>
      sometimes ? { ...selector, failing: 'some' } : selector,
    ),
  )
  return `reproduces(${indented(literal(selectors), 2).trimStart()})`
}

/** Flows that fail in one way for the same actors stand together. */
function grouped(cells: readonly FailingCell[]): (CellSelector & { symptom?: string })[] {
  const byFlow = Map.groupBy(cells, ({ flow, symptom }) => JSON.stringify([symptom ?? null, flow]))
  const lines = [...byFlow].map(([key, own]) => {
    const [symptom, flow] = JSON.parse(key) as [string | null, string]
    return { symptom, flow, actors: own.map(({ actor }) => actor).toSorted() }
  })
  const bySame = Map.groupBy(lines, ({ symptom, actors }) => JSON.stringify([symptom, actors]))
  return [...bySame.values()].flatMap((same) =>
    same[0]
      ? [
          {
            flows: same.map(({ flow }) => flow),
            actors: same[0].actors,
            ...(same[0].symptom === null ? {} : { symptom: same[0].symptom }),
          },
        ]
      : [],
  )
}

/** A run gives a change to so many replicas, the first ones. */
function assertFirstOnes({ title }: Step, on: readonly string[], all: readonly string[]): void {
  if (all.slice(0, on.length).every((replica) => on.includes(replica))) return
  throw new HarnessError(
    'USAGE',
    `'${title}' is on ${on.join(', ')} only, and a scenario gives a change to the first replicas: ${all.slice(0, on.length).join(', ')}`,
    {
      hint: 'turn off what was given to the others one after the other, and write it to all at once',
    },
  )
}

function assertNoSecret(value: unknown): void {
  JSON.stringify(value, (key, item: unknown) => {
    const path = (item as { path?: unknown } | null)?.path
    if (isSecretName(key) || (typeof path === 'string' && isSecretName(path))) {
      throw new HarnessError('USAGE', 'a secret was edited, and secrets are written to no file')
    }
    return item
  })
}

/** As a person would write it: names without quotes, texts in single ones. */
function literal(value: unknown): string {
  return JSON.stringify(value, null, 2)
    .replace(/"((?:[^"\\]|\\.)*)"/g, (json) => quoted(JSON.parse(json) as string))
    .replace(/^(\s*)'([A-Za-z_]\w*)':/gm, '$1$2:')
}

function quoted(text: string): string {
  const escaped = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")
  return `'${escaped}'`
}

function indented(text: string, by: number): string {
  return text.replace(/^/gm, ' '.repeat(by))
}
