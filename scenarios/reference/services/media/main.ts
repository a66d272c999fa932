import { runAsProcess } from '../common/main.ts'
import { readMediaOptions, startMedia } from './start.ts'

await runAsProcess('media', (env) => startMedia(readMediaOptions(env)))
