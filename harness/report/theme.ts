import picocolors from 'picocolors'
import type { Judgement } from '../core/index.ts'
import { escapeCharacter, visible } from './text.ts'

export interface RenderOptions {
  /** Columns. At least 40 are assumed. */
  readonly width: number
  readonly colour: boolean
  /** False: the output is plain ASCII, whatever the system under test says. */
  readonly unicode: boolean
}

/** What a mark in a matrix stands for. `none`: the window did not take place. `absent`: this actor does not do this flow. */
export type Mark = Judgement | 'none' | 'not-a-cell' | 'waiting' | 'sampling' | 'failing'

const unicodeMarks: Record<Mark, string> = {
  holds: '●',
  broken: '✗',
  effect: '◆',
  'effect-partial': '◐',
  'effect-absent': '○',
  undecided: '?',
  none: '–',
  'not-a-cell': '·',
  waiting: '_',
  sampling: '~',
  failing: '!',
}

const asciiMarks: Record<Mark, string> = {
  holds: 'o',
  broken: 'X',
  effect: 'E',
  'effect-partial': 'P',
  'effect-absent': 'A',
  undecided: '?',
  none: '-',
  'not-a-cell': '.',
  waiting: '_',
  sampling: '~',
  failing: '!',
}

const unicodeSymbols = {
  ellipsis: '…',
  dot: '·',
  times: '×',
  arrow: '→',
  rule: '─',
  /** Of a curve, the lowest first. */
  levels: '▁▂▃▄▅▆▇█',
  applied: '▲',
  undone: '▽',
}
const asciiSymbols = {
  ellipsis: '~',
  dot: '|',
  times: 'x',
  arrow: '->',
  rule: '-',
  levels: '_.:-=+*#',
  applied: '^',
  undone: 'v',
}

type Paint = (text: string) => string

/** How things look: marks, symbols and colours. Colour repeats what a mark or a word says already. */
export interface Theme {
  readonly width: number
  readonly marks: Readonly<Record<Mark, string>>
  readonly symbols: Readonly<typeof unicodeSymbols>
  /** Makes text from outside safe to print. */
  readonly safe: (text: string) => string
  readonly good: Paint
  readonly bad: Paint
  readonly warn: Paint
  readonly note: Paint
  readonly quiet: Paint
  readonly strong: Paint
  readonly mark: (mark: Mark) => string
}

export function makeTheme(options: RenderOptions): Theme {
  const colours = picocolors.createColors(options.colour)
  const marks = options.unicode ? unicodeMarks : asciiMarks
  const paints: Record<Mark, Paint> = {
    holds: colours.green,
    broken: colours.red,
    effect: colours.cyan,
    'effect-partial': colours.yellow,
    'effect-absent': colours.yellow,
    undecided: colours.yellow,
    none: colours.dim,
    'not-a-cell': colours.dim,
    waiting: colours.dim,
    sampling: colours.dim,
    failing: colours.red,
  }
  return {
    width: Math.max(40, Math.floor(options.width)),
    marks,
    symbols: options.unicode ? unicodeSymbols : asciiSymbols,
    safe: options.unicode ? visible : ascii,
    good: colours.green,
    bad: colours.red,
    warn: colours.yellow,
    note: colours.cyan,
    quiet: colours.dim,
    strong: colours.bold,
    mark: (mark) => paints[mark](marks[mark]),
  }
}

const typographic: Readonly<Record<string, string>> = {
  '→': '->',
  '×': 'x',
  '…': '...',
  '–': '-',
  '—': '-',
  '‘': "'",
  '’': "'",
  '“': '"',
  '”': '"',
  '\u00a0': ' ',
}

/** Escaped rather than replaced, so that two names never become one. */
function ascii(text: string): string {
  return visible(text).replace(
    /[^\x20-\x7e]/gu,
    (character) => typographic[character] ?? escapeCharacter(character),
  )
}
