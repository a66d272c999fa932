import { isMainThread } from 'node:worker_threads'

// Tasks of the policies run the same program, so that it is one file in a bundle too.
if (isMainThread) {
  const { runAsProcess } = await import('../common/main.ts')
  const { readGatewayOptions, startGateway } = await import('./start.ts')
  const taskProgram = new URL(import.meta.url)
  await runAsProcess('gateway', (env) => startGateway({ ...readGatewayOptions(env), taskProgram }))
} else {
  await import('./policy/task.ts')
}
