import { readFileSync } from 'node:fs'

/** What every service is told at its start. Service-specific settings extend it. */
export interface ServiceOptions {
  host: string
  /** Public port; 0 takes any. */
  port: number
  adminPort: number
  adminToken: string
  /** Shared by the replicas of one service. */
  dataDir: string
  replica: string
  /** RFC 7396 patch over the built-in configuration. */
  configPatch?: unknown
  logLevel: string
}

/** The process cannot start as it was set up. The message is one line for a human. */
export class SetupError extends Error {
  override readonly name = 'SetupError'
}

export type Environment = Readonly<Record<string, string | undefined>>

export function readServiceOptions(service: string, env: Environment): ServiceOptions {
  return {
    host: env['HOST'] || '127.0.0.1',
    port: readPort(env, 'PORT'),
    adminPort: readPort(env, 'ADMIN_PORT'),
    adminToken: required(env, 'ADMIN_TOKEN'),
    dataDir: required(env, 'DATA_DIR'),
    replica: env['REPLICA'] || `${service}-1`,
    logLevel: env['LOG_LEVEL'] || 'info',
    ...readConfigPatch(env),
  }
}

/** CONFIG holds the document itself, CONFIG_FILE the path of one. */
function readConfigPatch(env: Environment): { configPatch?: unknown } {
  const { CONFIG: text, CONFIG_FILE: file } = env
  if (text && file) throw new SetupError('CONFIG and CONFIG_FILE are both set')
  if (file)
    return { configPatch: parseJson(`CONFIG_FILE ${file}`, () => readFileSync(file, 'utf8')) }
  return text ? { configPatch: parseJson('CONFIG', () => text) } : {}
}

function required(env: Environment, name: string): string {
  const value = env[name]
  if (!value) throw new SetupError(`${name} is not set`)
  return value
}

/** An http(s) address of another service, without a trailing slash. */
export function requiredUrl(env: Environment, name: string): string {
  const value = required(env, name)
  if (!/^https?:$/.test(URL.parse(value)?.protocol ?? '')) {
    throw new SetupError(`${name} is not an http address: ${JSON.stringify(value)}`)
  }
  return value.replace(/\/+$/, '')
}

export function readPort(env: Environment, name: string): number {
  const text = env[name] || '0'
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new SetupError(`${name} is not a port: ${JSON.stringify(text)}`)
  }
  return port
}

function parseJson(what: string, read: () => string): unknown {
  try {
    return JSON.parse(read())
  } catch (error) {
    throw new SetupError(`${what}: ${(error as Error).message}`, { cause: error })
  }
}
