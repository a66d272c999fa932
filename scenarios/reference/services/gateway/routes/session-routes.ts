import type { FastifyInstance } from 'fastify'
import { asObject, textField } from '../../common/fields.ts'
import { ErrorCode, HttpError, notFound } from '../../common/http-error.ts'
import type { GatewayParts } from '../parts.ts'

export function addSessionRoutes(app: FastifyInstance, parts: GatewayParts): void {
  const { config, accounts, sessions } = parts

  app.post('/api/sessions', { config: { endpoint: 'session.create' } }, async (request, reply) => {
    const body = asObject(request.body)
    const user = textField(body, 'user', 64)
    if (!(await accounts.checkPassword(user, textField(body, 'password', 256)))) {
      throw new HttpError(401, ErrorCode.badCredentials, 'Could not authenticate you')
    }
    const token = sessions.create(user, config.current.session.ttlS)
    return reply.code(201).header('cache-control', 'no-store').send({ token, user })
  })

  app.get<{ Params: { id: string } }>(
    '/internal/accounts/:id',
    { config: { endpoint: 'internal.accounts', servicesOnly: true } },
    (request) => {
      const account = accounts.find(request.params.id)
      if (account === undefined) throw notFound(`Account ${request.params.id}`)
      return account
    },
  )
}
