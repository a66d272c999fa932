import { harmedUnderLoad, sickCells, struckCells } from './faults.ts'
import type { Summary, SummaryStatusPage } from './summary-types.ts'
import { count, formatDuration } from './words.ts'

/** What the status page did, in words that cannot be taken for what the system did. */
export function statusPageWords(
  page: SummaryStatusPage,
  summary: Pick<Summary, 'cells' | 'changes' | 'load'>,
): string {
  if (page.brokenMs > 0) return `${whileBroken(page)}${expectation(page)}${falseRed(page)}`
  const { declared } = page
  if (declared) return whileStruck(page, declared, struckCells(summary).length)
  const what = suffering(summary)
  if (page.falseRedMs > 0) {
    const said = `said that something was wrong for ${formatDuration(page.falseRedMs)}`
    return what === '' ? `${said}, though no cell was broken meanwhile` : `${said}: ${what}`
  }
  const said = whatItSaid(page)
  return what === '' ? `${said}, and no cell was broken meanwhile` : `${said}, although ${what}`
}

function whatItSaid({ redMs = 0, unreadMs = 0 }: SummaryStatusPage): string {
  const told = [
    ...(redMs > 0 ? [`said that something was wrong for ${formatDuration(redMs)}`] : []),
    ...(unreadMs > 0
      ? [`could not be read, or said neither, for ${formatDuration(unreadMs)}`]
      : []),
  ]
  return told.length === 0 ? 'said "operational" throughout' : told.join(', ')
}

/** What else users suffered from, where no cell broke by a change. */
function suffering(summary: Pick<Summary, 'cells' | 'changes' | 'load'>): string {
  const sick = sickCells(summary).length
  if (sick > 0) return `${count(sick, 'cell')} failed before any change`
  const failed = harmedUnderLoad(summary).filter(({ judgement }) => judgement === 'broken').length
  if (failed > 0) return `${count(failed, 'cell')} failed under load`
  const struck = struckCells(summary).length
  return struck > 0 ? `${count(struck, 'cell')} suffered as declared` : ''
}

/** A page that tells of declared suffering tells the truth, also for as long as it takes it to turn green again. */
function whileStruck(
  { falseRedMs }: SummaryStatusPage,
  declared: NonNullable<SummaryStatusPage['declared']>,
  cells: number,
): string {
  const { admitMs, falseGreenMs, brokenMs } = declared
  const span = `the ${formatDuration(brokenMs)} in which ${count(cells, 'cell')} suffered as declared`
  const green =
    falseGreenMs > 0
      ? `said "operational" for ${formatDuration(falseGreenMs)} of ${span}`
      : `never said "operational" in ${span}`
  const told = admitMs === null ? '' : `: it told of that ${formatDuration(admitMs)} after it began`
  const beside =
    falseRedMs > 0
      ? `; it also said that something was wrong for ${formatDuration(falseRedMs)} before or after`
      : ''
  return `${green}${told}${later(declared)}${beside}`
}

/** Of users who suffer a second time: the page is to tell of that as well. */
function later({ laterMs }: Pick<SummaryStatusPage, 'laterMs'>): string {
  return laterMs === undefined
    ? ''
    : `, and a later outage went on for ${formatDuration(laterMs)} before it told of it, or was over`
}

function whileBroken(page: SummaryStatusPage): string {
  const broken = formatDuration(page.brokenMs)
  const green = formatDuration(page.falseGreenMs)
  if (page.admitMs !== null) {
    const before =
      page.falseGreenMs > 0
        ? `said "operational" for ${green} of the ${broken} in which cells were broken`
        : `never said "operational" in the ${broken} in which cells were broken`
    return `${before}: it admitted the failure ${formatDuration(page.admitMs)} after the change${later(page)}`
  }
  if (page.falseGreenMs === 0) {
    return `could not be read in the ${broken} in which cells were broken: it never admitted`
  }
  const span = green === broken ? `for all ${green}` : `for ${green} of the ${broken}`
  const detected =
    page.detectMs === null
      ? ''
      : `, although one of its components left "operational" after ${formatDuration(page.detectMs)}`
  return `said "operational" ${span} in which cells were broken: it never admitted${detected}`
}

function expectation(page: SummaryStatusPage): string {
  if (page.expectedToLie === null) return ''
  const lied = page.admitMs === null && page.falseGreenMs > 0
  return lied === page.expectedToLie ? ' (as the scenario says)' : ' (NOT what the scenario says)'
}

function falseRed(page: SummaryStatusPage): string {
  if (page.falseRedMs === 0) return ''
  return `; it also said that something was wrong for ${formatDuration(page.falseRedMs)} in which no cell was broken`
}
