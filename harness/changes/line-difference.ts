const shownLines = 12
const maxWidth = 160

/**
 * What differs between two texts, as lines: `path:line`, then those that go with `-`, and those that come with `+`. Between the first and
 * the last line that differ everything is shown, up to a dozen lines of each. Empty when the texts are equal.
 */
export function lineDifference(path: string, before: string, after: string): string[] {
  if (before === after) return []
  const old = before.split('\n')
  const now = after.split('\n')
  const shorter = Math.min(old.length, now.length)
  let start = 0
  while (start < shorter && old[start] === now[start]) start += 1
  let end = 0
  while (end < shorter - start && old.at(-1 - end) === now.at(-1 - end)) end += 1
  return [
    `${path}:${start + 1}`,
    ...marked('-', old.slice(start, old.length - end)),
    ...marked('+', now.slice(start, now.length - end)),
  ]
}

function marked(mark: '-' | '+', lines: readonly string[]): string[] {
  const shown = lines.slice(0, shownLines).map((line) => `${mark} ${line.slice(0, maxWidth)}`)
  const rest = lines.length - shown.length
  return rest > 0 ? [...shown, `${mark} … (${rest} more lines)`] : shown
}
