import { marked } from 'marked'
import { expect, test } from 'vitest'
import { fail } from '../core/index.ts'
import { codeBlock, codeInTable, codeMarkdown, plainMarkdown } from './markdown-text.ts'
import { renderMarkdown } from './markdown.ts'
import { summarize } from './summary.ts'
import { holds, incident, planChange, twitterCells, type IncidentOptions } from './test-journal.ts'

const web = { flow: 'open-link', actor: 'web' }
const broke = fail({ code: 'broken', message: 'broke', cell: web })

const hostile = [
  '<img src=x onerror=alert(1)>',
  '</code></pre><script>alert(1)</script>',
  '@octocat and @org/team, see #1 and GH-12',
  '[click](javascript:alert(1)) ![x](http://tracker.example/a.png)',
  'https://phish.example/login www.phish.example',
  '`code` ``more`` ```',
  '| a | b |',
  '**bold** _it_ ~~gone~~ $math$ :tada:',
  '# heading',
  '- item',
  '1. item',
  '> quote',
  '&lt;b&gt; &#64;octocat',
  'two\nlines\r\n\n# and a heading',
  '\u202eesrever \u001b[31mred',
]

function markdown(options: IncidentOptions = {}): string {
  return renderMarkdown(summarize(incident(options).events), { link: 'reports/runs/x/' })
}

/** Elements that a reader's browser would get, in which text from outside must not appear as such. */
function tags(html: string): string[] {
  return [...html.matchAll(/<(\w+)/g)].map(([, name = '']) => name)
}

test.each(hostile)('in prose %j is this text and nothing else', (text) => {
  const html = marked.parse(`**${plainMarkdown(text)}**`, { async: false })
  expect(tags(html)).toEqual(['p', 'strong'])
  const atStart = marked.parse(plainMarkdown(text), { async: false })
  expect(tags(atStart)).toEqual(['p'])
  // What GitHub looks for in the text that is left: mentions, references, emoji.
  const shown = html.replaceAll('&#8203;', '\u200b')
  expect(shown).not.toMatch(/@[a-z]|#\d(?!\d*;)|\bGH-\d|:\/\/|:[a-z]+:|www\.|\u202e/i)
})

test.each([
  'ask @octocat and @org/team',
  '1. see #1 and GH-12',
  '- www.phish.example',
  '&lt; &#64;octocat',
])('a reader of %j reads just that', (text) => {
  const html = marked.parse(plainMarkdown(text), { async: false })
  const read = html
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll('\u200b', '')
    .replaceAll('&amp;', '&')
    .trim()
  expect(read).toBe(text)
})

test.each(hostile)('as code %j is this text and nothing else, in a table too', (text) => {
  expect(tags(marked.parse(`x ${codeMarkdown(text)} y`, { async: false }))).toEqual(['p', 'code'])
  const table = `| a | b |\n| - | - |\n| ${codeInTable(text)} | end |`
  const html = marked.parse(table, { async: false })
  expect(tags(html)).toEqual([
    'table',
    'thead',
    'tr',
    'th',
    'th',
    'tbody',
    'tr',
    'td',
    'code',
    'td',
  ])
  expect(html).toContain('<td>end</td>')
})

test('a block of code ends where its lines end, whatever they say', () => {
  const html = marked.parse(`${codeBlock(hostile)}\n\nafter`, { async: false })
  expect(tags(html)).toEqual(['pre', 'code', 'p'])
})

test('a verdict, the change, the broken cells and the first failing exchange are told', () => {
  const text = markdown({ started: { expect: holds }, verdict: broke })
  expect(text).toContain('### ❌ FAIL: `twitter-api-plan`')
  expect(text).toContain('BROKE 32 of 57 cells')
  expect(text).toContain('- `plan.enforce: false -> true`')
  expect(text).toMatch(/Broken by the change: 31 cells\*\*, `403\/467`, 372 of 372 samples failed/)
  expect(text).toContain('> GET http://gateway.test/api/')
  expect(text).toContain('trace 4bf92f3577b34da6a3ce929d0e0e4736')
  expect(text).toContain('The whole report is in `reports/runs/x/`')
})

test('an address is linked, and only where nothing in it could end the link', () => {
  const { events } = incident()
  const linked = (link: string) => renderMarkdown(summarize(events), { link })
  expect(linked('https://ci.example/runs/7')).toContain(
    '[The whole report](https://ci.example/runs/7)',
  )
  expect(linked('https://ci.example/a)[b](javascript:x')).not.toContain('](https')
})

test('hostile answers, titles and reasons leave no element that is not ours', () => {
  const wicked = hostile.join(' ')
  const plain = tags(
    marked.parse(markdown({ started: { expect: holds }, verdict: broke }), { async: false }),
  )
  const text = markdown({
    started: {
      expect: holds,
      title: wicked,
      changes: [{ ...planChange, title: wicked }],
      scenario: 'a `b` <i>c</i>',
    },
    verdict: fail({ code: 'broken', message: wicked, cell: web }),
    exchange: { url: `http://x/${wicked}`, responseBody: wicked },
  })
  const html = marked.parse(text, { async: false })
  expect(tags(html)).toEqual(plain)
})

test('the size is bounded', () => {
  const long = 'x'.repeat(100_000)
  const text = markdown({
    started: {
      expect: holds,
      cells: Array.from({ length: 4 }).flatMap((_, i) =>
        twitterCells.map((cell) => ({ ...cell, flow: `${cell.flow}-${i}-${'y'.repeat(300)}` })),
      ),
    },
    verdict: fail({ code: 'status-page', message: long }),
    exchange: { responseBody: long },
  })
  expect(text.length).toBeLessThan(65_000)
})
