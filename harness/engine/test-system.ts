import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

import { TestConfig } from '../changes/test-replica.ts'
import { replicaHeader, type OutsideRecord, type SitePort, type Stack } from '../core/index.ts'
import type { RunningStack, Runtime, StartOptions } from './ports.ts'

/** What a replica of the test system does, by its configuration. */
export interface Behaviour {
  /** `flow` or `flow/actor`: answered by 403 with code 467. */
  readonly refuses?: readonly string[]
  /** Never answered. */
  readonly hangs?: readonly string[]
  /** What is written is acknowledged, and: 'lost', 'twice', or kept without an answer, or though it is refused. */
  readonly writes?: 'lost' | 'twice' | 'unanswered' | 'refused'
}

/** A system in this process: one small server in front, whose replicas answer in turn, each as its configuration says. */
export class TestSystem implements Runtime {
  readonly name = 'test'
  readonly service: string
  readonly replicas: readonly { readonly id: string; readonly config: TestConfig }[]
  readonly records: OutsideRecord[] = []
  readonly variants: string[] = []
  /** What was written by `/write/<id>`, and can be read as a number by `/written/<id>`. */
  readonly written: string[] = []
  /** Of each request for a flow: the flow, the actor, and the replica that was asked for by name. */
  readonly asked: { flow: string; actor: string; replica: string | undefined }[] = []
  status = 'operational'
  disposed = 0
  /** Thrown in place of what would be done. */
  faults: { start?: Error; outside?: Error; dispose?: Error } = {}
  /** Called while it starts. */
  onStart: (options: StartOptions) => void | Promise<void> = () => undefined
  options: StartOptions | undefined
  readonly #server: Server
  #turn = 0

  constructor({ service = 'gateway', replicas = 2, behaviour = {} as Behaviour } = {}) {
    this.service = service
    this.replicas = Array.from({ length: replicas }, (_, i) => ({
      id: `${service}-${i + 1}`,
      config: new TestConfig(behaviour),
    }))
    this.#server = createServer((request, response) => this.#answer(request, response))
  }

  get stack(): Stack {
    return {
      name: 'test system',
      entry: this.service,
      services: [
        {
          name: this.service,
          replicas: this.replicas.length,
          run: { kind: 'command', command: 'node', args: [] },
          ports: ['http', 'admin'],
          health: { path: '/' },
          config: { kind: 'http', port: 'admin', path: '/config', tokenEnv: 'TOKEN' },
          connects: [],
        },
      ],
      sites: [],
    }
  }

  async start(_stack: Stack, options: StartOptions): Promise<RunningStack> {
    this.options = options
    await this.onStart(options)
    if (this.faults.start) throw this.faults.start
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    const url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
    const sites: SitePort = {
      setVariant: async (host, variant) => {
        this.variants.push(`${host} ${variant?.name ?? '-'}`)
      },
    }
    return {
      services: [{ name: this.service, frontDoor: url, replicas: [] }],
      replicas: this.replicas.map(({ id, config }) => ({ id, service: this.service, config })),
      proxyUrl: 'http://actor:pw@127.0.0.1:1',
      scratchDir: '/nowhere',
      links: {
        setToxic: () => Promise.resolve(),
        removeToxic: () => Promise.resolve(undefined),
      },
      sites,
      outside: async (after) => {
        if (this.faults.outside) throw this.faults.outside
        return this.records.filter(({ seq }) => seq > after)
      },
      [Symbol.asyncDispose]: () => this.#stop(),
    }
  }

  /** A request of the system to the outside. */
  ask(url: string, outcome: OutsideRecord['outcome'], atMs = 0): void {
    const seq = this.records.length + 1
    this.records.push({
      seq,
      atMs,
      from: this.replicas[0]?.id ?? '',
      method: 'GET',
      url,
      outcome,
    })
  }

  async #stop(): Promise<void> {
    this.disposed += 1
    if (this.#server.listening) {
      this.#server.close()
      this.#server.closeAllConnections()
      await once(this.#server, 'close')
    }
    if (this.faults.dispose) throw this.faults.dispose
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    if (request.url === '/status') return void response.end(this.status)
    const [, verb, id = ''] = request.url?.split('/') ?? []
    if (verb === 'write') return this.#write(id, response)
    if (verb === 'written') {
      return void response.end(String(this.written.filter((one) => one === id).length))
    }
    const flow = request.url?.slice(1) ?? ''
    const actor = String(request.headers['x-actor'])
    this.asked.push({ flow, actor, replica: request.headers[replicaHeader] as string | undefined })
    const replica = this.replicas[this.#turn++ % this.replicas.length]
    const { refuses = [], hangs = [] } = (replica?.config.document ?? {}) as Behaviour
    const isNamed = (names: readonly string[]) =>
      names.includes(flow) || names.includes(`${flow}/${actor}`)
    if (isNamed(hangs)) return
    response.setHeader(replicaHeader, replica?.id ?? '')
    response.setHeader('content-type', 'application/json')
    if (isNamed(refuses)) response.writeHead(403).end('{"code":467}')
    else response.end('{}')
  }

  #write(id: string, response: ServerResponse): void {
    const replica = this.replicas[this.#turn++ % this.replicas.length]
    const { writes } = (replica?.config.document ?? {}) as Behaviour
    if (writes !== 'lost') this.written.push(id)
    if (writes === 'twice') this.written.push(id)
    const statuses = { unanswered: 504, refused: 403, lost: 201, twice: 201 }
    response.writeHead(writes ? statuses[writes] : 201).end()
  }
}
