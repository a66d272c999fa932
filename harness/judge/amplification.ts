import {
  addTraffic,
  amplificationOf,
  combine,
  describeTarget,
  fail,
  inconclusive,
  pass,
  type AmplificationLimit,
  type JournalEvent,
  type LinkCount,
  type LinkTraffic,
  type Verdict,
  type WindowKind,
} from '../core/index.ts'

/** Fewer requests say nothing about a ratio. */
const fewestReceived = 10

/** Whether no service sent more requests for those that it got than the scenario allows. Pure; needs every 'links.counted' event of the history. */
export function checkAmplification(history: readonly JournalEvent[]): Verdict {
  const started = history.find((event) => event.kind === 'run.started')
  const limits = started?.amplification ?? []
  if (limits.length === 0) return pass
  const traffic = new Map<WindowKind | 'between', LinkTraffic>()
  for (const event of history) if (event.kind === 'links.counted') addTraffic(traffic, event)
  return combine(limits.map((limit) => checkLimit(limit, traffic)))
}

function checkLimit(
  limit: AmplificationLimit,
  traffic: ReadonlyMap<WindowKind | 'between', LinkTraffic>,
): Verdict {
  const links = linksIn(traffic, limit.window)
  const { sent, received, factor } = amplificationOf(links, limit)
  const service = 'link' in limit ? limit.link.from : limit.service
  const where = limit.window === undefined ? 'the whole run' : `windows of kind '${limit.window}'`
  if (factor === undefined || received < fewestReceived) {
    return inconclusive({
      code: 'no-data',
      message: `how much ${describeTarget(limit)} amplifies in ${where} is not known: ${service} got ${received} requests, and ${fewestReceived} are needed`,
    })
  }
  if (factor <= limit.atMost) return pass
  return fail({
    code: 'amplification',
    message: `${describeTarget(limit)} amplified ${factor.toFixed(2)} times in ${where}, allowed is ${limit.atMost}: ${sent} requests sent for ${received} that ${service} got${comparison(limit, traffic)}`,
  })
}

function comparison(
  limit: AmplificationLimit,
  traffic: ReadonlyMap<WindowKind | 'between', LinkTraffic>,
): string {
  const { factor } = amplificationOf(traffic.get('baseline')?.links ?? [], limit)
  return limit.window === 'baseline' || factor === undefined
    ? ''
    : `; in the baseline it was ${factor.toFixed(2)}`
}

function linksIn(
  traffic: ReadonlyMap<WindowKind | 'between', LinkTraffic>,
  window: AmplificationLimit['window'],
): readonly LinkCount[] {
  if (window !== undefined) return traffic.get(window)?.links ?? []
  return [...traffic.values()].flatMap(({ links }) => links)
}
