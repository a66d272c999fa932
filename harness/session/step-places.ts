import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

export interface Place {
  /** Absolute. */
  readonly file: string
  /** From 1. */
  readonly line: number
}

const mostFiles = 20
const localImport = /\bfrom\s+['"](\.{1,2}\/[^'"]+)['"]/g

/**
 * Where a step is written down: the first line that says its name in quotes, in the scenario file, else in the files beside it that
 * it imports, and they import. Without such a line, or without a name: where `steps` stand in the scenario file, else its first line.
 */
export function placeOfStep(scenarioFile: string, step?: string): Place {
  const text = read(scenarioFile)
  if (step !== undefined) {
    const found = findName(scenarioFile, step)
    if (found) return found
  }
  const line = text.split('\n').findIndex((one) => /^\s*steps\b/.test(one))
  return { file: scenarioFile, line: Math.max(0, line) + 1 }
}

function findName(scenarioFile: string, step: string): Place | undefined {
  const waiting = [scenarioFile]
  for (let i = 0; i < waiting.length && i < mostFiles; i += 1) {
    const file = waiting[i] as string
    const text = read(file)
    const line = text.split('\n').findIndex((one) => names(one, step))
    if (line >= 0) return { file, line: line + 1 }
    for (const [, path = ''] of text.matchAll(localImport)) {
      const next = resolve(dirname(file), path)
      if (!waiting.includes(next)) waiting.push(next)
    }
  }
  return undefined
}

/** In quotes, and neither in a comment nor as the step that an `undo` ends. */
function names(line: string, step: string): boolean {
  if (/^\s*(?:\/\/|\*|\/\*)/.test(line)) return false
  return ["'", '"', '`'].some((quote) => {
    const at = line.indexOf(`${quote}${step}${quote}`)
    return at >= 0 && !/\bundo\(\s*$/.test(line.slice(0, at))
  })
}

/** Empty where it cannot be read: the place then is the first line. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
