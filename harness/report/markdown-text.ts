import { visible } from './text.ts'

const longest = 500
/** Between two characters that mean something together; it takes no room. */
const apart = '&#8203;'

/**
 * Text from outside as Markdown that shows just this text, in one line: no markup and no HTML, nobody is mentioned, no issue is
 * referred to, and no address becomes a link. Cut to 500
 * characters.
 */
export function plainMarkdown(text: string): string {
  return (
    cut(visible(text))
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replace(/[\\`*_{}[\]()#|~$]/g, '\\$&')
      // First, since `apart` has such a # itself.
      .replace(/#(?=\d)/g, `#${apart}`)
      .replace(/^(\s*)([-+=]|\d+(?=[.)]))/, `$1${apart}$2`)
      .replaceAll('@', `@${apart}`)
      .replace(/\b(gh)-(?=\d)/gi, `$1-${apart}`)
      .replace(/:(?=\/\/|[\w+-]+:)/g, `:${apart}`)
      .replace(/\b(www)\./gi, `$1${apart}.`)
  )
}

/** Text from outside as code in a line, cut to 500 characters: in code nothing has a meaning but backticks. */
export function codeMarkdown(text: string): string {
  const shown = cut(visible(text))
  const fence = '`'.repeat(longestRun(shown) + 1)
  const isPadded = /^`|`$|^ .*\S.* $|^$/.test(shown)
  return isPadded ? `${fence} ${shown} ${fence}` : fence + shown + fence
}

/** The same for the cell of a table, where a pipe ends the cell in code as well. */
export function codeInTable(text: string): string {
  return codeMarkdown(text).replaceAll('|', String.raw`\|`)
}

/** Lines from outside as a block of code, each cut to 500 characters. */
export function codeBlock(lines: readonly string[]): string {
  const shown = lines.map((line) => cut(visible(line)))
  const fence = '`'.repeat(Math.max(3, longestRun(shown.join('\n')) + 1))
  return [`${fence}text`, ...shown, fence].join('\n')
}

function cut(text: string): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length))
}
