import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { $ } from 'zx'

import type { HarnessError, LoadTest } from '../../core/index.ts'
import { makeScript } from './make-script.ts'
import { operatorManifests } from './operator.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'aftershock-script-'))
  writeFileSync(join(directory, 'package.json'), '{ "type": "module" }')
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

function write(name: string, text: string): void {
  writeFileSync(join(directory, name), text)
}

async function scriptOf(flows: string): Promise<string> {
  write('flows.ts', flows)
  write('actors.ts', `export const web = { id: 'web', title: 'web', headers: { 'x-app': 'web' } }`)
  // The system is described with Node's own modules, as stacks are: none of that may get into the script.
  write(
    'it.load.ts',
    `import { fileURLToPath } from 'node:url'
import { web } from './actors.ts'
import { read } from './flows.ts'
const program = fileURLToPath(import.meta.url)
const profile = { executors: { one: { executor: 'shared-iterations', iterations: 3 } } }
export default { id: 'it', title: 'it', stack: { program }, flows: [read], actors: [web], profile }
`,
  )
  const module = pathToFileURL(join(directory, 'it.load.ts')).href
  const { default: test } = (await import(module)) as { default: LoadTest }
  const frontDoors = { gateway: '' }
  return makeScript({ ...test, module, frontDoors, entry: 'gateway', seed: 1 })
}

const flow = (body: string) => `export const read = {
  id: 'read', title: 'read', actors: ['web'],
  async run(ctx) { ${body} },
}`

it('makes one script of the flows, that imports nothing but modules of k6 and names no path of this machine', async () => {
  const script = await scriptOf(flow(`await ctx.http.get('/a-page')`))
  const imports = [...script.matchAll(/^import .* from "(.*)";$/gm)].map(([, name]) => name)
  expect(new Set(imports)).toEqual(
    new Set(['k6', 'k6/encoding', 'k6/execution', 'k6/http', 'k6/metrics', 'k6/timers']),
  )
  expect(script).toContain(`'/a-page'`.replaceAll("'", '"'))
  expect(script).toContain('export { options, perform, setup }')
  expect(script).not.toContain(directory)
})

it('makes of the flows of the reference site a script that fits the types of k6', async () => {
  const module = new URL('../../../scenarios/reference/launches/average.load.ts', import.meta.url)
  const { default: test } = (await import(module.href)) as { default: LoadTest }
  const places = { module: module.href, frontDoors: { gateway: '' }, entry: 'gateway', seed: 1 }
  write('script.js', await makeScript({ ...test, ...places }))
  // What the script adds where a k6 lacks it.
  write('globals.d.ts', 'declare function atob(text: string): string\n')
  const types = fileURLToPath(new URL('../../../node_modules/@types/k6', import.meta.url))
  const compilerOptions = {
    noEmit: true,
    allowJs: true,
    checkJs: true,
    strict: false,
    target: 'es2022',
    lib: ['es2022'],
    module: 'esnext',
    moduleResolution: 'bundler',
    skipLibCheck: true,
    types: [],
    paths: { k6: [`${types}/index.d.ts`], 'k6/*': [`${types}/*/index.d.ts`] },
  }
  const files = ['script.js', 'globals.d.ts']
  write('tsconfig.json', JSON.stringify({ compilerOptions, files }))
  const { exitCode, stdout } = await $({ nothrow: true, quiet: true })`npx tsc -p ${directory}`
  expect(exitCode, stdout).toBe(0)
})

it('refuses what only Node has, and names the import and who imports it', async () => {
  const flows = `import { readFileSync } from 'node:fs'\n${flow(`readFileSync('x'); await ctx.http.get('/')`)}`
  await expect(scriptOf(flows)).rejects.toMatchObject({
    code: 'INVALID_SCENARIO',
    message: expect.stringMatching(
      /^k6 does not have 'node:fs', imported by .*flows\.ts$/,
    ) as string,
  })
})

it.each(['Buffer.from', 'structuredClone', 'new URL', 'process.env.toString', 'fetch'])(
  'refuses %s, which nothing is imported for, and names who uses it',
  async (what) => {
    const [name] = /\b[A-Za-z]{4,}|URL/.exec(what) ?? []
    await expect(scriptOf(flow(`${what}('x'); await ctx.http.get('/')`))).rejects.toMatchObject({
      code: 'INVALID_SCENARIO',
      message: expect.stringMatching(
        new RegExp(`^k6 does not have '${name}', used by .*flows\\.ts$`),
      ) as string,
    })
  },
)

it.each([
  ['await import(`node:fs`)', 'node:fs', 'imported'],
  ["await import('node:fs')", 'node:fs', 'imported'],
  ["if (globalThis.process.env['X']) return", 'globalThis.process', 'used'],
  ["global['process'].getBuiltinModule('fs')", 'globalThis.process', 'used'],
  ["await globalThis.fetch('http://x')", 'globalThis.fetch', 'used'],
  ["if (import.meta.dirname === 'x') return", 'import.meta.dirname', 'used'],
])('refuses %s', async (code, name, how) => {
  await expect(scriptOf(flow(`${code}; await ctx.http.get('/')`))).rejects.toMatchObject({
    code: 'INVALID_SCENARIO',
    message: expect.stringContaining(`k6 does not have '${name}', ${how} by `) as string,
  })
})

it.each([
  "globalThis.process?.env['X']",
  "if (globalThis.process) globalThis.process.env['X']",
  "if ('x' in ctx && typeof globalThis.Buffer !== 'undefined') globalThis.Buffer.from('x')",
  'globalThis.fetch ??= () => undefined; globalThis.fetch()',
  'global.mine = 1',
  'const globalThis = { process: { env: {} } }; globalThis.mine = 1',
  "'globalThis.process.env'",
])('takes %s, which does no harm', async (code) => {
  await expect(scriptOf(flow(`${code}; await ctx.http.get('/')`))).resolves.toContain('perform')
})

it('is not led astray by a comment that speaks of typeof', async () => {
  const flows = `// typeof process is 'object' in Node\n${flow(`if (process.env['X']) return; await ctx.http.get('/')`)}`
  await expect(scriptOf(flows)).rejects.toMatchObject({
    message: expect.stringMatching(/^k6 does not have 'process', used by .*flows\.ts$/) as string,
  })
})

it('takes what asks first whether a global is there, and what has one of its own', async () => {
  const flows = `class URL { path = '/own' }
const size = (text) => (typeof Buffer === 'undefined' ? text.length : Buffer.byteLength(text))
${flow(`await ctx.http.get(new URL().path + size('x'))`)}`
  const script = await scriptOf(flows)
  expect(script).toContain('/own')
  expect(script).not.toMatch(/Buffer\b.*from "/)
})

it('says in plain words what of aftershock is not there in k6, and what to do', async () => {
  const flows = `import { defineFlow, defineLoad } from 'aftershock'
export const test = () => defineLoad({})
${flow(`await ctx.http.get('/')`).replace('= {', '= defineFlow({')})`
  const fault = (await scriptOf(flows).catch((error: unknown) => error)) as HarnessError
  expect(fault.code).toBe('INVALID_SCENARIO')
  expect(fault.message).toMatch(
    /^no script for k6 can be made of these flows:\n  \S*flows\.ts:1:22: imports 'defineLoad' of 'aftershock', which is not there in k6$/,
  )
  expect(fault.hint).toContain('put flows and actors into modules of their own')
})

it('takes a module of Node that is imported and not used', async () => {
  const flows = `import { join } from 'node:path'\nexport const unused = () => join('a')\n${flow(`await ctx.http.get('/')`)}`
  await expect(scriptOf(flows)).resolves.not.toContain('node:path')
})

it('says of a flow that no module exports where it must be', async () => {
  write('flows.ts', '')
  write(
    'inline.load.ts',
    `const flows = [{ id: 'hidden', title: 'x', actors: ['web'], run: async () => {} }]
const actors = [{ id: 'web', title: 'web', headers: {} }]
const profile = { executors: { one: { executor: 'shared-iterations' } } }
export default { id: 'inline', title: 'x', stack: {}, flows, actors, profile }
`,
  )
  const module = pathToFileURL(join(directory, 'inline.load.ts')).href
  const { default: test } = (await import(module)) as { default: LoadTest }
  await expect(
    makeScript({ ...test, module, frontDoors: {}, entry: 'gateway', seed: 1 }),
  ).rejects.toMatchObject({ message: "no module exports 'hidden', 'web'" })
})

it('puts a script into a ConfigMap, and a TestRun that runs it from several pods', () => {
  const script = 'export const options = {}\n'
  const text = operatorManifests({ name: 'day', script, parallelism: 3, variables: ['A_URL'] })
  const [configMap, testRun] = parseAllDocuments(text).map((document) => document.toJS() as unknown)
  expect(configMap).toMatchObject({ kind: 'ConfigMap', data: { 'script.js': script } })
  expect(testRun).toMatchObject({
    apiVersion: 'k6.io/v1alpha1',
    kind: 'TestRun',
    spec: {
      parallelism: 3,
      script: { configMap: { name: 'day', file: 'script.js' } },
      runner: { env: [{ name: 'A_URL' }] },
    },
  })
})

it('refuses a script that a ConfigMap does not hold', () => {
  const script = 'x'.repeat(2 ** 20)
  expect(() => operatorManifests({ name: 'x', script, parallelism: 1, variables: [] })).toThrow(
    'the script has 1048576 bytes',
  )
})
