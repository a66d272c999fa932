import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from '../../runtimes/processes/free-port.ts'

export const generatorCore = '0'
const targetCore = '1'
/** Ends with the bench, however that ends: nginx hides the variable by which the bench's supervisor knows its programs. */
const mortal = ['--pdeathsig', 'KILL']

/** An nginx of this bench on a core of its own. Dispose it to end it. */
export interface Target extends AsyncDisposable {
  readonly url: string
  readonly port: number
  /** Stands still for so long, as a process that gets no CPU: what arrives meanwhile waits in its sockets. Returns how long it was. */
  stopFor(ms: number): Promise<number>
}

export async function startNginx(): Promise<Target> {
  const folder = mkdtempSync(join(tmpdir(), 'aftershock-bench-'))
  const port = await freePort()
  writeFileSync(join(folder, 'nginx.conf'), configuration(folder, port))
  // One process, which is the one to stop.
  const nginx = ['taskset', '-c', targetCore, 'nginx', '-c', join(folder, 'nginx.conf')]
  const child = spawn('setpriv', [...mortal, ...nginx], { stdio: 'ignore' })
  const exited = once(child, 'exit')
  const url = `http://127.0.0.1:${port}/`
  await listening(port)
  return {
    url,
    port,
    async stopFor(ms) {
      const stoppedAt = performance.now()
      child.kill('SIGSTOP')
      await delay(ms)
      child.kill('SIGCONT')
      return performance.now() - stoppedAt
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGCONT')
      child.kill('SIGTERM')
      await exited
      rmSync(folder, { recursive: true })
    },
  }
}

function configuration(folder: string, port: number): string {
  const kinds = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  return `daemon off;
master_process off;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
events { worker_connections 4096; }
http {
  access_log off;
  keepalive_requests 1000000000;
  keepalive_timeout 1h;
  ${kinds.map((kind) => `${kind}_temp_path ${folder}/${kind};`).join('\n  ')}
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location / { default_type application/json; return 200 '{"ok":true,"items":[1,2,3]}'; }
  }
}
`
}

async function listening(port: number): Promise<void> {
  for (let i = 0; i < 200; i += 1) {
    const socket = connect(port, '127.0.0.1')
    const isUp = await once(socket, 'connect').then(
      () => true,
      () => false,
    )
    socket.destroy()
    if (isUp) return
    await delay(50)
  }
  throw new Error(`nginx does not listen on port ${port}`)
}
