// Pages and bytes that the sites serve, from files under fixtures/.
import { readFileSync } from 'node:fs'

import { HttpResponse } from 'msw'

const read = new Map<string, Buffer<ArrayBuffer>>()

/** The bytes of a file in fixtures/, read on first use and kept. */
function bytes(name: string): Buffer<ArrayBuffer> {
  const known = read.get(name)
  if (known) return known
  const loaded = readFileSync(new URL(`./fixtures/${name}`, import.meta.url))
  read.set(name, loaded)
  return loaded
}

/** A page; `{{name}}` in it is replaced by the value of that name, with the characters escaped that HTML gives a meaning. */
export function page(
  name: string,
  values: Readonly<Record<string, string>> = {},
): HttpResponse<string> {
  const html = bytes(name)
    .toString()
    .replaceAll(/\{\{(\w+)\}\}/g, (_, key: string) => {
      const value = values[key]
      if (value === undefined) throw new Error(`fixtures/${name} needs a value for {{${key}}}`)
      return escapeHtml(value)
    })
  return HttpResponse.html(html)
}

export function image(name: string): HttpResponse<ArrayBuffer> {
  const content = bytes(name)
  const start = content.byteOffset
  return HttpResponse.arrayBuffer(content.buffer.slice(start, start + content.byteLength), {
    headers: { 'content-type': 'image/png' },
  })
}

export function notFound(): HttpResponse<string> {
  return HttpResponse.html('<!doctype html><title>Not found</title><h1>Not found</h1>', {
    status: 404,
  })
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
