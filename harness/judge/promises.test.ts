import { expect, it } from 'vitest'

import {
  formatReason,
  reasonsOf,
  type AlsoExpected,
  type EventBody,
  type JournalEvent,
} from '../core/index.ts'
import { checkPromises } from './promises.ts'
import { event, historyOf } from './test-history.ts'

interface Given {
  readonly page?: Partial<EventBody<'status.judged'>>
  readonly escape?: Partial<EventBody<'escape.checked'>>
  readonly reproduces?: boolean
}

function history(also: AlsoExpected, given: Given): JournalEvent[] {
  const { page, escape, reproduces } = given
  const kind = reproduces
    ? ({ kind: 'reproduces', broken: [{}] } as const)
    : ({ kind: 'holds' } as const)
  return [
    ...historyOf({ expect: { ...kind, ...also } }).filter((e) => e.kind === 'run.started'),
    ...(page
      ? [event('status.judged', { falseGreenMs: 0, falseRedMs: 0, brokenMs: 0, ...page })]
      : []),
    ...(escape
      ? [
          event('escape.checked', {
            change: 'plan',
            replica: 'gateway-1',
            reads: 5,
            failedInARow: 0,
            ...escape,
          }),
        ]
      : []),
  ]
}

const page = (statusPage: AlsoExpected['statusPage']): AlsoExpected =>
  statusPage ? { statusPage } : {}

it.each<[string, AlsoExpected, Given, string[]]>([
  ['nothing expected', {}, {}, []],
  [
    'a page never read',
    page({ admitsWithinMs: 1 }),
    {},
    ['no-data: the status page was never read, so its honesty is not known'],
  ],
  [
    'admitted in time',
    page({ admitsWithinMs: 900 }),
    { page: { admitMs: 900, brokenMs: 2_000 } },
    [],
  ],
  [
    'admitted late',
    page({ admitsWithinMs: 900 }),
    { page: { admitMs: 901, brokenMs: 2_000 } },
    ['status-page: the status page admitted after 901 ms, wanted within 900 ms'],
  ],
  [
    'admitted in time, and a later outage as well',
    page({ admitsWithinMs: 900 }),
    { page: { admitMs: 10, laterMs: 900, brokenMs: 4_000 } },
    [],
  ],
  [
    'admitted in time, and a later outage not',
    page({ admitsWithinMs: 900 }),
    { page: { admitMs: 10, laterMs: 901, brokenMs: 4_000 } },
    [
      'status-page: the status page did not admit a later outage in the first 901 ms of it, wanted within 900 ms',
    ],
  ],
  [
    'never admitted',
    page({ admitsWithinMs: 900 }),
    { page: { brokenMs: 900 } },
    ['status-page: the status page did not admit in 900 ms of failure, wanted within 900 ms'],
  ],
  [
    'no time to admit',
    page({ admitsWithinMs: 900 }),
    { page: { brokenMs: 899 } },
    [
      'no-data: the status page did not admit, and cells were broken for 899 ms only, wanted within 900 ms',
    ],
  ],
  ['nothing to admit', page({ admitsWithinMs: 900 }), { page: {} }, []],
  [
    'nothing to admit in an incident',
    page({ admitsWithinMs: 900 }),
    { page: {}, reproduces: true },
    ['no-data: nothing broke, so the status page had nothing to admit'],
  ],
  [
    'falsely green',
    page({ neverFalselyGreenForMs: 5_000 }),
    { page: { falseGreenMs: 5_001, brokenMs: 9_000 } },
    [
      "status-page: the status page said 'operational' for 5001 ms in which cells were broken, allowed are 5000 ms",
    ],
  ],
  [
    'green for a moment',
    page({ neverFalselyGreenForMs: 5_000 }),
    { page: { falseGreenMs: 5_000, brokenMs: 9_000 } },
    [],
  ],
  [
    'green throughout a failure that was shorter than that',
    page({ neverFalselyGreenForMs: 5_000 }),
    { page: { falseGreenMs: 700, brokenMs: 700 } },
    [
      "no-data: the status page did not admit, and cells were broken for 700 ms only: that it says 'operational' for at most 5000 ms is not known",
    ],
  ],
  [
    'honest about what broke, and not about what a fault made users suffer',
    page({ admitsWithinMs: 900 }),
    { page: { admitMs: 10, brokenMs: 950, declared: { falseGreenMs: 6_000, brokenMs: 6_000 } } },
    ['status-page: the status page did not admit in 6000 ms of failure, wanted within 900 ms'],
  ],
  [
    'honest about what broke, and had no time to be so about the rest',
    page({ admitsWithinMs: 900 }),
    { page: { admitMs: 10, brokenMs: 950, declared: { falseGreenMs: 100, brokenMs: 100 } } },
    [],
  ],
  [
    'falsely red',
    page({ neverFalselyRedForMs: 0 }),
    { page: { falseRedMs: 150 } },
    [
      'status-page: the status page told of a failure for 150 ms in which nothing was broken, allowed are 0 ms',
    ],
  ],
  [
    'green while users suffered as a fault declares, and nothing else broke',
    page({ admitsWithinMs: 900, neverFalselyGreenForMs: 500 }),
    { page: { declared: { falseGreenMs: 4_000, brokenMs: 4_000 } } },
    [
      "status-page: the status page said 'operational' for 4000 ms in which cells were broken, allowed are 500 ms",
      'status-page: the status page did not admit in 4000 ms of failure, wanted within 900 ms',
    ],
  ],
  ['never red', page({ neverFalselyRedForMs: 0 }), { page: {} }, []],
  ['a way back', { escapeRoute: 'open' }, { escape: { failedInARow: 1 } }, []],
  [
    'no way back',
    { escapeRoute: 'open' },
    { escape: { failedInARow: 2, message: 'refused' } },
    [
      "escape-route: under 'plan' the configuration of gateway-1 could not be reached, 2 times in a row of 5: nobody could have undone it there: refused",
    ],
  ],
  [
    'a way back never tried',
    { escapeRoute: 'open' },
    { escape: { reads: 0 } },
    ["no-data: under 'plan' the configuration of gateway-1 was never read"],
  ],
  [
    'a way back not looked at',
    { escapeRoute: 'open' },
    {},
    ['no-data: whether the configuration could be reached under the change was not looked at'],
  ],
])('%s', (_name, also, given, reasons) => {
  const verdict = checkPromises(history(also, given))
  expect(reasonsOf(verdict).map((r) => `${r.code}: ${formatReason(r)}`)).toEqual(reasons)
})
