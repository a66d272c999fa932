import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { HarnessError, describeError, type LoadFigures } from '../core/index.ts'

const format = 'aftershock-load-baseline'
const version = 2

/** Throws HarnessError USAGE for a file that is not there, or no baseline of a load of this version. */
export function readLoadBaseline(file: string): LoadFigures {
  const refuse = (why: string, hint: string) =>
    new HarnessError('USAGE', `${file} ${why}`, { hint })
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw refuse(
      `cannot be read: ${describeError(error)}`,
      'write it with --update-baseline, or name another file',
    )
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw refuse(`is not JSON: ${describeError(error)}`, 'write it anew with --update-baseline')
  }
  const found = value as (Partial<LoadFigures> & { format?: unknown; version?: unknown }) | null
  if (found?.format !== format || found.version !== version || !Array.isArray(found.cells)) {
    throw refuse(
      `is no baseline of a load (format ${format}, version ${version})`,
      'write it anew with --update-baseline',
    )
  }
  return found as LoadFigures
}

/** One line for each cell, so that a review shows which of them changed. */
export function writeLoadBaseline(file: string, figures: LoadFigures): void {
  const { cells, ...about } = figures
  const head = JSON.stringify(
    { format, version, ...about, durationMs: Math.round(about.durationMs) },
    null,
    2,
  ).slice(0, -2)
  const round = (ms: number) => Math.round(ms * 100) / 100
  const rounded = cells.map((cell) => ({
    ...cell,
    medians: cell.medians.map(round),
    tails: cell.tails.map(round),
  }))
  const lines = rounded.map((cell) => `    ${JSON.stringify(cell)}`).join(',\n')
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${head},\n  "cells": [\n${lines}\n  ]\n}\n`)
}
