import type { RenderOptions } from '../report/index.ts'

const widest = 120

/** How to write to this stream: colours only on a terminal and not with NO_COLOR (no-color.org), Unicode where the locale has it. */
export function renderOptionsFor(stream: NodeJS.WriteStream): RenderOptions {
  return {
    width: Math.min(widest, stream.isTTY ? (stream.columns ?? 80) : 80),
    colour: stream.isTTY && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb',
    unicode: hasUnicode(),
  }
}

function hasUnicode(): boolean {
  if (process.platform === 'win32') return Boolean(process.env['WT_SESSION'])
  const locale = process.env['LC_ALL'] || process.env['LC_CTYPE'] || process.env['LANG']
  // Without any locale, as in most containers and pipelines, UTF-8 is what is read.
  return locale === undefined || locale === '' || /utf-?8/i.test(locale)
}
