import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { Validator } from '@seriousme/openapi-schema-validator'
import { operations } from '../../src/api/all-operations.ts'
import { ownRoutes } from '../../src/http/own-routes.ts'
import { allRoutes } from '../../src/http/routes/all-routes.ts'
import { EventClient } from '../support/event-client.ts'
import { type HttpHub, startHttpHub } from '../support/http-hub.ts'
import { until } from '../support/patience.ts'
import { accepted } from '../support/world.ts'

const generator = fileURLToPath(new URL('../../node_modules/oazapfts/dist/cli.js', import.meta.url))
const compiler = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url))
/** Beside the tests, where the client finds what it imports. */
const folder = mkdtempSync(fileURLToPath(new URL('./generated-', import.meta.url)))

let hub: HttpHub
let document: any
let client: any

beforeAll(async () => {
  hub = await startHttpHub()
  document = (await hub.ask('GET', '/openapi.json', { as: null })).json
  writeFileSync(join(folder, 'openapi.json'), JSON.stringify(document))
  const made = spawnSync(process.execPath, [generator, join(folder, 'openapi.json'), join(folder, 'client.ts')])
  expect(String(made.stderr)).toBe('')
  client = await import(join(folder, 'client.ts'))
  client.defaults.baseUrl = hub.url
  client.defaults.headers = { authorization: `Bearer ${hub.keys.owner}` }
})

afterAll(async () => {
  await hub.close()
  rmSync(folder, { recursive: true })
})

const each = () =>
  Object.entries<any>(document.paths).flatMap(([path, methods]) =>
    Object.entries<any>(methods).map(([method, operation]) => ({ path, method, operation })),
  )

describe('the OpenAPI document', () => {
  test('is valid by the schema of OpenAPI 3.1', async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(document))
    expect({ valid, errors }).toEqual({ valid: true, errors: undefined })
    expect(document).toMatchObject({ openapi: '3.1.1', info: { title: 'smshub', version: '1.2.3' } })
  })

  test('has every route of the table, each with its own name, its tag and its scope', () => {
    const shown = each().map(({ path, method }) => `${method} ${path}`)
    const routes = [...allRoutes, ...ownRoutes].map(
      ({ method, path }) => `${method.toLowerCase()} /v1${path.replace(/:(\w+)/g, '{$1}')}`,
    )
    expect(shown.sort()).toEqual(routes.sort())
    const names = each().map(({ operation }) => operation.operationId)
    expect(new Set(names).size).toBe(names.length)
    const known = new Set(document.tags.map(({ name }: { name: string }) => name))
    for (const { operation } of each()) {
      expect(operation.tags.filter((tag: string) => known.has(tag))).toHaveLength(1)
      const { description } = ownRoutes.find(({ name }) => name === operation.operationId) ?? {}
      expect(operation.description).toEqual(description ?? expect.stringMatching(/^Needs the scope [a-z]+:[a-z]+\.$/))
    }
  })

  test('says which routes are for anybody', () => {
    const open = each().filter(({ operation }) => operation.security?.length === 0)
    expect(open.map(({ operation }) => operation.operationId).sort()).toEqual(['getSession', 'logIn', 'logOut'])
  })

  test('has one schema for all problems, and no component that nothing needs', () => {
    for (const { operation } of each())
      expect(operation.responses.default.content).toEqual({
        'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
      })
    const text = JSON.stringify(document)
    for (const name of Object.keys(document.components.schemas))
      expect({ name, isUsed: text.includes(`"#/components/schemas/${name}"`) }).toEqual({ name, isUsed: true })
  })

  test('names no route whose operation is not for HTTP', () => {
    for (const { name, operation } of allRoutes)
      expect({ name, surfaces: operations[operation]?.surfaces }).toMatchObject({
        surfaces: expect.arrayContaining(['http']),
      })
  })

  test('has the events as webhooks', () => {
    expect(Object.keys(document.webhooks)).toEqual(expect.arrayContaining(['message.received', 'command.completed']))
  })
})

/** What a program does with the client; the lines that are marked are mistakes, each of which is an error. */
const program = `
import { ok } from '@oazapfts/runtime'
import * as client from './client.ts'

client.defaults.baseUrl = 'http://hub:8080'

export async function texts(): Promise<string[]> {
  const sent = await ok(client.sendMessage({ to: ['owner'], text: 'hello' }, { idempotencyKey: 'one' }))
  if ('messages' in sent) return sent.messages.map(({ to }) => to ?? '')
  const list = await ok(client.listMessages({ to: 'owner', limit: 10 }))
  const next: string | null = list.next_cursor
  const found: client.Message[] = list.data
  return [...found.map(({ id, status }) => id + status), next ?? '']
}

export async function open(): Promise<string> {
  const { data } = await client.sendCommand('gate', 'open', {}, { idempotencyKey: 'press' })
  return 'code' in data ? data.code + data.detail + String(data.retryable) : data.command_id
}

// @ts-expect-error
client.sendMessage({ to: 'owner', txt: 'hello' })
// @ts-expect-error
client.sendMessage({ to: 'owner', text: 1 })
// @ts-expect-error
client.listMessages({ status: 'lost' })
// @ts-expect-error
client.getDevice()
`

const settings = {
  strict: true,
  noEmit: true,
  target: 'es2023',
  lib: ['es2023', 'dom'],
  module: 'nodenext',
  allowImportingTsExtensions: true,
  types: [],
}

describe('a client that others generate from it', () => {
  test('has types that a strict compiler accepts, and by which it finds mistakes', () => {
    writeFileSync(join(folder, 'program.ts'), program)
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: settings, files: ['program.ts'] }))
    const { status, stdout } = spawnSync(process.execPath, [compiler, '-p', folder], { encoding: 'utf8' })
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' })
  })

  test('has a function for each route', () => {
    for (const { name } of [...allRoutes, ...ownRoutes])
      expect({ name, type: typeof client[name] }).toEqual({ name, type: 'function' })
    const source = readFileSync(join(folder, 'client.ts'), 'utf8')
    for (const type of ['Message', 'Command', 'Problem', 'Device']) expect(source).toContain(`export type ${type} =`)
  })

  test('sends a text and reads what became of it', async () => {
    const to = '+4915112345699'
    const sent = await client.sendMessage({ to, text: 'from a client' }, { idempotencyKey: 'of-a-client' })
    expect(sent).toMatchObject({ status: 202, data: { to, status: 'queued' } })
    await until(() => accepted(hub.world.world, to).length === 1)
    const found = await client.getMessage(sent.data.id)
    expect(found).toMatchObject({ status: 200, data: { id: sent.data.id, text: 'from a client' } })
    const { data: list } = await client.listMessages({ to })
    expect(list.data.map(({ id }: { id: string }) => id)).toEqual([sent.data.id])
  })

  test('opens the gate and reads the result', async () => {
    const { status, data } = await client.sendCommand('gate', 'open', {}, {})
    expect({ status, data }).toMatchObject({ status: 202, data: { device: 'gate', command: 'open' } })
    await until(async () => (await client.getCommand(data.command_id)).data.final)
  })

  test('logs in, sees who it is, changes the password and logs out', async () => {
    let cookie = ''
    const browser = {
      // What a browser does by itself.
      headers: { authorization: undefined, 'sec-fetch-site': 'same-origin' },
      fetch: async (url: string, init: RequestInit) => {
        const headers = new Headers(init.headers)
        headers.delete('authorization')
        if (cookie !== '') headers.set('cookie', cookie)
        const answer = await fetch(url, { ...init, headers })
        cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? cookie
        return answer
      },
    }
    const [old, other] = ['correct horse battery staple', 'another horse entirely']
    const stranger = await client.getSession(browser)
    expect(stranger).toMatchObject({ status: 200, data: { caller: null, password_needed: false, hint: null } })
    expect(await client.logIn({ name: 'ann', password: 'a wrong one' }, browser)).toMatchObject({ status: 401 })
    const begun = await client.logIn({ name: 'ann', password: old }, browser)
    expect(begun).toMatchObject({ status: 200, data: { caller: { name: 'user:ann', role: 'admin', scopes: null } } })
    expect((await client.getSession(browser)).data.caller).toEqual(begun.data.caller)
    const changed = await client.changePassword({ old_password: old, password: other }, browser)
    expect(changed).toEqual(expect.objectContaining({ status: 200, data: begun.data }))
    const held = cookie
    expect(await client.logOut(browser)).toMatchObject({ status: 204 })
    cookie = held
    expect((await client.getSession(browser)).data.caller).toBeNull()
    for (const [name, json] of [
      ['getSession', stranger.data],
      ['logIn', begun.data],
    ] as const) {
      const schema = ownRoutes.find((one) => one.name === name)?.answers[200]
      expect({ name, error: schema?.safeParse(json).error }).toEqual({ name, error: undefined })
    }
  })

  test('opens a stream of events with a ticket', async () => {
    const { status, data } = await client.makeEventTicket()
    expect({ status, data }).toEqual({ status: 201, data: { ticket: expect.any(String), expires_in: 30 } })
    const stream = new EventClient(`${hub.url}/v1/events?ticket=${data.ticket}`)
    expect(await stream.open()).toBe(200)
    stream.close()
    expect((await client.listEvents({ ticket: data.ticket }, { headers: { authorization: '' } })).status).toBe(401)
  })

  test('gets a problem as its type', async () => {
    const { status, data } = await client.getDevice('gte')
    expect({ status, data }).toMatchObject({ status: 404, data: { code: 'unknown_device', status: 404 } })
  })
})

describe('answers are what the document promises:', () => {
  test.each([
    ['GET', '/v1/messages', 'listMessages'],
    ['GET', '/v1/inbox', 'listInbox'],
    ['GET', '/v1/conversations', 'listConversations'],
    ['GET', '/v1/conversations/gate', 'getConversation'],
    ['POST', '/v1/conversations/gate/read', 'readConversation'],
    ['GET', '/v1/devices', 'listDevices'],
    ['GET', '/v1/devices/gate', 'getDevice'],
    ['GET', '/v1/devices/gate/state', 'getDeviceState'],
    ['GET', '/v1/gateways', 'listGateways'],
    ['GET', '/v1/queue', 'getQueue'],
    ['GET', '/v1/quotas', 'listQuotas'],
    ['GET', '/v1/health', 'getHealth'],
    ['POST', '/v1/gateways/home/signal', 'checkGateway'],
    ['POST', '/v1/gateways/home/pause', 'pauseGateway'],
    ['POST', '/v1/gateways/home/resume', 'resumeGateway'],
    ['POST', '/v1/queue/purge', 'purgeQueue'],
    ['POST', '/v1/devices/boiler/get', 'queryDevice'],
  ])('%s %s', async (method, path, name) => {
    const { status, json } = await hub.ask(method, path)
    const route = allRoutes.find((one) => one.name === name)
    const { error } = route?.answer.safeParse(json) ?? {}
    expect({ status, error: error?.message }).toEqual({ status: route?.status ?? 200, error: undefined })
  })
})
