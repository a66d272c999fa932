import { AsyncLocalStorage } from 'node:async_hooks'

import type { OutsideRecord } from '../core/index.ts'

/** The request that code of a site is at. */
export type Asked = Pick<OutsideRecord, 'from' | 'method' | 'url'>

/** Holds in all that a handler sets going as well, its timers and promises after the answer included. */
export const asking = new AsyncLocalStorage<Asked>()
