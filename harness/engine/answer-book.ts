import {
  cellKey,
  isSecretName,
  type AnswerField,
  type AnswerValue,
  type CellId,
  type EventBody,
  type HttpClient,
  type HttpOptions,
  type HttpRequest,
  type HttpResponse,
  type WindowKind,
} from '../core/index.ts'

/** Answers of one cell to one request in windows of one kind: enough to tell what is always the same. */
const mostSamples = 12
const mostBytes = 64 * 1_024
const mostKeys = 1_000
const mostFields = 150
const mostValues = 3
const mostElements = 20
const deepest = 8
const longestValue = 60

interface Noted {
  readonly request: string
  readonly status: number
  readonly bytes: Uint8Array
}

interface Page {
  readonly cell: CellId
  readonly window: WindowKind
  readonly request: string
  samples: number
  readonly statuses: Record<string, number>
  readonly fields: Map<string, { types: Set<string>; values: Set<AnswerValue>; seen: number }>
  /** How many objects, or arrays, there were at a path: what a field is counted against. */
  readonly parents: Map<string, number>
}

/** Which fields JSON answers had, and with which values: of each cell, kind of window and request a dozen answers, of flows that went well. */
export class AnswerBook {
  readonly #pages = new Map<string, Page>()

  /** A client that notes what is answered, until `keep` says whether the flow went well and in which window. */
  watch(
    cell: CellId,
    http: HttpClient,
  ): { readonly http: HttpClient; keep(window: WindowKind): void } {
    const noted: Noted[] = []
    const request = async (sent: HttpRequest): Promise<HttpResponse> => {
      const answer = await http.request(sent)
      if (isNoted(answer)) {
        noted.push({ request: nameOf(sent), status: answer.status, bytes: answer.bytes })
      }
      return answer
    }
    return {
      http: {
        request,
        get: (path: string, options: HttpOptions = {}) =>
          request({ ...options, method: 'GET', path }),
        post: (path: string, body?: unknown, options: HttpOptions = {}) =>
          request({ ...options, method: 'POST', path, body }),
      },
      keep: (window) => {
        for (const answer of noted) this.#keep(cell, window, answer)
      },
    }
  }

  /** What was noted, in the order of cells as they came. */
  pages(): EventBody<'answers.sampled'>[] {
    return [...this.#pages.values()].map(
      ({ cell, window, request, samples, statuses, ...page }) => ({
        ...cell,
        window,
        request,
        samples,
        statuses,
        fields: Object.fromEntries(
          [...page.fields].map(([path, field]) => [
            path,
            told(field, page.parents.get(parentOf(path))),
          ]),
        ),
      }),
    )
  }

  #keep(cell: CellId, window: WindowKind, { request, status, bytes }: Noted): void {
    const key = `${cellKey(cell)} ${window} ${request}`
    let page = this.#pages.get(key)
    if (!page && this.#pages.size >= mostKeys) return
    if (page && page.samples >= mostSamples) return
    const value = parsed(bytes)
    if (value === undefined) return
    page ??= {
      cell,
      window,
      request,
      samples: 0,
      statuses: {},
      fields: new Map(),
      parents: new Map(),
    }
    this.#pages.set(key, page)
    page.samples += 1
    page.statuses[status] = (page.statuses[status] ?? 0) + 1
    page.parents.set('', (page.parents.get('') ?? 0) + 1)
    take(page, '', value, 0)
  }
}

function isNoted({ status, headers, bytes }: HttpResponse): boolean {
  const type = headers['content-type'] ?? ''
  return status >= 200 && status < 300 && /\bjson\b/.test(type) && bytes.byteLength <= mostBytes
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    // That it calls itself JSON and is not, the flow has judged.
    return undefined
  }
}

/** `GET /api/posts/:id?expand`: what is different each time is taken out. */
function nameOf({ method, path, service }: HttpRequest): string {
  const [route = '', query = ''] = path.replace(/^https?:\/\//, '').split('?')
  const segments = route
    .split('/')
    .map((segment) => (/\d/.test(segment) && segment.length > 3 ? ':id' : segment))
  const names = [...new URLSearchParams(query).keys()].toSorted().join('&')
  const at = service === undefined ? '' : `${service}:`
  return `${method} ${at}${segments.join('/')}${names === '' ? '' : `?${names}`}`
}

function take(page: Page, path: string, value: unknown, depth: number): void {
  if (path !== '') note(page, path, value)
  if (typeof value !== 'object' || value === null || depth >= deepest) return
  const items: [string, unknown][] = Array.isArray(value)
    ? value.slice(0, mostElements).map((item: unknown) => [`${path}[]`, item])
    : Object.entries(value).map(([name, item]) => [`${path}.${name}`, item as unknown])
  if (path !== '')
    page.parents.set(
      path,
      (page.parents.get(path) ?? 0) + (Array.isArray(value) ? items.length : 1),
    )
  for (const [at, item] of items) take(page, at, item, depth + 1)
}

function note(page: Page, path: string, value: unknown): void {
  let field = page.fields.get(path)
  if (!field) {
    if (page.fields.size >= mostFields) return
    field = { types: new Set(), values: new Set(), seen: 0 }
    page.fields.set(path, field)
  }
  field.seen += 1
  field.types.add(typeOf(value))
  const shown = shownValue(path, value)
  // One more than is told, so that 'more than these' can be told as well.
  if (shown !== undefined && field.values.size <= mostValues) field.values.add(shown)
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

/** Without secrets, and without the addresses that are of this run only. Of a list whether it is empty. Undefined for an object. */
function shownValue(path: string, value: unknown): AnswerValue | undefined {
  if (Array.isArray(value)) return value.length === 0 ? 'empty' : 'not empty'
  if (typeof value === 'object' && value !== null) return undefined
  if (isSecretName(path.slice(path.lastIndexOf('.') + 1))) return '[redacted]'
  if (typeof value !== 'string') return value as AnswerValue
  const text = value.replace(/\b(?:127\.0\.0\.1|localhost):\d+/g, '{address}')
  return text.length > longestValue ? `${text.slice(0, longestValue)}… (${text.length})` : text
}

function told(
  { types, values, seen }: { types: Set<string>; values: Set<AnswerValue>; seen: number },
  of = seen,
): AnswerField {
  return {
    types: [...types].toSorted(),
    ...(values.size > mostValues || values.size === 0 ? {} : { values: [...values] }),
    ...(seen < of ? { share: Math.round((seen / of) * 100) / 100 } : {}),
  }
}

/** Of `.posts[].id` `.posts[]`, of `.posts[]` `.posts`, of `.posts` the whole. */
function parentOf(path: string): string {
  return path.endsWith('[]') ? path.slice(0, -2) : path.slice(0, path.lastIndexOf('.'))
}
