/** `npm run lock`: after a change of dependencies, brings package-lock.json into a state that `npm ci` accepts. See lockfile.ts. */
import { readFile, writeFile } from 'node:fs/promises'
import { completed, type Lockfile } from './lockfile.ts'

const file = new URL('../../package-lock.json', import.meta.url)
const lockfile = JSON.parse(await readFile(file, 'utf8')) as Lockfile
await writeFile(file, `${JSON.stringify(completed(lockfile), null, 2)}\n`)
