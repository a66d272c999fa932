import type { Incident } from '../core/index.ts'
import type { Problem } from './problem.ts'

/** What is wrong with the facts of an incident. Whether `guardOf` names a scenario is known to those only who see all of them. */
export function checkIncident(incident: Incident | undefined): Problem[] {
  if (incident === undefined) return []
  const { date, caughtBy, sources } = incident
  const words = ['organisation', 'durationText', 'mechanism', 'guardOf'] as const
  return [
    ...(isDay(date) ? [] : wrong('date', `is '${date}'`, "use a day, '2023-03-06' for instance")),
    ...words
      .filter((key) => incident[key]?.trim() === '')
      .flatMap((key) => wrong(key, 'is empty', 'say it, or leave the incident out')),
    ...(caughtBy.length > 0
      ? []
      : wrong('caughtBy', 'is empty', 'name what would have shown it before release')),
    ...(sources.length > 0 ? [] : wrong('sources', 'is empty', 'name where the facts are from')),
    ...sources
      .map(({ url }, i) => ({ url, i }))
      .filter(({ url }) => !url.startsWith('https://') || !URL.canParse(url))
      .flatMap(({ url, i }) => wrong(`sources[${i}].url`, `is '${url}'`, 'use an https address')),
  ]
}

function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const time = Date.parse(text)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)
}

function wrong(path: string, message: string, hint: string): Problem[] {
  return [{ path: `incident.${path}`, message, hint }]
}
