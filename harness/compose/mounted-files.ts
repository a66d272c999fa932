import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'

/** What is mounted are settings; more than this is something else. */
const maxBytes = 4 * 2 ** 20

/** The text of a file, or of all files of a folder, by its path in the container. */
export function filesBelow(
  folder: string,
  source: string,
  target: string,
): { readonly texts: Readonly<Record<string, string>>; readonly problem?: string } {
  const root = resolve(folder, source)
  const stats = statSync(root, { throwIfNoEntry: false })
  if (!stats) return { texts: {}, problem: `there is no ${root}` }
  if (!stats.isDirectory() && !stats.isFile()) {
    return { texts: {}, problem: `${root} is neither a file nor a folder` }
  }
  const files = stats.isFile()
    ? [root]
    : readdirSync(root, { recursive: true, encoding: 'utf8' })
        .map((name) => join(root, name))
        .filter((path) => statSync(path).isFile())
  if (files.reduce((sum, path) => sum + statSync(path).size, 0) > maxBytes) {
    return { texts: {}, problem: `${root} holds more than 4 MiB: make it a part of the image` }
  }
  const texts: Record<string, string> = {}
  for (const path of files) {
    const content = readFileSync(path)
    const text = content.toString('utf8')
    if (!Buffer.from(text).equals(content)) {
      return { texts: {}, problem: `${path} is no text: make it a part of the image` }
    }
    texts[[target, ...relative(root, path).split(sep)].filter(Boolean).join('/')] = text
  }
  return { texts }
}
