/**
 * Makes harness/dist anew, or fills the folder that the argument names: the package as it is published. It has JavaScript and
 * declarations in place of TypeScript, which Node refuses to run below node_modules. `npm pack ./harness/dist` makes the tarball.
 */
import { globSync } from 'node:fs'
import { cp, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { $ } from 'zx'

const source = import.meta.dirname
const root = join(source, '..')
const given = process.argv[2]
const dist = given === undefined ? join(source, 'dist') : resolve(given)

/** Folders without anything to publish; tsconfig.build.json leaves them out too. */
const unbuilt = new Set(['dist', 'node_modules', 'bench', 'toolchain', 'fixtures', 'testing'])

/** Fields of the manifest that mean something to the workspace only. */
const unpublished = new Set(['devDependencies', 'scripts'])

interface Manifest {
  readonly exports: Readonly<Record<string, string>>
  readonly [field: string]: unknown
}

if (given === undefined) await rm(dist, { recursive: true, force: true })
const compiled = await $({
  cwd: root,
  preferLocal: true,
  verbose: true,
  nothrow: true,
})`tsc -p harness/tsconfig.build.json --outDir ${dist}`
if (compiled.exitCode !== 0) process.exit(1)
const scripts = globSync('**/*.js', { cwd: source, exclude: (name) => unbuilt.has(name) })
for (const file of [...scripts, 'report/summary.schema.json']) {
  await cp(join(source, file), join(dist, file))
}
const shell = 'report/viewer/dist/shell.html'
await cp(join(source, shell), join(dist, shell)).catch((error: unknown) => {
  process.stderr.write('build: the viewer is not built; run `npm run prepare` first\n')
  throw error
})
for (const file of ['README.md', 'LICENSE', 'CHANGELOG.md']) {
  await cp(join(root, file), join(dist, file))
}
const manifest = JSON.parse(await readFile(join(source, 'package.json'), 'utf8')) as Manifest
const published = `${JSON.stringify(publishedManifest(manifest), null, 2)}\n`
await writeFile(join(dist, 'package.json'), published)

/** The manifest with its exports led to what tsc emitted. */
function publishedManifest(manifest: Manifest): object {
  const fields = Object.entries(manifest).filter(([field]) => !unpublished.has(field))
  const exported = Object.entries(manifest.exports).map(([name, file]) => {
    return [name, publishedExport(file)] as const
  })
  return { ...Object.fromEntries(fields), exports: Object.fromEntries(exported) }
}

function publishedExport(file: string): unknown {
  if (!file.endsWith('.ts')) return file
  const stem = file.slice(0, -'.ts'.length)
  return { types: `${stem}.d.ts`, default: `${stem}.js` }
}
