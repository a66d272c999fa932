import { runAsProcess } from '../common/main.ts'
import { readLinkOptions, startLink } from './start.ts'

await runAsProcess('link', (env) => startLink(readLinkOptions(env)))
