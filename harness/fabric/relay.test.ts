import { createServer } from 'node:http'

import { expect, test } from 'vitest'

import { addressIn } from './interfaces.ts'
import { listen } from './listener.ts'
import { Relay } from './relay.ts'

test('a relay asks the port of the replica that the path names for the rest of the path', async () => {
  const replica = createServer((request, answer) => answer.end(`${request.method} ${request.url}`))
  await using target = await listen(replica, '127.0.0.1')
  const relay = new Relay()
  await using listener = await listen(relay.server, '127.0.0.1')
  const ask = async (path: string) => {
    const answer = await fetch(listener.url + path)
    return { status: answer.status, text: await answer.text() }
  }
  expect(await ask('/gateway-1/http/x')).toMatchObject({ status: 404 })
  relay.set([{ name: 'gateway-1/http', host: '127.0.0.1', port: Number(new URL(target.url).port) }])
  expect(await ask('/gateway-1/http/a/b?c=d')).toEqual({ status: 200, text: 'GET /a/b?c=d' })
  expect(await ask('/gateway-1/http')).toEqual({ status: 200, text: 'GET /' })
  expect(await ask('/gateway-1/admin/x')).toMatchObject({ status: 404 })
  relay.set([{ name: 'gateway-1/http', host: '127.0.0.1', port: 1 }])
  expect(await ask('/gateway-1/http/x')).toMatchObject({ status: 502 })
})

test('the address in a network is found among those of the machine', () => {
  const interfaces = {
    lo: [{ address: '127.0.0.1' }, { address: '::1' }],
    eth0: [{ address: '172.18.0.3' }],
    eth1: [{ address: '192.168.16.2' }],
  } as unknown as Parameters<typeof addressIn>[1]
  expect(addressIn('192.168.16.0/20', interfaces)).toBe('192.168.16.2')
  expect(addressIn('172.18.0.0/16', interfaces)).toBe('172.18.0.3')
  expect(() => addressIn('10.0.0.0/8', interfaces)).toThrow(
    'no interface has an address in 10.0.0.0/8',
  )
})
