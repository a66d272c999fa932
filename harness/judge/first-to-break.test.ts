import { expect, it } from 'vitest'
import type { LinkCount } from '../core/index.ts'
import { firstToBreak, firstToBreakText } from './first-to-break.ts'

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

it('is unknown where nothing passed', () => {
  expect(firstToBreak([])).toBeUndefined()
})

it('is told with its figures', () => {
  expect(firstToBreakText({ service: 'media', failed: 0.031, p95: 480.4 })).toBe(
    'the service media (p95 480 ms, 3.1 % of its requests failed)',
  )
})
