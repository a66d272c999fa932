/** As programs of all kinds say that something is an error: `TypeError: x`, `ERROR x`, `panic: x`. */
const error =
  /\b[A-Z]\w*(Error|Exception)\b|\bE(rror|RROR)\b|\b(FATAL|PANIC)\b|\b(error|fatal|panic):/
/** In logs as pino and its like write them: 50 is an error. */
const errorLevels: readonly unknown[] = ['error', 'fatal', 'critical']

/** A message that may end in the last lines of a log, as one line: its first, and of the log the last one that tells of an error, or the last. */
export function oneLine(message: string): string {
  const [first = '', ...log] = message.split('\n')
  const lines = log.map(textOf)
  const telling = lines.findLast(({ isError }) => isError) ?? lines.at(-1)
  return telling === undefined ? first : `${first.replace(/:$/, '')}: ${telling.text}`
}

function textOf(line: string): { readonly text: string; readonly isError: boolean } {
  const text = line.trim()
  try {
    const entry = JSON.parse(text) as Readonly<Record<string, unknown>>
    const { level, msg, message = msg, err } = entry
    const { message: cause } = (err ?? {}) as Readonly<Record<string, unknown>>
    const told = cause ?? message
    return {
      text: typeof told === 'string' ? (told.split('\n')[0] ?? '') : text,
      isError: errorLevels.includes(level) || (typeof level === 'number' && level >= 50),
    }
  } catch {
    // Most logs are no JSON.
    return { text, isError: error.test(text) }
  }
}
