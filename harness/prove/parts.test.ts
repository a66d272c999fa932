import { describe, expect, it } from 'vitest'
import type { Exchange } from '../core/index.ts'
import { disturbances, type MutantName } from './mutants.ts'
import { labelOf, partsOf } from './parts.ts'

const door = 'http://127.0.0.1:1000'
const doors = [['gateway', door] as const]

function asked(path: string, given: Partial<Exchange> = {}, origin = door): Exchange {
  return {
    method: 'GET',
    url: `${origin}${path}`,
    requestHeaders: {},
    traceId: '0',
    durationMs: 1,
    status: 200,
    responseHeaders: { 'content-type': 'application/json' },
    responseBody: '{}',
    ...given,
  }
}

const labels = (runs: readonly (readonly Exchange[])[]) => partsOf(runs, doors).map(labelOf)

describe('what a flow asks for', () => {
  it('is what stays the same from one run to the next, whatever the order', () => {
    const runs = [1, 2].map((n) => [asked('/list?page=1'), asked(`/images/${n}/thumb`)])
    expect(labels([runs[0] ?? [], runs[1]?.toReversed() ?? []])).toEqual([
      'GET /images/*/thumb',
      'GET /list',
    ])
  })

  it('counts once where it is asked several times', () => {
    expect(labels([[asked('/a'), asked('/a'), asked('/a', { method: 'POST' })]])).toEqual([
      'GET /a',
      'POST /a',
    ])
  })

  it('is not taken together where runs ask different things', () => {
    expect(labels([[asked('/a/1')], [asked('/b/2'), asked('/c/3')]])).toEqual(['GET /a/1'])
  })

  it('may be asked of a site, and redirects or brings bytes', () => {
    const parts = partsOf(
      [
        [
          asked('/moved', { status: 302, responseHeaders: { location: '/' } }),
          asked('/page', { responseHeaders: {}, responseBody: 'text' }, 'http://news.example'),
        ],
      ],
      doors,
    )
    expect(parts).toEqual([
      { method: 'GET', path: '/moved', to: { service: 'gateway' }, answer: 'redirect' },
      { method: 'GET', path: '/page', to: { host: 'news.example' }, answer: 'bytes' },
    ])
  })
})

describe('mutants', () => {
  const parts = partsOf(
    [[asked('/a'), asked('/go', { status: 302, responseHeaders: { location: '/b' } })]],
    doors,
  )
  const shown = (mutant: MutantName) =>
    disturbances(mutant, parts).map(({ on, toxics }) => [
      on,
      ...toxics.map(({ toxic }) => `${toxic.type} ${JSON.stringify(toxic.attributes)}`),
    ])

  it('refuse or falsify one kind of request after the other', () => {
    expect(disturbances('467', parts).map(({ on }) => on)).toEqual(['GET /a', 'GET /go'])
    expect(shown('wrong')).toEqual([
      ['GET /a', 'body {"replace":"{\\"something\\":\\"else\\"}"}'],
      ['GET /go', 'header {"name":"location","value":"http://elsewhere.invalid/"}'],
    ])
  })

  it('leave half of an answer, or nothing of what is asked for later', () => {
    expect(shown('missing')).toEqual([
      ['half of GET /a', 'body {"keep":0.5}'],
      ['no GET /go', 'status {"status":404}'],
    ])
  })

  it('strike all requests at once, half of them, or one replica', () => {
    expect(shown('slow')).toEqual([['all requests', 'delay {"factor":20}', 'delay {"factor":20}']])
    const [half] = disturbances('half', parts)
    const [one] = disturbances('one replica', parts)
    expect(half?.toxics.map(({ toxic }) => toxic.toxicity)).toEqual([0.5, 0.5])
    expect(one?.toxics.map(({ toxic }) => toxic.replica)).toEqual(['gateway-1', 'gateway-1'])
    expect(new Set(one?.toxics.map(({ toxic }) => toxic.name)).size).toBe(2)
  })
})
