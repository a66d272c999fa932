const secretHeaders = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'x-app-key',
  'x-api-key',
])
const secretWords = '(?:password|secret|token|api[-_]?key|app[-_]?key|authorization)'
/** Whether a member, header or setting of this name holds a secret. */
export function isSecretName(name: string): boolean {
  return secretName.test(name)
}

const secretName = new RegExp(secretWords, 'i')
const secretMember = new RegExp(
  String.raw`("[^"\\]*${secretWords}[^"\\]*"\s*:\s*)"(?:[^"\\]|\\.)*"`,
  'gi',
)
const secretParameter = new RegExp(
  String.raw`([?&][^=&\s"]*${secretWords}[^=&\s"]*=)[^&\s"#]+`,
  'gi',
)
const mask = '[redacted]'

/** Removes secrets before anything is kept: headers, JSON members and query parameters by name, and every registered value wherever it stands. */
export class Redactor {
  /** Longest first, so that of a value that contains another one no part is left. */
  #values: readonly string[] = []
  #plain: readonly string[] = []

  /** Words by which a run is told apart: what is part of one of them is no secret, and stays readable even when it is registered. */
  keep(words: readonly string[]): void {
    this.#plain = [...this.#plain, ...words]
  }

  /** Values under 6 characters are not registered: they would blot out ordinary text. */
  addValue(value: string): void {
    if (value.length < 6 || this.#plain.some((word) => word.includes(value))) return
    const asInJson = JSON.stringify(value).slice(1, -1)
    const values = new Set([...this.#values, value, asInJson])
    this.#values = [...values].toSorted((a, b) => b.length - a.length)
  }

  /** Registers the values of the headers that carry secrets, without their scheme ('Bearer'). */
  addHeaders(headers: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(headers)) {
      if (isSecretHeader(name)) this.addValue(value.replace(/^(?:Bearer|Basic) /i, ''))
    }
  }

  headers(headers: Readonly<Record<string, string>>): Record<string, string> {
    return Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [
        name,
        isSecretHeader(name) ? mask : this.text(value),
      ]),
    )
  }

  text(text: string): string {
    let result = text.replace(secretMember, `$1"${mask}"`).replace(secretParameter, `$1${mask}`)
    for (const value of this.#values) result = result.replaceAll(value, mask)
    return result
  }

  /** Every string inside of a plain value as `text` has it, whatever its member is called. */
  texts<T>(value: T): T {
    if (typeof value === 'string') return this.text(value) as T
    if (Array.isArray(value)) return value.map((item: unknown) => this.texts(item)) as T
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, this.texts(item as unknown)]),
    ) as T
  }

  /** Every string inside of a plain value, object keys untouched; members with a secret name are masked. */
  value<T>(value: T): T {
    if (typeof value === 'string') return this.text(value) as T
    if (Array.isArray(value)) return value.map((item: unknown) => this.value(item)) as T
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key,
        typeof item === 'string' && isSecretName(key) ? mask : this.value(item as unknown),
      ]),
    ) as T
  }
}

function isSecretHeader(name: string): boolean {
  return secretHeaders.has(name.toLowerCase()) || isSecretName(name)
}
