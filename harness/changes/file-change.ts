import { HarnessError, describeError, type Change, type ContainerPort } from '../core/index.ts'
import { containerChange, type ContainerChangeOptions } from './container-change.ts'
import { lineDifference } from './line-difference.ts'

/** What makes the program read the file again. */
export type Reload =
  | { readonly signal: string }
  /** Exit code 0 means that it was taken; anything else refuses the change, with what it wrote. */
  | { readonly command: readonly string[] }
  | 'restart'

export interface FileChangeOptions extends ContainerChangeOptions {
  /** Absolute, of a file that exists in the container. Text in UTF-8. */
  readonly path: string
  /** All of the new content, or pieces of the old and what stands in their place; each must occur. */
  readonly content: string | readonly { readonly find: string; readonly replace: string }[]
  readonly reload: Reload
  /** How long the program may take after the reload until it goes by the new file, in ms. Default 300 for signals and commands; a restart is waited for. */
  readonly settleMs?: number
}

const defaultSettleMs = 300

/** A change of a file in the containers of a service, after which they are made to read it. */
export function fileChange(name: string, options: FileChangeOptions): Change {
  const { path, content, service } = options
  const summary = `change ${path} in ${service}, then ${described(options.reload)}`
  return containerChange(
    name,
    options,
    summary,
    () => problemsOf(options),
    async (container, signal) => {
      const before = await read(container, path, signal)
      const wanted = typeof content === 'string' ? content : edited(before, path, content)
      const explain = lineDifference(path, before, wanted)
      const undo = async (undoSignal: AbortSignal) => {
        if ((await read(container, path, undoSignal)) === before) return
        await restore(container, options, before, undoSignal)
      }
      if (explain.length > 0) {
        try {
          await put(container, options, wanted, signal)
        } catch (error) {
          // Half done is not to stay. What failed here is for the comparison of states to find.
          await undo(AbortSignal.timeout(restoreTimeoutMs)).catch(() => undefined)
          throw signal.aborted ? error : refusal(error)
        }
      }
      return { explain, undo }
    },
  )
}

/** Those of Linux that programs use, as an engine takes them. */
const signalPattern =
  /^(?:SIG)?(?:HUP|INT|QUIT|ABRT|KILL|USR1|USR2|PIPE|ALRM|TERM|CHLD|CONT|STOP|TSTP|TTIN|TTOU|URG|WINCH|IO|PWR|RTMIN(?:\+\d+)?|RTMAX(?:-\d+)?)$/
const restoreTimeoutMs = 30_000

async function read(container: ContainerPort, path: string, signal: AbortSignal): Promise<string> {
  const content = await container.readFile(path, signal)
  if (content) return new TextDecoder().decode(content)
  throw new HarnessError('CONFIG_REFUSED', `there is no file ${path} in the container`, {
    hint: 'name a file that the image or the volume has',
  })
}

function edited(
  before: string,
  path: string,
  edits: readonly { readonly find: string; readonly replace: string }[],
): string {
  return edits.reduce((text, { find, replace }) => {
    if (text.includes(find)) return text.replaceAll(find, () => replace)
    throw new HarnessError('CONFIG_REFUSED', `${path} does not contain ${JSON.stringify(find)}`)
  }, before)
}

async function put(
  container: ContainerPort,
  { path, reload, settleMs = defaultSettleMs }: FileChangeOptions,
  content: string,
  signal: AbortSignal,
): Promise<void> {
  await container.writeFile(path, new TextEncoder().encode(content), signal)
  if (reload === 'restart') return container.restart(signal)
  if ('signal' in reload) await container.kill(reload.signal, signal)
  else await runReload(container, reload.command, signal)
  await pause(settleMs, signal)
  await container.healthy(signal)
}

/** A program that the file has ended takes no signal and runs no command: then it is started again. */
async function restore(
  container: ContainerPort,
  options: FileChangeOptions,
  content: string,
  signal: AbortSignal,
): Promise<void> {
  try {
    await put(container, options, content, signal)
  } catch (error) {
    if (signal.aborted || options.reload === 'restart') throw error
    await container.restart(signal)
  }
}

function refusal(error: unknown): HarnessError {
  if (error instanceof HarnessError && error.code === 'CONFIG_REFUSED') return error
  return new HarnessError('CONFIG_REFUSED', `it does not run with it: ${describeError(error)}`)
}

async function runReload(
  container: ContainerPort,
  command: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const { exitCode, output } = await container.exec(command, signal)
  if (exitCode === 0) return
  throw new HarnessError(
    'CONFIG_REFUSED',
    `${command.join(' ')} ended with ${exitCode}: ${output.trim().slice(0, 500)}`,
  )
}

async function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, durationMs)
  const abort = () => reject(signal.reason as Error)
  signal.addEventListener('abort', abort, { once: true })
  try {
    await promise
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', abort)
  }
}

function problemsOf({ path, content, reload, settleMs = 0 }: FileChangeOptions): string[] {
  return [
    ...(path.startsWith('/') && !path.endsWith('/')
      ? []
      : [`path is '${path}', not an absolute path of a file`]),
    ...(typeof content !== 'string' && content.length === 0
      ? ['content has no pieces to replace']
      : []),
    ...(typeof content !== 'string' && content.some(({ find }) => find === '')
      ? ['content looks for nothing: find is empty']
      : []),
    ...(reload !== 'restart' && 'command' in reload && reload.command.length === 0
      ? ['reload.command is empty']
      : []),
    ...(reload !== 'restart' && 'signal' in reload && !signalPattern.test(reload.signal)
      ? [`reload.signal is '${reload.signal}': use one such as SIGHUP`]
      : []),
    ...(settleMs >= 0 && settleMs <= 60_000 ? [] : [`settleMs is ${settleMs}: use 0 to 60000`]),
  ]
}

function described(reload: Reload): string {
  if (reload === 'restart') return 'restart it'
  return 'signal' in reload ? `send ${reload.signal}` : `run ${reload.command.join(' ')}`
}
