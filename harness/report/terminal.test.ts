import { describe, expect, test } from 'vitest'
import { fail, inconclusive, type CellId, type Reason } from '../core/index.ts'
import { summarize } from './summary.ts'
import { renderTerminal, type TerminalOptions } from './terminal.ts'
import {
  holds,
  incident,
  incidentSymptom,
  JournalBuilder,
  planChange,
  planExchange,
  twitterCells,
  upToBaseline,
  upToChange,
} from './test-journal.ts'

const web = { flow: 'open-link', actor: 'web' }
const plain: TerminalOptions = { width: 80, colour: false, unicode: true }

function render(journal: JournalBuilder, options: Partial<TerminalOptions> = {}): string {
  return renderTerminal(summarize(journal.events), { ...plain, ...options })
}

/** The first lines, up to where the scenario is named. */
function headlineOf(journal: JournalBuilder): string {
  const text = render(journal).replaceAll(/\n +/g, ' ')
  return text.slice(0, text.indexOf(' twitter-api-plan:'))
}

function brokenReasons(): Reason[] {
  return twitterCells
    .filter((cell) => incidentSymptom(cell) !== undefined)
    .map(({ flow, actor }) => ({ code: 'broken', message: 'broke', cell: { flow, actor } }))
}

test('of a replica that died one line says why, and its log is below', () => {
  const log = ['started', 'Error: no port is free', '    at listen (net.js:1)']
  const message = ['link-1 ended by itself: exit code 1', ...log.map((line) => `  ${line}`)].join(
    '\n',
  )
  const journal = incident({
    started: { expect: holds },
    verdict: fail({ code: 'replica-died', message }),
  })
  const summary = { ...summarize(journal.events), cells: [] }
  const lines = renderTerminal(summary, { ...plain, width: 120 }).split('\n')
  expect(lines[0]).toBe('FAIL  link-1 ended by itself: exit code 1: Error: no port is free')
  const from = lines.indexOf('  [replica-died] link-1 ended by itself: exit code 1')
  expect(lines.slice(from + 1, from + 4)).toEqual(log.map((line) => `    | ${line.trim()}`))
})

test('an incident that reproduces, in full', () => {
  expect(render(incident(), { files: { journal: 'reports/runs/x/journal.ndjson' } }))
    .toBe(`PASS  the incident reproduces: 32 of 57 cells BROKE, as the scenario says, and
      undoing brought all 32 back in 0.8 s
      twitter-api-plan: Twitter, 2023-03-06: API plans enforced without
      exempting the own clients (processes, seed 20230306)

CHANGE  enforce API plans
  applied and undone on gateway-1 and gateway-2
    plan.enforce: false → true
    plan.exemptClients: ["web","mobile"] → []

CELLS  marked three times: before, during and after the change
                                              paid- free- svc-  svc-
                     web mobile power visitor api   api   media link
  sign-in            ●●● ●●●    ●●●   ·       ·     ·     ·     ·
  timeline           ●●● ●●●    ●●●   ●✗●     ·     ·     ·     ·
  post-text          ●●● ●●●    ●●●   ·       ●●●   ●◆●   ·     ·
  post-image         ●✗● ●✗●    ●✗●   ·       ●●●   ·     ·     ·
  post-link          ●✗● ●✗●    ●✗●   ·       ●●●   ·     ·     ·
  view-new-image     ●✗● ●✗●    ●✗●   ●✗●     ·     ·     ·     ·
  view-old-image     ●✗● ●✗●    ●✗●   ●✗●     ·     ·     ·     ·
  view-popular-image ●●● ●●●    ●●●   ●●●     ·     ·     ·     ·
  open-link          ●✗● ●✗●    ●✗●   ●✗●     ·     ·     ·     ·
  open-old-link      ●✗● ●✗●    ●✗●   ●✗●     ·     ·     ·     ·
  preview            ●✗● ●✗●    ●✗●   ·       ·     ·     ·     ·
  terms              ●✗● ●✗●    ●✗●   ●✗●     ·     ·     ·     ·
  api-read           ·   ·      ·     ·       ●●●   ●◆●   ·     ·
  status-page        ●●● ●●●    ●●●   ●●●     ●●●   ●●●   ·     ·
  internal-lookup    ·   ·      ·     ·       ·     ·     ●✗●   ●✗●
  ● works, ✗ broken, ◆ changed as declared, · not done by this actor

BROKE, AS THE SCENARIO SAYS: 32 cells
  403/467: 31 cells, 372 of 372 samples failed
    timeline as visitor
    post-image, post-link, preview as web, mobile, power
    view-new-image, view-old-image, open-link, open-old-link, terms as web,
      mobile, power, visitor
    internal-lookup as svc-media
    e.g. timeline as visitor: got 403/467
      > GET http://gateway.test/api/timeline/8812
      < 403 after 3 ms, application/json
      < {"errors":[{"message":"Your current API plan does not include access
        to this endpoint, please see https://developer.chirp.test/en/docs/api
        for more information","code":467}]}
      served by gateway-1, trace 4bf92f3577b34da6a3ce929d0e0e4736
  timeout: 1 cell, 12 of 12 samples failed
    internal-lookup as svc-link
    e.g. internal-lookup as svc-link: got timeout
      > GET http://gateway.test/api/internal-lookup/8812
      < no answer after 3 ms: no answer within 5000 ms

CHANGED, AS DECLARED: 2 cells
  403/467: 2 cells, 24 of 24 samples failed
    post-text, api-read as free-api

STATUS PAGE  said "operational" for all 3.1 s in which cells were broken: it
             never admitted (as the scenario says)
OUTSIDE      0 requests to mocked sites, none refused
TIME         3.9 s in all, start 1.2 s, baseline 0.9 s, apply 80 ms,
             judge 0.9 s, undo 60 ms, recover 0.8 s, teardown 0.2 s
FILES        journal: reports/runs/x/journal.ndjson`)
})

test('the time of the longest judgement is not taken for that of all', () => {
  const changes = [planChange, { ...planChange, name: 'another' }]
  const journal = upToBaseline({ started: { changes } }).end({ kind: 'pass' }, { verdictMs: 900 })
  expect(render(journal)).toContain('the longest judged 0.9 s')
})

describe('the headline', () => {
  test('of a change that breaks nothing', () => {
    const journal = upToBaseline({ started: { expect: holds } }).open('change:1', planChange.name)
    for (const cell of twitterCells) journal.judge('change:1', cell, 'holds')
    expect(headlineOf(journal.end({ kind: 'pass' }))).toBe(
      `PASS  'enforce API plans' broke nothing: all 57 cells held`,
    )
  })

  test('of a change that breaks cells', () => {
    const journal = incident({ started: { expect: holds }, verdict: fail(...brokenReasons()) })
    expect(headlineOf(journal)).toBe(
      `FAIL  'enforce API plans' BROKE 32 of 57 cells (10 flows, 6 actors), and undoing brought all 32 back in 0.8 s`,
    )
  })

  test('of an incident that does not reproduce', () => {
    const cell = { flow: 'timeline', actor: 'web' }
    const journal = incident({
      verdict: fail(
        { code: 'not-reproduced', message: 'held', cell },
        { code: 'broken', message: 'broke', cell: web },
      ),
    })
    expect(headlineOf(journal)).toBe(
      `FAIL  the incident does NOT reproduce as the scenario says: 1 cell that should break held and 1 cell broke that should hold, and undoing brought all 32 back in 0.8 s`,
    )
  })

  test('of a run that failed for another reason than cells', () => {
    const message = "gateway-2 refused 'enforce-plans': plan.enforce must be a boolean"
    const verdict = fail({ code: 'change-refused', message })
    expect(headlineOf(upToBaseline({ started: { expect: holds } }).end(verdict))).toBe(
      `FAIL  ${message}`,
    )
  })

  test('of a baseline that failed', () => {
    const journal = new JournalBuilder().start().open('baseline')
    journal.judge('baseline', web, 'broken', { symptom: '500' })
    const reason: Reason = { code: 'baseline-broken', message: 'already failed', cell: web }
    expect(headlineOf(journal.end(inconclusive(reason)))).toBe(
      'INCONCLUSIVE  1 of 57 cells failed BEFORE any change, so nothing was applied and nothing is proven',
    )
  })

  test('of a run in which the evidence did not suffice', () => {
    const journal = upToBaseline().open('change:1', planChange.name)
    journal.judge('change:1', web, 'undecided', { note: 'only 2 samples in 20 s' })
    for (const cell of twitterCells.filter((one) => one.flow !== 'open-link')) {
      journal.judge('change:1', cell, 'holds')
    }
    const reason: Reason = { code: 'no-data', message: 'the evidence did not suffice', cell: web }
    journal.end(inconclusive(reason))
    expect(headlineOf(journal)).toBe(
      'INCONCLUSIVE  the evidence did not suffice for 4 of 57 cells, so nothing is proven',
    )
    expect(render(journal)).toContain('why: only 2 samples in 20 s')
  })

  test('of a run that was cut off names what may still be in force', () => {
    expect(headlineOf(upToChange())).toBe(
      `INCONCLUSIVE  the run was cut off after 2.7 s (by then 32 cells had broken), so nothing is proven. NOT UNDONE: 'enforce API plans' may still be in force`,
    )
  })

  test('of a run in which undoing did not help', () => {
    const journal = upToChange({ started: { expect: holds } })
    journal.emit('change.undone', {
      change: planChange.name,
      replicas: ['gateway-1', 'gateway-2'],
      durationMs: 5,
    })
    journal.open('recovery')
    for (const cell of twitterCells) {
      const lasting = cell.flow === 'terms'
      journal.judge('recovery', cell, lasting ? 'broken' : 'holds', lasting ? { symptom: 'x' } : {})
    }
    const text = render(journal.end(fail(...brokenReasons())))
    expect(headlineOf(journal)).toContain('undoing brought back ONLY 30 of the 34 that changed')
    expect(text).toContain('STILL BROKEN AFTER UNDOING: 4 cells')
  })
})

test('each judgement has a mark of its own, and the legend names those that occur', () => {
  const judgements = ['holds', 'broken', 'effect', 'effect-partial', 'effect-absent', 'undecided']
  for (const unicode of [true, false]) {
    const journal = upToBaseline({ started: { expect: holds } }).open('change:1', planChange.name)
    const cells = twitterCells.filter((cell) => cell.actor === 'web')
    for (const [index, judgement] of judgements.entries()) {
      const cell = cells[index] ?? web
      journal.judge('change:1', cell, judgement as 'holds', { declared: 'x', symptom: 'x' })
    }
    const rows = render(journal.end(fail(...brokenReasons())), { unicode }).split('\n')
    const marks = cells.slice(0, judgements.length).map(({ flow }) => {
      const row = rows.find((line) => line.startsWith(`  ${flow} `))
      return row?.split(/ +/)[2]?.[1] ?? 'no row'
    })
    expect(new Set(marks).size).toBe(judgements.length)
    const legend = rows.slice(rows.findIndex((row) => row.startsWith('  internal-lookup')) + 1, -1)
    for (const mark of marks) expect(legend.join(' ')).toContain(`${mark} `)
  }
})

test('in an incident the cells that went against the scenario are flagged, others are not', () => {
  const verdict = fail({ code: 'broken', message: 'broke', cell: web })
  const text = render(incident({ verdict }))
  expect(text).toMatch(/^ {2}open-link +●✗●! ●✗● {4}●✗● /m)
  expect(text).toContain('! not what the scenario says')
  expect(text).toContain('BROKE, AND SHOULD HAVE HELD: 1 cell\n')
  expect(text).toContain('BROKE, AS THE SCENARIO SAYS: 31 cells\n')
})

test('cells with one symptom are told once; verbose tells one exchange for each', () => {
  const exchanges = (text: string) => text.match(/^ {6}> (GET|POST)/gm)?.length
  expect(exchanges(render(incident()))).toBe(2)
  expect(exchanges(render(incident(), { verbose: true }))).toBe(34)
})

test('more symptoms than can be read are counted, and verbose tells them all', () => {
  const journal = upToBaseline({ started: { expect: holds } }).open('change:1', planChange.name)
  for (const [index, cell] of twitterCells.entries()) {
    journal.judge('change:1', cell, 'broken', { symptom: `symptom ${index}` })
  }
  journal.end(fail(...brokenReasons()))
  expect(render(journal)).toContain('\n  and 51 more symptoms\n')
  expect(render(journal, { verbose: true })).not.toContain('more symptoms')
})

test('with several changes and stages each group says under which', () => {
  const started = { expect: holds, changes: [planChange, { ...planChange, name: 'second' }] }
  const journal = upToBaseline({ started }).open('change:2:stage:2', 'second')
  journal.judge('change:2:stage:2', web, 'broken', { symptom: '500' })
  const text = render(journal.end(fail({ code: 'broken', message: 'broke', cell: web })))
  expect(text).toContain(`500: 1 cell, 12 of 12 samples failed (under 'second', stage 2)`)
  const earlier = upToBaseline({ started }).open('change:2:before-1', 'first')
  earlier.judge('change:2:before-1', web, 'broken', { symptom: '500' })
  const told = render(earlier.end(fail({ code: 'broken', message: 'broke', cell: web })))
  expect(told).toContain(`(before 'second')`)
})

test('a run that did not pass tells every reason about the run, and counts those about cells', () => {
  const verdict = fail(
    { code: 'undo-failed', message: 'could not be undone on gateway-1' },
    { code: 'outside-traffic', message: 'link-1 asked for https://evil.test/' },
    ...brokenReasons(),
  )
  const text = render(incident({ started: { expect: holds }, verdict }))
  expect(text).toContain(`WHY IT FAILED
  [undo-failed] could not be undone on gateway-1
  [outside-traffic] link-1 asked for https://evil.test/
  [broken] timeline as visitor: broke
  [broken] and 31 cells more, listed above
`)
})

test('of a cell that broke under several steps it is told under which', () => {
  const reason = (step: string, cell: CellId) =>
    ({ code: 'broken', message: `broke under '${step}'`, cell }) as const
  const other = { flow: 'timeline', actor: 'web' }
  const verdict = fail(
    ...['order-1-b', 'order-2-b', 'order-2-b'].map((step) => reason(step, web)),
    reason('order-1-b', other),
  )
  const text = render(incident({ started: { expect: holds }, verdict }))
  expect(text).toContain(`WHY IT FAILED
  [broken] ${web.flow} as ${web.actor}: broke under 'order-1-b'
  [broken] ${web.flow} as ${web.actor}: broke under 'order-2-b'
  [broken] and 1 cell more, listed above
`)
})

test('of a run that was cut off nobody is told that breaks were expected', () => {
  const text = render(upToChange())
  expect(text).toContain('BROKEN WHEN THE RUN WAS CUT OFF: 32 cells')
  expect(text).not.toContain('AS THE SCENARIO SAYS')
})

test('refused traffic to the outside is listed once for each address', () => {
  const journal = upToBaseline()
  for (const seq of [1, 2]) {
    journal.emit('outside', {
      seq,
      askedAt: 0,
      from: 'link-1',
      method: 'GET',
      url: 'https://evil.test/',
      outcome: 'refused',
      note: 'no site handles it',
    })
  }
  expect(render(journal)).toContain(`OUTSIDE      REFUSED 2 of 2 requests to the outside:
             2× GET https://evil.test/ from link-1 (no site handles it)`)
})

test('what the system says cannot steer the terminal', () => {
  const evil = '\x1b[2J\x1b]0;owned\x07\u202Egnp\r\x9b1A'
  const cells = [{ flow: 'open-link', actor: 'web', flowTitle: evil, actorTitle: evil }]
  const journal = new JournalBuilder().start({ title: evil, expect: holds, cells })
  journal.open('change:1', planChange.name)
  const exchange = planExchange(web, { url: evil, responseBody: evil, servedBy: evil })
  journal.sample('change:1', web, evil, exchange, evil)
  journal.judge('change:1', web, 'broken', { symptom: evil })
  const text = render(journal.end(fail({ code: 'broken', message: evil, cell: web })), {
    files: { [evil]: evil },
    verbose: true,
  })
  expect(text).toContain('\\x1b[2J\\x1b]0;owned\\x07\\u{202e}gnp \\x9b1A')
  expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
})

test('colours repeat what words and marks say already', () => {
  const coloured = render(incident(), { colour: true })
  expect(coloured).toContain('\x1b[')
  const [first = '', ...rest] = coloured.split('\x1b')
  const bare = first + rest.map((part) => part.replace(/^\[\d+m/, '')).join('')
  expect(bare).toBe(render(incident()))
})

test('without unicode the output is plain ASCII, and different names stay different', () => {
  const cells = ['日', '本'].map((flow) => ({ flow, actor: 'ü', flowTitle: '…', actorTitle: '×' }))
  const journal = new JournalBuilder().start({ cells, title: 'a → b' }).end({ kind: 'pass' })
  const text = render(journal, { unicode: false })
  expect(text.replaceAll('\n', '')).toMatch(/^[\x20-\x7e]*$/)
  expect(text).toContain('a -> b')
  expect(text).toContain('\n  \\u{65e5} ---\n  \\u{672c} ---\n')
})

test('of a system that stays up it is said what is broken now, and that the change is in force', () => {
  const journal = upToChange()
  const text = renderTerminal(
    { ...summarize(journal.events), verdict: 'pass', reasons: [] },
    { ...plain, standing: true },
  )
  expect(text).toContain('LIVE  32 of 57 cells are broken now, and the system stays up\n')
  expect(text).toContain('\n  in force on gateway-1 and gateway-2\n')
  expect(text).toContain('BROKE, AS THE SCENARIO SAYS: 32 cells')
  expect(text).not.toMatch(/NOT UNDONE|cut off|TIME/)
})

test('of one that was broken before anything was changed, too', () => {
  const journal = new JournalBuilder().start().open('baseline')
  for (const cell of twitterCells) journal.judge('baseline', cell, 'holds')
  journal.judge('baseline', web, 'broken', { symptom: '500' })
  expect(render(journal, { standing: true })).toContain('LIVE  1 of 57 cells is broken now,')
})
