import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { dialectNames } from '../../src/message/dialect-names.ts'
import { type HttpHub, startHttpHub } from '../support/http-hub.ts'
import { until } from '../support/patience.ts'
import { accepted } from '../support/world.ts'

/*
 * Requests of real clients, as they were on the wire. Changed are the key, and the ends of the header lines, which are
 * CRLF there.
 * - Alertmanager 0.25.0, twilio-python 7.7.1, both of Debian 12, npm's twilio 6.3.1, and the line of curl in the README
 *   of sms-gammu-gateway: the client itself ran.
 * - zabbix, uptime-kuma, home-assistant, traccar: the client did not run. Its parameters were taken from its source, and
 *   given to the library that it sends with, which did: libcurl 7.88.1 with the options of Zabbix's HttpRequest for its
 *   media types; axios 1.19.0, where Uptime Kuma 2.5.3 has 0.32; requests 2.34.2 for Home Assistant's notify platform
 *   rest; HttpURLConnection of Java 17, on which Jersey sends, with Jersey's User-Agent, for Traccar 6.2.
 */

const number = '+4915112345670'
const account = `AC${'0'.repeat(32)}`

let hub: HttpHub
beforeAll(async () => {
  hub = await startHttpHub({ dialects: dialectNames })
})
afterAll(() => hub.close())

function recorded(name: string, key: string): string {
  const text = readFileSync(fileURLToPath(new URL(`recorded/${name}.http`, import.meta.url)), 'utf8')
  const [head = '', body = ''] = text.split('\n\n', 2)
  const basic = Buffer.from(`${account}:${key}`).toString('base64')
  const lines = head.replace('{key}', key).replace('{basic}', basic).split('\n')
  return `${lines.join('\r\n')}\r\n\r\n${body}`
}

interface Answer {
  readonly status: number
  readonly text: string
  readonly json: any
}

/** Several requests on one connection, each behind the answer of the one before, as these clients do it. */
async function replay(names: readonly string[], key = hub.keys.owner): Promise<Answer[]> {
  const socket = connect(hub.port, '127.0.0.1')
  let received = Buffer.alloc(0)
  let problem: Error | null = null
  socket.on('data', (octets) => {
    received = Buffer.concat([received, octets])
  })
  socket.on('error', (error) => {
    problem = error
  })
  const answers = []
  for (const name of names) {
    received = Buffer.alloc(0)
    socket.write(recorded(name, key))
    await until(() => problem !== null || isWhole(received))
    expect(problem).toBeNull()
    const [head = '', text = ''] = received.toString().split('\r\n\r\n', 2)
    const json = /^content-type: application\/json/im.test(head) ? JSON.parse(text) : null
    answers.push({ status: Number(head.split(' ')[1]), text, json })
  }
  socket.destroy()
  return answers
}

function isWhole(octets: Buffer): boolean {
  const end = octets.indexOf('\r\n\r\n')
  const length = Number(/^content-length: (\d+)\r$/im.exec(octets.toString())?.[1] ?? Number.NaN)
  return end >= 0 && octets.length === end + 4 + length
}

/** What the network has accepted since so many texts. */
async function texts(since: number, count: number): Promise<(string | null)[]> {
  const all = () => accepted(hub.world.world, number).map(({ text }) => text)
  await until(() => all().length >= since + count)
  return all().slice(since)
}

test('Alertmanager 0.25.0: two alerts that fire, and that are over', async () => {
  const before = accepted(hub.world.world, number).length
  const answers = await replay(['alertmanager-0.25.0-firing', 'alertmanager-0.25.0-resolved'])
  expect(answers.map(({ status }) => status)).toEqual([200, 200])
  expect(await texts(before, 2)).toEqual([
    'FIRING 2: DiskFull\ndisk 97% full (db1)\ndisk 99% full — Größe (db2)',
    'RESOLVED: DiskFull\ndisk 97% full (db1)\ndisk 99% full — Größe (db2)',
  ])
})

describe.each(['twilio-python-7.7.1', 'twilio-node-6.3.1'])('%s', (client) => {
  test('sends a text, and reads what it was told of others', async () => {
    const before = accepted(hub.world.world, number).length
    const answers = await replay(['text', 'nobody', 'picture'].map((what) => `${client}-${what}`))
    expect(answers.map(({ status, json }) => ({ status, json }))).toEqual([
      {
        status: 201,
        json: expect.objectContaining({
          sid: expect.stringMatching(/^SM[0-9a-f]{32}$/),
          account_sid: account,
          status: 'queued',
          to: number,
          from: '+15005550006',
          num_segments: '1',
          error_code: null,
        }),
      },
      // Its exception has these three.
      { status: 422, json: expect.objectContaining({ code: 21211, message: expect.any(String), status: 422 }) },
      { status: 422, json: expect.objectContaining({ code: 20001, message: expect.stringMatching(/MediaUrl/) }) },
    ])
    expect(await texts(before, 1)).toEqual(['Grüße & more'])
  })
})

const is2xx = ({ status }: Answer) => status >= 200 && status < 300
const zabbixText =
  '[PROBLEM] Disk 97% full\nStarted at 17:40:00 on 2026.11.30\nHost: db1 – Größe & more+\nSeverity: High'
const kumaText = '[shop] [🔴 Down] Request failed: timeout & more + 97%'
const traccarText = 'café "gate" & more + 97%\nGröße'

describe('what arrives, and whether the client takes it for sent, which it does not with a wrong key:', () => {
  test.each<[name: string, text: string, isSent: (answer: Answer) => boolean]>([
    ['zabbix-6.0-smseagle-v1', zabbixText, is2xx],
    ['zabbix-6.0-smseagle-v2', zabbixText, is2xx],
    [
      'zabbix-6.0-oncall-problem',
      'ALERT: Disk 97% full on db1\nProblem started at 17:40:00 on 2026.11.30\nHost: db1 – Größe\nSeverity: High',
      ({ status }) => status === 200,
    ],
    [
      'zabbix-6.0-oncall-recovery',
      'OK: Disk 97% full on db1\nProblem has been resolved at 17:52:00 on 2026.11.30\nHost: db1 – Größe',
      ({ status }) => status === 200,
    ],
    [
      'uptime-kuma-2.5.3-smseagle-v1',
      kumaText,
      (answer) => is2xx(answer) && answer.json === null && /OK/.test(answer.text),
    ],
    [
      'uptime-kuma-2.5.3-smseagle-v2',
      kumaText,
      // It reports "Sent 1/2 Messages Successfully."
      ({ status, json }) =>
        status === 200 && json.map((one: { status: string }) => one.status).join() === 'queued,error',
    ],
    ['uptime-kuma-2.5.3-sms-gateway', kumaText, (answer) => is2xx(answer) && answer.json.status !== 'failed'],
    ['uptime-kuma-2.5.3-oncall', 'ALERT: shop is down\nRequest failed: timeout', is2xx],
    [
      'curl-7.88.1-sms-gammu-gateway',
      'Hello, how   are you?',
      ({ json }) => json.status === 200 && /^\[.+\]$/.test(json.message),
    ],
    ['home-assistant-rest-json', 'Door opened! Größe & more', is2xx],
    ['home-assistant-rest-form', 'Door opened! Größe & more', is2xx],
    ['traccar-6.2-json', traccarText, is2xx],
    ['traccar-6.2-form', traccarText, is2xx],
  ])('%s', async (name, text, isSent) => {
    const before = accepted(hub.world.world, number).length
    const answers = [...(await replay([name])), ...(await replay([name], 'smk_00000000_wrong'))]
    expect(answers.map((answer) => isSent(answer))).toEqual([true, false])
    const arrived = () =>
      accepted(hub.world.world, number)
        .slice(before)
        .map((part) => part.text ?? '')
        .join('')
    await until(() => arrived().length >= text.length)
    expect(arrived()).toBe(text)
  })
})
