import { expect, it } from 'vitest'
import type { LinkCount } from '../core/index.ts'
import { firstToBreak, firstToBreakText, withoutCut } from './first-to-break.ts'

/** 100 requests, of which some fail and the others take so long. */
function link(from: string, to: string, ms: number, failed = 0): LinkCount {
  const answers = { '2xx': 100 - failed, '5xx': failed }
  return { from, to, requests: 100, answers, errors: 0, abandoned: 0, latency: [[ms, 100]] }
}

it.each([
  [
    'only the gateway is slow',
    [link('actors', 'gateway', 500), link('gateway', 'media', 20)],
    'gateway',
  ],
  [
    'the gateway waits for media',
    [link('actors', 'gateway', 500), link('gateway', 'media', 450), link('gateway', 'link', 9)],
    'media',
  ],
  [
    'media waits for the outside',
    [link('actors', 'gateway', 500), link('gateway', 'media', 450), link('media', 'outside', 400)],
    'outside',
  ],
  [
    'media fails, and link is slow',
    [
      link('actors', 'gateway', 50, 20),
      link('gateway', 'media', 5, 18),
      link('gateway', 'link', 45),
    ],
    'media',
  ],
  [
    'the gateway fails by itself',
    [link('actors', 'gateway', 50, 20), link('gateway', 'media', 45)],
    'gateway',
  ],
  [
    'services ask each other in a circle',
    [link('actors', 'a', 50), link('a', 'b', 45), link('b', 'a', 45)],
    'a',
  ],
] as const)('where %s it is %3$s', (_, links, service) => {
  expect(firstToBreak(links)?.service).toBe(service)
})

/** Of 100 requests some are answered 4xx. */
function refusing(from: string, to: string, refused: number, failed = 0): LinkCount {
  const answers = { '2xx': 100 - refused - failed, '4xx': refused, '5xx': failed }
  return { ...link(from, to, 5), answers }
}

it.each([
  ['media refuses more than where all held', 22, 0, 22, 'media'],
  ['media refuses as much as where all held', 40, 40, 22, 'gateway'],
  ['media refuses a little more, which may be chance', 45, 40, 5, 'gateway'],
  ['media was not asked where all held', 22, undefined, 22, 'gateway'],
])('where the gateway fails and %s it is %5$s', (_, now, before, failed, service) => {
  const links = [refusing('actors', 'gateway', 0, failed), refusing('gateway', 'media', now)]
  const held = [
    refusing('actors', 'gateway', 0),
    ...(before === undefined ? [] : [refusing('gateway', 'media', before)]),
  ]
  expect(firstToBreak(links, held)?.service).toBe(service)
})

it('is who refuses those who ask from outside, and not who takes as long', () => {
  const links = [refusing('actors', 'gateway', 30), link('gateway', 'media', 5)]
  expect(firstToBreak(links)?.service).toBe('media')
  const first = firstToBreak(links, [refusing('actors', 'gateway', 0)])
  expect(first && firstToBreakText(first)).toBe(
    'the service gateway (p95 5 ms, 30.0 % of its requests failed, 30.0 % by more answers 4xx than at a rate that held)',
  )
})

it('does not count what the load gave up at its end', () => {
  const links = [
    { ...link('actors', 'gateway', 5, 3), abandoned: 50 },
    { ...link('gateway', 'media', 5), abandoned: 1 },
  ]
  expect(withoutCut(links, 50).map(({ abandoned }) => abandoned)).toEqual([0, 1])
  expect(withoutCut(links, 20).map(({ abandoned }) => abandoned)).toEqual([30, 1])
  expect(withoutCut(links, 60).map(({ abandoned }) => abandoned)).toEqual([0, 1])
  expect(firstToBreak(withoutCut(links, 50))?.failed).toBe(0.03)
})

it('is unknown where nothing passed', () => {
  expect(firstToBreak([])).toBeUndefined()
})

it('is told with its figures', () => {
  expect(firstToBreakText({ service: 'media', failed: 0.031, refused: 0, p95: 480.4 })).toBe(
    'the service media (p95 480 ms, 3.1 % of its requests failed)',
  )
})
