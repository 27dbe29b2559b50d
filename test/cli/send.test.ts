import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { SimulatedDevice } from '../../src/simulator/device/simulated-device.ts'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { HubProcess } from '../support/hub-process.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { smshub } from '../support/run-cli.ts'
import { accepted, gateNumber, hubYaml, startWorld, type TestWorld } from '../support/world.ts'

const owner = '+4915112345670'
let world: TestWorld
let hub: HubProcess
const ask = (...args: string[]) => smshub(args, hub.folder)

beforeAll(async () => {
  world = await startWorld()
  new SimulatedDevice({ network: world.world.network, number: owner, answerer: { answer: () => [] } })
  hub = new HubProcess(temporaryFolder())
  const port = await freePort()
  const mqtt = `{ broker: { listen: 127.0.0.1:${port} } }`
  await hub.start({ config: `${hubYaml({ mqtt, path: world.path })}\ncontacts: { owner: "${owner}" }\n` })
  const client = await TestClient.connect(`mqtt://127.0.0.1:${port}`)
  await client.wait(({ topic, text }) => topic === 'smshub/gateway/home/availability' && text === 'online')
  await client.close()
})

afterAll(async () => {
  await hub.kill()
  await world.world.close()
})

describe('texts and commands by the command line', () => {
  test('a text goes to a contact once for its id, however often it is asked for', async () => {
    const sent = await ask('sms', 'send', 'owner', 'the', 'pump', 'runs', '--id', 'a', '--wait', '600')
    expect(sent).toMatchObject({ code: 0, err: '' })
    expect(sent.out).toMatch(/^cmd_\w+ {2}(sent|delivered)\n$/)
    const again = await ask('sms', 'send', 'owner', 'the', 'pump', 'runs', '--id', 'a', '--json')
    expect(JSON.parse(again.out)).toMatchObject({ id: 'a', final: true })
    expect(accepted(world.world, owner).map(({ text }) => text)).toEqual(['the pump runs'])
  })

  test('a command shows its result, and what the device answered', async () => {
    const { out, code } = await ask('command', 'gate', 'open', '--json', '--wait', '600')
    expect(JSON.parse(out)).toMatchObject({ device: 'gate', command: 'open', status: 'replied', ok: true })
    expect(code).toBe(0)
    expect(accepted(world.world, gateNumber)).toHaveLength(1)
  })

  test('parameters are named, or the one that the command takes', async () => {
    const named = await ask('command', 'boiler', 'relay', 'state=ON', '--wait', '600')
    expect(named).toMatchObject({ code: 0 })
    const bare = await ask('command', 'boiler', 'relay', 'OFF', '--wait', '600')
    expect(bare).toMatchObject({ code: 0 })
    const wrong = await ask('command', 'boiler', 'relay', 'state=ON', 'more')
    expect(wrong).toMatchObject({ code: 1, out: '' })
    expect(wrong.err).toContain('a parameter is written <name>=<value>, not "more"')
  })

  test('what is for later is in the queue with its time', async () => {
    const text = await ask('sms', 'send', 'owner', 'later', '--at', '2027-06-01T18:00:00+02:00')
    expect(text).toMatchObject({
      code: 0,
      out: expect.stringContaining('queued  to be sent at 2027-06-01T16:00:00.000Z'),
    })
    const command = await ask('command', 'gate', 'open', '--at', '2027-06-01T18:00+02:00', '--json')
    expect(JSON.parse(command.out)).toMatchObject({ status: 'queued', send_at: '2027-06-01T16:00:00.000Z' })
    const { out } = await ask('queue', 'list')
    expect(out.match(/2027-06-01T16:00:00.000Z/g)).toHaveLength(2)
    expect((await ask('queue', 'purge', '--all')).out).toBe('2 cancelled\n')
    const local = await ask('sms', 'send', 'owner', 'later', '--at', '18:00')
    expect(local).toMatchObject({ code: 1, out: expect.stringContaining('such as 2026-12-24T18:00:00+01:00') })
  })

  test('a private text reaches its recipient, and the command line shows it to nobody', async () => {
    const sent = await ask('sms', 'send', 'owner', 'code', '481516', '--private', '--wait', '600', '--json')
    expect([sent.code, sent.err, JSON.parse(sent.out).final]).toEqual([0, '', true])
    await ask('sms', 'send', 'owner', 'code', '481517', '--private', '--at', '2027-06-01T18:00:00+02:00')
    const shown = [sent, await ask('history'), await ask('history', '--json'), await ask('queue', 'list', '--json')]
    expect(shown.map(({ code }) => code)).toEqual([0, 0, 0, 0])
    for (const { out } of shown) expect(out).not.toMatch(/48151/)
    expect((await ask('queue', 'purge', '--all')).out).toBe('1 cancelled\n')
    expect(accepted(world.world, owner).map(({ text }) => text)).toContain('code 481516')
  })

  test('a refusal is named, and shown by the exit code', async () => {
    const { out, code } = await ask('command', 'gate', 'opne')
    expect(code).toBe(1)
    expect(out).toContain('rejected')
    expect(out).toContain('did you mean "open"?')
    const nobody = await ask('sms', 'send', 'ownr', 'hello')
    expect(nobody.code).toBe(1)
    expect(nobody.out).toContain('did you mean "owner"?')
    const ttl = await ask('sms', 'send', 'owner', 'hello', '--ttl', 'soon')
    expect(ttl.code).toBe(1)
    expect(ttl.out).toContain('"ttl" must be seconds')
  })
})
