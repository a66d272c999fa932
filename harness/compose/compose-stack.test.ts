import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { composeStack } from './compose-stack.ts'

const options = { entry: 'web', http: { web: { port: 80, health: '/' } } }
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aftershock-test-'))
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

/** A compose tool of its own, which says what it is made to say of any file. */
function toolThat(says: string): string {
  const script = `#!/bin/sh\ncase "$*" in *config) ${says};; esac\n`
  writeFileSync(join(folder, 'docker-compose'), script, { mode: 0o755 })
  vi.stubEnv('PATH', folder)
  const file = join(folder, 'compose.yaml')
  writeFileSync(file, '')
  return file
}

test('a stack is made of what the tool makes of the file', async () => {
  const said = ['services:', '  web:', '    image: web:1', '    environment:', '      COST: 5$$']
  const file = toolThat(`printf '%s\\n' ${said.map((line) => `'${line}'`).join(' ')}`)
  expect(await composeStack(file, options)).toMatchObject({
    entry: 'web',
    sites: [],
    services: [{ name: 'web', run: { image: 'web:1', env: { COST: '5$' } } }],
  })
})

test('what the tool finds wrong is said', async () => {
  const file = toolThat('echo services.web must be a mapping >&2; exit 1')
  await expect(composeStack(file, options)).rejects.toMatchObject({
    code: 'INVALID_SCENARIO',
    message: `${file} cannot be taken as a stack:\n  services.web must be a mapping`,
  })
})

test('without a compose tool the error says how to get one', async () => {
  const file = toolThat('exit 1')
  vi.stubEnv('PATH', '/nowhere')
  await expect(composeStack(file, options)).rejects.toMatchObject({
    code: 'RUNTIME_UNAVAILABLE',
    hint: expect.stringContaining('docker-compose'),
  })
})

test('a file that does not exist is named', async () => {
  const file = join(folder, 'none.yaml')
  await expect(composeStack(file, options)).rejects.toThrow(`${file} cannot be taken as a stack`)
})
