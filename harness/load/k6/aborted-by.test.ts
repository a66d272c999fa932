import { expect, it } from 'vitest'
import { abortedBy } from './aborted-by.ts'

const thresholds = {
  checks: ['rate>0.5', { threshold: 'rate>0.9', abortOnFail: true }],
  'iteration_duration{executor:day, flow:read}': [{ threshold: 'p(95)<300', abortOnFail: true }],
}
const line = (names: string, how = 'crossed') =>
  `level=info msg=x\nlevel=error msg="thresholds on metrics '${names}' were ${how}; at least one has abortOnFail enabled, stopping test prematurely"\n`
const slow = 'iteration_duration{executor:day, flow:read}: p(95)<300'

it.each([
  ['one', line('checks'), 'checks: rate>0.9'],
  ['one of a k6 before 1.0', line('checks', 'breached'), 'checks: rate>0.9'],
  ['one with tags', line('aftershock_flow_duration{scenario:day,flow:read}'), slow],
  [
    'the one of several that is crossed',
    line('checks, aftershock_flow_duration{scenario:day,flow:read}'),
    slow,
  ],
  ['what is not known', line('vus'), 'vus'],
  [
    'none at the end',
    `level=error msg="thresholds on metrics 'checks' have been crossed"`,
    undefined,
  ],
  ['none where nothing is said', '', undefined],
])('names %s', (_, said, text) => {
  expect(abortedBy(said, thresholds, [{ text: slow, outcome: 'crossed', value: 400 }])).toBe(text)
})
