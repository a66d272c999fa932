export {
  assertNotOwnNoise,
  failedReference,
  mergeRuns,
  readBaseline,
  writeBaseline,
} from './baseline-file.ts'
export { compareRuns, type Comparison } from './compare-runs.ts'
export { comparisonPage, whatGotWorse } from './comparison-page.ts'
export { figuresOf, type RunFigures } from './figures.ts'
export { renderPageHtml, renderPageMarkdown, renderPageTerminal, type Page } from './page.ts'
export { trendPage } from './trend-page.ts'
