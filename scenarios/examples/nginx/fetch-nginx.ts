/**
 * Fills image/root/ with nginx as Debian packages it, for machines that cannot pull nginx's image: downloads the packages with apt-get and
 * unpacks them. Nothing is installed on this machine. Run it on Debian or Ubuntu: `node scenarios/examples/nginx/fetch-nginx.ts`.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** nginx, and what of its dependencies is not in every image: the C library is. */
const packages = ['nginx', 'nginx-common', 'libcrypt1', 'libpcre2-8-0', 'libssl3', 'zlib1g']
const kept = ['etc/nginx', 'usr/sbin', 'usr/lib']

const root = fileURLToPath(new URL('image/root/', import.meta.url))
const work = mkdtempSync(join(tmpdir(), 'nginx-'))
try {
  try {
    download()
  } catch {
    // A machine that never asked its mirrors does not know the packages: it has said so itself.
    execFileSync('apt-get', ['update', '-q'], { stdio: ['ignore', 'ignore', 'inherit'] })
    download()
  }
  const unpacked = join(work, 'unpacked')
  for (const name of readdirSync(work).filter((file) => file.endsWith('.deb'))) {
    execFileSync('dpkg-deb', ['--extract', join(work, name), unpacked])
  }
  // Where /lib is a link to /usr/lib, files must not come as /lib.
  if (existsSync(join(unpacked, 'lib'))) {
    cpSync(join(unpacked, 'lib'), join(unpacked, 'usr/lib'), {
      recursive: true,
      verbatimSymlinks: true,
    })
  }
  rmSync(root, { recursive: true, force: true })
  for (const folder of kept) {
    mkdirSync(join(root, folder), { recursive: true })
    cpSync(join(unpacked, folder), join(root, folder), { recursive: true, verbatimSymlinks: true })
  }
} finally {
  rmSync(work, { recursive: true, force: true })
}
process.stdout.write(`nginx is in ${root}\n`)

function download(): void {
  // Without the sandbox user of apt, who may not write here.
  execFileSync('apt-get', ['download', '-q', '-o', 'APT::Sandbox::User=root', ...packages], {
    cwd: work,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}
