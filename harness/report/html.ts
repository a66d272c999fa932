import type { PageData } from './page-data.ts'

const dataPlace = '/*page-data*/'
const titlePlace = '<!--page-title-->'
const closedPolicy = "connect-src 'none'"

/** Puts the data into the built viewer: one file that asks for nothing else. The shell is harness/report/viewer/dist/shell.html. */
export function renderHtml(shell: string, data: PageData): string {
  const { summary } = data
  const title = escapeHtml(`${summary.verdict.toUpperCase()} ${summary.scenario} · aftershock`)
  return put(put(shell, titlePlace, title), dataPlace, jsonInScript(data))
}

/** The page of a run that goes on: it has no data, and may ask the server that it came from, and nobody else. */
export function renderLiveHtml(shell: string): string {
  const page = put(shell, closedPolicy, "connect-src 'self'")
  return put(put(page, titlePlace, 'live · aftershock'), dataPlace, 'null')
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
