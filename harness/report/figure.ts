/** One of the figures below the verdict. 'good' is green, so it is only said of what was measured and proven. */
export interface Figure {
  readonly value: string
  readonly what: string
  readonly tone: 'good' | 'bad' | 'plain'
}
