import type { LoopStrain } from '../core/index.ts'

const probeEveryMs = 10

/** Watches the event loop of this thread for as long as it runs. */
export class LoopStrainMeter {
  #wantedAt = performance.now() + probeEveryMs
  #lagMs = 0
  #sinceMs = performance.now()
  #utilization = performance.eventLoopUtilization()
  #cpu = process.threadCpuUsage()

  constructor() {
    setInterval(() => this.#probe(), probeEveryMs).unref()
  }

  /** Since it was last asked. */
  take(): LoopStrain {
    this.#probe()
    const nowMs = performance.now()
    const { utilization } = performance.eventLoopUtilization(this.#utilization)
    const { user, system } = process.threadCpuUsage(this.#cpu)
    const cpu = Math.min(1, (user + system) / 1_000 / Math.max(1, nowMs - this.#sinceMs))
    const strain = { busy: utilization, cpu, lagMs: this.#lagMs }
    this.#lagMs = 0
    this.#sinceMs = nowMs
    this.#utilization = performance.eventLoopUtilization()
    this.#cpu = process.threadCpuUsage()
    return strain
  }

  #probe(): void {
    const nowMs = performance.now()
    this.#lagMs = Math.max(this.#lagMs, nowMs - this.#wantedAt)
    this.#wantedAt = nowMs + probeEveryMs
  }
}
