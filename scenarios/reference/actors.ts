import { defineActor, type Actor, type HttpClient } from 'aftershock'
import { ACCOUNTS, APPS, passwordOf } from './services/seed-facts.ts'
import { expectStatus } from './flows/expect.ts'

/** The account that each signed-in actor uses. */
const accounts: Readonly<Record<string, string>> = {
  web: 'ada',
  mobile: 'grace',
  power: 'linus',
}

export const people = ['web', 'mobile', 'power'] as const
export const viewers = [...people, 'visitor'] as const
export const apiApps = ['paid-api', 'free-api'] as const

export function credentialsOf(actorId: string): { user: string; password: string } {
  const user = accounts[actorId] ?? (ACCOUNTS[0] as string)
  return { user, password: passwordOf(user) }
}

function appHeaders(appId: string): Record<string, string> {
  const app = APPS.find(({ id }) => id === appId)
  if (!app) throw new Error(`the seed has no app '${appId}'`)
  return { 'x-app-id': app.id, 'x-app-key': app.key }
}

async function session(http: HttpClient, actorId: string): Promise<Record<string, string>> {
  const answer = expectStatus(await http.post('/api/sessions', credentialsOf(actorId)), 201)
  return { authorization: `Bearer ${(answer.json() as { token: string }).token}` }
}

function person(id: string, title: string, appId: string): Actor {
  return defineActor({
    id,
    title,
    headers: appHeaders(appId),
    prepare: (http) => session(http, id),
  })
}

export const actors: readonly Actor[] = [
  person('web', 'web, signed in', 'web'),
  person('mobile', 'mobile app', 'mobile'),
  person('power', 'power-user client', 'power'),
  // Nobody is signed in, and still the site's own web app asks.
  defineActor({ id: 'visitor', title: 'logged-out visitor', headers: appHeaders('web') }),
  defineActor({ id: 'paid-api', title: 'paid API app', headers: appHeaders('paid-app') }),
  defineActor({ id: 'free-api', title: 'free API app', headers: appHeaders('free-app') }),
  defineActor({ id: 'svc-media', title: 'media service', headers: appHeaders('svc-media') }),
  defineActor({ id: 'svc-link', title: 'link service', headers: appHeaders('svc-link') }),
]
