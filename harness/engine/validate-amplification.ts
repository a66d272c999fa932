import { actorsName, outsideName, type AmplificationLimit, type Stack } from '../core/index.ts'
import { problem, type Problem } from './problem.ts'

/** What is wrong with limits of amplification. */
export function checkAmplificationLimits(
  limits: readonly AmplificationLimit[],
  { services }: Stack,
): Problem[] {
  const names = services.map(({ name }) => name)
  return limits.flatMap((limit, i) => {
    const at = `amplification[${i}]`
    return [...checkTarget(at, limit, services, names), ...checkFactor(at, limit)]
  })
}

function checkTarget(
  at: string,
  limit: AmplificationLimit,
  services: Stack['services'],
  names: readonly string[],
): Problem[] {
  const { link, service } = limit as { link?: { from: string; to: string }; service?: string }
  if ((link === undefined) === (service === undefined)) {
    return problem(
      at,
      `has ${link ? 'both link and service' : 'no link and no service'}`,
      'give one of the two',
    )
  }
  if (service !== undefined) {
    return names.includes(service)
      ? []
      : problem(`${at}.service`, `is '${service}'`, `name one of ${names.join(', ')}`)
  }
  const { from = '', to = '' } = link ?? {}
  const sender = services.find(({ name }) => name === from)
  if (!sender) {
    const why = from === actorsName ? `, who get no requests` : ''
    return problem(`${at}.link.from`, `is '${from}'${why}`, `name one of ${names.join(', ')}`)
  }
  const known = [...sender.connects, outsideName]
  return known.includes(to)
    ? []
    : problem(
        `${at}.link.to`,
        `is '${to}', to which ${from} does not connect`,
        `name one of ${known.join(', ')}`,
      )
}

function checkFactor(at: string, { atMost }: AmplificationLimit): Problem[] {
  return atMost > 0 ? [] : problem(`${at}.atMost`, `is ${atMost}`, 'use a number above 0')
}
