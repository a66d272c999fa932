import { HarnessError, cellKey, type AnswerField, type AnswerValue } from '../core/index.ts'
import { list } from '../report/index.ts'
import {
  answerKey,
  commitOf,
  figuresVersion,
  type AnswerFigures,
  type RunFigures,
} from './figures.ts'

/**
 * Several runs of one version as one: the figures of the first, and answers in which only those fields
 * have values that had the same in each run: what differs between runs of one version is noise. Throws HarnessError USAGE for none, for
 * different scenarios or commits, and for a run that is there twice.
 */
export function mergeRuns(runs: readonly RunFigures[]): RunFigures {
  const [first, ...others] = runs
  if (!first) throw new HarnessError('USAGE', 'there is no run to make a baseline from')
  const stray = others.find(({ scenario }) => scenario !== first.scenario)
  if (stray) {
    throw new HarnessError(
      'USAGE',
      `the runs are of different scenarios: '${first.scenario}' and '${stray.scenario}'`,
      { hint: 'name runs of one scenario' },
    )
  }
  assertOfOneVersion(first, others)
  assertOnce(runs.flatMap((run) => run.runs))
  const byKey = Map.groupBy(
    runs.flatMap(({ answers }) => answers),
    answerKey,
  )
  return {
    ...first,
    runs: runs.flatMap((run) => run.runs),
    answers: first.answers.map((page) => mergePages(byKey.get(answerKey(page)) ?? [page])),
  }
}

/** Throws HarnessError USAGE where b is one of several runs that are to tell noise from drift: whatever is new in it would be noise. */
export function assertNotOwnNoise(a: RunFigures, b: RunFigures): void {
  const own = a.runs.length > 1 ? b.runs.find((id) => a.runs.includes(id)) : undefined
  if (own === undefined) return
  throw new HarnessError('USAGE', `the run ${own} cannot tell what in it is noise`, {
    hint: 'noise is what differs between other runs of the version of <a>',
  })
}

function assertOfOneVersion(first: RunFigures, others: readonly RunFigures[]): void {
  const { git } = first
  const other = others.find((run) => run.git?.head !== git?.head || run.git?.dirty !== git?.dirty)
  if (!other) return
  const [a, b] = [first, other].map((run) => `${run.runs[0]} of ${commitOf(run)}`)
  throw new HarnessError(
    'USAGE',
    `the runs are of different versions, between which nothing is noise: ${a}, and ${b}`,
    { hint: 'name runs of one commit' },
  )
}

function assertOnce(ids: readonly string[]): void {
  const twice = ids.find((id, i) => ids.indexOf(id) !== i)
  if (twice === undefined) return
  throw new HarnessError(
    'USAGE',
    `the run ${twice} is there twice: it does not differ from itself`,
    {
      hint: 'name further runs of the same version',
    },
  )
}

function mergePages(pages: readonly AnswerFigures[]): AnswerFigures {
  const [first, ...others] = pages as [AnswerFigures, ...AnswerFigures[]]
  const paths = new Set(pages.flatMap(({ fields }) => Object.keys(fields)))
  const fields = [...paths].toSorted().map((path): [string, AnswerField] => {
    const seen = pages.flatMap((page) => page.fields[path] ?? [])
    return [path, mergeFields(seen, seen.length < pages.length)]
  })
  return {
    ...first,
    samples: pages.reduce((sum, { samples }) => sum + samples, 0),
    statuses: [...new Set([...first.statuses, ...others.flatMap(({ statuses }) => statuses)])],
    fields: Object.fromEntries(fields),
  }
}

function mergeFields(seen: readonly AnswerField[], isMissingSomewhere: boolean): AnswerField {
  const [values, ...others] = seen.map((field) => new Set<AnswerValue>(field.values ?? []))
  const isNoise = others.some((other) => !isSame(values, other))
  const share = Math.min(...seen.map((field) => field.share ?? 1), isMissingSomewhere ? 0.5 : 1)
  return {
    types: [...new Set(seen.flatMap((field) => field.types))].toSorted(),
    ...(isNoise || !values || values.size === 0 ? {} : { values: [...values] }),
    ...(share < 1 ? { share } : {}),
  }
}

/** Of a reference that failed: that nobody is told of what is broken in it as a regression, with its cells. Undefined of others. */
export function failedReference({ verdict, runs, cells }: RunFigures): string | undefined {
  if (verdict !== 'fail') return undefined
  const broken = cells.filter(({ windows: { change, ...others }, brokeAsSaid }) => {
    const seen = brokeAsSaid ? Object.values(others) : [change, ...Object.values(others)]
    return seen.some((window) => window?.judgement === 'broken')
  })
  const named = broken.length === 0 ? '' : `: ${list(broken.map(cellKey), 5)}`
  return `The run ${runs[0]} FAILED itself: what is broken in it is no regression of a run that is compared with it${named}.`
}

/** As a file to commit: one line for each cell and each answer, so that a review shows which of them changed. */
export function writeBaseline(figures: RunFigures): string {
  const { cells, answers, ...about } = figures
  const head = JSON.stringify(about, null, 2).slice(0, -2)
  const lines = (items: readonly unknown[]) =>
    items.length === 0
      ? '[]'
      : `[\n${items.map((item) => `    ${JSON.stringify(item)}`).join(',\n')}\n  ]`
  return `${head},\n  "cells": ${lines(cells)},\n  "answers": ${lines(answers)}\n}\n`
}

/** Throws HarnessError USAGE for what is no baseline of this version. `name` is for the message. */
export function readBaseline(text: string, name: string): RunFigures {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw notOne(`'${name}' is not JSON`, error)
  }
  const file = value as Partial<RunFigures> | null
  if (typeof file !== 'object' || file?.format !== 'aftershock-baseline') {
    throw notOne(`'${name}' is no baseline`)
  }
  if (file.version !== figuresVersion) {
    throw notOne(
      `the baseline '${name}' has version ${String(file.version)}, this aftershock reads ${figuresVersion}`,
    )
  }
  const isWhole =
    Array.isArray(file.cells) &&
    Array.isArray(file.answers) &&
    Array.isArray(file.runs) &&
    Array.isArray(file.changes) &&
    typeof file.scenario === 'string'
  if (!isWhole) throw notOne(`the baseline '${name}' lacks members`)
  return file as RunFigures
}

function notOne(message: string, cause?: unknown): HarnessError {
  return new HarnessError('USAGE', message, {
    cause,
    hint: 'make one by `aftershock baseline update <scenario>`',
  })
}

function isSame(a: ReadonlySet<AnswerValue> | undefined, b: ReadonlySet<AnswerValue>): boolean {
  return a?.size === b.size && [...b].every((value) => a.has(value))
}
