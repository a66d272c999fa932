import { isBuiltin } from 'node:module'
import { build, type OutputChunk, type Plugin } from 'rolldown'
import { HarnessError, describeError } from '../../../core/index.ts'

export interface BundleRequest {
  /** Absolute path of each entry, by the name of its file in `outDir` (without extension). */
  readonly entries: Readonly<Record<string, string>>
  readonly outDir: string
  /** Packages that stay outside of the bundle. */
  readonly external?: readonly string[]
  /** What `import.meta.url` is to be in a module, by its path; undefined: what it becomes by itself. */
  readonly urlOf?: (path: string) => string | undefined
}

/** Bundles programs for Node, each as `<name>.mjs`, sharing what they have in common. Returns the paths of all modules that went in. */
export async function bundle(request: BundleRequest): Promise<string[]> {
  const { entries, outDir, external = [], urlOf } = request
  const isOutside = (id: string) =>
    isBuiltin(id) || external.some((name) => id === name || id.startsWith(`${name}/`))
  try {
    const { output } = await build({
      input: { ...entries },
      platform: 'node',
      external: isOutside,
      ...(urlOf ? { plugins: [keepUrls(urlOf)] } : {}),
      logLevel: 'silent',
      output: {
        dir: outDir,
        format: 'esm',
        entryFileNames: '[name].mjs',
        chunkFileNames: 'shared/[name]-[hash].mjs',
      },
    })
    const chunks = output.filter((part): part is OutputChunk => part.type === 'chunk')
    return [...new Set(chunks.flatMap(({ moduleIds }) => moduleIds))].filter(
      (id) => id.startsWith('/') || /^[A-Z]:/i.test(id),
    )
  } catch (error) {
    const names = Object.values(entries).join(', ')
    throw new HarnessError(
      'START_FAILED',
      `cannot be bundled for its image: ${names}: ${describeError(error)}`,
      {
        cause: error,
        hint: 'name packages with native code in run.packages of the service, so that they are left as they are',
      },
    )
  }
}

/** Modules that read files beside themselves find them by their URL, which a bundle would change. */
function keepUrls(urlOf: (path: string) => string | undefined): Plugin {
  return {
    name: 'aftershock:keep-urls',
    transform(code, id) {
      const url = code.includes('import.meta.') ? urlOf(id) : undefined
      if (url === undefined) return null
      const path = JSON.stringify(decodeURIComponent(new URL(url).pathname))
      const directory = JSON.stringify(
        decodeURIComponent(new URL('.', url).pathname.replace(/\/$/, '')),
      )
      return code
        .replaceAll('import.meta.url', JSON.stringify(url))
        .replaceAll('import.meta.filename', path)
        .replaceAll('import.meta.dirname', directory)
    },
  }
}
