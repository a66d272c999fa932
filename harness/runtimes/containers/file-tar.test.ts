import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { packFile, unpackFile } from './file-tar.ts'

const file = { name: 'nginx.conf', mode: 0o640, uid: 1000, gid: 33 }

test('what is packed is unpacked as it was, whatever its length', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2_000 }), (content) => {
      expect(unpackFile(packFile({ ...file, content }))).toEqual({ ...file, content })
    }),
  )
})

test('tar reads the archive', () => {
  const content = Buffer.from('worker_processes 1;\n')
  const input = packFile({ ...file, content })
  const run = (...args: string[]) => execFileSync('tar', args, { input, encoding: 'utf8' })
  expect(run('--extract', '--to-stdout')).toBe(content.toString())
  expect(run('--list', '--verbose', '--numeric-owner')).toMatch(
    /^-rw-r----- 1000\/33 +20 .*nginx\.conf/,
  )
})

test('a PAX header before the file is passed over', () => {
  const header = packFile({
    ...file,
    name: 'pax',
    content: Buffer.from('30 mtime=1350244992.023960108\n'),
  })
  header.write('x', 156)
  const archive = Buffer.concat([
    header.subarray(0, 1024),
    packFile({ ...file, content: Buffer.from('x') }),
  ])
  expect(unpackFile(archive)).toMatchObject({ name: 'nginx.conf', content: new Uint8Array([120]) })
})

test.each([
  ['a folder', '5'],
  ['a symbolic link', '2'],
])('%s is no file', (_, type) => {
  const archive = packFile({ ...file, content: new Uint8Array() })
  archive.write(type, 156)
  expect(unpackFile(archive)).toBeUndefined()
})

test('a name that does not fit is refused', () => {
  expect(() => packFile({ ...file, name: 'x'.repeat(101), content: new Uint8Array() })).toThrow(
    'too long',
  )
})
