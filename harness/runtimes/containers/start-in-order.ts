import { allOrFirstError, type ServiceSpec } from '../../core/index.ts'

interface Startable {
  readonly service: string
  start(): Promise<void>
}

/** Starts all at once, but for those whose service waits for others; these are never started when one of those fails. */
export async function startInOrder(
  services: readonly ServiceSpec[],
  replicas: readonly Startable[],
): Promise<void> {
  const starting = new Map<string, Promise<unknown>>()
  const startService = (name: string): Promise<unknown> => {
    const known = starting.get(name)
    if (known) return known
    const { startsAfter = [] } = services.find((service) => service.name === name) ?? {}
    const own = replicas.filter(({ service }) => service === name)
    const begun = Promise.all(startsAfter.map(startService)).then(() =>
      allOrFirstError(own.map((replica) => replica.start())),
    )
    starting.set(name, begun)
    return begun
  }
  await allOrFirstError(services.map(({ name }) => startService(name)))
}
