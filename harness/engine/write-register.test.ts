import { describe, expect, it } from 'vitest'

import { FlowFailure, type WriteCheck } from '../core/index.ts'
import { WriteRegister } from './write-register.ts'
import { change, flow, run } from './test-run.ts'
import { TestSystem, type Behaviour } from './test-system.ts'

const post = flow('post', {
  actors: ['web'],
  async run({ http, iteration, writes }) {
    const write = writes?.invoked('post', String(iteration))
    const { status, exchange } = await http.post(`/write/${iteration}`)
    if (status === 403) write?.failed()
    if (status !== 201) throw new FlowFailure(String(status), 'no answer', exchange)
    write?.ok(`id-${iteration}`)
  },
})

const writes: WriteCheck = {
  title: 'posts',
  async readBack({ id }, http) {
    return Number((await http.get(`/written/${id}`)).text())
  },
}

function under(behaviour: Behaviour, check = writes) {
  return run(new TestSystem(), {
    flows: [post],
    steps: [change('mutant', { refuses: ['nothing'], ...behaviour })],
    writes: check,
  })
}

describe('what was acknowledged', () => {
  it('and is there once passes', async () => {
    const { verdict, of } = await under({})
    expect(verdict).toEqual({ kind: 'pass' })
    const [checked] = of('writes.checked')
    expect(checked?.ok).toBeGreaterThan(20)
    expect(checked).toMatchObject({ lost: { count: 0 }, duplicated: { count: 0 } })
  })

  it('by a system that forgets it fails, although no user noticed', async () => {
    const { verdict, codes, reasons } = await under({ writes: 'lost' })
    expect(verdict?.kind).toBe('fail')
    expect(codes).toEqual(['write-lost'])
    expect(reasons[0]).toMatch(/^write-lost: \d+ of \d+ acknowledged .* acknowledged as id-/)
  })

  it('and is there twice fails', async () => {
    expect((await under({ writes: 'twice' })).codes).toEqual(['write-duplicated'])
  })

  it('and cannot be read is inconclusive', async () => {
    const readBack = () => Promise.reject(new Error('the shelf is closed'))
    const { reasons } = await under({}, { ...writes, readBack })
    expect(reasons).toEqual([
      expect.stringMatching(/^no-data: \d+ of \d+ .* could not be read back: the shelf is closed/),
    ])
  })
})

it('finds what was refused and is there all the same', async () => {
  const { codes, of } = await under({ writes: 'refused' })
  expect(codes).toEqual(['broken', 'write-phantom'])
  const [checked] = of('writes.checked')
  expect(checked?.phantom?.count).toBe(checked?.failed)
  expect(checked).toMatchObject({ lost: { count: 0 }, duplicated: { count: 0 } })
})

it('takes writes without an answer for unknown, be they there or not', async () => {
  const { codes, of } = await under({ writes: 'unanswered' })
  expect(codes).toEqual(['broken'])
  const [checked] = of('writes.checked')
  expect(checked?.unknown).toBeGreaterThan(0)
  expect(checked).toMatchObject({ lost: { count: 0 }, unread: { count: 0 } })
})

it('remembers 20,000 writes, and says of the others that they were not read', async () => {
  const register = new WriteRegister(() => 0)
  const of = register.of({ flow: 'post', actor: 'web' })
  for (let i = 0; i < 20_005; i += 1) of.invoked('post', String(i)).ok()
  expect(register.records).toHaveLength(20_000)
  const clock = { now: () => 0, sleep: async () => undefined }
  const signal = new AbortController().signal
  const finding = await register.check(
    { title: 'posts', readBack: async () => 1 },
    () => undefined as never,
    clock,
    signal,
  )
  expect(finding).toMatchObject({ ok: 20_005, unread: { count: 5 }, lost: { count: 0 } })
})
