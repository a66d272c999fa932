import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newImageId, oldImageId } from '../seed-facts.ts'
import { asApp, call, reconfigure, signIn, startSite, type TestSite } from '../testing/site.ts'
import { seedPng } from './seed-png.ts'

let site: TestSite
let ada: Record<string, string>

beforeAll(async () => {
  site = await startSite()
  ada = await signIn(site.gateway.url, 'web', 'ada')
})
afterAll(() => site[Symbol.asyncDispose]())

const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  call(site.gateway.url, path, { headers: { ...asApp('web'), ...headers } })

const upload = (bytes: Uint8Array<ArrayBuffer> | string, contentType: string): Promise<Response> =>
  call(site.gateway.url, '/api/media', {
    method: 'POST',
    body: bytes,
    headers: { ...ada, 'content-type': contentType },
  })

interface Uploaded {
  id: string
  url: string
  thumbUrl: string
  width: number
  height: number
}

const errorOf = async (answer: Response): Promise<[number, number | undefined]> => {
  const { errors } = (await answer.json()) as { errors: { code: number }[] }
  return [answer.status, errors[0]?.code]
}

describe('reading an image', () => {
  it.each(['media', 'gateway, cold', 'gateway, warm'])(
    'from %s answers ranges and conditions',
    async (where) => {
      const [base, path] =
        where === 'media'
          ? [site.media.url, `/images/${newImageId(7)}`]
          : [site.gateway.url, `/media/${newImageId(where.endsWith('cold') ? 8 : 9)}`]
      const number = where === 'media' ? 7 : where.endsWith('cold') ? 8 : 9
      const bytes = seedPng(300 + number)
      const read = (headers: Record<string, string> = {}): Promise<Response> =>
        call(base, path, { headers: { ...asApp('web'), ...headers } })
      if (where.endsWith('warm')) await read()

      const part = await read({ range: 'bytes=8-15' })
      expect(part.status).toBe(206)
      expect(part.headers.get('content-range')).toBe(`bytes 8-15/${bytes.length}`)
      expect(Buffer.from(await part.arrayBuffer())).toEqual(bytes.subarray(8, 16))
      if (base === site.gateway.url) {
        expect(part.headers.get('x-cache')).toBe(where.endsWith('warm') ? 'hit' : 'miss')
      }

      const whole = await read()
      expect(whole.status).toBe(200)
      expect(whole.headers.get('content-type')).toBe('image/png')
      expect(whole.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
      expect(Buffer.from(await whole.arrayBuffer())).toEqual(bytes)

      const etag = whole.headers.get('etag') ?? ''
      const unchanged = await read({ 'if-none-match': etag })
      expect([unchanged.status, await unchanged.text()]).toEqual([304, ''])
      expect((await read({ 'if-none-match': '"other"' })).status).toBe(200)
      expect((await read({ range: 'bytes=0-1', 'if-range': '"other"' })).status).toBe(200)

      const outside = await read({ range: 'bytes=999999-' })
      expect(outside.status).toBe(416)
      expect(outside.headers.get('content-range')).toBe(`bytes */${bytes.length}`)
    },
  )

  it('answers 404 when there is none', async () => {
    expect(await errorOf(await get('/media/nothing'))).toEqual([404, 34])
  })

  it('finds old content under the legacy prefix, and loses all of it when the prefix is wrong', async () => {
    await using other = await startSite()
    const read = (id: string): Promise<Response> =>
      call(other.gateway.url, `/media/${id}`, { headers: asApp('web') })
    expect((await read(oldImageId(1))).status).toBe(200)
    await reconfigure(other.media, { legacy: { prefix: '' } })
    expect((await read(oldImageId(1))).headers.get('x-cache')).toBe('hit')
    expect((await read(oldImageId(2))).status).toBe(404)
    expect((await read(newImageId(2))).status).toBe(200)
  })

  it('never lets a prefix lead out of the data directory', async () => {
    for (const prefix of ['..', '/etc', 'legacy/../..', 'a//b']) {
      await expect(reconfigure(site.media, { legacy: { prefix } })).rejects.toThrow('422')
    }
  })
})

describe('uploading an image', () => {
  it('answers its addresses and size, and the bytes come back unchanged', async () => {
    const bytes = seedPng(77_777)
    const answer = await upload(bytes, 'image/png')
    expect(answer.status).toBe(201)
    const image = (await answer.json()) as Uploaded
    expect(image).toEqual({
      id: image.id,
      url: `/media/${image.id}`,
      thumbUrl: `/media/${image.id}/thumb`,
      width: 64,
      height: 64,
    })
    for (const path of [image.url, image.thumbUrl]) {
      expect(Buffer.from(await (await get(path)).arrayBuffer())).toEqual(bytes)
    }
  })

  it('takes a multipart form as well', async () => {
    const form = new FormData()
    form.set('file', new Blob([seedPng(88_888)], { type: 'image/png' }), 'a.png')
    const answer = await call(site.gateway.url, '/api/media', {
      method: 'POST',
      body: form,
      headers: ada,
    })
    expect(answer.status).toBe(201)
  })

  it.each(['jpeg', 'webp', 'png'] as const)(
    'makes a small thumbnail of a large %s',
    async (format) => {
      const large = await sharp({
        create: { width: 1200, height: 600, channels: 3, background: '#2a7' },
      })
        .toFormat(format)
        .toBuffer()
      // The claimed type is wrong on purpose: content decides.
      const image = (await (await upload(large, 'image/png')).json()) as Uploaded
      expect([image.width, image.height]).toEqual([1200, 600])
      expect((await get(image.url)).headers.get('content-type')).toBe(`image/${format}`)
      const thumb = await sharp(await (await get(image.thumbUrl)).arrayBuffer()).metadata()
      expect([thumb.format, thumb.width, thumb.height]).toEqual(['webp', 256, 128])
    },
  )

  it('refuses what is no PNG, JPEG or WebP, whatever it claims to be', async () => {
    expect(
      await errorOf(await upload('<svg xmlns="http://www.w3.org/2000/svg"/>', 'image/png')),
    ).toEqual([415, 324])
    expect(await errorOf(await upload('GIF89a' + '\0'.repeat(64), 'image/gif'))).toEqual([415, 324])
    expect(await errorOf(await upload('', 'image/png'))).toEqual([415, 324])
    expect((await upload('text', 'text/plain')).status).toBe(415)
  })

  it('refuses a truncated image', async () => {
    expect(await errorOf(await upload(seedPng(5).subarray(0, -20), 'image/png'))).toEqual([
      422, 324,
    ])
  })

  it('refuses an image above the limits of bytes and of pixels', async () => {
    await using other = await startSite({
      media: { limits: { maxBytes: seedPng(1).length - 1, maxPixels: 25_000_000 } },
    })
    const headers = {
      ...(await signIn(other.gateway.url, 'web', 'ada')),
      'content-type': 'image/png',
    }
    const send = (): Promise<Response> =>
      call(other.gateway.url, '/api/media', {
        method: 'POST',
        body: seedPng(1),
        headers,
      })
    expect(await errorOf(await send())).toEqual([413, 324])
    await reconfigure(other.media, { limits: { maxBytes: 5_000, maxPixels: 64 * 64 - 1 } })
    expect(await errorOf(await send())).toEqual([422, 324])
    await reconfigure(other.media, { limits: { maxPixels: 64 * 64 } })
    expect((await send()).status).toBe(201)
  })

  it('needs a session', async () => {
    const answer = await call(site.gateway.url, '/api/media', {
      method: 'POST',
      body: seedPng(1),
      headers: { ...asApp('web'), 'content-type': 'image/png' },
    })
    expect(await errorOf(answer)).toEqual([401, 89])
  })
})

it('gives each seeded image its own bytes', () => {
  const all = Array.from({ length: 600 }, (_, n) => seedPng(n + 1).toString('base64'))
  expect(new Set(all).size).toBe(600)
})

it('hands out addresses under the public base', async () => {
  await using other = await startSite({ media: { publicBaseUrl: 'http://img.reference.example/' } })
  const headers = await signIn(other.gateway.url, 'web', 'ada')
  const answer = await call(other.gateway.url, '/api/media', {
    method: 'POST',
    body: seedPng(1),
    headers: { ...headers, 'content-type': 'image/png' },
  })
  const image = (await answer.json()) as Uploaded
  expect(image.url).toBe(`http://img.reference.example/media/${image.id}`)
})
