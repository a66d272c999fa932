import { appendFileSync } from 'node:fs'
import { relative } from 'node:path'
import { describeError, type ComparedWithBaseline } from '../core/index.ts'
import {
  annotationCommand,
  annotationsOf,
  renderMarkdown,
  type Annotation,
  type Summary,
} from '../report/index.ts'
import { placeOfStep, type FoundScenario, warn } from '../session/index.ts'

const mostWorse = 5

type Environment = Readonly<Record<string, string | undefined>>

/**
 * What a pipeline shows beside the log: where GITHUB_STEP_SUMMARY is set the verdict is appended to it as Markdown, and with
 * GITHUB_ACTIONS=true what did not pass is written to stderr as annotations at the lines of the steps, as GitHub reads them there.
 */
export function tellPipeline(
  { scenario, file }: FoundScenario,
  summary: Summary,
  folder: string,
  env: Environment = process.env,
): void {
  appendToStepSummary(renderMarkdown(summary, { link: linkOf(env) ?? folder }), env)
  for (const annotation of annotationsOf({ ...summary, scenario: scenario.id })) {
    annotate(annotation, file, env)
  }
}

function annotate(annotation: Annotation, file: string, env: Environment): void {
  if (env['GITHUB_ACTIONS'] !== 'true') return
  const root = env['GITHUB_WORKSPACE'] ?? process.cwd()
  const place = placeOfStep(file, annotation.step)
  const shown = { ...place, file: relative(root, place.file).replaceAll('\\', '/') }
  process.stderr.write(`${annotationCommand(annotation, shown)}\n`)
}

/** With GITHUB_ACTIONS=true, that a run is worse than its baseline, or that this is not known, at its scenario. */
export function tellRegression(
  { scenario, file }: FoundScenario,
  { outcome, title, lead, worse }: ComparedWithBaseline,
  env: Environment = process.env,
): void {
  if (outcome === 'no-regression') return
  const level = outcome === 'regression' ? 'error' : 'warning'
  const message = [title, ...lead, ...worse.slice(0, mostWorse)].join('\n')
  const heading = `${outcome.toUpperCase()} ${scenario.id}`
  annotate({ level, title: heading, message }, file, env)
}

/** A summary that cannot be written is said and stops nothing. */
export function appendToStepSummary(markdown: string, env: Environment = process.env): void {
  const file = env['GITHUB_STEP_SUMMARY']
  if (file === undefined || file === '') return
  try {
    appendFileSync(file, `${markdown}\n`)
  } catch (error) {
    warn(`the step summary cannot be written: ${describeError(error)}`)
  }
}

/** The page of the CI job, where the report is among the artifacts: of GitHub Actions, GitLab or Jenkins. */
export function linkOf(env: Environment = process.env): string | undefined {
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID, CI_JOB_URL, BUILD_URL } = env
  if (GITHUB_SERVER_URL && GITHUB_REPOSITORY && GITHUB_RUN_ID) {
    return `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}`
  }
  return CI_JOB_URL ?? BUILD_URL
}
