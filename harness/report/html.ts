import { overallWord } from './comparison.ts'
import type { PageData } from './page-data.ts'
import { renderTerminal } from './terminal.ts'

const dataPlace = '/*page-data*/'
const plainPlace = '<!--page-plain-->'
const titlePlace = '<!--page-title-->'
const closedPolicy = "connect-src 'none'"

/** Puts the data into the built viewer: one file that asks for nothing else. The shell is harness/report/viewer/dist/shell.html. */
export function renderHtml(shell: string, data: PageData): string {
  const { summary } = data
  const title = escapeHtml(`${overallWord(summary)} ${summary.scenario} · aftershock`)
  // The data first: no other place can stand in it, and theirs could in the texts of a system.
  const page = put(put(shell, dataPlace, jsonInScript(data)), titlePlace, title)
  return put(page, plainPlace, plainHtml(data))
}

/** What a reader gets where scripts may not run, as in Jenkins, which shows what a build left under a policy of its own. */
function plainHtml({ sentence, summary }: PageData): string {
  const { comparison } = summary
  const text = renderTerminal(summary, { width: 100, colour: false, unicode: true })
  const compared = comparison ? [comparison.title, ...comparison.lead].join('. ') : ''
  return `<h1>${escapeHtml(`${overallWord(summary)}: ${sentence}`)}</h1><p>${escapeHtml(compared)}</p><pre>${escapeHtml(text)}</pre>`
}

/** The page of a run that goes on: it has no data, and may ask the server that it came from, and nobody else. */
export function renderLiveHtml(shell: string): string {
  const page = put(shell, closedPolicy, "connect-src 'self'")
  return put(put(put(page, titlePlace, 'live · aftershock'), plainPlace, ''), dataPlace, 'null')
}

/** As a function: '$&' and its like in the text mean nothing. */
function put(text: string, place: string, value: string): string {
  if (!text.includes(place)) throw new Error(`the shell of the viewer has no ${place}`)
  return text.replace(place, () => value)
}

/** JSON that can stand inside of a script element whatever it says: no tag and no comment can begin in it. */
export function jsonInScript(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
