/** Scripts that let k6 end with each exit code that a load can meet. */
export interface K6Ending {
  readonly code: number
  readonly script: string
  /** It goes on until it is interrupted. */
  readonly isStopped?: boolean
}

const once = `executor: 'shared-iterations', vus: 1, iterations: 1`
const tooFew = `executor: 'shared-iterations', vus: 2, iterations: 1`
const long = `executor: 'constant-vus', vus: 1, duration: '10m', gracefulStop: '0s'`

function script(body: string, executor = once, atStart = ''): string {
  return `import { check, sleep } from 'k6'
import exec from 'k6/execution'
export const options = {
  scenarios: { one: { ${executor}, exec: 'perform' } },
  thresholds: { checks: ['rate>0.99'] },
}
export const setup = () => ({})
export const perform = () => { ${body} }
${atStart}
`
}

export const k6Endings: readonly K6Ending[] = [
  { code: 0, script: script('check(null, { right: () => true })') },
  { code: 99, script: script('check(null, { wrong: () => false })') },
  { code: 104, script: script('', tooFew) },
  { code: 105, script: script('sleep(0.1)', long), isStopped: true },
  { code: 107, script: script('', once, `throw new Error('at the start')`) },
  { code: 108, script: script(`exec.test.abort('by the script')`) },
]
