import type { AnswerField, AnswerValue, WindowKind } from '../core/index.ts'
import { answerKey, type AnswerFigures, type RunFigures } from './figures.ts'
import type { Standing } from './standing.ts'

/** A field of JSON answers that is not what it was: once, wherever it was seen. */
export interface FieldDifference {
  readonly request: string
  readonly flows: readonly string[]
  readonly actors: readonly string[]
  readonly windows: readonly WindowKind[]
  /** Empty: the status of the answer. */
  readonly path: string
  readonly kind: 'status' | 'gone' | 'added' | 'type' | 'value'
  /** Where it was not the same everywhere, some of what was seen. */
  readonly a: string
  readonly b: string
  readonly standing: Standing
}

export interface Drift {
  /** Requests of cells that both runs have answers to. */
  readonly compared: number
  /** Whether a is known from several runs of its version, so that values that differ between them are known to mean nothing. */
  readonly noiseKnown: boolean
  readonly differences: readonly FieldDifference[]
}

const fewestSamples = 3
/** As many fields as a run writes down of one answer: then not all of them are known. */
const mostFields = 150

/** As many texts are told of a field that was not the same everywhere. */
const mostTexts = 3

type Found = Pick<FieldDifference, 'path' | 'kind' | 'a' | 'b' | 'standing'>

/**
 * How JSON answers drifted: fields that were in all answers of a and are in none of b, fields that are new, values of other types,
 * and values: where a had at most three and b has none of them. What differs between runs of a's own version is noise: with several
 * of these in `a` it is taken out; with one run nobody can tell, so that other values are shown and not judged.
 * The idea is Diffy's (Twitter, 2015); the code is not.
 */
export function compareAnswers(a: RunFigures, b: RunFigures): Drift {
  const others = new Map(b.answers.map((page) => [answerKey(page), page]))
  const noiseKnown = a.runs.length > 1
  const pairs = a.answers.flatMap((page) => {
    const other = others.get(answerKey(page))
    const isEnough = page.samples >= fewestSamples && (other?.samples ?? 0) >= fewestSamples
    return other && isEnough ? [{ page, other }] : []
  })
  const found = pairs.flatMap(({ page, other }) =>
    differencesOf(page, other, noiseKnown).map((one) => ({ page, one })),
  )
  const bySame = Map.groupBy(found, ({ page: { request }, one: { path, kind, standing } }) =>
    JSON.stringify([request, path, kind, standing]),
  )
  return { compared: pairs.length, noiseKnown, differences: [...bySame.values()].flatMap(asOne) }
}

function asOne(
  same: readonly { readonly page: AnswerFigures; readonly one: Found }[],
): FieldDifference[] {
  const [first] = same
  if (!first) return []
  const { path, kind, standing } = first.one
  return [
    {
      request: first.page.request,
      flows: distinct(same.map(({ page }) => page.flow)),
      actors: distinct(same.map(({ page }) => page.actor)),
      windows: distinct(same.map(({ page }) => page.window)),
      path,
      kind,
      a: some(same.map(({ one }) => one.a)),
      b: some(same.map(({ one }) => one.b)),
      standing,
    },
  ]
}

function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)]
}

function some(texts: readonly string[]): string {
  const all = distinct(texts)
  const shown = all.slice(0, mostTexts).join(' or ')
  return all.length > mostTexts ? `${shown} or others` : shown
}

function differencesOf(a: AnswerFigures, b: AnswerFigures, noiseKnown: boolean): Found[] {
  const found: Found[] = []
  if (isApart(a.statuses, b.statuses)) {
    const [before, after] = [a.statuses.join(', '), b.statuses.join(', ')]
    found.push({ path: '', kind: 'status', a: before, b: after, standing: 'regression' })
  }
  const areAllKnown = [a, b].every(({ fields }) => Object.keys(fields).length < mostFields)
  for (const [path, field] of Object.entries(a.fields)) {
    const other = b.fields[path]
    if (other) found.push(...fieldDifference(path, field, other, noiseKnown))
    else if (areAllKnown && field.share === undefined && isExpected(path, b)) {
      found.push({ path, kind: 'gone', a: typesOf(field), b: 'not there', standing: 'regression' })
    }
  }
  for (const [path, field] of Object.entries(b.fields)) {
    if (path in a.fields || !areAllKnown || field.share !== undefined || !isExpected(path, a))
      continue
    found.push({ path, kind: 'added', a: 'not there', b: typesOf(field), standing: 'change' })
  }
  return found
}

/** Whether answers have what the field would be in: an empty list says nothing about its elements, and a part that is gone is told once. */
function isExpected(path: string, { fields }: AnswerFigures): boolean {
  if (path.endsWith('[]')) return false
  const parent = path.slice(0, path.lastIndexOf('.'))
  return parent === '' || parent in fields
}

function fieldDifference(
  path: string,
  a: AnswerField,
  b: AnswerField,
  noiseKnown: boolean,
): Found[] {
  if (isApart(a.types, b.types)) {
    // What is null now may have been so before, in answers that were not noted; known from several runs it was not.
    const mayBeNull = a.types.includes('null') || (!noiseKnown && b.types.includes('null'))
    const standing = mayBeNull ? 'change' : 'regression'
    return [{ path, kind: 'type', a: typesOf(a), b: typesOf(b), standing }]
  }
  if (!a.values || !b.values || !isApart(a.values, b.values)) return []
  const [before, after] = [shown(a.values), shown(b.values)]
  const standing = noiseKnown ? 'regression' : 'change'
  return [{ path, kind: 'value', a: before, b: after, standing }]
}

function isApart<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length > 0 && b.length > 0 && !a.some((value) => b.includes(value))
}

function typesOf({ types }: AnswerField): string {
  return types.join(' or ')
}

function shown(values: readonly AnswerValue[]): string {
  return values.map((value) => JSON.stringify(value)).join(', ')
}
