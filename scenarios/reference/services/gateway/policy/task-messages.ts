import type { PolicyRule } from '../config.ts'
import type { EndpointId } from '../endpoints.ts'

/** To a task: the rules from now on, or a request that is to be looked at. */
export type ToTask =
  | { readonly rules: readonly PolicyRule[] }
  | { readonly id: number; readonly appId: string; readonly endpoint: EndpointId }

/** From a task: which rule the request with this id is against, if any. */
export interface FromTask {
  readonly id: number
  readonly exceeded: string | undefined
}
