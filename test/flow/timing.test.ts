import { describe, expect, test } from '@jest/globals'
import { SimulatedDevice } from '../../src/simulator/device/simulated-device.ts'
import { SimulatedModem } from '../../src/simulator/modem/simulated-modem.ts'
import { SimulatedNetwork } from '../../src/simulator/network/network.ts'
import { SimulatedBroker, SimulatedClock, SimulatedHub } from '../support/simulation.ts'
import { hubNumber, hubYaml } from '../support/world.ts'

const hour = 3_600_000
const number = '+4915112345610'

/** A device that answers, with a rhythm of its own. */
async function start(timing: string) {
  const clock = new SimulatedClock(7)
  const network = new SimulatedNetwork({ clock })
  const modem = new SimulatedModem({ network, number: hubNumber })
  new SimulatedDevice({ network, number, answerer: { answer: () => [{ text: 'STATE 21.5', afterMs: 2_000 }] } })
  const broker = new SimulatedBroker(clock)
  const devices = `
devices:
  tag:
    profile: generic/text
    number: "${number}"
    timing: ${timing}
    commands: { ask: { text: ASK, repeat: safe, asks: [temperature], reply: { expect: required, within: 60, accepted: "STATE {temperature:decimal}" } } }
`
  const hub = new SimulatedHub(hubYaml({ mqtt: '{}', path: 'simulated', devices }), clock, broker, modem)
  await hub.start()
  const results = () =>
    broker.published.filter(({ topic }) => topic.endsWith('tag/result')).map(({ payload }) => JSON.parse(payload))
  return { clock, network, broker, hub, results }
}

describe('the rhythm of a device', () => {
  test('one that sleeps gets its text when it wakes, however long the usual wait for an answer is', async () => {
    const { clock, network, broker, hub, results } = await start('{ sleeps: true, wakes: { every: 12h, for: 10m } }')
    network.switchOff(number)
    broker.press('tag/command/ask', '{}')
    await clock.advance(11 * hour)
    expect(results().at(-1)).toMatchObject({ status: 'sent', final: false })
    network.switchOn(number)
    await clock.advance(hour)
    const final = results().filter((result) => result.final)
    expect(final).toHaveLength(1)
    expect(final[0]).toMatchObject({ status: 'replied', ok: true, reply: { parsed: { temperature: 21.5 } } })
    expect(final[0].sms.valid_for).toBeGreaterThanOrEqual(12 * 3_600)
    await hub.kill()
  })

  test('one that takes so many texts a day is sent no more', async () => {
    const { clock, network, broker, hub, results } = await start('{ per_day: 5 }')
    for (let i = 0; i < 5; i++) {
      broker.press('tag/command/ask', '{}')
      await clock.advance(hour / 4)
    }
    expect(network.log.of('accepted').filter(({ to }) => to === number)).toHaveLength(4)
    // The last fifth is for what is urgent.
    expect(results().at(-1)).toMatchObject({ status: 'rejected', error: { code: 'rate_limited' } })
    broker.press('tag/command/ask', '{ "priority": "high" }')
    await clock.advance(hour / 4)
    expect(results().at(-1)).toMatchObject({ status: 'replied', ok: true })
    broker.press('tag/command/ask', '{ "priority": "high" }')
    await clock.advance(hour / 4)
    expect(results().at(-1)).toMatchObject({ status: 'rejected', error: { code: 'rate_limited' } })
    await clock.advance(25 * hour)
    broker.press('tag/command/ask', '{}')
    await clock.advance(hour / 4)
    expect(results().at(-1)).toMatchObject({ status: 'replied', ok: true })
    await hub.kill()
  })
})
