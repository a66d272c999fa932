import { invalid } from './http-error.ts'
import { isJsonObject, type JsonObject } from './merge-patch.ts'

/** Small checks of request bodies: a JSON Schema compiler would double the start-up time of a service. */

export function asObject(body: unknown): JsonObject {
  if (!isJsonObject(body)) throw invalid('The body must be a JSON object')
  return body
}

export function textField(body: JsonObject, name: string, maxLength: number): string {
  const value = body[name]
  if (typeof value !== 'string' || value.trim() === '' || value.length > maxLength) {
    throw invalid(`${name} must be a text of 1 to ${maxLength} characters`)
  }
  return value
}

/** At most `most` away from 0. */
export function numberField(body: JsonObject, name: string, most: number): number {
  const value = body[name]
  if (typeof value !== 'number' || Math.abs(value) > most) {
    throw invalid(`${name} must be a number from ${-most} to ${most}`)
  }
  return value
}

export function optionalId(body: JsonObject, name: string): string | undefined {
  const value = body[name]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string' || !/^[A-Za-z0-9-]{1,64}$/.test(value)) {
    throw invalid(`${name} must be an id of letters, digits and dashes`)
  }
  return value
}
