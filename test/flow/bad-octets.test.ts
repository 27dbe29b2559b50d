import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import Database from 'better-sqlite3'
import { seededRandom } from '../../src/util/random.ts'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { type StartedHub, startHub } from '../support/hub.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { hubNumber, hubYaml, startWorld, type TestWorld, vanNumber } from '../support/world.ts'

/** A text and a delivery report of the van; the last octet of each says something. */
const wholes = {
  text: '07919471016700000C0C9194511132547600006211222124430000',
  report: '07919471016700000602' + '0C919451113254766211222124430062112221244300' + '00',
}

let world: TestWorld
let started: StartedHub
let client: TestClient

beforeAll(async () => {
  world = await startWorld()
  const port = await freePort()
  const config = hubYaml({ mqtt: `{ broker: { listen: "127.0.0.1:${port}" } }`, path: world.path })
  started = await startHub(config)
  client = await TestClient.connect(`mqtt://127.0.0.1:${port}`)
  await client.wait(({ topic, text }) => topic === 'smshub/gateway/home/availability' && text === 'online')
})

afterAll(async () => {
  await client.close()
  await started.hub.stop()
  await world.world.close()
})

/** A text still comes through, a command still goes out, and nothing is left in the modem. */
async function works(mark: string): Promise<void> {
  world.world.network.text({ from: vanNumber, to: hubNumber, text: mark })
  await client.wait(({ topic, json }) => topic === 'smshub/sms/received' && json.text === mark)
  const finals = () => client.results('van').filter((result) => result.final)
  const before = finals().length
  await client.publish('smshub/van/send', mark)
  await client.until(() => finals().length > before)
  expect(finals().at(-1)?.status).toBe('delivered')
  const { SM, ME, SR } = world.world.modem.memories
  // What was filed is deleted next.
  await client.until(() => SM.used + ME.used + SR.used === 0)
}

/** The PDUs that the disk keeps aside, looked up in a copy: the hub has its store for itself. */
async function quarantined(): Promise<(string | null)[]> {
  const copy = join(temporaryFolder(), 'copy.db')
  await started.hub.backup(copy)
  const store = new Database(copy, { readonly: true })
  try {
    const rows = store.prepare(`SELECT pdu FROM raw WHERE state = 'quarantined' AND pdu IS NOT NULL ORDER BY pdu`).all()
    return rows.map((row) => (row as { pdu: string | null }).pdu)
  } finally {
    store.close()
  }
}

describe('a hub whose modem hands over what nobody can read', () => {
  const told = () => client.received.filter(({ json }) => json.type === 'undecodable').length
  /** Octets of the service centre: the modem puts them in front, so they are never cut off with the message. */
  const centre = 8
  const cutOff = (whole: string) =>
    Array.from({ length: whole.length / 2 - 1 - centre }, (_, i) => whole.slice(0, 2 * (centre + i + 1)))

  test('keeps texts and reports that are cut off at any octet as received, reports them, and continues', async () => {
    const cuts = [...new Set([...cutOff(wholes.text), ...cutOff(wholes.report)])]
    for (const pdu of cuts) world.world.network.deliver({ from: vanNumber, to: hubNumber, pdu, delayMs: 0 })
    await client.until(() => told() >= cuts.length)
    await works('behind the cut ones')
    expect(await quarantined()).toEqual([...cuts].sort())
    expect((await started.hub.readings()).stored.quarantined).toBeGreaterThanOrEqual(cuts.length)
  })

  test('lets lines of garbage pass: random octets, endless lines, answers to nothing, half messages', async () => {
    const before = (await quarantined()).length
    const random = seededRandom(5)
    const octets = (length: number) => String.fromCharCode(...Array.from({ length }, () => Math.floor(random() * 256)))
    const { modem } = world.world
    for (let i = 0; i < 50; i++) modem.emit(octets(1 + Math.floor(random() * 200)))
    modem.emit('A'.repeat(1_000_000))
    modem.emit('OK', 'ERROR', '+CMS ERROR: 38', '+CMGS: 7', '> ', '0')
    modem.emit('+CMT: ,24')
    modem.emit('+CMTI: "SM",999999999999', '+CMTI:', '+CMTI: "XX",1', '+CDSI: "SR",-5', '+CMGL: 1,1,,24')
    await works('behind the garbage')
    expect((await quarantined()).length).toBe(before)
  })
})
