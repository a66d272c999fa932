import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'

import { handlerThrew } from '../core/index.ts'

const ownFolders = ['.', '../core'].map((path) => fileURLToPath(new URL(path, import.meta.url)))
const place = /(?:\(|at |file:\/\/)(\/[^\n]+?):\d+:\d+\)?$/

/** The note of a request on which code of a site failed: what was thrown, with the part of its stack that is in code of others. */
export function noteOfFault(error: unknown): string {
  if (!(error instanceof Error)) return `${handlerThrew}${inspect(error)} was thrown`
  const lines = (error.stack ?? String(error)).split('\n')
  const isFrame = (line: string) => /^\s+at /.test(line)
  const wanted = lines.some(isOfSites)
    ? lines.filter((line) => !isFrame(line) || isOfSites(line))
    : lines
  return `${handlerThrew}${wanted.join('\n')}`
}

/** Whether all of its stack is the fabric's. What is thrown without a stack comes from sites: the fabric throws errors only. */
export function isOfFabric(error: unknown): boolean {
  return error instanceof Error && !(error.stack ?? '').split('\n').some(isOfSites)
}

/** Whether a line of a stack names a file that is neither the fabric's nor a package's. */
function isOfSites(line: string): boolean {
  const file = place.exec(line)?.[1]
  if (file === undefined || file.includes('/node_modules/')) return false
  return !ownFolders.some((folder) => file.startsWith(folder))
}
