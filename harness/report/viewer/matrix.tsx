import type { LoadJudgement } from '../../core/index.ts'
import { harmedUnderLoad } from '../faults.ts'
import { failureGroups } from '../failure-groups.ts'
import type { PageData } from '../page-data.ts'
import type { CellOutcome, SummaryCell } from '../summary-types.ts'
import { Scroll, marks, type Shown } from './parts.tsx'

export interface Chosen {
  readonly flow: string
  readonly actor: string
}

/** Flow × actor, three marks a cell. A cell that has something to show is a button that leads to it. */
export function Matrix(props: {
  data: PageData
  chosen: Chosen | undefined
  choose: (cell: Chosen) => void
}) {
  const { cells, reasons } = props.data.summary
  const flows = [...new Map(cells.map((cell) => [cell.flow, cell.flowTitle]))]
  const actors = [...new Map(cells.map((cell) => [cell.actor, cell.actorTitle]))]
  const byKey = new Map(cells.map((cell) => [`${cell.flow} ${cell.actor}`, cell]))
  const harmed = new Map(
    harmedUnderLoad(props.data.summary).map((cell) => [`${cell.flow} ${cell.actor}`, cell]),
  )
  const shown = new Set(
    failureGroups(props.data).flatMap((group) =>
      group.cells.map(({ flow, actor }) => `${flow} ${actor}`),
    ),
  )
  const against = new Set(reasons.map(({ flow, actor }) => `${flow} ${actor}`))
  return (
    <>
      <Scroll label="Matrix of flows and actors">
        <table class="matrix">
          <caption class="unseen">
            For each flow and actor: before, during and after the change
          </caption>
          <thead>
            <tr>
              <th scope="col">flow</th>
              {actors.map(([id, title]) => (
                <th scope="col" key={id}>
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {flows.map(([flow, title]) => (
              <tr key={flow}>
                <th scope="row">{title}</th>
                {actors.map(([actor]) => (
                  <MatrixCell
                    key={actor}
                    cell={byKey.get(`${flow} ${actor}`)}
                    harm={harmWords[harmed.get(`${flow} ${actor}`)?.judgement ?? 'holds']}
                    against={
                      props.data.expect.kind === 'reproduces' && against.has(`${flow} ${actor}`)
                    }
                    leads={shown.has(`${flow} ${actor}`)}
                    chosen={props.chosen?.flow === flow && props.chosen.actor === actor}
                    choose={props.choose}
                  />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      <Legend
        cells={cells}
        leads={shown.size > 0}
        hasHarm={harmed.size > 0}
        hasAgainst={props.data.expect.kind === 'reproduces' && reasons.some(({ flow }) => flow)}
      />
    </>
  )
}

/** Said of a cell which load beside it showed to be worse. */
const harmWords: Readonly<Partial<Record<LoadJudgement, string>>> = {
  broken: 'failed under load',
  slower: 'slower under load',
}

function MatrixCell(props: {
  cell: SummaryCell | undefined
  harm: string | undefined
  against: boolean
  /** Whether there is a failing exchange. */
  leads: boolean
  chosen: boolean
  choose: (cell: Chosen) => void
}) {
  const { cell, harm, against, leads, chosen, choose } = props
  if (!cell)
    return (
      <td class="no-cell">
        <span class="unseen">not done by this actor</span>
      </td>
    )
  const shown = outcomesOf(cell)
  const words = [
    ...shown.map(([when, mark]) => `${when} ${marks[mark].text}`),
    ...(harm === undefined ? [] : [harm]),
  ].join(', ')
  const trio = (
    <span class="trio" aria-hidden="true">
      {shown.map(([when, mark]) => (
        <i key={when} class={`mark ${mark}`}>
          {marks[mark].sign}
        </i>
      ))}
      {harm === undefined ? null : (
        <i class="mark harm" title={harm}>
          ▲
        </i>
      )}
      {against ? <b class="against">!</b> : null}
    </span>
  )
  const during = shown[1][1]
  if (!leads)
    return (
      <td class={`cell ${during}`}>
        {trio}
        <span class="unseen">{words}</span>
      </td>
    )
  const label = `${cell.flowTitle} as ${cell.actorTitle}: ${words}. Show the failing exchange`
  return (
    <td class={`cell ${during}`}>
      <button
        type="button"
        title={cell.change?.symptom ?? ''}
        aria-label={label}
        aria-pressed={chosen}
        onClick={() => choose(cell)}
      >
        {trio}
      </button>
    </td>
  )
}

type Trio = readonly [
  readonly ['before', Shown],
  readonly ['during', Shown],
  readonly ['after', Shown],
]

function outcomesOf(cell: SummaryCell): Trio {
  const shown = (outcome: CellOutcome | null): Shown => outcome?.judgement ?? 'none'
  return [
    ['before', shown(cell.baseline)],
    ['during', shown(cell.change)],
    ['after', shown(cell.recovery)],
  ]
}

function Legend(props: {
  cells: readonly SummaryCell[]
  leads: boolean
  hasHarm: boolean
  hasAgainst: boolean
}) {
  const { cells, leads, hasHarm, hasAgainst } = props
  const used = new Set(cells.flatMap((cell) => outcomesOf(cell).map(([, mark]) => mark)))
  return (
    <p class="legend">
      <span>
        Three marks a cell: <b>before</b>, <b>during</b> and <b>after</b> the change
      </span>
      {(Object.keys(marks) as Shown[])
        .filter((mark) => used.has(mark))
        .map((mark) => (
          <span key={mark}>
            <i class={`mark ${mark}`} aria-hidden="true">
              {marks[mark].sign}
            </i>{' '}
            {marks[mark].text}
          </span>
        ))}
      {hasHarm ? (
        <span>
          <i class="mark harm" aria-hidden="true">
            ▲
          </i>{' '}
          slower, or failed, under load
        </span>
      ) : null}
      {hasAgainst ? (
        <span>
          <b class="against">!</b> not as the scenario says
        </span>
      ) : null}
      {leads ? <span>a cell that failed leads to its exchange</span> : null}
    </p>
  )
}
