import { closeSync, openSync, writeSync } from 'node:fs'

type Tags = Readonly<Record<string, string>>
type Threshold = string | { readonly threshold: string; readonly abortOnFail?: boolean }

/** Writes points as k6's JSON output does, and evaluates thresholds at the end, where no data holds. */
export class Output {
  readonly #file: number
  readonly #points: { readonly metric: string; readonly value: number; readonly tags: Tags }[] = []
  readonly #declared = new Set<string>()

  constructor(path: string) {
    this.#file = openSync(path, 'w')
  }

  point(metric: string, value: number, tags: Tags): void {
    this.#points.push({ metric, value, tags })
    if (!this.#declared.has(metric)) {
      this.#declared.add(metric)
      const declared = { type: 'trend', contains: 'time', thresholds: [], submetrics: null }
      this.#write({ metric, type: 'Metric', data: { name: metric, ...declared } })
    }
    const data = { time: new Date().toISOString(), value, tags }
    this.#write({ metric, type: 'Point', data })
  }

  crossed(thresholds: Readonly<Record<string, readonly Threshold[]>>): string[] {
    return Object.entries(thresholds).flatMap(([selector, list]) => {
      const [, metric, inBraces] = /^(\w+)(?:\{(.*)\})?$/.exec(selector) ?? []
      const tags = (inBraces ?? '').split(',').map((part) => part.split(':'))
      const values = this.#points
        .filter((point) => point.metric === metric)
        .filter((point) => !inBraces || tags.every(([k = '', v]) => point.tags[k] === v))
        .map(({ value }) => value)
      return list
        .map((one) => (typeof one === 'string' ? one : one.threshold))
        .filter((text) => values.length > 0 && !holds(text, values))
    })
  }

  /** Names of those that end the load: as soon as one that may is crossed. */
  aborting(thresholds: Readonly<Record<string, readonly Threshold[]>>): string[] {
    return Object.entries(thresholds).flatMap(([selector, list]) => {
      const able = list.filter((one) => typeof one === 'object' && one.abortOnFail === true)
      return this.crossed({ [selector]: able }).length > 0 ? [selector] : []
    })
  }

  close(): void {
    closeSync(this.#file)
  }

  #write(line: unknown): void {
    writeSync(this.#file, `${JSON.stringify(line)}\n`)
  }
}

function holds(text: string, values: readonly number[]): boolean {
  const [, word = '', percentile, operator, limit] =
    /^(rate|count|avg|p\((\d+)\))(<|>)([\d.]+)$/.exec(text.replaceAll(' ', '')) ?? []
  const sum = values.reduce((all, one) => all + one, 0)
  const sorted = values.toSorted((a, b) => a - b)
  const at = Math.ceil((Number(percentile) / 100) * sorted.length) - 1
  const value =
    word === 'count'
      ? sum
      : word.startsWith('p(')
        ? (sorted[Math.max(0, at)] as number)
        : sum / values.length
  return operator === '<' ? value < Number(limit) : value > Number(limit)
}
