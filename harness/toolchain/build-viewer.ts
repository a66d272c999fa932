/**
 * Makes harness/report/viewer/dist/shell.html: the viewer as one page without data, with a Content-Security-Policy that lets nothing run but its own
 * script and lets nothing be asked for. `npm ci` runs it.
 */
import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build, type Rolldown } from 'vite'

const here = join(import.meta.dirname, '../report/viewer')
const dist = join(here, 'dist')

const built = (await build({
  root: here,
  configFile: false,
  logLevel: 'warn',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    write: false,
    modulePreload: false,
    cssCodeSplit: false,
    rolldownOptions: {
      input: join(here, 'main.tsx'),
      output: { format: 'iife', codeSplitting: false },
    },
  },
})) as Rolldown.RolldownOutput
const script = built.output.find((file) => file.type === 'chunk')?.code
const style = built.output.find((file) => file.fileName.endsWith('.css'))
if (script === undefined || style?.type !== 'asset')
  throw new Error('Vite made no script or no style')
const css = String(style.source)
for (const [what, text] of [
  ['script', script],
  ['style', css],
] as const) {
  if (new RegExp(`</${what}|<!--`, 'i').test(text)) throw new Error(`the ${what} would end early`)
}

const policy = [
  "default-src 'none'",
  `script-src '${hashOf(script)}'`,
  `style-src '${hashOf(css)}'`,
  'img-src data:',
  "connect-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title><!--page-title--></title>
<style>${css}</style>
</head>
<body>
<div id="app"><!--page-plain--></div>
<noscript>With JavaScript there is more on this page, and nothing is asked for from any network.</noscript>
<script type="application/json" id="data">/*page-data*/</script>
<script>${script}</script>
</body>
</html>
`
await mkdir(dist, { recursive: true })
await writeFile(join(dist, 'shell.html'), page)

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}
