import {
  cellsOf,
  journalVersion,
  type EventBody,
  type JudgementOptions,
  type Scenario,
} from '../core/index.ts'
import type { ExperimentOptions } from './experiment-options.ts'
import { loadJudgementOf } from './judgement-of.ts'
import { cellsUnderLoad } from './scenario-load.ts'

/** The first event of a journal: all that is known before anything starts. */
export function announcement(
  scenario: Scenario,
  judgement: JudgementOptions,
  options: Pick<ExperimentOptions, 'runId' | 'provenance' | 'runtime' | 'seed'>,
): EventBody<'run.started'> {
  const titles = new Map(
    [...scenario.flows, ...scenario.actors].map(({ id, title }) => [id, title]),
  )
  return {
    version: journalVersion,
    runId: options.runId,
    ...options.provenance,
    scenario: scenario.id,
    title: scenario.title,
    ...(scenario.description === undefined ? {} : { description: scenario.description }),
    runtime: options.runtime.name,
    seed: options.seed,
    cells: cellsOf(scenario).map((cell) => ({
      ...cell,
      flowTitle: titles.get(cell.flow) ?? cell.flow,
      actorTitle: titles.get(cell.actor) ?? cell.actor,
    })),
    changes: scenario.steps.map((step) => ({
      kind: step.kind,
      name: step.name,
      title: step.title,
      summary: step.summary,
      ...(step.kind === 'change' ? { service: step.service } : {}),
      effects: step.effects,
      ...(step.order === undefined ? {} : { order: step.order }),
    })),
    expect: scenario.expect,
    judgement,
    allowOutside: scenario.allowOutside ?? [],
    ...(scenario.outside === undefined ? {} : { outside: scenario.outside }),
    ...(scenario.amplification === undefined ? {} : { amplification: scenario.amplification }),
    ...(scenario.load === undefined
      ? {}
      : {
          load: {
            cells: cellsUnderLoad(scenario, scenario.load),
            judgement: loadJudgementOf(scenario),
          },
        }),
    ...(scenario.writes ? { writes: scenario.writes.title } : {}),
    ...(scenario.statusPage ? { statusPage: scenario.statusPage.title } : {}),
  }
}
