import * as z from 'zod'
import { type TopicPattern, topics } from '../message/topics.ts'
import { operations, pathsOf } from './all-operations.ts'
import type { Operation } from './operation.ts'
import { channels, response } from './payloads.ts'
import { eventSchemas } from './public-events.ts'

type Json = Record<string, unknown>

/**
 * The topics, payloads and requests of the hub, and its live events, as an AsyncAPI 3 document, made from the tables
 * that the hub runs on.
 */
export function asyncApi(version: string, baseTopic = 'smshub'): Json {
  const patterns = Object.keys(topics) as TopicPattern[]
  const schemas = Object.fromEntries(
    patterns.map((pattern) => [nameOf(pattern), schemaOf(channels[pattern].schema, 'output')]),
  )
  const asked = pathsOf('mqtt').map((path) => {
    const { summary, input, output } = operations[path] as Operation
    const answer = schemaOf(z.object({ ...response.shape, data: output }), 'input')
    return { path, summary, schema: withTransaction(schemaOf(input, 'input')), answer }
  })
  const happened = Object.entries(eventSchemas).map(([type, { summary, schema }]) => ({
    name: `event_${nameOf(type)}`,
    type,
    summary,
    schema: schemaOf(schema, 'output'),
  }))
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'smshub',
      version,
      description: 'MQTT topics become texts to devices, and their texts become values.',
    },
    defaultContentType: 'application/json',
    servers: {
      mqtt: { host: '127.0.0.1:1883', protocol: 'mqtt' },
      http: { host: '127.0.0.1:8080', protocol: 'http' },
    },
    channels: Object.fromEntries([
      ...patterns.map((pattern) => [
        nameOf(pattern),
        channelOf(
          pattern,
          `${baseTopic}/${pattern}`,
          asked.filter(({ path }) => answerPattern(path) === pattern).map(({ path }) => answerName(path)),
        ),
      ]),
      ...asked.map(({ path, summary }) => [
        requestName(path),
        {
          address: `${baseTopic}/bridge/request/${path}`,
          summary,
          servers: [{ $ref: '#/servers/mqtt' }],
          messages: { request: { $ref: `#/components/messages/${requestName(path)}` } },
        },
      ]),
      [
        'events',
        {
          address: '/v1/events',
          summary: 'what happens, as server-sent events: each has its type as `event` and this body as `data`',
          servers: [{ $ref: '#/servers/http' }],
          messages: Object.fromEntries(happened.map(({ name }) => [name, { $ref: `#/components/messages/${name}` }])),
        },
      ],
    ]),
    operations: Object.fromEntries([
      ...patterns.map((pattern) => [nameOf(pattern), operationOf(pattern)]),
      ...asked.map(({ path, summary }) => [
        requestName(path),
        {
          action: 'receive',
          summary,
          channel: { $ref: `#/channels/${requestName(path)}` },
          reply: {
            channel: { $ref: `#/channels/${nameOf(answerPattern(path))}` },
            messages: [{ $ref: `#/channels/${nameOf(answerPattern(path))}/messages/${answerName(path)}` }],
          },
        },
      ]),
      ['events', { action: 'send', channel: { $ref: '#/channels/events' } }],
    ]),
    components: {
      messages: Object.fromEntries([
        ...patterns.map((pattern) => [
          nameOf(pattern),
          { payload: { $ref: `#/components/schemas/${nameOf(pattern)}` } },
        ]),
        ...asked.map(({ path }) => [
          requestName(path),
          { payload: { $ref: `#/components/schemas/${requestName(path)}` } },
        ]),
        ...asked.map(({ path }) => [
          answerName(path),
          { payload: { $ref: `#/components/schemas/${answerName(path)}` } },
        ]),
        ...happened.map(({ name, type, summary }) => [
          name,
          { name: type, summary, payload: { $ref: `#/components/schemas/${name}` } },
        ]),
      ]),
      schemas: {
        ...schemas,
        ...Object.fromEntries(asked.map(({ path, schema }) => [requestName(path), schema])),
        ...Object.fromEntries(asked.map(({ path, answer }) => [answerName(path), answer])),
        ...Object.fromEntries(happened.map(({ name, schema }) => [name, schema])),
      },
    },
  }
}

function channelOf(pattern: TopicPattern, address: string, answers: readonly string[]): Json {
  const names = [...pattern.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string)
  return {
    address,
    summary: channels[pattern].summary,
    servers: [{ $ref: '#/servers/mqtt' }],
    ...(names.length > 0 && { parameters: Object.fromEntries(names.map((name) => [name, {}])) }),
    messages: Object.fromEntries([
      ['payload', { $ref: `#/components/messages/${nameOf(pattern)}` }],
      ...answers.map((name) => [name, { $ref: `#/components/messages/${name}` }]),
    ]),
  }
}

function operationOf(pattern: TopicPattern): Json {
  const { direction, retain } = topics[pattern]
  return {
    action: direction === 'in' ? 'receive' : 'send',
    channel: { $ref: `#/channels/${nameOf(pattern)}` },
    bindings: { mqtt: { qos: 1, retain } },
  }
}

/** `{device}/command/{name}` as an identifier: `device_command_name`. */
const nameOf = (pattern: string): string => pattern.replace(/[{}]/g, '').replace(/[^a-z0-9]+/g, '_')

const requestName = (path: string): string => `request_${nameOf(path)}`
const answerName = (path: string): string => `response_${nameOf(path)}`
const answerPattern = (path: string): TopicPattern =>
  path.includes('/') ? 'bridge/response/{group}/{verb}' : 'bridge/response/{verb}'

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json
  return json
}

/** Every request may have one; it has to be added to strict schemas. */
function withTransaction(schema: Json): Json {
  if (schema.additionalProperties !== false) return schema
  return { ...schema, properties: { ...(schema.properties as Json), transaction: {} } }
}
