import { expect, test } from 'vitest'
import { fillIn, fillInAll, type Places } from './fill-in.ts'

const places: Places = {
  id: 'gateway-1',
  host: '0.0.0.0',
  ports: { http: 8080 },
  links: { media: 'http://10.0.0.2:7001' },
  dataDir: '/data',
}

test.each([
  ['{host}:{port:http}', '0.0.0.0:8080'],
  ['{link:media}/images', 'http://10.0.0.2:7001/images'],
  ['{dataDir}/{replica}.db', '/data/gateway-1.db'],
])('%s becomes %s', (text, filled) => {
  expect(fillIn(text, places)).toBe(filled)
})

test.each([
  '{port:admin}',
  '{link:nobody}',
  '{host:x}',
  '{"a":{}}',
  'location / { return 200; }',
  '{}',
])('%s belongs to the program, and stays', (text) => {
  expect(fillIn(text, places)).toBe(text)
})

test('all values of an environment are filled in, and no names', () => {
  expect(fillInAll({ '{host}': '{host}' }, places)).toEqual({ '{host}': '0.0.0.0' })
})
