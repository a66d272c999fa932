import { expect, it } from 'vitest'
import { Redactor } from '../core/index.ts'
import { Deadline } from './deadline.ts'
import { LoadConnections } from './load-client.ts'
import { serve } from './test-server.ts'

it('gives a flow functions that may be taken off the client, as outside of load', async () => {
  await using server = await serve((request, response) => response.end(request.method))
  await using connections = new LoadConnections({
    frontDoors: { gateway: server.url },
    entry: 'gateway',
    proxyUrl: server.url,
    redactor: new Redactor(),
    connections: 4,
    onConnect: () => undefined,
  })
  const deadline = new Deadline(30_000)
  const { get, post, request } = connections.client({}, deadline, () => undefined)
  const answers = await Promise.all([
    get('/'),
    post('/', {}),
    request({ method: 'PUT', path: '/' }),
  ])
  expect(answers.map((answer) => answer.text())).toEqual(['GET', 'POST', 'PUT'])
  deadline.clear()
})
