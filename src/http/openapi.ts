import swagger, { type FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import Fastify from 'fastify'
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod'
import * as z from 'zod'
import { operations } from '../api/all-operations.ts'
import { webhookSchemas } from '../api/public-events.ts'
import { isObject } from '../message/json.ts'
import type { DescribedRoute } from './described-route.ts'
import { ownRoutes } from './own-routes.ts'
import { Problem } from './problem-document.ts'
import { prefix } from './rest-api.ts'
import { type Route, tags } from './route.ts'
import { schemaController } from './schema-compilers.ts'

type Document = Readonly<Record<string, unknown>>

const description = `Texts to people and devices, and back. Answers may have further keys and words in later versions: \
ignore those that you do not know. Every error is a problem as RFC 9457 has it, with a code that stays. Where a request \
queues texts, send an Idempotency-Key: the same key makes them once, however often it is sent, for as long as they are \
kept, 90 days.`

const idempotencyKey = z
  .string()
  .max(255)
  .optional()
  .meta({ description: 'makes repeated requests one for 90 days; visible ASCII, in quotes or bare' })

/** The routes as an OpenAPI 3.1 document. */
export async function openApi(routes: readonly Route[], version: string): Promise<Document> {
  const server = Fastify({ logger: false, schemaController })
  const zodToJsonConfig = { override: readable }
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.1',
      info: { title: 'smshub', version, description, license: { name: 'MIT', identifier: 'MIT' } },
      tags: Object.entries(tags).map(([name, words]) => ({ name, description: words })),
      servers: [{ url: '/', description: 'this hub' }],
      components: {
        securitySchemes: {
          key: { type: 'http', scheme: 'bearer', description: 'A key of the hub: smk_…' },
          session: {
            type: 'apiKey',
            in: 'cookie',
            name: 'smshub',
            description: 'A session of a person; over TLS it is __Host-smshub',
          },
        },
      },
      security: [{ key: [] }, { session: [] }],
      webhooks: webhooks(),
    } as NonNullable<FastifyDynamicSwaggerOptions['openapi']>,
    transform: createJsonSchemaTransform({ zodToJsonConfig }),
    transformObject: createJsonSchemaTransformObject({ zodToJsonConfig }),
  })
  for (const route of [...routes.map(ofRoute), ...ownRoutes])
    server.route({ method: route.method, url: `${prefix}${route.path}`, schema: describe(route), handler: () => {} })
  await server.ready()
  const document = server.swagger() as Document
  await server.close()
  return withoutUnused(document)
}

/** An answer without a body. */
const nothing = (description: string) => z.null().meta({ description })

function ofRoute({
  operation,
  scope,
  kind,
  revision,
  status = 200,
  answer,
  unqueued,
  ...route
}: Route): DescribedRoute {
  const isTagged = revision === 'shows' || revision === 'content'
  const headers = {
    ...(kind === 'queues' && { 'Idempotency-Key': idempotencyKey }),
    ...(revision === 'changes' && { 'If-Match': z.string().meta({ description: 'the ETag that is to be changed' }) }),
    ...(isTagged && { 'If-None-Match': z.string().optional() }),
  }
  return {
    ...route,
    summary: operations[operation]?.summary ?? route.name,
    description: `Needs the scope ${scope}.`,
    ...(Object.keys(headers).length > 0 && { headers: z.object(headers) }),
    answers: {
      [status]: status === 204 ? null : answer,
      ...(unqueued && { 200: unqueued.answer }),
      ...(isTagged && { 304: null }),
    },
  }
}

/** A route as fastify's plugin takes it. */
function describe({ name, tag, summary, description, isOpen = false, headers, ...route }: DescribedRoute) {
  const { params, query, body, answers } = route
  const answered = Object.entries(answers).map(([status, schema]) => {
    const words = status === '304' ? 'it has not changed' : 'done'
    const json = { description: words, content: { 'application/json': { schema } } }
    return [status, schema === null ? nothing(words) : json]
  })
  return {
    operationId: name,
    tags: [tag],
    summary,
    description,
    ...(isOpen && { security: [] }),
    ...(params && { params }),
    ...(query && { querystring: query }),
    ...(body && { body }),
    ...(headers && { headers }),
    response: {
      ...Object.fromEntries(answered),
      default: { description: 'a problem', content: { 'application/problem+json': { schema: Problem } } },
    },
  }
}

/** Takes away what generators and readers can't use: patterns of formats, and bounds of every number. */
function readable({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.format !== undefined) delete jsonSchema.pattern
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
}

/** What the hub calls programs elsewhere with, signed as Standard Webhooks has it. */
function webhooks(): Document {
  const headers = ['webhook-id', 'webhook-timestamp', 'webhook-signature']
  return Object.fromEntries(
    Object.entries(webhookSchemas).map(([type, { summary, schema }]) => {
      const { $schema: _, ...json } = z.toJSONSchema(schema, {
        io: 'input',
        unrepresentable: 'any',
        override: readable,
      })
      const post = {
        operationId: `on ${type}`.replace(/[ ._](\w)/g, (_match, letter: string) => letter.toUpperCase()),
        tags: ['webhooks'],
        summary,
        parameters: headers.map((name) => ({ name, in: 'header', required: true, schema: { type: 'string' } })),
        requestBody: { required: true, content: { 'application/json': { schema: json } } },
        responses: { '2XX': { description: 'taken' } },
      }
      return [type, { post }]
    }),
  )
}

/** Each named schema has two components, for requests and answers; only those that something refers to stay. */
function withoutUnused(document: Document): Document {
  const { schemas = {}, ...components } = document.components as Readonly<Record<string, Document>>
  const used = new Set<string>()
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(visit)
    if (!isObject(value)) return
    for (const [key, one] of Object.entries(value)) {
      const name = key === '$ref' ? String(one).replace('#/components/schemas/', '') : null
      if (name === null) visit(one)
      else if (!used.has(name)) {
        used.add(name)
        visit(schemas[name])
      }
    }
  }
  visit({ paths: document.paths, webhooks: document.webhooks })
  const kept = Object.fromEntries(Object.entries(schemas).filter(([name]) => used.has(name)))
  return { ...document, components: { ...components, schemas: kept } }
}
