import { expect, it } from 'vitest'

import { formatReason, reasonsOf, type JournalEvent, type WritesFinding } from '../core/index.ts'
import { event, historyOf } from './test-history.ts'
import { checkWrites } from './write-check.ts'

const none = { count: 0, first: [] }
const good: WritesFinding = {
  ok: 10,
  failed: 0,
  unknown: 0,
  lost: none,
  duplicated: none,
  unread: { count: 0 },
  durationMs: 1,
}
const post = { flow: 'post-text', actor: 'web', kind: 'post', id: 'Hello 7', atMs: 1_234 }
const some = { count: 2, first: [{ ...post, outcome: 'ok', reference: 'p7' } as const] }

function history(finding?: Partial<WritesFinding>, also: readonly JournalEvent[] = []) {
  const [started, ...rest] = historyOf({ also })
  const checked = finding ? [event('writes.checked', { ...good, ...finding })] : []
  return [{ ...started, writes: 'posts' } as JournalEvent, ...rest, ...checked]
}

it.each<[string, JournalEvent[], string, string[]]>([
  ['that is not asked for', historyOf(), 'pass', []],
  ['in which all is there', history({}), 'pass', []],
  ['in which unknown and failed writes are many', history({ unknown: 9, failed: 9 }), 'pass', []],
  [
    'that lost some',
    history({ lost: some }),
    'fail',
    [
      "write-lost: 2 of 10 acknowledged writes cannot be read any more: post 'Hello 7' of post-text as web at 1.2 s, acknowledged as p7; and 1 more",
    ],
  ],
  [
    'that has some twice',
    history({ duplicated: some }),
    'fail',
    [
      "write-duplicated: 2 writes are there more than once: post 'Hello 7' of post-text as web at 1.2 s, acknowledged as p7; and 1 more",
    ],
  ],
  [
    'that has what it refused',
    history({ failed: 5, phantom: some }),
    'fail',
    [
      "write-phantom: 2 of 5 refused writes are there all the same: post 'Hello 7' of post-text as web at 1.2 s, acknowledged as p7; and 1 more",
    ],
  ],
  [
    'in which reading fails',
    history({ unread: { count: 3, why: '503' } }),
    'inconclusive',
    ['no-data: 3 of 10 acknowledged writes could not be read back: 503'],
  ],
  [
    'in which nothing was acknowledged',
    history({ ok: 0, unknown: 4 }),
    'inconclusive',
    ['no-data: no write was acknowledged, so none can have been lost'],
  ],
  [
    'that was never checked',
    history(),
    'inconclusive',
    ['no-data: what was written was never read back'],
  ],
  [
    'that was interrupted',
    history(undefined, [event('interrupted', { signal: 'SIGINT' })]),
    'pass',
    [],
  ],
])('the register of writes of a run %s', (_name, given, kind, reasons) => {
  const verdict = checkWrites(given)
  expect(verdict.kind).toBe(kind)
  expect(reasonsOf(verdict).map((r) => `${r.code}: ${formatReason(r)}`)).toEqual(reasons)
})
