import { accessSync, constants } from 'node:fs'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { $ } from 'zx'
import { describeError, exitCodes } from '../core/index.ts'
import { loadScenarios, scenarioFiles, say } from '../session/index.ts'
import type { Check } from './doctor-check.ts'
import { containerChecks } from './doctor-containers.ts'
import { openHere } from './open-here.ts'

/** `aftershock doctor`: exit code 1 when something is missing that runs need. */
export async function doctorCommand({ json }: { readonly json: boolean }): Promise<void> {
  const [loopback, scenarios, git, containers] = await Promise.all([
    checkLoopback(),
    checkScenarios(),
    checkGit(),
    containerChecks(),
  ])
  const checks = [checkNode(), loopback, checkTemporaryFiles(), scenarios, git, ...containers]
  say(json ? `${JSON.stringify(checks, null, 2)}\n` : checks.map(line).join(''))
  process.exitCode = checks.some(({ ok, optional }) => !ok && !optional)
    ? exitCodes.fail
    : exitCodes.pass
}

function line({ name, ok, optional, detail, hint }: Check): string {
  const mark = ok ? 'ok     ' : optional ? 'absent ' : 'MISSING'
  return `${mark}  ${name.padEnd(16)} ${detail}\n${ok ? '' : `         ${' '.repeat(16)} ${hint}\n`}`
}

/** A too old Node does not come this far: bin/aftershock.js refuses it. */
function checkNode(): Check {
  const { node } = process.versions
  return { name: 'Node', ok: true, detail: `${node} (${process.execPath})`, hint: '' }
}

async function checkLoopback(): Promise<Check> {
  const server = createServer()
  const hint = 'allow programs to listen on 127.0.0.1'
  try {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return { name: 'ports', ok: true, detail: 'programs can listen on 127.0.0.1', hint }
  } catch (error) {
    return { name: 'ports', ok: false, detail: describeError(error), hint }
  } finally {
    server.close()
  }
}

function checkTemporaryFiles(): Check {
  const name = 'temporary files'
  const hint = 'set TMPDIR to a directory that can be written to'
  try {
    accessSync(tmpdir(), constants.W_OK)
    return { name, ok: true, detail: tmpdir(), hint }
  } catch (error) {
    return { name, ok: false, detail: describeError(error), hint }
  }
}

async function checkScenarios(): Promise<Check> {
  const name = 'scenarios'
  const hint = 'correct the scenario files; aftershock list says the same'
  try {
    const found = await loadScenarios(scenarioFiles(...(await openHere()).scenarioFolders))
    return { name, ok: true, detail: `${found.length} below this directory, all valid`, hint }
  } catch (error) {
    return { name, ok: false, detail: describeError(error), hint }
  }
}

async function checkGit(): Promise<Check> {
  const { exitCode, stdout } = await $({
    nothrow: true,
    quiet: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })`git --version`
  return {
    name: 'git',
    ok: exitCode === 0,
    optional: true,
    detail: exitCode === 0 ? stdout.trim() : 'not found',
    hint: 'install git to have the commit of a run in its journal',
  }
}
