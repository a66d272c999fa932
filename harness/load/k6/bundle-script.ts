import { readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { fileURLToPath } from 'node:url'
import { build, type OutputChunk, type Plugin } from 'rolldown'
import { HarnessError } from '../../core/index.ts'
import { bundleFault } from './bundle-fault.ts'
import type { ExportPlace } from './find-exports.ts'
import { asksWhether, foreignSyntax } from './foreign-syntax.ts'
import type { K6Options } from './options.ts'
import type { ScriptPlan } from './script/plan.ts'

export interface ScriptParts {
  /** Said at the top of the script, a line each. */
  readonly remarks: readonly string[]
  readonly options: K6Options
  readonly plan: ScriptPlan
  readonly flows: readonly ExportPlace[]
  readonly actors: readonly ExportPlace[]
}

const entryId = 'aftershock:k6-script'
const globalId = 'aftershock:global:'
/** Of Node and of the web, which k6 does not have. Source: grafana.com/docs/k6/latest/javascript-api. */
const foreignGlobals = [
  'AbortController',
  'AbortSignal',
  'Blob',
  'Buffer',
  'EventSource',
  'FormData',
  'Headers',
  'Request',
  'Response',
  'URL',
  'URLSearchParams',
  '__dirname',
  '__filename',
  'clearImmediate',
  'fetch',
  'performance',
  'process',
  'queueMicrotask',
  'setImmediate',
  'structuredClone',
]

/**
 * One script for k6 with flows, actors and all that they import, and nothing to import but k6's own modules. Throws INVALID_SCENARIO that
 * names the import, or what is taken for granted as a global, when something of Node's would get in, for k6 has none of it.
 */
export async function bundleScript(parts: ScriptParts): Promise<string> {
  const importers = new Map<string, string>()
  try {
    const { output } = await build({
      input: entryId,
      platform: 'neutral',
      resolve: { mainFields: ['module', 'main'], conditionNames: ['import', 'default'] },
      // A module of Node's that is imported and not used does no harm.
      treeshake: { moduleSideEffects: [{ external: true, sideEffects: false }] },
      // What a module takes for granted becomes an import of its own, so that it is seen who does.
      transform: {
        inject: Object.fromEntries(foreignGlobals.map((name) => [name, [globalId + name, name]])),
      },
      // Else comments name the files of this machine.
      experimental: { attachDebugInfo: 'none' },
      write: false,
      logLevel: 'silent',
      plugins: [scriptPlugin(parts, importers)],
      output: { format: 'esm', codeSplitting: false, banner: bannerOf(parts.remarks) },
    })
    const chunk = output.find((part): part is OutputChunk => part.type === 'chunk')
    if (!chunk) throw new Error('there is no output')
    // The list has what is imported and not used as well; that is not in the code.
    const isIn = (id: string) => chunk.code.includes(JSON.stringify(id))
    const imports = [...chunk.imports, ...chunk.dynamicImports].filter(isIn)
    const others = foreignSyntax(chunk.code, foreignGlobals)
    refuseNode(new Set([...imports, ...others]), importers)
    return chunk.code
  } catch (error) {
    if (error instanceof HarnessError) throw error
    throw bundleFault(error, scriptModule('aftershock'))
  }
}

function isK6(id: string): boolean {
  return id === 'k6' || id.startsWith('k6/')
}

function refuseNode(used: ReadonlySet<string>, importers: ReadonlyMap<string, string>): void {
  const foreign = [...used].filter((id) => !isK6(id))
  if (foreign.length === 0) return
  const lines = foreign.map((id) => {
    const by = importers.get(id) ?? 'flows, or by what they import'
    const name = id.startsWith(globalId) ? id.slice(globalId.length) : id
    return `'${name}', ${isBuiltin(id) ? 'imported' : 'used'} by ${by}`
  })
  throw new HarnessError('INVALID_SCENARIO', `k6 does not have ${lines.join('; ')}`, {
    hint: 'flows for k6 use what the language itself has: move this into a module that no flow imports',
  })
}

/** Gives the entry, leads 'aftershock' to what of it runs in k6, and notes who imports what is not k6's. */
function scriptPlugin(parts: ScriptParts, importers: Map<string, string>): Plugin {
  return {
    name: 'aftershock:k6-script',
    resolveId(source, importer) {
      if (source === entryId) return entryId
      if (source === 'aftershock') return scriptModule('aftershock')
      if (isK6(source)) return { id: source, external: true }
      const isGlobal = source.startsWith(globalId)
      if (!isGlobal && !isBuiltin(source)) return null
      if (isGlobal && importer !== undefined && doesWithout(source, importer)) return absent(source)
      if (importer !== undefined) importers.set(source, importer)
      return { id: source, external: true }
    },
    load(id) {
      if (id === entryId) return entryOf(parts)
      return id.startsWith(absent('')) ? `export const ${nameOf(id)} = undefined` : null
    },
  }
}

/** A module that asks first whether there is such a thing. */
function doesWithout(source: string, importer: string): boolean {
  return asksWhether(nameOf(source), readFileSync(importer, 'utf8'), importer)
}

function absent(source: string): string {
  return `\0absent ${source}`
}

function nameOf(source: string): string {
  return source.slice(source.lastIndexOf(':') + 1)
}

function entryOf({ options, plan, flows, actors }: ScriptParts): string {
  const places = [...flows, ...actors]
  const imports = places.map(
    ({ path, name }, i) => `import { ${name} as part${i} } from ${JSON.stringify(path)}`,
  )
  const list = (from: number, some: readonly ExportPlace[]) =>
    `[${some.map(({ read }, i) => `part${from + i}${read}`).join(', ')}]`
  return [
    `import ${JSON.stringify(scriptModule('globals'))}`,
    `import { perform as performOne, signIn } from ${JSON.stringify(scriptModule('perform'))}`,
    ...imports,
    `export const options = ${JSON.stringify(options, null, 2)}`,
    `const plan = ${JSON.stringify(plan)}`,
    `const flows = ${list(0, flows)}`,
    `const actors = ${list(flows.length, actors)}`,
    'export const setup = () => signIn(plan, actors)',
    'export const perform = (sessions) => performOne(plan, flows, actors, sessions)',
  ].join('\n')
}

function scriptModule(name: string): string {
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js'
  return fileURLToPath(new URL(`./script/${name}${extension}`, import.meta.url))
}

function bannerOf(remarks: readonly string[]): string {
  return remarks.map((line) => `// ${line.replaceAll(/[\r\n\u2028\u2029]/g, ' ')}`).join('\n')
}
