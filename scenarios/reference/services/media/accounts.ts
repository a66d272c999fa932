import type { GatewayClient } from '../common/gateway-client.ts'
import type { Trace } from '../common/trace.ts'

/** Who owns an image; accounts live in the gateway. */
export interface Accounts {
  get(id: string, trace: Trace): Promise<Record<string, unknown>>
}

export function accountsOf(gateway: GatewayClient): Accounts {
  return {
    get: (id, trace) =>
      gateway.get(`/internal/accounts/${encodeURIComponent(id)}`, `account ${id}`, trace),
  }
}
