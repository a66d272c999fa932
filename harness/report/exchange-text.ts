import type { Exchange } from '../core/index.ts'
import { visible } from './text.ts'

/** One exchange as short lines: what was sent, what came back, who answered. Each line is safe to print and unbounded in width. */
export function exchangeLines(exchange: Exchange): string[] {
  const lines = [`> ${exchange.method} ${exchange.url}`]
  if (exchange.requestBody) lines.push(`> ${exchange.requestBody}`)
  lines.push(`< ${answerLine(exchange)}`)
  if (exchange.responseBody) lines.push(`< ${exchange.responseBody}`)
  const about = [
    exchange.servedBy ? `served by ${exchange.servedBy}` : '',
    exchange.traceId ? `trace ${exchange.traceId}` : '',
  ].filter((part) => part !== '')
  if (about.length > 0) lines.push(about.join(', '))
  return lines.map(visible)
}

function answerLine(exchange: Exchange): string {
  const took = `after ${Math.round(exchange.durationMs)} ms`
  if (exchange.status === undefined)
    return `no answer ${took}: ${exchange.error ?? 'unknown error'}`
  const type = exchange.responseHeaders?.['content-type']
  const location = exchange.responseHeaders?.['location']
  const rest = [location ? `location: ${location}` : '', type ?? '', exchange.error ?? '']
  return [`${exchange.status} ${took}`, ...rest.filter((part) => part !== '')].join(', ')
}
