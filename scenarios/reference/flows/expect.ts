import { FlowFailure, type HttpClient, type HttpResponse } from 'aftershock'
import { isWholePng } from './picture.ts'

/** `403/467`: the status, and the error code of the site's own error bodies where there is one. */
function symptomOf(response: HttpResponse): string {
  const code = errorCode(response)
  return code === undefined ? String(response.status) : `${response.status}/${code}`
}

function errorCode(response: HttpResponse): number | undefined {
  if (!response.headers['content-type']?.includes('json')) return undefined
  const { errors } = response.json() as { errors?: { code?: number }[] }
  return errors?.[0]?.code
}

export function expectStatus(response: HttpResponse, ...wanted: readonly number[]): HttpResponse {
  if (wanted.includes(response.status)) return response
  const { method, url } = response.exchange
  throw new FlowFailure(
    symptomOf(response),
    `${method} ${url} answered ${symptomOf(response)}, wanted ${wanted.join(' or ')}`,
    response.exchange,
  )
}

/** What is wrong with an answer although its status is right: `200 but …`. */
export function expectThat(holds: boolean, response: HttpResponse, otherwise: string): void {
  if (holds) return
  const { method, url } = response.exchange
  throw new FlowFailure(
    `${response.status} but ${otherwise}`,
    `${method} ${url} answered ${response.status}, but ${otherwise}`,
    response.exchange,
  )
}

export function expectImage(response: HttpResponse): HttpResponse {
  expectStatus(response, 200)
  const type = response.headers['content-type'] ?? ''
  expectThat(type.startsWith('image/'), response, 'no image')
  expectThat(isWholePng(response.bytes), response, 'a damaged image')
  return response
}

/** An image, by way of one redirect where the site delivers it elsewhere. */
export async function readImage(http: HttpClient, path: string): Promise<HttpResponse> {
  const answer = await http.get(path)
  const location = answer.headers['location']
  if (answer.status !== 302 || location === undefined) return expectImage(answer)
  return expectImage(await http.get(location))
}

/** The address that a redirect leads to. */
export function expectRedirect(response: HttpResponse, target: string): void {
  expectStatus(response, 301, 302, 303, 307, 308)
  expectThat(response.headers['location'] === target, response, 'another target')
}
