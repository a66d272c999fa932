import type { SummaryStatusPage } from './summary-types.ts'
import { formatDuration } from './words.ts'

/** What the status page did, in words that cannot be taken for what the system did. */
export function statusPageWords(page: SummaryStatusPage): string {
  if (page.brokenMs === 0) return `${whileHealthy(page)}no cell was broken meanwhile`
  return `${whileBroken(page)}${expectation(page)}${falseRed(page)}`
}

function whileHealthy(page: SummaryStatusPage): string {
  return page.falseRedMs > 0
    ? `said that something was wrong for ${formatDuration(page.falseRedMs)}, though `
    : 'said "operational" throughout, and '
}

function whileBroken(page: SummaryStatusPage): string {
  const broken = formatDuration(page.brokenMs)
  const green = formatDuration(page.falseGreenMs)
  if (page.admitMs !== null) {
    const before =
      page.falseGreenMs > 0
        ? `said "operational" for ${green} of the ${broken} in which cells were broken`
        : `never said "operational" in the ${broken} in which cells were broken`
    return `${before}: it admitted the failure ${formatDuration(page.admitMs)} after the change`
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
