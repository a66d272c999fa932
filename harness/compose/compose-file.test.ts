import { expect, test } from 'vitest'
import { words } from './compose-file.ts'

test.each([
  ['serve --port 80', ['serve', '--port', '80']],
  [`sh -c "echo 'a b' && exit"`, ['sh', '-c', `echo 'a b' && exit`]],
  [`say 'a "b"' c\\ d`, ['say', 'a "b"', 'c d']],
  [`--name="a \\"b\\""x`, ['--name=a "b"x']],
  [
    ['as', 'it is'],
    ['as', 'it is'],
  ],
  [null, undefined],
])('%j is %j', (command, parts) => {
  expect(words(command)).toEqual(parts)
})
