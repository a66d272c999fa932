import { expect, it } from 'vitest'
import { ReplicaPower, type Machine } from './replica-power.ts'

/** A machine whose program is never healthy the first time that it is started. */
class SlowMachine implements Machine {
  readonly id = 'link-1'
  readonly config = undefined
  readonly done: string[] = []
  #isUp = true

  expectEnd(isExpected: boolean): void {
    this.done.push(isExpected ? 'its end is no news' : 'its end is news')
  }

  async send(signalName: string): Promise<void> {
    this.done.push(signalName)
    this.#isUp &&= signalName !== 'SIGKILL'
  }

  async freeze(): Promise<void> {}

  async ended(_timeoutMs: number, signal: AbortSignal): Promise<string | undefined> {
    return this.#isUp || signal.aborted ? undefined : 'signal'
  }

  async start(signal: AbortSignal): Promise<void> {
    if (this.#isUp) throw new Error('address already in use')
    this.#isUp = true
    this.done.push('started')
    if (signal.aborted) throw new Error('interrupted while link-1 started')
  }
}

it('ends what it started and did not wait for, so that it can be started again', async () => {
  const machine = new SlowMachine()
  const power = new ReplicaPower(machine)
  const never = new AbortController().signal
  await power.kill()
  await expect(power.start(AbortSignal.abort())).rejects.toThrow('interrupted while link-1 started')
  expect(power.state).toBe('down')
  await power.start(never)
  expect(power.state).toBe('running')
  expect(machine.done.filter((one) => !one.startsWith('its end'))).toEqual([
    'SIGKILL',
    'started',
    'SIGKILL',
    'started',
  ])
  expect(machine.done.at(-1)).toBe('its end is news')
})

it('stopping it that is interrupted fails, and it is known to be down, so that it is started again', async () => {
  const machine = new SlowMachine()
  const power = new ReplicaPower(machine)
  await expect(power.stop(5_000, AbortSignal.abort())).rejects.toThrow(
    'link-1 could not be stopped: it had not ended by then, and was killed',
  )
  expect(power.state).toBe('down')
  await power.start(new AbortController().signal)
  expect(machine.done).toContain('started')
  expect(power.state).toBe('running')
})
