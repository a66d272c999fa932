import { describe, expect, it } from 'vitest'
import type { SummaryLink } from '../summary-types.ts'
import { labelHeight, labelWidth, layOutCalls, nodeHeight, nodeWidth } from './call-layout.ts'

const shapes: Readonly<Record<string, readonly string[]>> = {
  'one service': ['actors>gateway'],
  'two behind a gateway, that ask back': [
    'actors>gateway',
    'gateway>media',
    'gateway>link',
    'media>gateway',
    'link>gateway',
    'link>outside',
  ],
  'actors that ask the outside too': [
    'actors>gateway',
    'gateway>media',
    'gateway>link',
    'link>outside',
    'actors>outside',
  ],
  'three in a column, two of which talk': [
    'actors>shop',
    'shop>a',
    'shop>b',
    'shop>c',
    'a>b',
    'b>a',
  ],
  'a diamond': ['actors>shop', 'shop>a', 'shop>b', 'a>store', 'b>store'],
}

function linkOf(pair: string): SummaryLink {
  const [from = '', to = ''] = pair.split('>')
  return { from, to, baseline: null, change: null, recovery: null }
}

function orders<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]]
  return items.flatMap((item, i) =>
    orders(items.toSpliced(i, 1)).map((others) => [item, ...others]),
  )
}

function labelBox([x, y]: readonly [number, number]): Box {
  return { x, y, width: labelWidth, height: labelHeight }
}

interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

function overlaps(a: Box, b: Box): boolean {
  return (
    Math.abs(a.x - b.x) < (a.width + b.width) / 2 && Math.abs(a.y - b.y) < (a.height + b.height) / 2
  )
}

describe.each(Object.entries(shapes))('%s', (_, pairs) => {
  it('has each label on a place of its own, in whichever order links come', () => {
    for (const order of orders(pairs)) {
      const { nodes, edges, width, height } = layOutCalls(order.map(linkOf))
      const labels = edges.flatMap(({ label }) => (label ? [labelBox(label)] : []))
      const boxes = nodes.map(({ x, y }) => ({ x, y, width: nodeWidth, height: nodeHeight }))
      const all = [...boxes, ...labels]
      expect(labels).toHaveLength(pairs.length)
      for (const [i, one] of all.entries()) {
        expect(all.slice(i + 1).filter((other) => overlaps(one, other))).toEqual([])
        expect(one.x).toBeGreaterThanOrEqual(one.width / 2)
        expect(one.x).toBeLessThanOrEqual(width - one.width / 2)
        expect(one.y).toBeGreaterThanOrEqual(one.height / 2)
        expect(one.y).toBeLessThanOrEqual(height - one.height / 2)
      }
    }
  })
})

it('has no label rather than one on another, where there are too many', () => {
  const column = ['a', 'b', 'c', 'd']
  const among = column.flatMap((from) =>
    column.flatMap((to) => (from === to ? [] : [`${from}>${to}`])),
  )
  const pairs = ['actors>shop', ...column.map((name) => `shop>${name}`), ...among]
  const { edges } = layOutCalls(pairs.map(linkOf))
  const labels = edges.flatMap(({ label }) => (label ? [labelBox(label)] : []))
  expect(edges).toHaveLength(pairs.length)
  expect(labels.length).toBeLessThan(pairs.length)
  for (const [i, one] of labels.entries()) {
    expect(labels.slice(i + 1).filter((other) => overlaps(one, other))).toEqual([])
  }
})
