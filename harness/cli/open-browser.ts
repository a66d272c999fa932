import { spawn } from 'node:child_process'

const openers: Readonly<Record<string, readonly string[]>> = {
  darwin: ['open'],
  win32: ['explorer.exe'],
}

/** Opens the address with what the platform opens addresses with. Where there is no such program `failed` is called, and nothing else happens. */
export function openBrowser(url: string, failed: () => void): void {
  const [command = 'xdg-open', ...args] = openers[process.platform] ?? []
  const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true })
  child.on('error', failed)
  child.unref()
}
