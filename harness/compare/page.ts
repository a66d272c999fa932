import {
  codeInTable,
  codeMarkdown,
  displayWidth,
  makeTheme,
  padEnd,
  plainMarkdown,
  truncate,
  visible,
  wrap,
  type RenderOptions,
} from '../report/index.ts'

/** What is to be shown, without saying how: made once, rendered for a terminal, as Markdown and as HTML. */
export interface Page {
  readonly title: string
  readonly tone: 'good' | 'bad' | 'open'
  readonly lead: readonly string[]
  readonly sections: readonly Section[]
}

export interface Section {
  readonly title: string
  readonly notes?: readonly string[]
  readonly table?: Table
}

export interface Table {
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** Rows that there are beside these. */
  readonly more?: number
}

const narrowest = 8
/** A table that is wider than the terminal by more than that is told row by row instead of cut. */
const mostCut = 8
const signs = { good: '✅', bad: '❌', open: '⚠️' } as const

/** Lines of at most `width` columns. */
export function renderPageTerminal(page: Page, options: RenderOptions): string {
  const theme = makeTheme(options)
  const { width } = theme
  const paint = { good: theme.good, bad: theme.bad, open: theme.warn }[page.tone]
  const said = (lines: readonly string[]) =>
    lines.flatMap((line) => wrap(theme.safe(line), { width }))
  const blocks = page.sections.map(({ title, notes = [], table }) => [
    ...wrap(theme.safe(title), { width }).map(theme.strong),
    ...notes.flatMap((note) => wrap(theme.safe(note), { width, first: '  ' })),
    ...(table ? tableLines(table, width - 2, theme).map((line) => `  ${line}`) : []),
  ])
  return [
    [
      ...wrap(theme.safe(page.title), { width }).map((line) => theme.strong(paint(line))),
      ...said(page.lead),
    ],
    ...blocks,
  ]
    .map((lines) => lines.join('\n'))
    .join('\n\n')
}

function tableLines(
  { head, rows, more = 0 }: Table,
  width: number,
  theme: ReturnType<typeof makeTheme>,
): string[] {
  const all = [head, ...rows].map((row) => row.map(theme.safe))
  const widths = head.map((_, i) => Math.max(...all.map((row) => displayWidth(row[i] ?? ''))))
  const total = () => widths.reduce((sum, one) => sum + one + 2, -2)
  const rest = more > 0 ? [`and ${more} more`] : []
  if (total() > width + mostCut) {
    const [heads = [], ...others] = all
    return [...others.flatMap((row) => recordLines(heads, row, width, theme)), ...rest]
  }
  while (total() > width && Math.max(...widths) > narrowest) {
    const widest = widths.indexOf(Math.max(...widths))
    widths[widest] = (widths[widest] ?? 0) - 1
  }
  const lines = all.map((row) =>
    row
      .map((cell, i) =>
        padEnd(truncate(cell, widths[i] ?? 0, theme.symbols.ellipsis), widths[i] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  )
  const [first = '', ...others] = lines
  return [theme.quiet(first), ...others, ...rest]
}

/** What the first column has of a row, and below it each other cell that is not empty, after the head of its column. */
function recordLines(
  [, ...heads]: readonly string[],
  [name = '', ...cells]: readonly string[],
  width: number,
  { quiet, symbols }: ReturnType<typeof makeTheme>,
): string[] {
  const headWidth = Math.min(Math.floor(width / 3), Math.max(0, ...heads.map(displayWidth)))
  return [
    ...wrap(name, { width }),
    ...heads.flatMap((head, i) => {
      const cell = cells[i] ?? ''
      if (cell === '') return []
      const first = `  ${padEnd(truncate(head, headWidth, symbols.ellipsis), headWidth)}  `
      return wrap(cell, { width: width - headWidth - 4 }).map(
        (line, j) => (j === 0 ? quiet(first) : ' '.repeat(headWidth + 4)) + line,
      )
    }),
  ]
}

/** Everything that is said is escaped: it may come from the system under test. */
export function renderPageMarkdown(page: Page): string {
  const blocks = page.sections.flatMap(({ title, notes = [], table }) => [
    `#### ${plainMarkdown(title)}`,
    ...(notes.length > 0 ? [notes.map((note) => `- ${plainMarkdown(note)}`).join('\n')] : []),
    ...(table ? [tableMarkdown(table)] : []),
  ])
  const lead = page.lead.map(plainMarkdown).join('\n\n')
  return `${[`### ${signs[page.tone]} ${plainMarkdown(page.title)}`, lead, ...blocks].join('\n\n')}\n`
}

function tableMarkdown({ head, rows, more = 0 }: Table): string {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const lines = [
    row(head.map(plainMarkdown)),
    row(head.map(() => '---')),
    ...rows.map((cells) => row(cells.map((cell) => (cell === '' ? '' : codeInTable(cell))))),
  ]
  return [...lines, ...(more > 0 ? ['', `and ${codeMarkdown(String(more))} more`] : [])].join('\n')
}

const style = `:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem}
h1{font-size:1.4rem;border-left:.4rem solid;padding-left:.7rem}h1.good{border-color:#1a7f37}h1.bad{border-color:#cf222e}h1.open{border-color:#9a6700}
h2{font-size:1.05rem;margin-top:2rem}.wide{overflow-x:auto}h1,p,li{overflow-wrap:anywhere}table{border-collapse:collapse}th,td{text-align:left;padding:.2rem .9rem .2rem 0;border-bottom:1px solid #8884;vertical-align:top}
th{white-space:nowrap}td{max-width:24rem;overflow-wrap:break-word}
td{font-family:ui-monospace,monospace;font-size:.85rem}`

/** One file without a script that asks for nothing from a network. */
export function renderPageHtml(page: Page): string {
  const sections = page.sections.map(({ title, notes = [], table }) =>
    [
      `<h2>${escapeHtml(title)}</h2>`,
      ...(notes.length > 0
        ? [`<ul>${notes.map((note) => `<li>${escapeHtml(note)}</li>`).join('')}</ul>`]
        : []),
      ...(table ? [tableHtml(title, table)] : []),
    ].join('\n'),
  )
  const policy = "default-src 'none'; style-src 'unsafe-inline'"
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(page.title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1 class="${page.tone}">${escapeHtml(page.title)}</h1>
${page.lead.map((line) => `<p>${escapeHtml(line)}</p>`).join('\n')}
${sections.join('\n')}
</main>
</body>
</html>
`
}

function tableHtml(title: string, { head, rows, more = 0 }: Table): string {
  const row = (cells: readonly string[], tag: 'th' | 'td') =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`
  const body = rows.map((cells) => row(cells, 'td')).join('\n')
  const rest = more > 0 ? `\n<p>and ${more} more</p>` : ''
  // It scrolls where it is too wide, by the keyboard too.
  return `<div class="wide" tabindex="0" role="region" aria-label="${escapeHtml(title)}"><table><thead>${row(head, 'th')}</thead>\n<tbody>${body}</tbody></table></div>${rest}`
}

function escapeHtml(text: string): string {
  return visible(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
