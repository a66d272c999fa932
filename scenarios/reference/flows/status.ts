import { defineFlow, type HttpClient, type StatusPageProbe, type StatusState } from 'aftershock'
import { expectStatus, expectThat } from './expect.ts'

interface StatusDocument {
  readonly overall: StatusState
  readonly components: readonly { readonly id: string; readonly state: StatusState }[]
}

const asJson = { headers: { accept: 'application/json' } }

async function readStatus(http: HttpClient): Promise<StatusDocument> {
  const answer = expectStatus(await http.get('/status', asJson), 200)
  const status = answer.json() as StatusDocument
  expectThat(status.components.length > 0, answer, 'no components')
  return status
}

/** That the page can be read, whatever it says. Whether it says the truth is the observer's business. */
export const viewStatusPage = defineFlow({
  id: 'status-page',
  title: 'view the status page',
  actors: ['visitor'],
  async run(ctx) {
    await readStatus(ctx.http)
  },
})

export const statusPage: StatusPageProbe = {
  title: 'GET /status of the gateway',
  async read(http) {
    const { overall, components } = await readStatus(http)
    return { overall, components: Object.fromEntries(components.map((c) => [c.id, c.state])) }
  },
}
