import { randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import { HarnessError, type EventBody, type JournalEvent, type Redactor } from '../core/index.ts'
import {
  PageFold,
  renderJunit,
  summarizeModel,
  type RunModel,
  type Summary,
} from '../report/index.ts'
import { makeHtmlReport } from './html-report.ts'
import { warn } from './say.ts'

/** `20261124-044658-twitter-api-plan-3fa9`: sorts by time, and does not repeat. */
export function newRunId(scenario: string): string {
  const time = new Date().toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15)
  return `${time}-${scenario}-${randomBytes(2).toString('hex')}`
}

const reportNames = [
  'summary.json',
  'junit.xml',
  'report.html',
  'comparison.json',
  'comparison.html',
] as const
type Report = (typeof reportNames)[number]

/** The folder that a run leaves behind. The journal is written event by event, so that it is there whatever happens next. */
export class RunFolder implements Disposable {
  readonly path: string
  readonly logDir: string
  readonly #journal: number
  /** What the reports are made from: of a size that does not grow with the length of the run. */
  readonly #fold = new PageFold()
  #open = true

  constructor(path: string) {
    this.path = resolve(path)
    this.logDir = join(this.path, 'services')
    mkdirSync(this.logDir, { recursive: true })
    if (existsSync(this.file('journal.ndjson'))) this.#forgetEarlierRun()
    this.#journal = openSync(this.file('journal.ndjson'), 'w')
  }

  file(name: 'journal.ndjson' | Report): string {
    return join(this.path, name)
  }

  get model(): RunModel {
    return this.#fold.model
  }

  /** Of a run into the same folder: what it reported and logged would be taken for this one's. */
  #forgetEarlierRun(): void {
    const logs = readdirSync(this.logDir).filter((name) => name.endsWith('.log'))
    const reports = reportNames.map((name) => this.file(name))
    for (const file of [...reports, ...logs.map((name) => join(this.logDir, name))]) {
      rmSync(file, { force: true })
    }
  }

  readonly take = (event: JournalEvent): void => {
    this.#fold.take(event)
    writeSync(this.#journal, `${JSON.stringify(event)}\n`)
  }

  /** Writes what is made from the journal. Where the viewer is not built, a line on stderr says that there is no report.html, and why. */
  async writeReports(redactor: Redactor): Promise<Summary> {
    const summary = summarizeModel(this.model)
    writeFileSync(this.file('summary.json'), `${JSON.stringify(summary, null, 2)}\n`)
    writeFileSync(this.file('junit.xml'), renderJunit(this.model))
    await this.#writePage(redactor)
    return summary
  }

  /** What came of holding the run against its baseline. It is in the journal, and so in the reports that are written after it. */
  writeComparison(compared: EventBody<'baseline.compared'>, json: string, html: string): void {
    this.take({ kind: 'baseline.compared', atMs: this.model.lastMs, ...compared })
    writeFileSync(this.file('comparison.json'), `${json}\n`)
    writeFileSync(this.file('comparison.html'), html)
  }

  async #writePage(redactor: Redactor): Promise<void> {
    try {
      writeFileSync(
        this.file('report.html'),
        await makeHtmlReport(this.#fold, this.logDir, redactor),
      )
    } catch (error) {
      if (!(error instanceof HarnessError) || error.code !== 'VIEWER_MISSING') throw error
      warn(`no report.html: ${error.message}; ${error.hint}`)
    }
  }

  [Symbol.dispose](): void {
    if (!this.#open) return
    this.#open = false
    closeSync(this.#journal)
  }
}
