import { globSync, readFileSync } from 'node:fs'
import { cp, glob, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { Ajv, type AnySchemaObject } from 'ajv'
import { publint } from 'publint'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { $ } from 'zx'

interface Manifest {
  readonly version: string
  readonly dependencies: Readonly<Record<string, string>>
  readonly [field: string]: unknown
}

const harness = join(import.meta.dirname, '..')
const root = join(harness, '..')
const source = readJson(join(harness, 'package.json')) as Manifest
const lock = readJson(join(root, 'package-lock.json')) as {
  packages: Record<string, { version: string }>
}

// The machine's own Node and npm may be older: what runs here runs on the Node of these tests.
const path = [dirname(process.execPath), process.env['PATH']].join(delimiter)
const run = $({ env: { ...process.env, PATH: path, NO_COLOR: '1' }, quiet: true })

let folder: string
let dist: string
let user: string
let packed: string[]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aftershock-pack-'))
  dist = join(folder, 'dist')
  user = join(folder, 'user')
  await run({ cwd: root })`node harness/build.ts ${dist}`
  const made = await run({ cwd: folder })`npm pack --json ${dist}`
  const [tarball] = JSON.parse(made.stdout) as { filename: string; files: { path: string }[] }[]
  packed = tarball?.files.map((file) => file.path) ?? []
  await makeProject(`file:${join(folder, String(tarball?.filename))}`)
}, 180_000)

afterAll(() => rm(folder, { recursive: true }))

/** An empty project with what a user installs, and with two scenarios: one whose change holds and one whose change breaks a flow. */
async function makeProject(tarball: string): Promise<void> {
  await mkdir(user)
  const installed = (name: string) => lock.packages[`node_modules/${name}`]?.version
  await writeJson('package.json', {
    private: true,
    type: 'module',
    dependencies: {
      aftershock: tarball,
      vitest: installed('vitest'),
      '@types/node': installed('@types/node'),
    },
    // Native parts that testcontainers can do without; to build them takes long, and a compiler.
    allowScripts: readRoot().allowScripts,
  })
  await writeJson('tsconfig.json', {
    compilerOptions: {
      target: 'es2024',
      module: 'nodenext',
      types: ['node'],
      strict: true,
      exactOptionalPropertyTypes: true,
      allowImportingTsExtensions: true,
      skipLibCheck: false,
      noEmit: true,
    },
  })
  await cp(join(harness, 'vitest/fixtures'), join(user, 'fixtures'), { recursive: true })
  for (const name of ['holding', 'breaking']) {
    const scenario = `import { scenarios } from './fixtures/scenarios.ts'\n\nexport default scenarios.${name}\n`
    await writeFile(join(user, `${name}.scenario.ts`), scenario)
  }
  await writeFile(
    join(user, 'vitest.config.ts'),
    "import { aftershock } from 'aftershock/vitest'\nimport { defineConfig } from 'vitest/config'\n\nexport default defineConfig({ plugins: [aftershock()] })\n",
  )
  await run({ cwd: user })`npm install --prefer-offline --no-audit --no-fund`
}

function readRoot(): { readonly allowScripts: object } {
  return readJson(join(root, 'package.json')) as { allowScripts: object }
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'))
}

function writeJson(file: string, content: object): Promise<void> {
  return writeFile(join(user, file), JSON.stringify(content))
}

/** Runs a program in the user's project. */
function inProject(command: string, ...args: string[]) {
  return run({ cwd: user, nothrow: true })`npx ${[command, ...args]}`
}

describe('the package', () => {
  test('holds what was built, and neither sources, tests nor tools', () => {
    expect(packed).toEqual(
      expect.arrayContaining([
        'LICENSE',
        'README.md',
        'CHANGELOG.md',
        'index.js',
        'index.d.ts',
        'bin/aftershock.js',
        'cli/main.js',
        'fabric/main.js',
        'runtimes/processes/supervisor.js',
        'vitest/plugin.js',
        'vitest/runner.js',
        'report/summary.schema.json',
      ]),
    )
    const strangers = packed.filter((file) =>
      /(?<!\.d)\.ts$|\.test\.|(^|\/)(fixtures|testing)\/|(^|\/)test-|^(bench|toolchain|build|node_modules)\b/.test(
        file,
      ),
    )
    expect(strangers).toEqual([])
  })

  test('holds every program that is written in plain JavaScript', () => {
    const scripts = globSync('{bin,cli,fabric,runtimes,vitest}/**/*.js', { cwd: harness })
    expect(packed).toEqual(expect.arrayContaining(scripts))
  })

  test('says what the source says, without what only the workspace needs', async () => {
    const manifest = readJson(join(dist, 'package.json')) as Manifest
    const { devDependencies: _dev, scripts: _scripts, exports: _exports, ...kept } = source
    expect(manifest).toMatchObject(kept)
    expect(Object.keys(manifest).toSorted()).toEqual([...Object.keys(kept), 'exports'].toSorted())
    expect(JSON.stringify(manifest)).not.toContain('node-linux')
  })

  test('is what publint would have it be', async () => {
    const { messages } = await publint({ pkgDir: dist, strict: true, pack: 'npm' })
    expect(messages).toEqual([])
  })

  test('depends on every package that it imports', async () => {
    const imported = new Set<string>()
    for await (const file of glob('**/*.{js,d.ts}', { cwd: dist })) {
      const text = await readFile(join(dist, file), 'utf8')
      for (const [, name] of text.matchAll(/\bfrom '((?:@[\w-]+\/)?[\w-]+)/g)) {
        if (name !== undefined) imported.add(name)
      }
    }
    imported.delete('node')
    imported.delete('aftershock')
    // Modules that a k6 has: only scripts for it import them.
    imported.delete('k6')
    expect([...imported].filter((name) => !(name in source.dependencies))).toEqual(['vitest'])
  })

  test('is not made from the sources', async () => {
    const { exitCode, stderr } = await run({ cwd: folder, nothrow: true })`npm pack ${harness}`
    expect(exitCode).not.toBe(0)
    expect(stderr).toContain(
      'aftershock is packed from what is built: npm run build && npm pack ./harness/dist\n',
    )
  })
})

describe('in an empty project', () => {
  test('the command line shows help and version', async () => {
    expect(await inProject('aftershock', '--help')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^Usage: aftershock /),
    })
    expect(await inProject('aftershock', '--version')).toMatchObject({
      exitCode: 0,
      stdout: `${source.version}\n`,
    })
  })

  test('the scenarios are listed', async () => {
    const { exitCode, stdout } = await inProject('aftershock', 'list')
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^breaking\b[^]*^holding\b/m)
  })

  test('a scenario passes, and leaves a summary that is valid by the schema in the package', async () => {
    const { exitCode, stdout } = await inProject('aftershock', 'run', 'holding', '--out', 'out')
    expect(stdout).toMatch(/^PASS /m)
    expect(exitCode).toBe(0)
    const resolved = await run({
      cwd: user,
    })`node -p "require.resolve('aftershock/summary.schema.json')"`
    const schema = readJson(resolved.stdout.trim()) as AnySchemaObject
    const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(schema)
    const summary = readJson(join(user, 'out/summary.json'))
    expect(validate(summary), JSON.stringify(validate.errors)).toBe(true)
  })

  test('a breaking change fails', async () => {
    expect(await inProject('aftershock', 'run', 'breaking')).toMatchObject({ exitCode: 1 })
  })

  test('Vitest runs the scenarios as tests', async () => {
    const { exitCode, stdout } = await inProject('vitest', 'run', 'holding')
    expect(stdout).toMatch(/Test Files {2}1 passed/)
    expect(exitCode).toBe(0)
  })

  test('the types resolve and are consistent', async () => {
    const { exitCode, stdout } = await run({
      cwd: user,
      nothrow: true,
    })`${join(root, 'node_modules/.bin/tsc')}`
    expect(stdout).toBe('')
    expect(exitCode).toBe(0)
  })
})

describe('a Node that is too old', () => {
  const old = oldNode()
  const program = () => join(user, 'node_modules/aftershock/bin/aftershock.js')

  test.skipIf(old === undefined)('gets one line, and exit code 64', async () => {
    const { exitCode, stdout, stderr } = await $({
      nothrow: true,
      quiet: true,
    })`${old} ${program()} run`
    expect(stdout).toBe('')
    expect(stderr).toMatch(
      /^aftershock needs Node 24 \(24\.11 or newer\) or Node 26 and newer; this is Node \d+\.\d+\.\d+\n$/,
    )
    expect(exitCode).toBe(64)
  })

  test('is what package.json says', () => {
    expect(source['engines']).toEqual({ node: '^24.11.0 || >=26.0.0' })
  })
})

/** A Node on the PATH that is older than what the package needs; without one, there is nothing to see. */
function oldNode(): string | undefined {
  const nodes = $.sync({ nothrow: true, quiet: true })`which -a node`.stdout.trim().split('\n')
  return nodes.find((node) => {
    const version = $.sync({ nothrow: true, quiet: true })`${node} --version`.stdout
    return Number(/^v(\d+)/.exec(version)?.[1] ?? Infinity) < 24
  })
}
