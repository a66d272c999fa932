import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Actor, SampleRecord } from '../core/index.ts'
import { visible } from '../report/index.ts'

/**
 * Something to paste into another terminal: what it shows, and the line. Each is one line; what it shows was said by the system, and is quoted,
 * since not every shell takes what follows # for a comment.
 */
export interface CurlLine {
  readonly shows: string
  readonly line: string
}

/**
 * Keeps the headers of each actor in a file for `curl -K`, in a directory that goes with the run, so that no key stands on the screen
 * or in a shell's history.
 */
export function writeCurlConfigs(directory: string, actors: readonly Actor[]): void {
  for (const actor of actors) {
    const lines = Object.entries(actor.headers).map(
      ([name, value]) => `header = "${name}: ${value.replace(/["\\]/g, '\\$&')}"`,
    )
    writeFileSync(configFile(directory, actor.id), `${lines.join('\n')}\n`, { mode: 0o600 })
  }
}

/** One line for each symptom, from its first failing request without a body; requests with one are not worth retyping. */
export function curlLines(samples: Iterable<SampleRecord>): CurlLine[] {
  const bySymptom = new Map<string, CurlLine>()
  for (const { ok, symptom, exchange, actor } of samples) {
    if (ok || !symptom || bySymptom.has(symptom) || exchange?.method !== 'GET') continue
    const line = `curl -isS -K "$A/${actor}.curl" ${quoted(visible(exchange.url))}`
    bySymptom.set(symptom, { shows: quoted(visible(symptom)), line })
  }
  return [...bySymptom.values()]
}

/** Keeps the lines short: they name this variable. */
export function directoryLine(directory: string): string {
  return `A=${quoted(directory)}`
}

function configFile(directory: string, actor: string): string {
  return join(directory, `${actor}.curl`)
}

function quoted(text: string): string {
  return /^[\w./:=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
