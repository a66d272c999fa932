import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunningStack } from '../engine/index.ts'
import { trusting } from '../runtimes/trust.ts'

const caFile = 'outside-ca.pem'
const curlFile = 'outside.curl'
const variablesFile = 'outside.env'

/**
 * Keeps in files what a program needs to reach the mocked sites as an actor: the proxy with its password, and the authority that vouches for
 * them. For `curl -K` and for a shell; the directory goes with the run, so that no password stands on the screen or in the journal.
 */
export function writeOutsideAccess({
  scratchDir,
  proxyUrl,
  caCertificate,
}: Pick<RunningStack, 'scratchDir' | 'proxyUrl' | 'caCertificate'>): void {
  const write = (name: string, lines: readonly string[]) =>
    writeFileSync(join(scratchDir, name), `${lines.join('\n')}\n`, { mode: 0o600 })
  const ca = join(scratchDir, caFile)
  if (caCertificate !== undefined) write(caFile, [caCertificate.trimEnd()])
  write(curlFile, [
    `proxy = "${proxyUrl}"`,
    'noproxy = ""',
    ...(caCertificate === undefined ? [] : [`cacert = "${ca}"`]),
  ])
  const proxies = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy']
  const variables = {
    ...Object.fromEntries(proxies.map((name) => [name, proxyUrl])),
    NO_PROXY: '',
    no_proxy: '',
    NODE_USE_ENV_PROXY: '1',
    ...(caCertificate === undefined ? {} : trusting(ca)),
  }
  write(
    variablesFile,
    Object.entries(variables).map(([name, value]) => `export ${name}='${value}'`),
  )
}

/** How these files are used, for lines of a shell in which $A is the directory. */
export function outsideAccessLines(): string[] {
  return [
    '# a mocked site, as an actor: the host of one of your sites in the place of SITE',
    `curl -isS -K "$A/${curlFile}" https://SITE/`,
    `# any other program: its variables, and the authority of the sites in $A/${caFile}`,
    `. "$A/${variablesFile}"`,
  ]
}
