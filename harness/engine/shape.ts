import { checkKnown, type Problem } from './problem.ts'

type Check = (path: string, value: unknown) => Problem[]

/** What a scenario must be made of before anything else about it can be checked. Accepts any value, and names every member that is wrong. */
export function checkShape(value: unknown): Problem[] {
  return scenario('', value)
}

const text = ofType('a text', (value) => typeof value === 'string')
const number = ofType('a number', (value) => typeof value === 'number')
const aFunction = ofType('a function', (value) => typeof value === 'function')
const flag = ofType('true or false', (value) => typeof value === 'boolean')
const texts = listOf(text)

const command = objectOf({
  kind: oneOf('command'),
  command: text,
  args: texts,
  'env?': valuesOf(text),
  'cwd?': text,
  'packages?': texts,
})
const buildOf = objectOf({ context: text, 'dockerfile?': text, 'buildArgs?': valuesOf(text) })
const image = objectOf({
  kind: oneOf('image'),
  image: (path, value) => (typeof value === 'string' ? [] : buildOf(path, value)),
  'entrypoint?': texts,
  'command?': texts,
  'aliases?': texts,
  'env?': valuesOf(text),
  'files?': valuesOf(text),
  containerPorts: valuesOf(number),
  'dataDir?': text,
  'readOnly?': flag,
})
const run: Check = (path, value) =>
  ((value as { kind?: unknown } | null)?.kind === 'image' ? image : command)(path, value)

const service = objectOf({
  name: text,
  replicas: number,
  run,
  'dataMb?': number,
  'resources?': objectOf({ 'cpus?': number, 'memoryMb?': number }),
  ports: texts,
  health: objectOf({ 'path?': text, 'command?': texts, 'timeoutMs?': number }),
  'startsAfter?': texts,
  'config?': objectOf({
    kind: oneOf('http'),
    port: text,
    path: text,
    tokenEnv: text,
    'schemaPath?': text,
    'generationKey?': text,
  }),
  'clock?': objectOf({ port: text, path: text }),
  'reset?': objectOf({ port: text, path: text, variables: texts }),
  connects: texts,
})
const actor = openObjectOf({
  id: text,
  title: text,
  headers: valuesOf(text),
  'prepare?': aFunction,
})
const flow = openObjectOf({
  id: text,
  title: text,
  actors: texts,
  'timeoutMs?': number,
  run: aFunction,
})
const selector = { 'flows?': texts, 'actors?': texts }
const rollout = objectOf({
  kind: oneOf('all', 'count', 'staged'),
  'replicas?': number,
  'stages?': listOf(ofType("a number or 'all'", (v) => v === 'all' || typeof v === 'number')),
})
const anyStep = {
  kind: oneOf('change', 'fault', 'undo', 'wait'),
  name: text,
  title: text,
  summary: text,
  effects: listOf(objectOf({ ...selector, becomes: text, 'optional?': flag })),
  'notBeforeMs?': number,
  'order?': text,
  validate: aFunction,
}
const change = openObjectOf({
  ...anyStep,
  service: text,
  rollout,
  apply: aFunction,
})
const fault = openObjectOf({ ...anyStep, 'intermittent?': flag, inject: aFunction })
const steps: Readonly<Record<string, Check>> = {
  fault,
  undo: openObjectOf({ ...anyStep, step: text }),
  wait: openObjectOf({ ...anyStep, durationMs: number }),
}
const step: Check = (path, value) => {
  const { kind } = (value ?? {}) as { kind?: unknown }
  const known = typeof kind === 'string' && Object.hasOwn(steps, kind) ? steps[kind] : undefined
  return (known ?? change)(path, value)
}
const expectedBreak = objectOf({
  ...selector,
  'symptom?': text,
  'failing?': oneOf('some'),
  'until?': text,
})
const incident = objectOf({
  date: text,
  organisation: text,
  durationText: text,
  mechanism: text,
  caughtBy: texts,
  sources: listOf(objectOf({ title: text, url: text, kind: oneOf('own report', 'press') })),
  'guardOf?': text,
})
const threshold: Check = (path, value) =>
  typeof value === 'string'
    ? []
    : objectOf({
        threshold: text,
        'abortOnFail?': flag,
        'delayAbortEval?': ofType('a length of time', (v) =>
          ['string', 'number'].includes(typeof v),
        ),
      })(path, value)
const outsideLimit = objectOf({
  host: text,
  'path?': text,
  atMost: number,
  'window?': oneOf('baseline', 'change', 'recovery'),
})
const amplificationLimit = objectOf({
  'link?': objectOf({ from: text, to: text }),
  'service?': text,
  atMost: number,
  'window?': oneOf('baseline', 'change', 'recovery'),
})
const scenario = objectOf({
  id: text,
  title: text,
  'description?': text,
  stack: objectOf({ name: text, entry: text, services: listOf(service), sites: texts }),
  actors: listOf(actor),
  flows: listOf(flow),
  'statusPage?': openObjectOf({ title: text, read: aFunction }),
  steps: listOf(step),
  expect: objectOf({
    kind: text,
    'broken?': listOf(expectedBreak),
    'statusPageLies?': flag,
    'underLoad?': listOf(objectOf({ ...selector, becomes: oneOf('broken', 'slower') })),
    'statusPage?': valuesOf(number),
    'recoverWithinMs?': number,
    'escapeRoute?': oneOf('open'),
  }),
  'safety?': objectOf({
    'maxBrokenCells?': number,
    'stepTimeoutMs?': number,
    'thresholds?': valuesOf(listOf(threshold)),
  }),
  'judgement?': objectOf({
    'toleratedRatio?': number,
    'detectRatio?': number,
    'falseAlarm?': number,
    'miss?': number,
    'windowMs?': number,
  }),
  'load?': openObjectOf({}),
  'loadJudgement?': valuesOf(number),
  'allowOutside?': texts,
  'outside?': objectOf({ 'maxRequests?': listOf(outsideLimit) }),
  'amplification?': listOf(amplificationLimit),
  'writes?': openObjectOf({ title: text, readBack: aFunction }),
  'seed?': number,
  'incident?': incident,
  'demonstrates?': oneOf('fail', 'inconclusive'),
})

function wrong(path: string, value: unknown, wanted: string): Problem[] {
  return [
    {
      path,
      message: value === undefined ? 'is missing' : `is ${shown(value)}`,
      hint: `use ${wanted}`,
    },
  ]
}

function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value.slice(0, 100)}'`
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value
}

function ofType(wanted: string, isRight: (value: unknown) => boolean): Check {
  return (path, value) => (isRight(value) ? [] : wrong(path, value, wanted))
}

function oneOf(...words: readonly string[]): Check {
  return ofType(`'${words.join("' or '")}'`, (value) => words.includes(value as string))
}

function listOf(item: Check): Check {
  return (path, value) =>
    Array.isArray(value)
      ? value.flatMap((one: unknown, i) => item(`${path}[${i}]`, one))
      : wrong(path, value, 'a list')
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function valuesOf(item: Check): Check {
  return (path, value) =>
    isObject(value)
      ? Object.entries(value).flatMap(([key, one]) => item(`${path}.${key}`, one))
      : wrong(path, value, 'an object')
}

/** A name that ends with '?' may be absent. Nothing else may be there. */
function objectOf(members: Readonly<Record<string, Check>>): Check {
  const names = Object.keys(members).map((name) => name.replace('?', ''))
  const open = openObjectOf(members)
  return (path, value) => [
    ...open(path, value),
    ...(isObject(value) ? checkKnown(path, value, names) : []),
  ]
}

/** The author may keep more in it. */
function openObjectOf(members: Readonly<Record<string, Check>>): Check {
  return (path, value) => {
    if (!isObject(value)) return wrong(path, value, 'an object')
    return Object.entries(members).flatMap(([given, check]) => {
      const name = given.replace('?', '')
      if (given !== name && value[name] === undefined) return []
      return check(path === '' ? name : `${path}.${name}`, value[name])
    })
  }
}
