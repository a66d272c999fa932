import { readFileSync } from 'node:fs'

/** The end of a log file for a message, indented; a sentence when there is none. */
export function lastLines(file: string, count = 12): string {
  let text: string
  try {
    text = readFileSync(file, 'utf8').trimEnd()
  } catch (error) {
    return `  (its log cannot be read: ${(error as NodeJS.ErrnoException).code})`
  }
  if (text === '') return '  (it wrote nothing to its log)'
  const lines = text.split('\n').slice(-count)
  return lines.map((line) => `  ${line}`).join('\n')
}
