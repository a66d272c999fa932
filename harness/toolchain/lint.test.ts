import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from 'vitest'
import { $ } from 'zx'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** A working tree in small, in which each file breaks one rule. */
const files = {
  'harness/core/reads-a-file.ts': "import { readFileSync } from 'node:fs'\nreadFileSync('x')\n",
  'harness/core/uses-a-package.ts': "import { $ } from 'zx'\nexport const run = $\n",
  'harness/core/knows-the-engine.ts': "export type { Clock } from '../engine/index.ts'\n",
  'harness/judge/takes-a-part-of-core.ts': "export type { Random } from '../core/random.ts'\n",
  'harness/changes/knows-the-fabric.ts': "export type { Site } from '../fabric/site.ts'\n",
  'harness/load/knows-the-engine.ts': "export type { Clock } from '../engine/index.ts'\n",
  'harness/engine/knows-a-runtime.ts':
    "export const load = () => import('../runtimes/processes/supervised.ts')\n",
  'harness/engine/reads-a-file.ts': "import { readFileSync } from 'node:fs'\nreadFileSync('x')\n",
  'harness/fabric/knows-the-engine.ts': "export type { Clock } from '../engine/index.ts'\n",
  'harness/fabric/variants/knows-the-engine.ts':
    "export type { Clock } from '../../engine/index.ts'\n",
  'harness/compare/reads-a-file.ts': "import { readFileSync } from 'node:fs'\nreadFileSync('x')\n",
  'harness/report/reads-a-file.ts': "import { readFileSync } from 'node:fs'\nreadFileSync('x')\n",
  'harness/runtimes/knows-the-session.ts': "export { performRun } from '../session/index.ts'\n",
  'harness/runtimes/processes/knows-the-report.ts':
    "export { renderJunit } from '../../report/index.ts'\n",
  'harness/runtimes/containers/image/knows-the-cli.ts':
    "export { program } from '../../../cli/program.ts'\n",
  'harness/runtimes/processes/takes-a-part-of-core.ts':
    "export type { Random } from '../../core/random.ts'\n",
  'harness/session/knows-a-runtime.ts':
    "export { processesRuntime } from '../runtimes/processes/processes-runtime.ts'\n",
  'harness/vitest/knows-the-cli.ts': "export { buildProgram } from '../cli/program.ts'\n",
  'harness/cli/knows-vitest.ts': "export { aftershock } from '../vitest/plugin.ts'\n",
  'harness/index.ts': "export { performRun } from './session/index.ts'\n",
  'harness/cli/knows-a-scenario.ts':
    "export { referenceSite } from '../../scenarios/reference/stack.ts'\n",
  'harness/fabric/knows-a-mock.test.ts': "export { news } from '../../mocks/sites/news.ts'\n",
  'scenarios/reference/reaches-into-harness.ts': "export { site } from '../../harness/index.ts'\n",
  'scenarios/reference/services/gateway/knows-aftershock.ts': "export { site } from 'aftershock'\n",
  'mocks/sites/reaches-into-harness.ts': "export { site } from '../../harness/fabric/site.ts'\n",
  'harness/report/cycle-a.ts': "import type { B } from './cycle-b.ts'\nexport type A = B | 1\n",
  'harness/report/cycle-b.ts': "import type { A } from './cycle-a.ts'\nexport type B = A | 2\n",
  'harness/report/floats.ts': 'async function later(): Promise<void> {}\nlater()\n',
  'harness/report/forgets-a-case.ts':
    "export function f(x: 'a' | 'b'): void {\n  switch (x) {\n    case 'a':\n      break\n  }\n}\n",
  'harness/report/any.ts': 'export const x: any = 1\n',
  'harness/report/console.ts': "console.log('x')\n",
  'harness/report/swallows.ts': 'try {\n  JSON.parse("")\n} catch {}\n',
  'harness/report/type-import.ts':
    "import { words } from './words.ts'\nexport type Words = typeof words\n",
  'harness/report/default-export.ts': 'export default 1\n',
  'harness/report/is-fine.ts':
    "export type { Cell } from '../core/index.ts'\nexport { default as colors } from 'picocolors'\n",
  'harness/runtimes/containers/image/is-fine.ts':
    "export type { Cell } from '../../../core/index.ts'\nexport { labels } from '../labels.ts'\nexport { FabricClient } from '../../../fabric/client.ts'\nexport type { Runtime } from '../../../engine/index.ts'\n",
  'harness/fabric/variants/is-fine.ts':
    "export type { Cell } from '../../core/index.ts'\nexport { site } from '../site.ts'\n",
  'harness/engine/is-fine.ts':
    "export { setTimeout } from 'node:timers/promises'\nexport { judge } from '../judge/index.ts'\n",
  'harness/core/is-fine.test.ts':
    "export { test } from 'vitest'\nexport { site } from '../fabric/site.ts'\n",
  'scenarios/reference/is-fine.scenario.ts':
    "import { site } from 'aftershock'\nexport default site\n",
} as const
type File = keyof typeof files

const restricted = 'eslint(no-restricted-imports)'
const expected: Partial<Record<File, string>> = {
  'harness/report/cycle-a.ts': 'import(no-cycle)',
  'harness/report/cycle-b.ts': 'import(no-cycle)',
  'harness/report/floats.ts': 'typescript(no-floating-promises)',
  'harness/report/forgets-a-case.ts': 'typescript(switch-exhaustiveness-check)',
  'harness/report/any.ts': 'typescript(no-explicit-any)',
  'harness/report/console.ts': 'eslint(no-console)',
  'harness/report/swallows.ts': 'eslint(no-empty)',
  'harness/report/type-import.ts': 'typescript(consistent-type-imports)',
  'harness/report/default-export.ts': 'import(no-default-export)',
}

let found: Record<string, string[]>

beforeAll(async () => {
  const tree = await mkdtemp(join(tmpdir(), 'aftershock-lint-'))
  try {
    for (const [file, text] of Object.entries(files)) {
      await mkdir(dirname(join(tree, file)), { recursive: true })
      await writeFile(join(tree, file), text)
    }
    for (const file of ['.oxlintrc.json', 'tsconfig.json'])
      await cp(join(root, file), join(tree, file))
    await symlink(join(root, 'node_modules'), join(tree, 'node_modules'))
    const oxlint = join(root, 'node_modules/.bin/oxlint')
    const { stdout } = await $({
      cwd: tree,
      nothrow: true,
      timeout: '50s',
    })`${oxlint} -f json harness mocks scenarios`
    const { diagnostics } = JSON.parse(stdout) as {
      diagnostics: { readonly code: string; readonly filename: string }[]
    }
    found = {}
    for (const { filename, code } of diagnostics) (found[filename] ??= []).push(code)
  } finally {
    await rm(tree, { recursive: true })
  }
}, 60_000)

test.for(Object.keys(files) as File[])('%s', (file) => {
  if (file.includes('is-fine')) expect(found[file] ?? []).toEqual([])
  else expect(found[file] ?? []).toContain(expected[file] ?? restricted)
})
