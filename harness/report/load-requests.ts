import { describeTarget, type LoadLink, type LoadRequestFigures } from '../core/index.ts'
import { figureTable } from './figure-table.ts'
import { count, shortMs } from './words.ts'

const heads = ['p50 ms', 'p95 ms', 'p99 ms', 'max ms']

/** What the requests of a load took, phase by phase, and moved. */
export function requestLines(requests: LoadRequestFigures, width: number): string[] {
  const { failed, sentBytes, receivedBytes, phases } = requests
  const table = figureTable({
    nameHead: '',
    heads,
    rows: phases.map(({ phase, p50, p95, p99, max }) => ({
      name: phase,
      figures: [p50, p95, p99, max].map(shortMs),
    })),
    dispensable: ['max ms', 'p99 ms'],
    width: width - 2,
    ellipsis: '…',
  })
  return [
    `REQUESTS  ${requests.count}, of which ${failed} failed; ${bytesText(sentBytes)} sent, ${bytesText(receivedBytes)} received`,
    ...table.map((line) => `  ${line}`),
  ]
}

/** How often services asked each other, and for each request that they got themselves. */
export function loadLinkLines(links: readonly LoadLink[]): string[] {
  if (links.length === 0) return []
  return [
    'LINKS',
    ...links.map(({ from, to, requests, amplification }) => {
      const factor =
        amplification === undefined
          ? ''
          : `, ${amplification.toFixed(2)} for each request to ${from}`
      return `  ${describeTarget({ link: { from, to } })}: ${count(requests, 'request')}${factor}`
    }),
  ]
}

function bytesText(bytes: number): string {
  const units = ['kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 'bytes'
  // What would be rounded to 1000 of a unit is 1 of the next.
  while (value >= 999.5 && units.length > 0) {
    value /= 1_000
    unit = units.shift() ?? unit
  }
  return `${unit === 'bytes' ? value : Number(value.toPrecision(3))} ${unit}`
}
