#!/usr/bin/env node
// Plain JavaScript with nothing new in it, and the rest imported only after the check: a too old Node gets a sentence
// and not a syntax error. What it accepts is what package.json has under engines.
import { existsSync } from 'node:fs'
import module from 'node:module'
import { resolve } from 'node:path'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major >= 26 || (major === 24 && minor >= 11)) {
  // The same cache that the programs of a run have: the command starts in about half the time from its second run on.
  const modules = resolve('node_modules')
  if (existsSync(modules)) {
    module.enableCompileCache(resolve(modules, '.cache', 'aftershock', 'compile'))
  }
  const source = new URL('../cli/main.ts', import.meta.url)
  await import(String(existsSync(source) ? source : new URL('../cli/main.js', import.meta.url)))
} else {
  process.stderr.write(
    `aftershock needs Node 24 (24.11 or newer) or Node 26 and newer; this is Node ${process.versions.node}\n`,
  )
  process.exitCode = 64
}
