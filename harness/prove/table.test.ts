import { expect, it } from 'vitest'
import type { Proof } from './result.ts'
import { standingOf } from './result.ts'
import { renderProof } from './table.ts'

const attack = (noticed: boolean, on = 'GET /a') => ({
  on,
  noticed,
  seen: noticed ? '3 of 3 failed: 403' : '9 of 9 succeeded',
})
const cell = { scenario: 'shop', actor: 'web' }

const proof: Proof = {
  flows: [
    { ...cell, flow: 'buy', mutants: { '467': [attack(true)], wrong: [attack(false, 'GET /b')] } },
    {
      ...cell,
      flow: 'look',
      // Whoever is too late is stopped, whatever the flow looks at.
      mutants: {
        '467': [attack(false)],
        half: [attack(false, 'all')],
        slow: [attack(true, 'all')],
      },
    },
    { ...cell, flow: 'ill', sick: 'it was refused', mutants: {} },
  ],
  hypotheses: [
    { scenario: 'shop', hypothesis: 'writes: order', attacks: [attack(true), attack(false)] },
  ],
  seconds: 1.5,
}

it('is proven by one mutant that is noticed, and unproven when none is but that it is slow', () => {
  expect(proof.flows.map(standingOf)).toEqual(['proven', 'unproven', 'sick'])
  expect(proof.hypotheses.map(standingOf)).toEqual(['proven'])
})

it('says what to do about what was not noticed, and about who notices nothing', () => {
  const limit = { ...attack(false, 'each request is sent 20 times'), advice: 'lower the limit' }
  const hypotheses = [
    { scenario: 'shop', hypothesis: 'a > b amplifies at most 2 times', attacks: [limit] },
  ]
  const text = renderProof({ ...proof, hypotheses })
  expect(text).toMatch(/^a > b amplifies at most 2 times +SURVIVED +UNPROVEN$/m)
  expect(text).toContain('each request is sent 20 times; 9 of 9 succeeded\n    lower the limit')
  expect(text).toContain('look (web) notices nothing of what it gets: ')
  expect(text).not.toContain('buy (web) notices nothing')
})

it('is shown as a table, with all that got through in words', () => {
  const text = renderProof(proof)
  expect(text).toMatch(/^buy \(web\) +killed +SURVIVED +- .*PROVEN$/m)
  expect(text).toMatch(/^look \(web\) +SURVIVED .*UNPROVEN$/m)
  expect(text).toMatch(/^ill \(web\) .*SICK$/m)
  expect(text).toMatch(/^writes: order +1 of 2 +PROVEN$/m)
  expect(text).toContain('  buy (web), wrong: GET /b; 9 of 9 succeeded')
  expect(text).toContain('  ill (web): it was refused')
  expect(text).toContain('2 proven, 1 unproven, 1 that do not work without a mutant; 7 mutants')
})
