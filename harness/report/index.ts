export { annotationCommand, annotationsOf } from './annotations.ts'
export { renderJunit } from './junit.ts'
export { initialLiveState, reduce } from './live.ts'
export { renderLive } from './live-view.ts'
export { headline } from './headline.ts'
export { renderHtml, renderLiveHtml } from './html.ts'
export {
  renderAgainstBaseline,
  renderBreakpoint,
  renderLoadSummary,
  renderResources,
} from './load-lines.ts'
export type * from './live-contract.ts'
export { PageFold, traceIdsOf, type LogLine } from './page-data.ts'
export { brokenCells } from './faults.ts'
export { codeInTable, codeMarkdown, plainMarkdown } from './markdown-text.ts'
export { renderMarkdown } from './markdown.ts'
export { JournalReader, parseJournal, type ParsedJournal } from './parse-journal.ts'
export { createPlainLog } from './plain-log.ts'
export { renderSuite, summarizeSuite, toSeconds, type SuiteRow } from './suite.ts'
export { summarize } from './summary.ts'
export type * from './summary-types.ts'
export { renderTerminal } from './terminal.ts'
export { makeTheme, type RenderOptions } from './theme.ts'
export { displayWidth, foldLine, padEnd, truncate, visible, wrap } from './text.ts'
export { count, formatDuration, list } from './words.ts'
