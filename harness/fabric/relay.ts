import { createServer, type Server } from 'node:http'

import type { RelayTarget } from './contract.ts'
import { sendFault } from './faults.ts'
import { forward } from './forward.ts'
import { dialTcp, Upstream } from './upstream.ts'

/**
 * A way into the network of the services for whoever is outside of it: `/<replica>/<port>/path` asks that port of that replica for `/path`.
 * One listener for all of them, since each port that an engine publishes takes it a tenth of a second.
 */
export class Relay {
  readonly server: Server
  readonly #targets = new Map<string, Upstream>()

  constructor() {
    this.server = createServer({ requestTimeout: 0, noDelay: true }, (request, answer) => {
      const [, name, path = ''] = /^\/([^/?]+\/[^/?]+)(.*)$/.exec(request.url ?? '') ?? []
      const target = name === undefined ? undefined : this.#targets.get(name)
      if (!target) return sendFault(answer, 404, `nothing is relayed at ${request.url}`)
      request.url = path.startsWith('/') ? path : `/${path}`
      // Nobody asks how many there were.
      forward(request, answer, target, { failed: false })
    })
  }

  /** Those that are not named stay as they are. */
  set(targets: readonly RelayTarget[]): void {
    for (const { name, host, port } of targets) {
      this.#targets.get(name)?.retire()
      const id = name.replace(/\/.*/, '')
      this.#targets.set(name, new Upstream({ id, host, port }, dialTcp))
    }
  }
}
