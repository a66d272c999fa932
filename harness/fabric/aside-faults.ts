import { asking, type Asked } from './asking.ts'
import { isOfFabric, noteOfFault } from './handler-fault.ts'
import { isLetGo } from './let-go.ts'
import type { OutsideLog } from './outside-log.ts'

const nobody: Asked = { from: '', method: '', url: '' }
/** Records what code of sites did where no answer tells of it. */
export class AsideFaults {
  readonly #log: Pick<OutsideLog, 'add'>

  constructor(log: Pick<OutsideLog, 'add'>) {
    this.#log = log
  }

  /** An error that nobody caught. False when it is one of the fabric itself, of which nobody knows what it has left behind. */
  takeUncaught(error: unknown): boolean {
    if (isLetGo(error)) return true
    const asked = asking.getStore()
    if (!asked && isOfFabric(error)) return false
    this.record(noteOfFault(error), asked)
    return true
  }

  record(note: string, asked: Asked = nobody): void {
    this.#log.add({ ...asked, atMs: Date.now(), outcome: 'answered', note, isAside: true })
  }
}
