import { expect, it } from 'vitest'

import { FlowFailure, type Flow, type HttpClient, type WriteCheck } from '../core/index.ts'
import { monotonicClock } from '../engine/index.ts'
import { proveWrites } from './prove-writes.ts'
import { standingOf } from './result.ts'
import type { Subject } from './subject.ts'

/** Keeps what is posted, and says how often it has it. Reading can be refused. */
function shop(flows: readonly Flow[]): Subject {
  const kept: unknown[] = []
  let isClosed = false
  const client: Pick<HttpClient, 'request'> = {
    request: async ({ method, body, path }) => {
      if (method === 'POST') kept.push(body)
      else if (isClosed) throw new FlowFailure('403', 'refused')
      const found = kept.filter((id) => path === `/${String(id)}`).length
      return { status: 200, json: () => found } as never
    },
  }
  const links = {
    setToxic: async () => void (isClosed = true),
    removeToxic: async () => void (isClosed = false),
  }
  return {
    scenario: { id: 'shop', flows, stack: { entry: 'shop' } },
    stack: { links },
    actors: [{ id: 'user', title: 'user', headers: {} }],
    clientFor: () => client,
    // Nobody waits for what is lost to come after all.
    clock: { ...monotonicClock(), sleep: async () => undefined },
    seed: 1,
    signal: new AbortController().signal,
  } as unknown as Subject
}

function writing(kind: string): Flow {
  return {
    id: kind,
    title: kind,
    actors: ['user'],
    async run({ http, writes, iteration }) {
      const id = `${kind}-${iteration}`
      const write = writes?.invoked(kind, id)
      const { status } = await http.post('/', id)
      if (status === 403) write?.failed()
      else write?.ok()
    },
  }
}

const looks: WriteCheck = {
  title: 'how often it is there',
  readBack: async ({ id }, http) =>
    (await http.request({ method: 'GET', path: `/${id}` })).json() as number,
}

it('proves each kind by itself: one that nobody looks for is unproven', async () => {
  const check: WriteCheck = {
    ...looks,
    readBack: async (write, http) => (write.kind === 'note' ? 1 : looks.readBack(write, http)),
  }
  const proven = await proveWrites(shop([writing('item'), writing('note')]), check)
  expect(proven.map((one) => [one.hypothesis, standingOf(one)])).toEqual([
    ['writes: item', 'proven'],
    ['writes: note', 'unproven'],
  ])
})

it('proves every kind, however many there are', async () => {
  const kinds = Array.from({ length: 12 }, (_, i) => writing(`kind-${i}`))
  const proven = await proveWrites(shop(kinds), looks)
  expect(proven).toHaveLength(12)
  for (const { attacks } of proven) {
    expect(attacks.map(({ noticed }) => noticed)).toEqual([true, true, true, true])
  }
})

it('a kind that is not right without a mutant is told of, and the others are proven', async () => {
  const check: WriteCheck = {
    ...looks,
    readBack: async (write, http) => (write.kind === 'note' ? 0 : looks.readBack(write, http)),
  }
  const proven = await proveWrites(shop([writing('item'), writing('note')]), check)
  expect(proven.map(standingOf)).toEqual(['proven', 'sick'])
})
