import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describeError, isFlowFailure } from '../core/index.ts'

const mostFrames = 3
/** Where flows are called from, which says nothing. */
const callers = ['runner.', 'flow-run.'].map((file) => new URL(file, import.meta.url).href)

/** What went wrong in a thread of load that none of its flows waited for, and where; `flows` are those that it may be of. */
export function strayFault(error: unknown, flows: readonly string[]): string {
  const all = flows.map((id) => `'${id}'`)
  const who = all.length === 1 ? `the flow ${all.join('')}` : `one of the flows ${all.join(', ')}`
  // A failure of a request says itself what was asked for; it was made in here.
  const at = isFlowFailure(error) ? '' : placeOf(error)
  return `${who} did not wait for what then failed: ${describeError(error)}${at}`
}

/** Function and line, the innermost first, of what is in a file. */
function placeOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  const frames = (error.stack ?? '').matchAll(
    /^ +at (?:async )?(?:(.+?)(?: \[as .+\])? \()?(file:.+?):(\d+):\d+\)?$/gm,
  )
  const own = [...frames].filter(
    ([, , url = '']) => !callers.some((caller) => url.startsWith(caller)),
  )
  const places = own.slice(0, mostFrames).map(([, name, url = '', line]) => {
    const where = `${relative('', fileURLToPath(url))}:${line}`
    return name === undefined ? where : `${name} (${where})`
  })
  return places.length === 0 ? '' : `, at ${places.join(' < ')}`
}
