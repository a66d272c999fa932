import type { CheerioAPI } from 'cheerio/slim'
import type { Page } from '../egress/site-client.ts'
import type { Card } from './card.ts'

const MAX_TITLE = 200
const MAX_DESCRIPTION = 500
/** Characters that are looked at of a document whose head has no end. */
const MAX_HEADLESS = 65_536
/** A document declares its charset within its first kilobyte. */
const CHARSET_SCAN_BYTES = 1_024

export function isHtml(contentType: string): boolean {
  return /^(text\/html|application\/xhtml\+xml)\s*(;|$)/i.test(contentType.trim())
}

/** OpenGraph first, then what every page has: <title> and the description. */
export async function readCard(page: Page): Promise<Card> {
  // The slim build leaves out the strict parser, which costs 150 ms to load: cards need no exact tree.
  const { load } = await import('cheerio/slim')
  const $ = load(headOf(decode(page)))
  const title = meta($, 'og:title') || clean($('title').first().text()) || page.url.hostname
  const description = meta($, 'og:description') || meta($, 'description')
  return {
    title: shorten(title, MAX_TITLE),
    description: shorten(description, MAX_DESCRIPTION),
    image: imageUrl(meta($, 'og:image'), page.url),
    site: shorten(meta($, 'og:site_name') || page.url.hostname, MAX_TITLE),
    url: page.url.href,
  }
}

/** What a card is made of stands in the head. A body of any size would be parsed in vain, and nothing else happens meanwhile. */
function headOf(html: string): string {
  const end = html.search(/<\/head>|<body[\s>]/i)
  return end < 0 ? html.slice(0, MAX_HEADLESS) : html.slice(0, end)
}

function meta($: CheerioAPI, name: string): string {
  const tag = $(`meta[property="${name}"], meta[name="${name}"]`).first()
  return clean(tag.attr('content') ?? '')
}

function imageUrl(text: string, base: URL): string | null {
  const url = text === '' ? null : URL.parse(text, base)
  return url !== null && /^https?:$/.test(url.protocol) ? url.href : null
}

function clean(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}

function shorten(text: string, length: number): string {
  const letters = Array.from(text)
  return letters.length <= length ? text : `${letters.slice(0, length - 1).join('')}…`
}

/** By HTTP header, then by declaration in the document, else as UTF-8; damaged bytes become U+FFFD. */
function decode(page: Page): string {
  const declared = /charset\s*=\s*["']?([\w-]+)/i
  const start = page.body.subarray(0, CHARSET_SCAN_BYTES).toString('latin1')
  const label = declared.exec(page.contentType)?.[1] ?? declared.exec(start)?.[1] ?? 'utf-8'
  return decoderFor(label).decode(page.body)
}

function decoderFor(label: string): TextDecoder {
  try {
    return new TextDecoder(label)
  } catch (error) {
    // A page may claim a charset that nobody knows; its markup is readable all the same.
    if (error instanceof RangeError) return new TextDecoder()
    throw error
  }
}
