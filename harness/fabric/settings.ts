import { isIP, isIPv4 } from 'node:net'

import { HarnessError } from '../core/index.ts'
import { linkKey, settingsVariable, type FabricSettings, type LinkSettings } from './contract.ts'

const serviceName = /^[a-z][a-z0-9-]*$/
const minTokenLength = 16

/** Reads the settings out of the environment variable's text. Throws USAGE that names every problem at once. */
export function parseSettings(text: string | undefined): FabricSettings {
  const value = parseJson(text)
  const problems = isRecord(value) ? findProblems(value) : ['must be a JSON object']
  if (problems.length > 0) throw unusable(problems.join('; '))
  return value as FabricSettings
}

function parseJson(text: string | undefined): unknown {
  if (text === undefined || text === '') throw unusable('is not set')
  try {
    return JSON.parse(text)
  } catch {
    // The parser quotes its input, which holds secrets: neither its message nor the error is passed on.
    throw unusable('is not JSON')
  }
}

function unusable(problem: string): HarnessError {
  return new HarnessError('USAGE', `${settingsVariable} ${problem}`, {
    hint: 'the fabric is started by a runtime, which sets this variable; see harness/fabric/contract.ts',
  })
}

const checks: Readonly<
  Record<keyof FabricSettings, (value: unknown, all: Record<string, unknown>) => readonly string[]>
> = {
  host: (value) =>
    typeof value === 'string' && isIP(value) > 0 ? [] : ['host must be an IP address'],
  seed: (value) =>
    Number.isInteger(value) && (value as number) >= 0 && (value as number) < 2 ** 32
      ? []
      : ['seed must be an integer in [0, 2^32)'],
  services: checkServices,
  links: (value, all) => checkLinks(value, all['services']),
  sites: (value) =>
    Array.isArray(value) && value.every(isFileUrl) ? [] : ['sites must be a list of file URLs'],
  controlToken: (value) =>
    typeof value === 'string' && value.length >= minTokenLength
      ? []
      : [`controlToken must be a string of at least ${minTokenLength} characters`],
  callers: checkCallers,
  container: checkContainer,
}

function findProblems(value: Record<string, unknown>): string[] {
  const unknown = Object.keys(value).filter((key) => !Object.hasOwn(checks, key))
  return [
    ...Object.entries(checks).flatMap(([key, check]) => check(value[key], value)),
    ...unknown.map((key) => `${key} is not a setting`),
  ]
}

function checkServices(value: unknown): string[] {
  if (!Array.isArray(value) || value.length === 0) return ['services must be a list of names']
  const names = new Set<unknown>(value)
  if (names.size < value.length) return ['services names one twice']
  return [...names]
    .filter((name) => typeof name !== 'string' || !serviceName.test(name))
    .map(
      (name) =>
        `services: ${JSON.stringify(name)} is not a name of lower case letters, digits and dashes`,
    )
}

function checkLinks(value: unknown, services: unknown): string[] {
  if (!Array.isArray(value) || !value.every(isLink))
    return ['links must be a list of {from, to, callers}']
  const known = new Set<unknown>(Array.isArray(services) ? services : [])
  const strange = value.filter((link) => !known.has(link.from) || !known.has(link.to))
  const twice = new Set(value.map(linkKey)).size < value.length ? ['links names one twice'] : []
  return [...strange.map((link) => `links: ${linkKey(link)} names an unknown service`), ...twice]
}

function checkCallers(value: unknown): string[] {
  if (!isRecord(value)) return ['callers must be an object of passwords by user name']
  return Object.entries(value).flatMap(([name, password]) => {
    // Basic credentials end the user name at the first colon (RFC 7617 §2).
    if (name === '' || name.includes(':'))
      return [`callers: ${JSON.stringify(name)} is not a user name`]
    return typeof password === 'string' && password !== ''
      ? []
      : [`callers: ${name} must have a password`]
  })
}

function checkContainer(value: unknown): string[] {
  if (value === undefined) return []
  if (!isRecord(value)) return ['container must be an object']
  const { outerNetwork, innerNetwork, ports } = value
  const isPort = (port: unknown) =>
    Number.isInteger(port) && Number(port) > 0 && Number(port) < 65_536
  return [
    ...(isNetwork(outerNetwork)
      ? []
      : ['container.outerNetwork must be a network in CIDR notation']),
    ...(isNetwork(innerNetwork)
      ? []
      : ['container.innerNetwork must be a network in CIDR notation']),
    ...(isRecord(ports) && Object.values(ports).every(isPort)
      ? []
      : ['container.ports must be an object of port numbers by name']),
  ]
}

function isNetwork(value: unknown): boolean {
  const [address = '', bits = '', ...more] = typeof value === 'string' ? value.split('/') : []
  return isIPv4(address) && /^\d{1,2}$/.test(bits) && Number(bits) <= 32 && more.length === 0
}

function isLink(value: unknown): value is LinkSettings {
  if (!isRecord(value)) return false
  const { from, to, callers } = value
  const isText = (one: unknown) => typeof one === 'string'
  return isText(from) && isText(to) && Array.isArray(callers) && callers.every(isText)
}

function isFileUrl(value: unknown): boolean {
  return typeof value === 'string' && URL.parse(value)?.protocol === 'file:'
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
