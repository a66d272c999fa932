import type { Clock } from '../../common/lru-cache.ts'
import type { EndpointId } from '../endpoints.ts'

export type FlowComponent = 'media' | 'link' | 'timeline'

interface Slot {
  number: number
  total: Record<FlowComponent, number>
  bad: Record<FlowComponent, number>
}

const COMPONENT_OF: Partial<Record<EndpointId, FlowComponent>> = {
  'media.upload': 'media',
  'media.read': 'media',
  'links.create': 'link',
  'links.open': 'link',
  'links.expand': 'link',
  'links.preview': 'link',
  'timeline.home': 'timeline',
  'timeline.public': 'timeline',
}

const SLOT_MS = 100

/** Counts what users of the site's own apps got, in slots of 100 ms, so that memory does not grow with load. */
export class FlowWatch {
  readonly #clock: Clock
  #slots: Slot[] = []

  constructor(clock: Clock = Date) {
    this.#clock = clock
  }

  get contents(): unknown {
    return this.#slots
  }

  record(endpoint: EndpointId, status: number, windowMs: number): void {
    const component = COMPONENT_OF[endpoint]
    if (component === undefined) return
    const slot = this.#currentSlot(windowMs)
    slot.total[component]++
    if (isBad(status)) slot.bad[component]++
  }

  /** Of the last `windowMs`, to the precision of a slot. */
  counts(component: FlowComponent, windowMs: number): { total: number; bad: number } {
    const oldest = this.#slotNumber() - Math.ceil(windowMs / SLOT_MS)
    let total = 0
    let bad = 0
    for (const slot of this.#slots) {
      if (slot.number <= oldest) continue
      total += slot.total[component]
      bad += slot.bad[component]
    }
    return { total, bad }
  }

  #currentSlot(windowMs: number): Slot {
    const number = this.#slotNumber()
    const last = this.#slots.at(-1)
    if (last?.number === number) return last
    const slot = { number, total: zero(), bad: zero() }
    const oldest = number - Math.ceil(windowMs / SLOT_MS)
    this.#slots = this.#slots.filter((item) => item.number > oldest)
    this.#slots.push(slot)
    return slot
  }

  #slotNumber(): number {
    return Math.floor(this.#clock.now() / SLOT_MS)
  }
}

/** Refused for no fault of the user's, or failed. A 404 or a missing session is neither. */
function isBad(status: number): boolean {
  return status === 403 || status === 429 || status >= 500
}

function zero(): Record<FlowComponent, number> {
  return { media: 0, link: 0, timeline: 0 }
}
