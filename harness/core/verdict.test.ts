import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  combine,
  fail,
  formatReason,
  inconclusive,
  pass,
  reasonsOf,
  type Reason,
  type ReasonCode,
  type Verdict,
} from './verdict.ts'

const reason = (code: ReasonCode, message: string = code): Reason => ({ code, message })
const broken = fail(reason('broken'))
const noData = inconclusive(reason('no-data'))

const verdicts = fc.oneof(
  fc.constant<Verdict>(pass),
  fc.string().map((text) => fail(reason('broken', text))),
  fc.string().map((text) => inconclusive(reason('no-data', text))),
)

describe('combine', () => {
  it.each<[string, Verdict[], Verdict['kind'], ReasonCode[]]>([
    ['pass alone', [pass], 'pass', []],
    ['passes only', [pass, pass], 'pass', []],
    ['fail over pass', [pass, broken], 'fail', ['broken']],
    ['inconclusive over pass', [pass, noData], 'inconclusive', ['no-data']],
    ['fail over inconclusive, both kept', [noData, broken], 'fail', ['broken', 'no-data']],
    ['nothing at all', [], 'inconclusive', ['no-data']],
  ])('of %s', (_name, given, kind, codes) => {
    const verdict = combine(given)
    expect(verdict.kind).toBe(kind)
    expect(reasonsOf(verdict).map(({ code }) => code)).toEqual(codes)
  })

  it('is associative in its outcome, and loses no reason', () => {
    fc.assert(
      fc.property(verdicts, verdicts, verdicts, (a, b, c) => {
        const left = combine([combine([a, b]), c])
        const right = combine([a, combine([b, c])])
        expect(left.kind).toBe(right.kind)
        expect(messages(left)).toEqual(messages(right))
        expect(messages(left)).toEqual(messages(combine([a, b, c])))
      }),
    )
  })

  it('does not depend on the order in its outcome', () => {
    fc.assert(
      fc.property(fc.array(verdicts, { minLength: 1 }), (given) => {
        expect(combine(given).kind).toBe(combine(given.toReversed()).kind)
      }),
    )
  })

  it('passes only if everything passes', () => {
    fc.assert(
      fc.property(fc.array(verdicts), (given) => {
        const all = given.length > 0 && given.every(({ kind }) => kind === 'pass')
        expect(combine(given).kind === 'pass').toBe(all)
      }),
    )
  })
})

it('names the cell of a reason first', () => {
  const cell = { flow: 'open-link', actor: 'web' }
  expect(formatReason({ code: 'broken', message: 'broke', cell })).toBe('open-link × web: broke')
  expect(formatReason(reason('undo-failed', 'stuck'))).toBe('stuck')
})

function messages(verdict: Verdict): string[] {
  return reasonsOf(verdict)
    .map(({ message }) => message)
    .toSorted()
}
