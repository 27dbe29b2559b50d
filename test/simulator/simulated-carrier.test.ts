import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from '@jest/globals'
import { carrierNames, carrierOf } from '../../src/config/carriers.ts'
import { Gateway as GatewayRow } from '../../src/config/gateway-config.ts'
import { decodeHttp } from '../../src/gateway/http/decode-http.ts'
import type { HttpGateway } from '../../src/gateway/http/http-gateway.ts'
import { type HttpConfig, hookToken, makeHttp } from '../../src/gateway/http/make-http.ts'
import type { Incoming } from '../../src/message/incoming.ts'
import type { SubmitOutcome } from '../../src/message/submit-outcome.ts'
import { carriageTo, joinCarrier } from '../../src/simulator/carrier/carrier-carriage.ts'
import { type CarrierOptions, SimulatedCarrier } from '../../src/simulator/carrier/simulated-carrier.ts'
import { SimulatedDevice } from '../../src/simulator/device/simulated-device.ts'
import { SimulatedNetwork } from '../../src/simulator/network/network.ts'
import { temporaryFolder } from '../support/folder.ts'
import { mainFile } from '../support/hub-process.ts'
import { until } from '../support/patience.ts'
import { smshub } from '../support/run-cli.ts'
import { go, segmentTo } from '../support/smpp-client.ts'
import { testClock as clock, quick } from '../support/world.ts'

const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const undo of cleanUp.splice(0).reverse()) await undo()
})

const number = '+491700000001'
const van = '+4915112345679'
const account = { user: 'AC1', secret: 'secret', signingSecret: 'secret' }

interface Client {
  readonly gateway: HttpGateway
  readonly received: Incoming[]
  /** Statuses of its answers to webhooks. */
  readonly answers: number[]
  send(to: string, text?: string): Promise<SubmitOutcome>
}

/** The account of a carrier without a hub; its webhooks are taken at a real socket, unless it asks. */
async function clientOf(carrier: SimulatedCarrier, name: string, poll?: number): Promise<Client> {
  const answers: number[] = []
  const server = createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', async () => {
      const { method = '', url = '' } = request
      const headers = request.headers as Record<string, string>
      const token = /^\/hooks\/carrier\/([^?]*)/.exec(url)?.[1] ?? ''
      const answer = await gateway.hook(token, { method, url, headers, body: Buffer.concat(pieces) })
      answers.push(answer?.status ?? 404)
      response.writeHead(answer?.status ?? 404).end(answer?.body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanUp.push(() => {
    server.closeAllConnections()
    server.close()
  })
  const hubUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const api = { ...carrierOf(name), base: carrier.base }
  const extra = api.requires.filter((key) => !['user', 'secret', 'sender'].includes(key))
  const given = { user: account.user, secret: account.secret, sender: number }
  const row = GatewayRow.parse({
    ...{ type: 'http', carrier: name, ...given, webhooks: poll === undefined, timeout: 1 },
    account: Object.fromEntries(extra.map((key) => [key, 'any'])),
    ...(api.signature.scheme === 'ed25519' && { signing_secret: carrier.publicKey }),
  }) as HttpConfig
  const gateway = makeHttp('carrier', { ...row, ...(poll !== undefined && { poll }) }, { clock, api, hubUrl })
  if (poll === undefined) carrier.webhook = `${hubUrl}/hooks/carrier/${hookToken('carrier', row)}`
  const received: Incoming[] = []
  gateway.start({
    received: async ({ body }) => {
      received.push(decodeHttp(body))
    },
    deleted: () => undefined,
    changed: () => undefined,
    called: () => undefined,
    log: () => undefined,
  })
  cleanUp.push(() => gateway.stop())
  const send = (to: string, text = 'hello') => gateway.submit(segmentTo(to, text), go)
  return { gateway, received, answers, send }
}

async function play(name: string, options: Partial<CarrierOptions> = {}): Promise<SimulatedCarrier> {
  const carrier = new SimulatedCarrier({ clock, api: carrierOf(name), account, ...options })
  cleanUp.push(() => carrier.close())
  return carrier.listen()
}

const reportsIn = (all: readonly Incoming[]) => all.flatMap((one) => (one.kind === 'report' ? [one.report] : []))
const textsIn = (all: readonly Incoming[]) => all.flatMap((one) => (one.kind === 'text' ? [one.segment] : []))

describe.each(carrierNames())('the carrier %s', (name) => {
  const api = carrierOf(name)

  test('takes a text, reports it and brings one', async () => {
    const carrier = await play(name)
    const client = await clientOf(carrier, name)
    const text = 'Grüße & more: 100 %'
    const outcome = await client.send(van, text)
    expect(carrier.accepted).toEqual([expect.objectContaining({ to: van, text })])
    expect(outcome).toEqual({ outcome: 'sent', reference: carrier.accepted[0]?.id })
    if (api.report !== undefined) {
      await until(() => reportsIn(client.received).some(({ outcome }) => outcome === 'delivered'))
      expect(reportsIn(client.received).map(({ reference }) => reference)).toContain(carrier.accepted[0]?.id)
    }
    if (api.text === undefined) return
    carrier.text(van, text)
    await until(() => textsIn(client.received).length === 1)
    const [{ from, text: found } = {}] = textsIn(client.received)
    expect({ number: from?.number, found }).toEqual({ number: van.slice(1), found: text })
    expect(client.answers.every((status) => status === 200)).toBe(true)
  })

  test('refuses another secret, and has the errors of its documentation', async () => {
    const carrier = await play(name, { account: { ...account, secret: 'other' } })
    const client = await clientOf(carrier, name)
    expect(await client.send(van)).toMatchObject({ outcome: 'refused', cause: { next: 'pause' } })
    const known = await play(name)
    const { send } = await clientOf(known, name)
    known.next.push('refused', 'limited', 'unpaid', 'failed', 'silence', 'cut')
    const found: string[] = []
    for (let i = 0; i < 6; i++) {
      const outcome = await send(van)
      found.push(outcome.outcome === 'refused' ? outcome.cause.next : outcome.outcome)
    }
    expect(found).toEqual(['give_up', 'throttle', 'pause', 'in_doubt', 'in_doubt', 'in_doubt'])
    expect(known.accepted).toHaveLength(3)
  })

  if (api.signature.scheme !== 'none' && (api.text ?? api.report) !== undefined)
    test('has webhooks whose signature is wrong, if it should', async () => {
      const carrier = await play(name, { behaviour: { forged: 1 } })
      const client = await clientOf(carrier, name)
      carrier.text(van, 'hello')
      await until(() => client.answers.includes(403) && textsIn(client.received).length === 1)
    })

  if (api.poll.length > 0)
    test('answers who asks', async () => {
      const carrier = await play(name)
      const client = await clientOf(carrier, name, 0.05)
      await client.send(van)
      carrier.text(van, 'pong')
      const isAsked = (form: 'report' | 'text') => api.poll.some((poll) => poll[form] !== undefined)
      if (isAsked('report'))
        await until(() => reportsIn(client.received).some(({ outcome }) => outcome === 'delivered'))
      if (isAsked('text')) await until(() => textsIn(client.received).some(({ text }) => text === 'pong'))
    })
})

test('a device in the network behind it answers with a text of several parts, which the carrier joins', async () => {
  const network = new SimulatedNetwork({ clock, behaviour: quick })
  const long = 'pong '.repeat(60)
  const answerer = { answer: (text: string) => [{ text: text === long ? long : 'what?', afterMs: 0 }] }
  new SimulatedDevice({ network, number: van, answerer })
  const carrier = await play('twilio', { carry: carriageTo(network, number) })
  joinCarrier(network, number, carrier)
  const client = await clientOf(carrier, 'twilio')
  expect(await client.send(van, long)).toMatchObject({ outcome: 'sent' })
  await until(() => textsIn(client.received).length === 1)
  expect(textsIn(client.received)[0]).toMatchObject({ from: { number: van.slice(1) }, text: long })
  await until(() => reportsIn(client.received).some(({ outcome }) => outcome === 'delivered'))
})

test('a text that can not be delivered ends as the network has it', async () => {
  const network = new SimulatedNetwork({ clock, behaviour: { ...quick, defaultValidityMs: 200 } })
  new SimulatedDevice({ network, number: van, answerer: { answer: () => [] } })
  network.switchOff(van)
  const client = await clientOf(await play('infobip', { carry: carriageTo(network, number) }), 'infobip')
  await client.send(van)
  await until(() => reportsIn(client.received).some(({ outcome }) => outcome === 'failed'))
})

test('webhooks come several times and in any order; what is not acknowledged comes again', async () => {
  const carrier = await play('twilio', { behaviour: { webhookTimes: 3, webhookMs: [0, 30] } })
  const client = await clientOf(carrier, 'twilio')
  for (let i = 0; i < 5; i++) await client.send(van)
  await until(() => reportsIn(client.received).filter(({ outcome }) => outcome === 'delivered').length === 15)
  const right = carrier.webhook as string
  carrier.webhook = `${right}x`
  carrier.text(van, 'hello')
  await until(() => client.answers.includes(404))
  expect(textsIn(client.received)).toEqual([])
})

describe('smshub simulate --carrier', () => {
  /** It as a process of its own. */
  async function simulate(...args: readonly string[]) {
    const child: ChildProcess = spawn(
      process.execPath,
      [mainFile, 'simulate', '--carrier', 'telnyx', '--listen', '127.0.0.1:0', ...args],
      { cwd: temporaryFolder(), stdio: ['pipe', 'pipe', 'pipe'] },
    )
    // An input that stays open does not keep it from ending.
    cleanUp.push(async () => {
      const ended = once(child, 'exit')
      child.kill()
      await ended
    })
    const output = { stdout: '', stderr: '' }
    child.stdout?.on('data', (chunk) => {
      output.stdout += chunk
    })
    child.stderr?.on('data', (chunk) => {
      output.stderr += chunk
    })
    await until(() => /Commands on/.test(output.stderr))
    const row = JSON.parse(/gateways: \{ carrier: (.*) \}/.exec(output.stderr)?.[1] ?? '{}')
    return { row, output, write: (line: string) => child.stdin?.write(`${line}\n`) }
  }

  test('shows the gateway of a hub that uses it, takes texts, and has faults by command', async () => {
    const { row, output, write } = await simulate('--account', ':key')
    const parsed = GatewayRow.parse(row) as HttpConfig & { base: string }
    const api = { ...carrierOf('telnyx'), base: parsed.base }
    const gateway = makeHttp('carrier', { ...parsed, timeout: 1 }, { clock, api, hubUrl: null })
    const ignored = async () => undefined
    gateway.start({ received: ignored, deleted: ignored, changed: ignored, called: ignored, log: ignored })
    cleanUp.push(() => gateway.stop())
    expect(await gateway.submit(segmentTo(van), go)).toMatchObject({ outcome: 'sent' })
    write('fault limited')
    await until(async () => (await gateway.submit(segmentTo(van), go)).outcome === 'refused')
    write('behave {"lateMs":"much"}')
    write('webhook nowhere')
    write('nonsense')
    await until(() => /"lateMs" is not like/.test(output.stderr) && output.stderr.split('Commands on').length === 3)
    expect(output.stderr).toContain('webhook nowhere: must be a URL')
    expect(output.stdout).toContain('"kind":"accepted"')
  })

  test.each([
    [['--carrier', 'twilio', '--account', 'nopassword'], 'must be user:secret'],
    [['--carrier', 'pigeon'], 'there is no carrier "pigeon"'],
    [['--carrier', 'twilio', '--webhook', 'hub'], 'must be a URL'],
  ])('%j is refused with what would do', async (args, words) => {
    const { code, err } = await smshub(['simulate', ...args])
    expect(code).not.toBe(0)
    expect(err).toContain(words)
  })
})
