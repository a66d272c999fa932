import { describe, expect, test } from 'vitest'
import type { Change, ContainerPatch, ContainerPort, ContainerSettings } from '../core/index.ts'
import { envChange, fileChange, imageChange, resourceChange } from './index.ts'

const signal = new AbortController().signal
const path = '/etc/app.conf'

/** A container that keeps count of what is done to it. */
class TestContainer implements ContainerPort {
  settings: ContainerSettings = {
    image: 'app:1',
    env: { LEVEL: 'info', API_TOKEN: 'old' },
    resources: {},
  }
  content = 'level=info\n'
  readonly done: string[] = []
  exitCode = 0

  async recreate({ image, env, resources }: ContainerPatch): Promise<void> {
    this.done.push('recreate')
    const merged = Object.entries({ ...this.settings.env, ...env })
    this.settings = {
      image: (image as string | undefined) ?? this.settings.image,
      env: Object.fromEntries(merged.filter((e): e is [string, string] => e[1] !== undefined)),
      resources: resources ?? this.settings.resources,
    }
  }
  async restart(): Promise<void> {
    this.done.push('restart')
  }
  async readFile(asked: string): Promise<Uint8Array | undefined> {
    return asked === path ? new TextEncoder().encode(this.content) : undefined
  }
  async writeFile(_: string, content: Uint8Array): Promise<void> {
    this.content = new TextDecoder().decode(content)
  }
  async exec(command: readonly string[]) {
    this.done.push(command.join(' '))
    return { exitCode: this.exitCode, output: 'unknown directive\n' }
  }
  async kill(name: string): Promise<void> {
    this.done.push(name)
  }
  async healthy(): Promise<void> {}
  async fingerprint(): Promise<string> {
    return JSON.stringify([this.settings, this.content])
  }
}

const apply = (change: Change, container?: ContainerPort) =>
  change.apply(
    { id: 'app-1', service: 'app', config: undefined, ...(container ? { container } : {}) },
    signal,
  )

const service = 'app'
const edit = { service, path, content: [{ find: 'info', replace: 'debug' }], settleMs: 0 }

describe('each kind of change explains itself, and its undo brings back what was', () => {
  test.each<[string, Change, readonly string[]]>([
    [
      'environment',
      envChange('env', { service, env: { LEVEL: 'debug', EXTRA: '1', API_TOKEN: null } }),
      ['LEVEL: "info" -> "debug"', 'EXTRA: (absent) -> "1"', 'API_TOKEN: (secret) -> (absent)'],
    ],
    ['image', imageChange('image', { service, image: 'app:2' }), ['image: app:1 -> app:2']],
    [
      'resources',
      resourceChange('res', { service, resources: { memoryMb: 64 } }),
      ['memoryMb: (no limit) -> 64'],
    ],
    [
      'file',
      fileChange('file', { ...edit, reload: 'restart' }),
      [`${path}:1`, '- level=info', '+ level=debug'],
    ],
  ])('%s', async (_, change, explain) => {
    const container = new TestContainer()
    const before = await container.fingerprint()
    const applied = await apply(change, container)
    expect(applied.explain).toEqual(explain)
    expect(await container.fingerprint()).not.toBe(before)
    expect(applied.undoTimeoutMs).toBeGreaterThan(5_000)
    await applied.undo(signal)
    expect(await container.fingerprint()).toBe(before)
  })
})

test.each<[string, Change]>([
  ['environment', envChange('env', { service, env: { LEVEL: 'info' } })],
  ['image', imageChange('image', { service, image: 'app:1' })],
  ['file', fileChange('file', { ...edit, content: 'level=info\n', reload: 'restart' })],
])('a change of the %s to what it is already touches nothing, and says so', async (_, change) => {
  const container = new TestContainer()
  const applied = await apply(change, container)
  expect(applied.explain).toEqual([])
  await applied.undo(signal)
  expect(container.done).toEqual([])
})

test('a file is read again by signal or command, after the change and after its undo', async () => {
  for (const [reload, done] of [
    [{ signal: 'SIGHUP' }, 'SIGHUP'],
    [{ command: ['app', 'reload'] }, 'app reload'],
  ] as const) {
    const container = new TestContainer()
    const applied = await apply(fileChange('file', { ...edit, reload }), container)
    expect(container.done).toEqual([done])
    await applied.undo(signal)
    expect(container.done).toEqual([done, done])
  }
})

test('a reload command that fails refuses the change with what it wrote, and the file is put back', async () => {
  const container = new TestContainer()
  container.exitCode = 1
  const change = fileChange('file', { ...edit, reload: { command: ['app', 'reload'] } })
  await expect(apply(change, container)).rejects.toMatchObject({
    code: 'CONFIG_REFUSED',
    message: 'app reload ended with 1: unknown directive',
  })
  expect(container.content).toBe('level=info\n')
})

test('a program that ends by the new file refuses the change, and is started again with the old one', async () => {
  const container = new TestContainer()
  let isUp = true
  container.healthy = () => {
    isUp &&= !container.content.includes('debug')
    return isUp ? Promise.resolve() : Promise.reject(new Error('app-1 ended'))
  }
  container.restart = () => {
    isUp = true
    container.done.push('restart')
    return Promise.resolve()
  }
  const change = fileChange('file', { ...edit, reload: { signal: 'SIGHUP' } })
  await expect(apply(change, container)).rejects.toMatchObject({
    code: 'CONFIG_REFUSED',
    message: 'it does not run with it: app-1 ended',
  })
  expect(container.content).toBe('level=info\n')
  expect(container.done).toEqual(['SIGHUP', 'SIGHUP', 'restart'])
})

test.each([
  [
    'a piece that does not occur',
    { ...edit, content: [{ find: 'none', replace: '' }] },
    /does not contain "none"/,
  ],
  ['a file that is not there', { ...edit, path: '/nowhere' }, /no file \/nowhere/],
])('%s is refused before anything is written', async (_, options, message) => {
  const container = new TestContainer()
  const change = fileChange('file', { ...options, reload: 'restart' })
  await expect(apply(change, container)).rejects.toThrow(message)
  expect(container.done).toEqual([])
})

test('a replica that is no container is refused with what to do', async () => {
  await expect(apply(imageChange('image', { service, image: 'app:2' }))).rejects.toMatchObject({
    code: 'RUNTIME_UNAVAILABLE',
    hint: 'run the scenario with --runtime containers',
  })
})

test.each<[Change, RegExp]>([
  [envChange('e', { service, env: {} }), /env is empty/],
  [imageChange('i', { service, image: '' }), /image is empty/],
  [resourceChange('r', { service, resources: {} }), /names neither/],
  [resourceChange('r', { service, resources: { memoryMb: 1 } }), /memoryMb is 1: use 16/],
  [fileChange('f', { ...edit, path: 'app.conf', reload: 'restart' }), /not an absolute path/],
  [fileChange('f', { ...edit, content: [], reload: 'restart' }), /no pieces/],
  [fileChange('f', { ...edit, reload: { command: [] } }), /command is empty/],
  [fileChange('f', { ...edit, reload: { signal: 'SIGFOO' } }), /signal is 'SIGFOO'/],
  [fileChange('f', { ...edit, settleMs: -1, reload: 'restart' }), /settleMs is -1/],
])('what is wrong with a change is seen before anything runs (%#)', (change, problem) => {
  const stack = { name: '', entry: 'app', services: [], sites: [] }
  expect(change.validate(stack).join()).toMatch(problem)
})
