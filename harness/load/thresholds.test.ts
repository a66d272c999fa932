import { describe, expect, it } from 'vitest'
import { endsTheLoad, evaluate, parseThreshold, type Threshold } from './thresholds.ts'

function parsed(selector: string, given: Parameters<typeof parseThreshold>[1]): Threshold {
  const threshold = parseThreshold(selector, given)
  if (typeof threshold === 'string') throw new Error(threshold)
  return threshold
}

describe('an expression', () => {
  it.each([
    ['http_req_duration', 'p(95)<300', { kind: 'p', percentile: 95 }, '<', 300],
    ['http_req_duration', ' p(99.9) <= 300.5 ', { kind: 'p', percentile: 99.9 }, '<=', 300.5],
    ['iteration_duration', 'med>=1', { kind: 'med' }, '>=', 1],
    ['checks', 'rate>0.99', { kind: 'rate' }, '>', 0.99],
    ['dropped_iterations', 'count===0', { kind: 'count' }, '==', 0],
    ['http_reqs', 'rate!=2', { kind: 'rate' }, '!=', 2],
  ])('on %s: %s', (metric, text, aggregation, operator, limit) => {
    expect(parsed(metric, text)).toMatchObject({ metric, aggregation, operator, limit })
  })

  it('narrows tags down in braces', () => {
    expect(parsed('http_req_duration{flow:read, actor:web}', 'avg<5').tags).toEqual({
      flow: 'read',
      actor: 'web',
    })
  })

  it.each([
    ['http_req_duration', 'p95<300', 'is not a threshold'],
    ['http_req_duration', 'p(101)<300', 'more than 100'],
    ['http_req_duration', 'avg<', 'is not a threshold'],
    ['checks', 'avg<3', 'does not suit checks: use rate'],
    ['latency', 'avg<3', 'is no metric: use one of iteration_duration, iterations,'],
    ['link_amplification', 'value<3', 'is no metric: use one of iteration_duration, iterations,'],
    ['http_reqs{colour:red}', 'count>1', 'known are flow, actor'],
    ['http_reqs{flow}', 'count>1', 'is no list of tags'],
    [
      'http_reqs{flow:a,flow:b}',
      'count>1',
      'has the tag flow twice: give each a threshold of its own',
    ],
    ['http_req_connecting{flow:read}', 'avg<3', 'a connection is of no flow or window'],
  ])('%s with %s is refused', (metric, text, why) => {
    expect(parseThreshold(metric, text)).toContain(why)
  })
})

describe('the evaluation', () => {
  it.each([
    ['<', 299, true],
    ['<', 300, false],
    ['<=', 300, true],
    ['>', 300, false],
    ['>=', 300, true],
    ['==', 300, true],
    ['!=', 300, false],
  ])('avg%s300 of %d holds: %s', (operator, value, wanted) => {
    const result = evaluate(parsed('http_req_duration', `avg${operator}300`), () => value)
    expect(result).toMatchObject({ outcome: wanted ? 'holds' : 'crossed', value })
  })

  it.each([undefined, NaN])('of no data (%s) is neither', (value) => {
    const threshold = parsed('http_req_duration', 'avg<300')
    expect(evaluate(threshold, () => value)).toEqual({
      text: 'http_req_duration: avg<300',
      outcome: 'no-data',
    })
  })

  it('ends the load only when it may, after its delay, and when crossed', () => {
    const given = { threshold: 'avg<300', abortOnFail: true, delayAbortEval: '5s' }
    const threshold = parsed('http_req_duration', given)
    expect(endsTheLoad(threshold, () => 301, 4_999)).toBe(false)
    expect(endsTheLoad(threshold, () => 301, 5_000)).toBe(true)
    expect(endsTheLoad(threshold, () => 299, 5_000)).toBe(false)
    expect(endsTheLoad(threshold, () => undefined, 5_000)).toBe(false)
    expect(endsTheLoad(parsed('http_req_duration', 'avg<300'), () => 301, 5_000)).toBe(false)
  })
})
