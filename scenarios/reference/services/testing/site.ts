import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RunningService } from '../common/running-service.ts'
import { startGateway } from '../gateway/start.ts'
import { startLink, type LinkOptions } from '../link/start.ts'
import { startMedia } from '../media/start.ts'
import { developmentKey, passwordOf } from '../seed-facts.ts'
import { page, OutsideWorld } from './outside-world.ts'
import { Relay } from './relay.ts'

export const ADMIN_TOKEN = 'admin-token-of-the-test'

export interface SitePatches {
  gateway?: object
  media?: object
  link?: object
  egress?: Partial<LinkOptions['egress']>
  /** What the gateway expects of services. */
  serviceKeys?: Record<string, string>
}

/** The three services in this process, one replica each, with a small world outside. */
export interface TestSite extends AsyncDisposable {
  gateway: RunningService
  media: RunningService
  link: RunningService
  outside: OutsideWorld
  relays: Record<'gateway' | 'media' | 'link', Relay>
}

export async function startSite(patches: SitePatches = {}): Promise<TestSite> {
  await using stack = new AsyncDisposableStack()
  const dataDir = temporaryDirectory()
  stack.defer(() => rmSync(dataDir, { recursive: true, force: true }))
  const outside = stack.use(await OutsideWorld.open())
  for (const host of ['news.example', 'video.example', 'shop.example', 'plain.example']) {
    outside.sites.set(host, page(`<title>${host}</title>`))
  }
  const relays = {
    gateway: stack.use(await Relay.open()),
    media: stack.use(await Relay.open()),
    link: stack.use(await Relay.open()),
  }
  const common = (name: 'gateway' | 'media' | 'link'): CommonOptions => ({
    ...commonOptions(name, join(dataDir, name)),
    ...(patches[name] === undefined ? {} : { configPatch: patches[name] }),
  })
  const gatewayUrl = relays.gateway.url
  const media = stack.use(
    await startMedia({
      ...common('media'),
      gatewayUrl,
      serviceKey: developmentKey('svc-media'),
    }),
  )
  const link = stack.use(
    await startLink({
      ...common('link'),
      gatewayUrl,
      serviceKey: developmentKey('svc-link'),
      egress: { httpProxy: outside.proxyUrl, allowCidrs: [], ...patches.egress },
    }),
  )
  const gateway = stack.use(
    await startGateway({
      ...common('gateway'),
      mediaUrl: relays.media.url,
      linkUrl: relays.link.url,
      serviceKeys: patches.serviceKeys ?? {},
    }),
  )
  relays.gateway.pointAt(gateway.url)
  relays.media.pointAt(media.url)
  relays.link.pointAt(link.url)
  const owned = stack.move()
  const dispose = (): Promise<void> => owned.disposeAsync()
  return { gateway, media, link, outside, relays, [Symbol.asyncDispose]: dispose }
}

type CommonOptions = ReturnType<typeof commonOptions> & { configPatch?: unknown }

function commonOptions(replica: string, dataDir: string) {
  return {
    host: '127.0.0.1',
    port: 0,
    adminPort: 0,
    adminToken: ADMIN_TOKEN,
    dataDir,
    replica,
    logLevel: 'silent',
  }
}

export function temporaryDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'reference-services-'))
}

export function asApp(appId: string, key = `${appId}-key`): Record<string, string> {
  return { 'x-app-id': appId, 'x-app-key': key }
}

/** Never follows redirects: where a link leads is what tests look at. */
export function call(base: string, path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(new URL(path, base), { redirect: 'manual', ...init })
}

export function json(body: unknown): { method: string; body: string; headers: HeadersRecord } {
  return {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  }
}

type HeadersRecord = Record<string, string>

/** Headers of a signed-in user of an app. */
export async function signIn(
  gatewayUrl: string,
  appId: string,
  user: string,
): Promise<HeadersRecord> {
  const request = json({ user, password: passwordOf(user) })
  const headers = { ...request.headers, ...asApp(appId) }
  const answer = await call(gatewayUrl, '/api/sessions', { ...request, headers })
  if (answer.status !== 201) throw new Error(`sign-in answered ${answer.status}`)
  const { token } = (await answer.json()) as { token: string }
  return { ...asApp(appId), authorization: `Bearer ${token}` }
}

/** Replaces the document of one replica by a merge of its top-level sections. */
export async function reconfigure(service: RunningService, change: Sections): Promise<void> {
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}` }
  const current = await call(service.adminUrl, '/config', { headers })
  const document = (await current.json()) as Sections
  const next: Sections = { ...document, generation: Number(document['generation']) + 1 }
  for (const [key, section] of Object.entries(change)) {
    const isSection = typeof section === 'object' && section !== null && !Array.isArray(section)
    next[key] = isSection ? { ...(document[key] as object), ...section } : section
  }
  const request = { ...json(next), method: 'PUT' }
  const answer = await call(service.adminUrl, '/config', {
    ...request,
    headers: { ...request.headers, ...headers, 'if-match': current.headers.get('etag') ?? '' },
  })
  if (answer.status !== 200) throw new Error(`PUT /config: ${answer.status} ${await answer.text()}`)
}

type Sections = Record<string, unknown>

/** Polls until the condition holds; throws with what was seen last. */
export async function eventually<T>(
  observe: () => Promise<T>,
  holds: (seen: T) => boolean,
  deadlineMs = 5_000,
): Promise<T> {
  const deadline = Date.now() + deadlineMs
  for (;;) {
    const seen = await observe()
    if (holds(seen)) return seen
    if (Date.now() > deadline)
      throw new Error(`still ${JSON.stringify(seen)} after ${deadlineMs} ms`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
