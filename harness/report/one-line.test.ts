import { expect, it } from 'vitest'
import { oneLine } from './one-line.ts'

const died = 'link-1 ended by itself: exit code 1'
const pino = (level: number, rest: object) => `  ${JSON.stringify({ level, ...rest })}`

it.each([
  ['that has no log', died, died],
  ['that has a log without an error', `${died}\n  started\n  stopped`, `${died}: stopped`],
  [
    'with a stack trace',
    [
      died,
      '  node:events:497',
      '      throw er; // Unhandled error event',
      '  Error: listen EADDRINUSE: address already in use 127.0.0.1:30427',
      '      at Server.setupListenHandle [as _listen2] (node:net:1908:16)',
      "  Emitted 'error' event on Server instance at:",
      "    code: 'EADDRINUSE',",
      '  Node.js v26.0.0',
    ].join('\n'),
    `${died}: Error: listen EADDRINUSE: address already in use 127.0.0.1:30427`,
  ],
  [
    'with a log in JSON, where the last error counts',
    [
      died,
      pino(50, { msg: 'first' }),
      pino(60, { err: { message: 'out of ports\nat' }, msg: 'fatal' }),
      pino(30, { msg: 'closing after an Error' }),
    ].join('\n'),
    `${died}: out of ports`,
  ],
  [
    'with other words for it',
    `${died}:\n  2026-01-01 ERROR no space left\n  {`,
    `${died}: 2026-01-01 ERROR no space left`,
  ],
])('a message %s becomes one line', (_name, message, line) => {
  expect(oneLine(message)).toBe(line)
})
