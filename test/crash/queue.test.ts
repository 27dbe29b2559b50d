import { afterEach, expect, test } from '@jest/globals'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { HubProcess } from '../support/hub-process.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { patienceMs, until } from '../support/patience.ts'
import { accepted, hubYaml, startWorld, type TestWorld } from '../support/world.ts'

const person = '+4915155500001'
const texts = 20

const open: { world: TestWorld; hub: HubProcess }[] = []

afterEach(async () => {
  for (const { world, hub } of open.splice(0)) {
    await hub.kill()
    await world.world.close()
  }
})

test.each([
  ['before the PDU', 'submit.send:marked#8', 7],
  ['behind it', 'submit.send:answered#8', 8],
] as const)(
  'of twenty texts to one number those behind the one in doubt leave after a crash %s',
  async (_, failpoint, before) => {
    const world = await startWorld()
    const hub = new HubProcess(temporaryFolder('smshub-queue-'))
    open.push({ world, hub })
    const port = await freePort()
    const mqtt = `{ broker: { listen: 127.0.0.1:${port} } }`
    const config = hubYaml({ mqtt, path: world.path, more: 'sms: { destinations: any }' })
    await hub.start({ config, env: { SMSHUB_FAILPOINT: failpoint } })
    const client = await TestClient.connect(`mqtt://127.0.0.1:${port}`, { clientId: 'sender', clean: false }, '')
    for (let i = 1; i <= texts; i++)
      client.publish('smshub/sms/send', { id: `t${i}`, to: person, text: `text ${i}` }).catch(() => {})
    expect((await hub.exited()).signal).toBe('SIGKILL')
    await hub.start({ config })
    for (let waited = 0; accepted(world.world, person).length < before + texts - 8 && waited < patienceMs; waited += 50)
      await new Promise((resolve) => setTimeout(resolve, 50))
    await new Promise((resolve) => setTimeout(resolve, 500))
    const sent = accepted(world.world, person).map(({ text }) => text)
    expect(sent).toHaveLength(before + texts - 8)
    expect(new Set(sent).size).toBe(sent.length)
    await client.close()
  },
)

test('what is for later is sent once, though the hub is killed before its time', async () => {
  const world = await startWorld()
  const hub = new HubProcess(temporaryFolder('smshub-queue-'))
  open.push({ world, hub })
  const port = await freePort()
  const mqtt = `{ broker: { listen: 127.0.0.1:${port} } }`
  const config = hubYaml({ mqtt, path: world.path, more: 'sms: { destinations: any }' })
  await hub.start({ config })
  const client = await TestClient.connect(`mqtt://127.0.0.1:${port}`)
  const send_at = new Date(Date.now() + 2_000).toISOString()
  await client.publish('smshub/sms/send', { to: person, text: 'later', send_at })
  await hub.kill()
  await hub.start({ config })
  await until(() => accepted(world.world, person).length > 0)
  expect(accepted(world.world, person).map(({ text }) => text)).toEqual(['later'])
  await client.close()
})
