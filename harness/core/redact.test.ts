import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { Redactor } from './redact.ts'

const mask = '[redacted]'

function knowing(...values: string[]): Redactor {
  const redactor = new Redactor()
  for (const value of values) redactor.addValue(value)
  return redactor
}

describe('headers', () => {
  it.each([
    ['authorization', mask],
    ['Authorization', mask],
    ['Proxy-Authorization', mask],
    ['cookie', mask],
    ['Set-Cookie', mask],
    ['x-app-key', mask],
    ['x-api-key', mask],
    ['x-csrf-token', mask],
    ['content-type', 'text/plain'],
    ['x-aftershock-replica', 'text/plain'],
  ])('%s is kept as %s', (name, kept) => {
    expect(new Redactor().headers({ [name]: 'text/plain' })).toEqual({ [name]: kept })
  })

  it('with a registered value lose that value only', () => {
    expect(knowing('hunter22').headers({ location: '/in?as=hunter22&x=1' })).toEqual({
      location: `/in?as=${mask}&x=1`,
    })
  })

  it('register their values without the scheme, where a secret is carried', () => {
    const redactor = new Redactor()
    redactor.addHeaders({ authorization: 'Bearer abcdef123', accept: 'application/json' })
    expect(redactor.text('sent abcdef123 as application/json')).toBe(
      `sent ${mask} as application/json`,
    )
  })
})

describe('text', () => {
  it.each([
    ['password', '{"password":"p"}', `{"password":"${mask}"}`],
    ['a name that contains it', '{"newPassword": "p"}', `{"newPassword": "${mask}"}`],
    ['token', '{"accessToken":"t","a":1}', `{"accessToken":"${mask}","a":1}`],
    ['api_key', '{"api_key":"k"}', `{"api_key":"${mask}"}`],
    ['api-key', '{"api-key":"k"}', `{"api-key":"${mask}"}`],
    ['authorization', '{"authorization":"Bearer k"}', `{"authorization":"${mask}"}`],
    [
      'a value with an escaped quote',
      String.raw`{"secret":"a\"b","c":1}`,
      `{"secret":"${mask}","c":1}`,
    ],
    ['a number, left alone', '{"tokens":3}', '{"tokens":3}'],
    ['a word that is no member', '"no password given"', '"no password given"'],
  ])('masks JSON members by name: %s', (_name, text, kept) => {
    expect(new Redactor().text(text)).toBe(kept)
  })

  it('masks a registered value wherever it stands, each time', () => {
    expect(knowing('s3cr3t-value').text('a s3cr3t-value, b=s3cr3t-value')).toBe(
      `a ${mask}, b=${mask}`,
    )
  })

  it('masks a registered value as JSON writes it', () => {
    const secret = 'pass"word\\1'
    const text = JSON.stringify({ note: secret })
    expect(JSON.parse(knowing(secret).text(text))).toEqual({ note: mask })
  })

  it.each([[['abcdef', 'abcdef-ghij']], [['abcdef-ghij', 'abcdef']]])(
    'leaves nothing of a value that begins with another one: %j',
    (values) => {
      expect(knowing(...values).text('x abcdef-ghij y')).toBe(`x ${mask} y`)
    },
  )

  it('does not register values under 6 characters', () => {
    expect(knowing('12345', '123456').text('12345 123456')).toBe(`12345 ${mask}`)
  })
})

it('does not register what is part of a word to keep', () => {
  const redactor = new Redactor()
  redactor.keep(['mobile', 'free-api-client'])
  for (const value of ['mobile', 'api-client', 'mobile-key']) redactor.addValue(value)
  expect(redactor.text('mobile free-api-client mobile-key')).toBe(`mobile free-api-client ${mask}`)
})

it('texts() masks by registered value and inside of JSON text, and not by the name of a member', () => {
  const given = { 'token-store-1': 'abc', body: '{"password":"p"}', note: ['hunter22'] }
  expect(knowing('hunter22').texts(given)).toEqual({
    'token-store-1': 'abc',
    body: `{"password":"${mask}"}`,
    note: [mask],
  })
})

describe('value', () => {
  it('masks strings at any depth by name and by registered value, and keeps everything else', () => {
    const given = {
      url: '/a?k=hunter22',
      list: ['hunter22', 1, null, true],
      login: { password: 'p' },
    }
    expect(knowing('hunter22').value(given)).toEqual({
      url: `/a?k=${mask}`,
      list: [mask, 1, null, true],
      login: { password: mask },
    })
  })

  it('never alters names, structure or anything but strings', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string({ minLength: 6 }), (given, secret) => {
        expect(shapeOf(knowing(secret).value(given))).toEqual(shapeOf(given))
      }),
    )
  })

  it('leaves nothing of a registered value', () => {
    const secrets = fc.stringMatching(/^[a-z0-9]{8,12}$/)
    fc.assert(
      fc.property(secrets, fc.string(), fc.string(), (secret, before, after) => {
        const kept = knowing(secret).value({ a: [before + secret + after] })
        expect(JSON.stringify(kept)).not.toContain(secret)
      }),
    )
  })
})

it('keeps JSON text parseable, with the same names, whatever is registered', () => {
  const words = fc.stringMatching(/^[a-z]{6,8}$/)
  fc.assert(
    fc.property(
      words,
      fc.dictionary(words, fc.oneof(words, fc.string(), fc.integer())),
      (secret, given) => {
        const kept = JSON.parse(knowing(secret).text(JSON.stringify(given))) as object
        expect(Object.keys(kept)).toHaveLength(Object.keys(given).length)
      },
    ),
  )
})

function shapeOf(value: unknown): unknown {
  if (typeof value === 'string') return 'a string'
  if (Array.isArray(value)) return value.map(shapeOf)
  if (typeof value !== 'object' || value === null) return value
  return Object.entries(value).map(([key, item]) => [key, shapeOf(item)])
}

it('masks query parameters by their names', () => {
  expect(new Redactor().text('GET http://a.example/x?api_key=abc123&n=1&access_token=t#top')).toBe(
    `GET http://a.example/x?api_key=${mask}&n=1&access_token=${mask}#top`,
  )
})
