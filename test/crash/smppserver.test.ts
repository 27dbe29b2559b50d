import { afterEach, expect, test } from '@jest/globals'
import { hashPassword } from '../../src/config/password.ts'
import { SimulatedSmsc } from '../../src/simulator/smsc/simulated-smsc.ts'
import { readReceipt } from '../../src/smpp/receipt-text.ts'
import { Esme, stopEsmes } from '../support/esme.ts'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { HubProcess } from '../support/hub-process.ts'
import { until } from '../support/patience.ts'
import { testClock as clock } from '../support/world.ts'

const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  stopEsmes()
  for (const undo of cleanUp.splice(0).reverse()) await undo()
})

const window = 100
const carrierWindow = 10
const asks = { registered_delivery: 1 }

test('killed with a window of a hundred submissions out, the hub loses nothing that it has answered, and sends nothing twice', async () => {
  const smsc = await new SimulatedSmsc({ clock, accounts: { hub: 'secret' } }).listen()
  cleanUp.push(() => smsc.close())
  const hub = new HubProcess(temporaryFolder('smshub-smppserver-'))
  cleanUp.push(() => hub.kill())
  const [mqtt, smpp] = [await freePort(), await freePort()]
  const config = `mqtt: { broker: { listen: 127.0.0.1:${mqtt} } }
gateways: { carrier: { type: smpp, host: 127.0.0.1, port: ${smsc.port}, system_id: hub, password: secret, window: ${carrierWindow}, limits: { day: none } } }
sms: { destinations: any }
http: { enabled: false }
smppserver:
  listen: 127.0.0.1:${smpp}
  users: { acme: { password: "${await hashPassword('secret12')}", recipients: any, per_hour: none, window: ${window} } }
`
  const to = (n: number) => `+4915155${100_000 + n}`
  const answered = new Map<number, string>()
  const receipts = new Map<string, number>()
  const bound = async () => {
    await hub.logged(/clients bind by SMPP/)
    const esme = await Esme.bound(smpp)
    esme.answer = (pdu) => {
      const { id } = readReceipt(pdu)
      receipts.set(id, (receipts.get(id) ?? 0) + 1)
      return 0
    }
    return esme
  }
  let next = 0
  /** Keeps a hundred under way until the connection ends, or `most` are answered. */
  const keepSending = async (esme: Esme, most: number) => {
    const one = async () => {
      while (!esme.isClosed && next < most) {
        const n = next++
        const answer = await esme.submit(to(n), `text ${n}`, asks)
        if (answer?.status === 0) answered.set(n, answer.id)
      }
    }
    await Promise.all(Array.from({ length: window }, one))
  }
  await hub.start({ config })
  const sending = keepSending(await bound(), Number.POSITIVE_INFINITY)
  await until(() => answered.size > 300)
  await hub.kill()
  await sending
  await hub.start({ config })
  const esme = await bound()
  await keepSending(esme, next + 50)
  const sentTo = () => smsc.accepted.map((one) => one.to)
  await until(() => [...answered.keys()].every((n) => sentTo().includes(to(n)) || receipts.has(answered.get(n) ?? '')))
  // What the hub was sending when it was killed is in doubt until long after: so much as the carrier had unanswered.
  const unreported = () => [...answered.values()].filter((id) => !receipts.has(id)).length
  await until(() => unreported() <= carrierWindow)
  expect(new Set(sentTo()).size).toBe(sentTo().length)
  // Those without an answer may have been taken: no other text was.
  expect(smsc.accepted.length).toBeLessThanOrEqual(answered.size + window)
})
