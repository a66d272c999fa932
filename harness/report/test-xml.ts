/** An element of a parsed document. */
export interface XmlElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: XmlElement[]
  text: string
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
}

/** A small and strict reader of XML 1.0 for tests: throws for anything that is not well-formed. Knows no DTD, comment or CDATA. */
export function parseXml(document: string): XmlElement {
  const illegal = /[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u.exec(document)
  if (illegal) throw new Error(`illegal character at ${illegal.index}`)
  const root: XmlElement = { name: '', attributes: {}, children: [], text: '' }
  const open: XmlElement[] = [root]
  const body = document.replace(/^<\?xml [^?]*\?>/, '')
  const token = /<\/([\w.-]+)>|<([\w.-]+)((?:\s+[\w.-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/gy
  let at = 0
  for (let match = token.exec(body); match; match = token.exec(body)) {
    at = token.lastIndex
    const [, closing, name, attributes = '', selfClosing, text] = match
    const current = open.at(-1) ?? root
    if (text !== undefined) current.text += unescape(text)
    else if (closing !== undefined) {
      if (open.pop()?.name !== closing || open.length === 0) throw new Error(`stray </${closing}>`)
    } else if (name !== undefined) {
      const child = { name, attributes: readAttributes(attributes), children: [], text: '' }
      current.children.push(child)
      if (selfClosing !== '/') open.push(child)
    }
  }
  if (at !== body.length) throw new Error(`not well-formed at: ${body.slice(at, at + 60)}`)
  const [only] = root.children
  if (open.length !== 1 || !only || root.children.length !== 1) throw new Error('not one root')
  return only
}

function readAttributes(text: string): Record<string, string> {
  const found: Record<string, string> = {}
  for (const [, name = '', value = ''] of text.matchAll(/([\w.-]+)="([^"]*)"/g)) {
    if (name in found) throw new Error(`attribute ${name} stands twice`)
    found[name] = unescape(value.replace(/[\t\n\r]/g, ' '))
  }
  return found
}

function unescape(text: string): string {
  if (text.includes(']]>')) throw new Error(']]> stands in text')
  return text.replace(/&([^;]*;?)/g, (whole, body: string) => {
    const name = body.slice(0, -1)
    const number = /^#(\d+)$/.exec(name)
    const value = number ? String.fromCodePoint(Number(number[1])) : entities[name]
    if (!body.endsWith(';') || value === undefined) throw new Error(`bad entity ${whole}`)
    return value
  })
}

export function descendants(element: XmlElement, name: string): XmlElement[] {
  return element.children.flatMap((child) => [
    ...(child.name === name ? [child] : []),
    ...descendants(child, name),
  ])
}
