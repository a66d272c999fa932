import type { SystemPort, Toxic } from '../core/index.ts'
import { labelOf, type Part } from './parts.ts'

/** What is known to be bad for whoever does a flow. */
export const mutantNames = ['467', 'wrong', 'missing', 'slow', 'half', 'one replica'] as const
export type MutantName = (typeof mutantNames)[number]

export const mutantTitles: Readonly<Record<MutantName, string>> = {
  '467': 'one kind of request is refused with 403 and code 467',
  wrong: 'one kind of request is answered with something else',
  missing: 'one kind of request finds half of what it is to find, or nothing',
  slow: 'everything takes 20 times as long, and where that is soon enough, longer than the flow waits',
  half: 'half of the requests are refused',
  'one replica': 'the first replica refuses everything',
}

/** How something is disturbed. */
export interface Disturbance {
  readonly on: string
  readonly toxics: readonly { readonly service: string; readonly toxic: Toxic }[]
  readonly variants: readonly { readonly host: string; readonly name: string }[]
}

const refusal = {
  status: 403,
  body: JSON.stringify({
    errors: [
      {
        message: 'Your current API plan does not include access to this endpoint',
        code: 467,
      },
    ],
  }),
}
export const timesSlower = 20

/** All disturbances that make up a mutant, for a flow of these parts. */
export function disturbances(mutant: MutantName, parts: readonly Part[]): Disturbance[] {
  switch (mutant) {
    case '467':
      return parts.map((part) => disturb(part, { type: 'status', attributes: refusal }, '5xx'))
    case 'wrong':
      return parts.flatMap((part) => {
        const toxic = somethingElse(part)
        return toxic ? [disturb(part, toxic, 'garbage')] : []
      })
    case 'missing':
      return parts.flatMap((part, i) => [
        ...(part.answer === 'redirect' || part.answer === 'empty'
          ? []
          : [disturb(part, { type: 'body', attributes: { keep: 0.5 } }, 'truncates', 'half of ')]),
        ...(i > 0
          ? [disturb(part, { type: 'status', attributes: { status: 404 } }, 'gone', 'no ')]
          : []),
      ])
    case 'slow':
      return together(parts, { type: 'delay', attributes: { factor: timesSlower } })
    case 'half':
      return together(parts, { type: 'status', attributes: refusal, toxicity: 0.5 })
    case 'one replica':
      return together(parts, { type: 'status', attributes: refusal }, (service) => ({
        replica: `${service}-1`,
      }))
  }
}

/** All that is asked of the system at once takes longer than whoever waits so long would. */
export function tooLate(parts: readonly Part[], timeoutMs: number): Disturbance[] {
  const latency = timeoutMs + 1_000
  return together(parts, { type: 'delay', attributes: { delay: latency } }).map((one) => ({
    ...one,
    on: `${one.on}, ${latency} ms late`,
  }))
}

/** Puts it in force; the result takes it back. */
export async function inForce(
  { toxics, variants }: Disturbance,
  system: SystemPort,
  signal: AbortSignal,
): Promise<(signal: AbortSignal) => Promise<void>> {
  for (const { service, toxic } of toxics) {
    await system.links.setToxic({ to: service }, toxic, signal)
  }
  for (const { host, name } of variants) await system.sites.setVariant(host, { name }, signal)
  return async (signal) => {
    for (const { service, toxic } of toxics) {
      await system.links.removeToxic({ to: service }, toxic.name ?? toxic.type, signal)
    }
    for (const { host } of variants) await system.sites.setVariant(host, undefined, signal)
  }
}

function somethingElse({ answer }: Part): Toxic | undefined {
  switch (answer) {
    case 'redirect':
      return {
        type: 'header',
        attributes: { name: 'location', value: 'http://elsewhere.invalid/' },
      }
    case 'json':
      return { type: 'body', attributes: { replace: '{"something":"else"}' } }
    case 'bytes':
      return { type: 'body', attributes: { replace: 'something else' } }
    case 'empty':
      return undefined
  }
}

function disturb(part: Part, toxic: Toxic, variant: string, what = ''): Disturbance {
  const on = `${what}${labelOf(part)}`
  if ('host' in part.to) {
    return { on, toxics: [], variants: [{ host: part.to.host, name: variant }] }
  }
  return { on, toxics: [placed(part, part.to.service, toxic, 0)], variants: [] }
}

/** The same on all parts that are asked of the system at once. */
function together(
  parts: readonly Part[],
  toxic: Toxic,
  more: (service: string) => Partial<Toxic> = () => ({}),
): Disturbance[] {
  const toxics = parts.flatMap((part, i) => {
    if ('host' in part.to) return []
    const { service } = part.to
    return [placed(part, service, { ...toxic, ...more(service) } as Toxic, i)]
  })
  return toxics.length === 0 ? [] : [{ on: 'all requests', toxics, variants: [] }]
}

function placed({ method, path }: Part, service: string, toxic: Toxic, i: number) {
  return { service, toxic: { ...toxic, name: `mutant_${i}`, match: { method, path } } as Toxic }
}
