import { defineFlow } from 'aftershock'
import { credentialsOf, people } from '../actors.ts'
import { expectStatus, expectThat } from './expect.ts'

export const signIn = defineFlow({
  id: 'sign-in',
  title: 'sign in',
  actors: people,
  async run(ctx) {
    const { user, password } = credentialsOf(ctx.actor.id)
    const answer = expectStatus(await ctx.http.post('/api/sessions', { user, password }), 201)
    expectThat(Boolean((answer.json() as { token?: string }).token), answer, 'no session')
  },
})
