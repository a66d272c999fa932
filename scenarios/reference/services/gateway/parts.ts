import type { ConfigStore } from '../common/config-store.ts'
import type { MovableClock } from '../common/movable-clock.ts'
import type { Accounts } from './access/accounts.ts'
import type { AppDirectory } from './access/app-directory.ts'
import type { Sessions } from './access/sessions.ts'
import type { GatewayConfig } from './config.ts'
import type { Backend } from './content/backend.ts'
import type { Authors } from './content/authors.ts'
import type { EdgeCache } from './content/edge-cache.ts'
import type { Posts } from './content/posts.ts'
import type { RedirectCache } from './content/redirect-cache.ts'
import type { Throttle } from './content/throttle.ts'
import type { Quota } from './quota.ts'

/** What the routes work with, put together once in start.ts. */
export interface GatewayParts {
  config: ConfigStore<GatewayConfig>
  clock: MovableClock
  directory: AppDirectory
  accounts: Accounts
  sessions: Sessions
  posts: Posts
  authors: Authors
  quota: Quota
  media: Backend
  link: Backend
  cache: EdgeCache
  redirects: RedirectCache
  readers: Throttle
}
