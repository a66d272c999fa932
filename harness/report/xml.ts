/** Not allowed in XML 1.0, even escaped: most controls, lone surrogates, U+FFFE and U+FFFF. */
const illegal = /[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
}

/** Text for the inside of an element. Characters that XML 1.0 cannot hold become U+FFFD. */
function escapeText(text: string): string {
  return text
    .replace(illegal, '\uFFFD')
    .replace(/[&<>]/g, (character) => entities[character] ?? '')
    .replaceAll('\r', '&#13;')
}

/** Text for the inside of a double-quoted attribute: line breaks and tabs survive a parser's normalisation. */
function escapeAttribute(text: string): string {
  return text
    .replace(illegal, '\uFFFD')
    .replace(/[&<>"'\t\n\r]/g, (character) => entities[character] ?? '')
}

export type Attributes = Readonly<Record<string, string | number>>

/** `children` are XML already; an element without any is closed at once. */
export function element(
  name: string,
  attributes: Attributes,
  children: readonly string[] = [],
): string {
  const told = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escapeAttribute(String(value))}"`)
    .join('')
  if (children.length === 0) return `<${name}${told}/>`
  return `<${name}${told}>\n${children.join('\n')}\n</${name}>`
}

/** An element that holds text only, with nothing added to it. */
export function textElement(name: string, attributes: Attributes, text: string): string {
  const told = element(name, attributes)
  return `${told.slice(0, -2)}>${escapeText(text)}</${name}>`
}
