import { attacksOf, standingOf, type Attack, type Proof, type ProvenFlow } from './result.ts'
import { mutantNames, mutantTitles, type MutantName } from './mutants.ts'

/** Flow × mutant as lines of text, hypotheses below, and what got through in words. No line break at the end. */
export function renderProof({ flows, hypotheses, seconds }: Proof): string {
  const rows = flows.map((flow) => [
    `${flow.flow} (${flow.actor})`,
    ...mutantNames.map((mutant) => shown(flow, mutant)),
    standingOf(flow).toUpperCase(),
  ])
  const others = hypotheses.map((one) => [
    one.hypothesis,
    score(one.attacks),
    standingOf(one).toUpperCase(),
  ])
  const all = [...flows, ...hypotheses]
  const number = (standing: string) => all.filter((one) => standingOf(one) === standing).length
  return [
    ...table(['FLOW', ...mutantNames.map((name) => name.toUpperCase()), ''], rows),
    '',
    ...mutantNames.map((name) => `  ${name}: ${mutantTitles[name]}`),
    ...(others.length === 0 ? [] : ['', ...table(['HYPOTHESIS', 'MUTANTS', ''], others)]),
    ...survivors(flows, hypotheses),
    ...under('UNPROVEN FLOWS', unprovenFlows(flows)),
    '',
    `${number('proven')} proven, ${number('unproven')} unproven, ${number('sick')} that do not work without a mutant; ${all.flatMap(attacksOf).length} mutants in ${seconds} s`,
  ].join('\n')
}

function shown(flow: ProvenFlow, mutant: MutantName): string {
  const attacks = flow.mutants[mutant]
  return attacks === undefined ? '-' : score(attacks)
}

function score(attacks: readonly Attack[]): string {
  const killed = attacks.filter(({ noticed }) => noticed).length
  if (attacks.length === 0) return '-'
  if (killed === attacks.length) return 'killed'
  return killed === 0 ? 'SURVIVED' : `${killed} of ${attacks.length}`
}

function survivors(flows: Proof['flows'], hypotheses: Proof['hypotheses']): string[] {
  const lines = [
    ...flows.flatMap((flow) => [
      ...(flow.sick === undefined ? [] : [`  ${flow.flow} (${flow.actor}): ${flow.sick}`]),
      ...mutantNames.flatMap((mutant) =>
        (flow.mutants[mutant] ?? [])
          .filter(({ noticed }) => !noticed)
          .flatMap((attack) => notNoticed(`${flow.flow} (${flow.actor}), ${mutant}`, attack)),
      ),
    ]),
    ...hypotheses.flatMap(({ hypothesis, sick, attacks }) => [
      ...(sick === undefined ? [] : [`  ${hypothesis}: ${sick}`]),
      ...attacks
        .filter(({ noticed }) => !noticed)
        .flatMap((attack) => notNoticed(hypothesis, attack)),
    ]),
  ]
  // What several are told to do is said below the last of them.
  const isRepeated = (line: string, i: number) => line.startsWith('    ') && lines[i + 2] === line
  return under(
    'NOT NOTICED',
    lines.filter((line, i) => !isRepeated(line, i)),
  )
}

function under(head: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', head, ...lines]
}

function notNoticed(who: string, { on, seen, advice }: Attack): string[] {
  return [`  ${who}: ${on}; ${seen}`, ...(advice === undefined ? [] : [`    ${advice}`])]
}

/** Flows that notice nothing but that their time is over, and what their author can do. */
function unprovenFlows(flows: Proof['flows']): string[] {
  const blind = flows.filter((flow) => standingOf(flow) === 'unproven')
  return blind.map(
    ({ flow, actor }) =>
      `  ${flow} (${actor}) notices nothing of what it gets: let it look at it, and throw a FlowFailure when its user did not get what they came for`,
  )
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = heads.map((head, i) =>
    Math.max(head.length, ...rows.map((row) => row[i]?.length ?? 0)),
  )
  return [heads, ...rows].map((row) =>
    row
      .map((text, i) => text.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}
