import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type HttpHub, startHttpHub } from '../support/http-hub.ts'
import { until } from '../support/patience.ts'
import { accepted } from '../support/world.ts'

/*
 * Requests of real clients, as they were on the wire when these sent texts through a hub: Alertmanager 0.25.0 and
 * twilio-python 7.7.1, both of Debian 12. Changed are the key, and the ends of the header lines, which are CRLF there.
 */

const number = '+4915112345670'
const account = `AC${'0'.repeat(32)}`

let hub: HttpHub
beforeAll(async () => {
  hub = await startHttpHub({ dialects: ['alertmanager', 'twilio'] })
})
afterAll(() => hub.close())

function recorded(name: string): string {
  const text = readFileSync(fileURLToPath(new URL(`recorded/${name}.http`, import.meta.url)), 'utf8')
  const [head = '', body = ''] = text.split('\n\n', 2)
  const basic = Buffer.from(`${account}:${hub.keys.owner}`).toString('base64')
  const lines = head.replace('{key}', hub.keys.owner).replace('{basic}', basic).split('\n')
  return `${lines.join('\r\n')}\r\n\r\n${body}`
}

/** Several requests on one connection, each behind the answer of the one before, as both clients do it. */
async function replay(...names: readonly string[]): Promise<{ readonly status: number; readonly json: any }[]> {
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
    socket.write(recorded(name))
    await until(() => problem !== null || isWhole(received))
    expect(problem).toBeNull()
    const [head = '', body = ''] = received.toString().split('\r\n\r\n', 2)
    answers.push({ status: Number(head.split(' ')[1]), json: JSON.parse(body) })
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
  const answers = await replay('alertmanager-0.25.0-firing', 'alertmanager-0.25.0-resolved')
  expect(answers.map(({ status }) => status)).toEqual([200, 200])
  expect(await texts(before, 2)).toEqual([
    'FIRING 2: DiskFull\ndisk 97% full (db1)\ndisk 99% full — Größe (db2)',
    'RESOLVED: DiskFull\ndisk 97% full (db1)\ndisk 99% full — Größe (db2)',
  ])
})

describe('twilio-python 7.7.1', () => {
  test('sends a text, and reads what it was told of others', async () => {
    const before = accepted(hub.world.world, number).length
    const answers = await replay(
      'twilio-python-7.7.1-text',
      'twilio-python-7.7.1-nobody',
      'twilio-python-7.7.1-picture',
    )
    expect(answers).toEqual([
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
