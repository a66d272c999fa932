import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { $ } from 'zx'

const program = fileURLToPath(new URL('./verify-k6.ts', import.meta.url))
const standIn = fileURLToPath(new URL('../load/k6/testing/k6.ts', import.meta.url))

async function verify(k6: string) {
  const env = { ...process.env, AFTERSHOCK_K6: k6 }
  return $({ nothrow: true, quiet: true, env })`${process.execPath} ${program}`
}

it('verify:k6 holds for what stands in for k6', async () => {
  const { exitCode, stdout, stderr } = await verify(standIn)
  expect(exitCode, stdout + stderr).toBe(0)
  expect(stdout.match(/^holds/gm)).toHaveLength(11)
}, 240_000)

it('verify:k6 takes no other program for a k6, whatever its exit code', async () => {
  const { exitCode, stdout } = await verify('/bin/true')
  expect(exitCode).toBe(1)
  expect(stdout).toBe('FAILS  /bin/true is a k6: it says nothing\n')
})

it('verify:k6 says what is wrong with a k6 that is not there', async () => {
  const { exitCode, stderr } = await verify('/nowhere/k6')
  expect(exitCode).toBe(2)
  expect(stderr).toMatch(
    /^aftershock: AFTERSHOCK_K6 names a program that cannot be run: .*\/nowhere\/k6/,
  )
  expect(stderr).not.toMatch(/^ +at /m)
})
