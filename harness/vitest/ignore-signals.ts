const ignored = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * A worker that runs a scenario lives through signals that are sent to the whole group of processes, as Ctrl-C is: the main process
 * gets them too, and says when to stop. Disposed after the run, since Vitest ends its workers by SIGTERM.
 */
export function ignoreSignals(): Disposable {
  const ignore = () => undefined
  for (const signal of ignored) process.on(signal, ignore)
  return {
    [Symbol.dispose]: () => {
      for (const signal of ignored) process.off(signal, ignore)
    },
  }
}
