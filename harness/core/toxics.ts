import { toxicRules, type AttributeRule } from './toxic-rules.ts'

/** Direction of the bytes: `upstream` from the caller to the service, `downstream` back. */
export type ToxicStream = 'upstream' | 'downstream'

/** Toxics on the bytes of a connection: names, attributes and units of Toxiproxy (https://github.com/Shopify/toxiproxy#toxics). Attributes that are left out are 0. */
export type ByteToxic =
  /** Delays data by `latency` ± `jitter`, in ms. */
  | {
      readonly type: 'latency'
      readonly attributes: { readonly latency?: number; readonly jitter?: number }
    }
  /** At most `rate` KB/s; 1 KB is 1000 bytes. */
  | { readonly type: 'bandwidth'; readonly attributes: { readonly rate: number } }
  /** Holds the end of the connection back for `delay` ms. */
  | { readonly type: 'slow_close'; readonly attributes: { readonly delay?: number } }
  /** Stops all data and closes the connection after `timeout` ms. 0: not before the toxic is removed. */
  | { readonly type: 'timeout'; readonly attributes: { readonly timeout?: number } }
  /** Ends the connection by RST after `timeout` ms. */
  | { readonly type: 'reset_peer'; readonly attributes: { readonly timeout?: number } }
  /** Cuts data into pieces of `average_size` ± `size_variation` bytes, `delay` microseconds apart. */
  | {
      readonly type: 'slicer'
      readonly attributes: {
        readonly average_size: number
        readonly size_variation?: number
        readonly delay?: number
      }
    }
  /** Closes the connection after so many bytes. */
  | { readonly type: 'limit_data'; readonly attributes: { readonly bytes?: number } }
  /** Nothing gets through: open connections are reset, and new ones as they come. */
  | { readonly type: 'down'; readonly attributes?: Readonly<Record<string, never>> }

/** Toxics on HTTP requests. */
export type HttpToxic =
  /** Answers `status` in place of the service, which does not get the request. */
  | {
      readonly type: 'status'
      readonly attributes: {
        readonly status: number
        /** Default: a line of JSON that names the toxic. */
        readonly body?: string
        /** Default 'application/json'. */
        readonly content_type?: string
      }
    }
  /** The answer's body is `replace`, or the first share `keep` of its bytes; exactly one of the two. One that is compressed is unpacked before, and sent so. */
  | {
      readonly type: 'body'
      readonly attributes: { readonly replace?: string; readonly keep?: number }
    }
  /** Sets a header, or takes it away where there is no value: of the answer, or of the request with stream `upstream`. */
  | {
      readonly type: 'header'
      readonly attributes: { readonly name: string; readonly value?: string }
    }
  /** Holds the request for `delay` ± `jitter` ms, and the answer until the request took `factor` times as long as it did. */
  | {
      readonly type: 'delay'
      readonly attributes: {
        readonly delay?: number
        readonly jitter?: number
        readonly factor?: number
      }
    }

/** Which requests an HTTP toxic strikes. All that is given must match. */
export interface ToxicMatch {
  readonly method?: string
  /** Path without query; `*` stands for any text. */
  readonly path?: string
  /** Headers by lower-case name, with their whole value. */
  readonly headers?: Readonly<Record<string, string>>
}

interface Common {
  /** Unique on its link. Default: `<type>_<stream>`. */
  readonly name?: string
  /** Default 'downstream'. */
  readonly stream?: ToxicStream
  /** Share in [0, 1] of connections, of requests for HTTP toxics. Default 1. Drawn from the seed of the run. */
  readonly toxicity?: number
  /** Strikes only what goes to this replica. */
  readonly replica?: string
  /** Strikes only what this replica of the calling service sends, and what it is sent back. For links; on bytes not together with `replica`. */
  readonly caller?: string
}

interface OfRequests {
  readonly match?: ToxicMatch
  /** Only the first so many requests that match are looked at. A whole number from 1. */
  readonly first?: number
}

/** A fault of a link. */
export type Toxic = Common & (ByteToxic | (HttpToxic & OfRequests))

/** Where a toxic sits: on the link by which one service calls another, or, without `from`, on the front door of `to`. */
export interface LinkTarget {
  readonly from?: string
  readonly to: string
}

/** The links and front doors, whose toxics can be set while connections are open. */
export interface LinkPort {
  /** Puts a toxic in force, in the place of one with the same name, on open connections too. Throws HarnessError FABRIC_FAILED. */
  setToxic(link: LinkTarget, toxic: Toxic, signal: AbortSignal): Promise<void>
  /**
   * Takes it back, from open connections too. Resolves to the number of requests, or connections, that it struck; undefined when there is none
   * of the name. Throws HarnessError FABRIC_FAILED.
   */
  removeToxic(link: LinkTarget, name: string, signal: AbortSignal): Promise<number | undefined>
}

const httpTypes: ReadonlySet<string> = new Set<HttpToxic['type']>([
  'status',
  'body',
  'header',
  'delay',
])

export function isHttpToxic(toxic: Toxic): toxic is Common & HttpToxic & OfRequests {
  return httpTypes.has(toxic.type)
}

export const longestToxicName = 100

export function toxicName({ name, type, stream }: Toxic): string {
  return name ?? `${type}_${stream ?? 'downstream'}`
}

/** `gateway>media`, or `>gateway` for a front door. */
export function linkTargetKey({ from, to }: LinkTarget): string {
  return `${from ?? ''}>${to}`
}

/** In words: `latency latency=100, on 50 % of connections`. */
export function describeToxic(toxic: Toxic): string {
  const attributes = Object.entries(toxic.attributes ?? {}).map(([key, value]) => {
    const text = String(value)
    return `${key}=${text.length > 40 ? `${text.slice(0, 40)}…` : text}`
  })
  const isHttp = isHttpToxic(toxic)
  const first = isHttp ? toxic.first : undefined
  const what = isHttp ? 'requests' : 'connections'
  const which = first === undefined ? what : `the first ${first} ${what}`
  const share =
    toxic.toxicity === undefined ? '' : `${Math.round(toxic.toxicity * 1000) / 10} % of `
  return [
    [toxic.type, ...attributes].join(' '),
    ...(toxic.stream === undefined ? [] : [toxic.stream]),
    ...(share === '' && first === undefined ? [] : [`on ${share}${which}`]),
    ...(isHttp && toxic.match ? [`on ${describeMatch(toxic.match)} only`] : []),
    ...(toxic.replica === undefined ? [] : [`towards ${toxic.replica} only`]),
    ...(toxic.caller === undefined ? [] : [`from ${toxic.caller} only`]),
  ].join(', ')
}

/** `POST /api/posts, with x-app-id: web`. Of what may not be valid, too: it is told before that is known. */
function describeMatch({ method, path, headers = {} }: ToxicMatch): string {
  const asked = [method, path].filter((one) => one !== undefined).join(' ')
  const named = Object.entries(headers ?? {}).map(([key, value]) => `${key}: ${value}`)
  return [
    ...(asked === '' ? [] : [asked]),
    ...(named.length === 0 ? [] : [`requests with ${named.join(', ')}`]),
  ].join(', ')
}

/** What is wrong with a toxic, each with what to do; of anything that came from outside, too. */
export function toxicProblems(value: unknown): string[] {
  if (!isRecord(value)) return ['a toxic must be {type, attributes, stream?, toxicity?, ...}']
  const {
    type,
    name,
    stream,
    toxicity,
    replica,
    caller,
    attributes = {},
    match,
    first,
    ...others
  } = value
  if (typeof type !== 'string' || !Object.hasOwn(toxicRules, type)) {
    return [`type is ${show(type)}: use one of ${Object.keys(toxicRules).join(', ')}`]
  }
  const isHttp = httpTypes.has(type)
  return [
    ...(name === undefined ||
    (typeof name === 'string' && new RegExp(`^[\\w.-]{1,${longestToxicName}}$`).test(name))
      ? []
      : [`name is ${show(name)}: use letters, digits, dots, dashes and underscores`]),
    ...(stream === undefined || stream === 'upstream' || stream === 'downstream'
      ? []
      : [`stream is ${show(stream)}: use 'upstream' or 'downstream'`]),
    ...(stream === undefined || !isHttp || type === 'header'
      ? []
      : [`stream is of no use with ${type}, which is about answers: leave it away`]),
    ...(toxicity === undefined || isBetween(toxicity, 0, 1)
      ? []
      : [`toxicity is ${show(toxicity)}: use a share in [0, 1]`]),
    ...(replica === undefined || typeof replica === 'string' ? [] : ['replica must be an id']),
    ...(caller === undefined || typeof caller === 'string' ? [] : ['caller must be an id']),
    ...(isHttp || replica === undefined || caller === undefined
      ? []
      : [`${type} cannot tell replica and caller at once: name one of them`]),
    ...attributeProblems(type, attributes),
    ...(isHttp || match === undefined ? [] : [`match is for HTTP toxics, and ${type} is none`]),
    ...(isHttp || first === undefined ? [] : [`first is for HTTP toxics, and ${type} is none`]),
    ...(match === undefined ? [] : matchProblems(match)),
    ...(first === undefined || (Number.isSafeInteger(first) && Number(first) >= 1)
      ? []
      : [`first is ${show(first)}: use a whole number from 1`]),
    ...Object.keys(others).map(
      (key) =>
        `${key} is not known: ${['method', 'path', 'headers'].includes(key) ? `write match: { ${key} }` : 'leave it away'}`,
    ),
  ]
}

function attributeProblems(type: string, attributes: unknown): string[] {
  if (!isRecord(attributes)) return ['attributes must be an object']
  const rules: Readonly<Record<string, AttributeRule>> = toxicRules[type as Toxic['type']]
  const problems = [
    ...Object.entries(rules).flatMap(([key, rule]) =>
      ruleProblems(type, key, rule, attributes[key]),
    ),
    ...Object.keys(attributes)
      .filter((key) => !Object.hasOwn(rules, key))
      .map((key) => {
        const known = Object.keys(rules).join(', ')
        return `${type} has no attribute ${key}: it has ${known === '' ? 'none' : known}`
      }),
  ]
  if (
    type === 'body' &&
    (attributes['replace'] === undefined) === (attributes['keep'] === undefined)
  )
    problems.push("body needs 'replace' or 'keep', and not both")
  return problems
}

function ruleProblems(type: string, key: string, rule: AttributeRule, value: unknown): string[] {
  if (value === undefined) return rule.needed ? [`${type} needs ${key}: ${rule.says}`] : []
  const isRight =
    rule.kind === 'text'
      ? typeof value === 'string' && (rule.pattern?.test(value) ?? true)
      : isBetween(value, rule.min, rule.max) && (rule.kind === 'share' || Number.isInteger(value))
  return isRight ? [] : [`${type}.${key} is ${show(value)}: ${rule.says}`]
}

function matchProblems(match: unknown): string[] {
  if (!isRecord(match)) return ['match must be {method?, path?, headers?}']
  const { method, path, headers, ...others } = match
  const isText = (value: unknown) => value === undefined || typeof value === 'string'
  return [
    ...(isText(method) ? [] : ['match.method must be a text']),
    ...(path === undefined || (typeof path === 'string' && /^[/*][^?#]*$/.test(path))
      ? []
      : [`match.path is ${show(path)}: use a path without its query, '/media/*' for instance`]),
    ...(headers === undefined || (isRecord(headers) && Object.values(headers).every(isText))
      ? []
      : ['match.headers must be texts by name']),
    ...Object.keys(others).map((key) => `match.${key} is not known: leave it away`),
  ]
}

function isBetween(value: unknown, min: number, max: number): boolean {
  return typeof value === 'number' && value >= min && value <= max
}

function show(value: unknown): string {
  return value === undefined ? 'not given' : JSON.stringify(value)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
