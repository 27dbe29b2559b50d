import { expect, test } from '@jest/globals'
import { standard } from '../../src/simulator/modem/equipment/personality.ts'
import { ModemServer } from '../../src/simulator/modem/modem-server.ts'
import { SimulatedModem } from '../../src/simulator/modem/simulated-modem.ts'
import { encodePdu } from '../../src/sms/encode-pdu.ts'
import { freePort } from '../support/folder.ts'
import { startHub } from '../support/hub.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { gateNumber, hubNumber, startWorld } from '../support/world.ts'

test('a text of class 0 that no storage ever held is published like any other', async () => {
  const { world } = await startWorld({ yaml: '{}' })
  const { network } = world
  const modem = new SimulatedModem({
    network,
    number: '+491700000099',
    personality: { ...standard, showsClass0: true },
    sim: { serviceCentre: network.serviceCentre },
  })
  const server = await ModemServer.listen(modem, '127.0.0.1', 0)
  const port = await freePort()
  const { hub } = await startHub(`
mqtt: { broker: { listen: "127.0.0.1:${port}" } }
gateways: { home: { type: modem, path: "tcp://127.0.0.1:${server.port}", number: "${hubNumber}" } }
http: { enabled: false }
`)
  const client = await TestClient.connect(`mqtt://127.0.0.1:${port}`)
  try {
    await client.wait(({ topic, text }) => topic === 'smshub/gateway/home/availability' && text === 'online')
    const { pdu } = encodePdu({
      type: 'deliver',
      address: { number: gateNumber.slice(1), ton: 'international', npi: 1 },
      scts: new Date().toISOString().replace(/\..*/, '+00:00'),
      text: 'FIRE IN THE HALL',
      dcs: 0x10,
    })
    network.deliver({ from: gateNumber, to: '+491700000099', pdu, delayMs: 0 })
    const { json } = await client.wait(({ topic }) => topic === 'smshub/sms/received')
    expect(json).toMatchObject({ from: gateNumber, text: 'FIRE IN THE HALL' })
    expect(Object.values(modem.memories).map(({ used }) => used)).toEqual([0, 0, 0])
  } finally {
    await client.close()
    await hub.stop()
    await server.close()
    await world.close()
  }
})
