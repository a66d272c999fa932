import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { HalfApplied, type Change, type Stack } from '../core/index.ts'
import { differenceLines } from './config-change.ts'
import { jsonPatch } from './json-patch.ts'
import { mergePatch } from './merge-patch.ts'
import { TestConfig, replicaWith } from './test-replica.ts'

const never = new AbortController().signal
const document = { plan: { enforce: false, exempt: ['web', 'mobile'] }, limit: 10 }

const merge = (patch: Record<string, unknown>) => mergePatch('plan', { service: 'gateway', patch })
const patch = (...operations: Parameters<typeof jsonPatch>[1]['operations'][number][]) =>
  jsonPatch('plan', { service: 'gateway', operations })

describe('undoing in another order than that of applying', () => {
  const [first, second] = [merge({ limit: 20, plan: { enforce: true } }), merge({ more: { x: 1 } })]

  it.each([
    ['the first', 0, { ...document, more: { x: 1 } }],
    ['the second', 1, { ...document, limit: 20, plan: { ...document.plan, enforce: true } }],
  ] as const)('%s takes its own part back', async (_, which, left) => {
    const config = new TestConfig(document)
    const applied = [
      await first.apply(replicaWith(config), never),
      await second.apply(replicaWith(config), never),
    ]
    await applied[which]?.undo(never)
    expect(config.document).toEqual(left)
    await applied[1 - which]?.undo(never)
    expect(config.document).toEqual(document)
  })

  it('says so where the same was written over, and takes nothing back', async () => {
    const config = new TestConfig(document)
    const { undo } = await first.apply(replicaWith(config), never)
    const later = await merge({ limit: 30 }).apply(replicaWith(config), never)
    await expect(undo(never)).rejects.toMatchObject({
      code: 'CONFIG_CONFLICT',
      message: 'limit was written over since by another change',
    })
    expect(config.document).toMatchObject({ limit: 30, plan: { enforce: true } })
    await later.undo(never)
    await undo(never)
    expect(config.document).toEqual(document)
  })

  it('of what altered nothing alters nothing', async () => {
    const config = new TestConfig(document)
    const { undo } = await merge({ limit: 10 }).apply(replicaWith(config), never)
    await first.apply(replicaWith(config), never)
    await undo(never)
    expect(config.document).toMatchObject({ limit: 20 })
  })
})

describe('applying', () => {
  it.each<[string, Change, unknown, string[]]>([
    [
      'a member that a merge replaces',
      merge({ plan: { enforce: true } }),
      { plan: { enforce: true, exempt: ['web', 'mobile'] }, limit: 10 },
      ['plan.enforce: false -> true'],
    ],
    [
      'a null that deletes',
      merge({ limit: null }),
      { plan: document.plan },
      ['limit: 10 -> (absent)'],
    ],
    [
      'a member that a merge adds',
      merge({ 'a.b': { 'c/d': 1 } }),
      { ...document, 'a.b': { 'c/d': 1 } },
      ['"a.b": (absent) -> {"c/d":1}'],
    ],
    [
      'an array that a merge replaces whole',
      merge({ plan: { exempt: ['mobile'] } }),
      { plan: { enforce: false, exempt: ['mobile'] }, limit: 10 },
      ['plan.exempt.0: "web" -> (absent)'],
    ],
    [
      'a patch that sets null',
      patch({ op: 'replace', path: '/limit', value: null }),
      { plan: document.plan, limit: null },
      ['limit: 10 -> null'],
    ],
    [
      'a patch of several operations, their tests included',
      patch(
        { op: 'test', path: '/limit', value: 10 },
        { op: 'remove', path: '/plan/exempt/1' },
        { op: 'add', path: '/plan/exempt/-', value: 'tv' },
      ),
      { plan: { enforce: false, exempt: ['web', 'tv'] }, limit: 10 },
      ['plan.exempt.1: "mobile" -> "tv"'],
    ],
  ])('%s changes the document and says what differs', async (_name, change, after, explain) => {
    const config = new TestConfig(document)
    const applied = await change.apply(replicaWith(config), never)
    expect(config.document).toEqual(after)
    expect(applied.explain).toEqual(explain)
  })

  it('something that alters nothing writes nothing, and explains nothing', async () => {
    const config = new TestConfig(document)
    for (const change of [merge({ limit: 10 }), merge({ absent: null }), patch()]) {
      expect((await change.apply(replicaWith(config), never)).explain).toEqual([])
    }
    expect(config.written).toEqual([])
  })

  it('a patch that does not fit fails as a whole, with the operation', async () => {
    const config = new TestConfig(document)
    const change = patch(
      { op: 'replace', path: '/limit', value: 5 },
      { op: 'remove', path: '/plan/absent' },
    )
    await expect(change.apply(replicaWith(config), never)).rejects.toMatchObject({
      code: 'CONFIG_CONFLICT',
      message: expect.stringMatching(
        /^operation 2 \(remove \/plan\/absent\) does not fit/,
      ) as string,
    })
    expect(config.document).toEqual(document)
  })

  it('to a replica without a configuration says what to do', async () => {
    await expect(merge({ a: 1 }).apply(replicaWith(undefined), never)).rejects.toMatchObject({
      code: 'CONFIG_UNREACHABLE',
      hint: "give the service 'gateway' a config in the stack",
    })
  })

  it('after an interrupt writes nothing', async () => {
    const config = new TestConfig(document)
    const interrupted = AbortSignal.abort('SIGINT')
    await expect(merge({ limit: 5 }).apply(replicaWith(config), interrupted)).rejects.toBe('SIGINT')
    expect(config.written).toEqual([])
  })

  it.each(['CONFIG_UNREACHABLE', 'CONFIG_NOT_CONFIRMED'] as const)(
    'that fails with %s may have taken place: it can be undone, as often as need be',
    async (code) => {
      const config = new TestConfig(document)
      config.faults.push({ when: 'after', code })
      const applying = merge({ limit: 5 }).apply(replicaWith(config), never)
      const half = await applying.then(
        () => undefined,
        (error: unknown) => error as HalfApplied,
      )
      expect(half).toBeInstanceOf(HalfApplied)
      expect(half?.cause).toMatchObject({ code })
      config.faults.push({ when: 'before', code: 'CONFIG_UNREACHABLE' })
      await expect(half?.undo(never)).rejects.toMatchObject({ code: 'CONFIG_UNREACHABLE' })
      await half?.undo(never)
      expect(config.document).toEqual(document)
    },
  )

  it.each(['CONFIG_REFUSED', 'CONFIG_CONFLICT'] as const)(
    'that fails with %s took no place, and there is nothing to undo',
    async (code) => {
      const config = new TestConfig(document)
      config.faults.push({ when: 'before', code })
      const applying = merge({ limit: 5 }).apply(replicaWith(config), never)
      await expect(applying).rejects.toMatchObject({ name: 'HarnessError', code })
    },
  )
})

describe('undoing', () => {
  it('restores the document, whatever else was written meanwhile', async () => {
    const config = new TestConfig(document)
    const applied = await merge({ limit: 5 }).apply(replicaWith(config), never)
    await config.write({ limit: 7 }, (await config.read()).etag)
    await applied.undo(never)
    expect(config.document).toEqual(document)
  })

  it('writes nothing when the document is back already', async () => {
    const config = new TestConfig(document)
    const applied = await merge({ limit: 5 }).apply(replicaWith(config), never)
    await config.write(document, (await config.read()).etag)
    await applied.undo(never)
    expect(config.written).toHaveLength(2)
  })

  it.each(['before', 'after'] as const)(
    'may be called again after a failure %s the write',
    async (when) => {
      const config = new TestConfig(document)
      const applied = await merge({ limit: 5 }).apply(replicaWith(config), never)
      config.faults.push({ when, code: 'CONFIG_UNREACHABLE' })
      await expect(applied.undo(never)).rejects.toMatchObject({ code: 'CONFIG_UNREACHABLE' })
      await applied.undo(never)
      expect(config.document).toEqual(document)
    },
  )

  it('brings back any document that any merge patch changed', async () => {
    const objects = fc.dictionary(fc.string(), fc.jsonValue())
    await fc.assert(
      fc.asyncProperty(objects, objects, async (before, wanted) => {
        const config = new TestConfig(before)
        const given = structuredClone(wanted)
        const applied = await merge(wanted).apply(replicaWith(config), never)
        expect(wanted).toEqual(given)
        await applied.undo(never)
        expect(config.document).toEqual(structuredClone(before))
      }),
    )
  })
})

describe('the lines of a difference', () => {
  it.each<[string, unknown, unknown, string[]]>([
    ['nothing', { a: 1 }, { a: 1 }, []],
    ['the whole document', 1, 2, ['(document): 1 -> 2']],
    [
      'each of several removed items, as it was',
      { a: ['x', 'y', 'z'] },
      { a: [] },
      ['a.0: "x" -> (absent)', 'a.0: "y" -> (absent)', 'a.0: "z" -> (absent)'],
    ],
    [
      'items that are added',
      { a: [] },
      { a: ['x', 'y'] },
      ['a.-: (absent) -> "x"', 'a.-: (absent) -> "y"'],
    ],
    ['a slash and a tilde in a name', { 'a/b~c': 1 }, { 'a/b~c': 2 }, ['a/b~c: 1 -> 2']],
    [
      'secrets by their names only',
      { token: 'a' },
      { token: 'b' },
      ['token: [redacted] -> [redacted]'],
    ],
    ['a name with a space', { 'a b': 1 }, {}, ['"a b": 1 -> (absent)']],
    [
      'long values, cut',
      { a: '' },
      { a: 'x'.repeat(300) },
      [`a: "" -> "${'x'.repeat(199)}… (302 characters)`],
    ],
  ])('name %s', (_name, before, after, lines) => {
    expect(differenceLines(before, after)).toEqual(lines)
  })

  it('are empty only if nothing differs, and leave both documents alone', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (before, after) => {
        const kept = structuredClone([before, after])
        const isSame = JSON.stringify(kept[0]) === JSON.stringify(kept[1])
        if (differenceLines(before, after).length === 0) expect(before).toEqual(after)
        if (isSame) expect(differenceLines(before, after)).toEqual([])
        expect([before, after]).toEqual(kept)
      }),
    )
  })
})

describe('a change as data', () => {
  it.each([
    [merge({ limit: 5 }), 'merge {"limit":5} into the configuration of gateway'],
    [
      patch({ op: 'remove', path: '/limit' }, { op: 'add', path: '/a', value: 1 }),
      'patch the configuration of gateway: remove /limit, add /a',
    ],
  ])('says before anything runs what it does', (change, summary) => {
    expect(change).toMatchObject({ summary, title: 'plan', effects: [], rollout: { kind: 'all' } })
  })

  it('finds that its service has no configuration', () => {
    const service = { name: 'gateway' }
    const stack = { services: [service, { name: 'media', config: {} }] } as unknown as Stack
    expect(merge({}).validate(stack)).toEqual([
      "changes 'gateway', which has no config in the stack",
    ])
    const media = mergePatch('plan', { service: 'media', patch: {} })
    expect(media.validate(stack)).toEqual([])
  })
})
