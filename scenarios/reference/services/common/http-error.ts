export interface ErrorItem {
  message: string
  code: number
  detail?: unknown
}

export interface ErrorBody {
  errors: ErrorItem[]
}

/** Codes of the error body, the same across the site. */
export const ErrorCode = {
  badCredentials: 32,
  notFound: 34,
  invalid: 44,
  notPermitted: 87,
  quotaExceeded: 88,
  badSession: 89,
  upstream: 130,
  internal: 131,
  unavailable: 132,
  closed: 133,
  badRequest: 214,
  linkBlocked: 240,
  siteUnusable: 241,
  badMedia: 324,
  planRefused: 467,
} as const

interface HttpErrorOptions {
  detail?: unknown
  headers?: Record<string, string>
  cause?: unknown
}

/** Ends a request with a status and the site's error body. */
export class HttpError extends Error {
  override readonly name = 'HttpError'
  readonly statusCode: number
  readonly code: number
  readonly detail: unknown
  readonly headers: Record<string, string>

  constructor(statusCode: number, code: number, message: string, options: HttpErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.statusCode = statusCode
    this.code = code
    this.detail = options.detail
    this.headers = options.headers ?? {}
  }
}

export function errorBody(item: ErrorItem): ErrorBody {
  const { message, code, detail } = item
  return { errors: [detail === undefined ? { message, code } : { message, code, detail }] }
}

export function notFound(what: string): HttpError {
  return new HttpError(404, ErrorCode.notFound, `${what} does not exist`)
}

export function invalid(message: string): HttpError {
  return new HttpError(422, ErrorCode.invalid, message)
}
