import { dirname, relative } from 'node:path/posix'
import type { Incident, Scenario, Step } from 'aftershock'

export interface ScenarioFile {
  /** Relative to the page. */
  readonly file: string
  readonly scenario: Scenario
}

interface Entry extends ScenarioFile {
  readonly incident: Incident
  readonly guard: ScenarioFile | undefined
}

const preface = `# Outages by configuration change

Each of these happened, was written about in public, and is reproduced here on the reference site: first as it was, with the cells that broke and
those that did not, then with the protection that was missing. The change is a patch of a configuration that the schema of the service accepts;
what follows from it is code of the service. What is said of the status page is what that of the reference site does; where the real one did otherwise, or
nobody wrote of it, the top of the scenario's file says so. This page is made from the scenarios: \`npx vitest run -u --project unit page.test\` writes it.`

/** Markdown of the page of incidents, in order of date. */
export function renderPage(files: readonly ScenarioFile[]): string {
  const entries = entriesOf(files)
  return [preface, overview(entries), practicesTable(entries), ...entries.map(section)].join('\n\n')
}

function entriesOf(files: readonly ScenarioFile[]): Entry[] {
  return files
    .flatMap(({ file, scenario }) => {
      const { incident } = scenario
      if (!incident || incident.guardOf !== undefined) return []
      const guard = files.find((other) => other.scenario.incident?.guardOf === scenario.id)
      return [{ file, scenario, incident, guard }]
    })
    .toSorted((a, b) => a.incident.date.localeCompare(b.incident.date))
}

function overview(entries: readonly Entry[]): string {
  const rows = entries.map(
    ({ scenario, incident }) =>
      `| ${incident.date} | ${incident.organisation} | [${scenario.id}](#${scenario.id}) | ${incident.mechanism} |`,
  )
  return ['| date | where | scenario | mechanism |', '| --- | --- | --- | --- |', ...rows].join(
    '\n',
  )
}

function practicesTable(entries: readonly Entry[]): string {
  const named = entries.flatMap(({ incident }) => incident.caughtBy)
  const counts = [...Map.groupBy(named, (name) => name)]
    .map(([name, all]) => [name, all.length] as const)
    .toSorted(([a, m], [b, n]) => n - m || a.localeCompare(b))
  const rows = counts.map(([name, count]) => `| ${name} | ${count} |`)
  return [
    `What would have caught them before release, of ${entries.length}:`,
    ['| practice | incidents |', '| --- | --- |', ...rows].join('\n'),
  ].join('\n\n')
}

function section({ file, scenario, incident, guard }: Entry): string {
  const sources = incident.sources.map(({ title, url, kind }) => `[${title}](${url}) (${kind})`)
  return [
    `## ${scenario.id}`,
    `${incident.organisation}, ${incident.date}, ${incident.durationText}: ${incident.mechanism}.`,
    [
      `- Scenario: [${file}](${file})${guard ? `; guarded: [${guard.file}](${guard.file})` : ''}`,
      `- Steps: ${scenario.steps.map(stepText).join('; ')}`,
      `- Breaks: ${breaks(scenario)}`,
      `- Would have been caught by: ${incident.caughtBy.join('; ')}`,
      `- Sources: ${sources.join('; ')}`,
    ].join('\n'),
  ].join('\n\n')
}

function stepText({ title, summary }: Step): string {
  return title === summary ? title : `${title} (${summary})`
}

function breaks({ expect }: Scenario): string {
  if (!('broken' in expect)) return 'nothing'
  const cells = expect.broken.map(
    ({ flows, actors, symptom, failing, until }) =>
      `${flows?.join(', ') ?? 'every flow'}${actors ? ` of ${actors.join(', ')}` : ''}${symptom === undefined ? '' : ` (${symptom})`}${failing ? ' now and then' : ''}${until === undefined ? '' : `, until '${until}'`}`,
  )
  const lies = 'statusPageLies' in expect ? expect.statusPageLies : undefined
  const page =
    lies === undefined
      ? ''
      : `. The status page of the reference site ${lies ? 'goes on saying that all is well' : 'admits it'}`
  return `${cells.join('; ')}${page}`
}

/** Path of a file as seen from the page. */
export function seenFrom(page: string, file: string): string {
  return relative(dirname(page), file)
}
