import { readFileSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { parseTrace, ReplayedModem, serveReplay } from '../../src/simulator/replay.ts'
import type { SimulatedWorld } from '../../src/simulator/world.ts'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { HubProcess } from '../support/hub-process.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { until } from '../support/patience.ts'
import { smshub } from '../support/run-cli.ts'
import { hubNumber, startWorld, type TestWorld, testClock } from '../support/world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.world.close())

/** The modem of a transcript. */
async function scripted(...lines: readonly string[]): Promise<{ path: string; close: () => void }> {
  const modem = new ReplayedModem(parseTrace(lines.join('\n')), testClock)
  const server = await serveReplay(modem, '127.0.0.1', 0)
  return { path: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() }
}

describe('modem', () => {
  test('list opens nothing', async () => {
    expect((await smshub(['modem', 'list'])).code).toBe(0)
    expect((await smshub(['modem', 'list', '--json'])).code).toBe(0)
  })

  test('probe shows the modem, and the line for the configuration', async () => {
    const { code, out } = await smshub(['modem', 'probe', world.path])
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('IMEI 490154203237518') })
    expect(out).toContain(`path: "${world.path}"`)
    expect(JSON.parse((await smshub(['modem', 'probe', world.path, '--json'])).out)).toMatchObject({
      is: 'modem',
      sim: 'READY',
    })
  })

  test('at sends a command and shows the answer', async () => {
    expect(await smshub(['modem', 'at', world.path, 'AT+CSQ'])).toMatchObject({ code: 0, out: '+CSQ: 20,99\nOK\n' })
    expect(await smshub(['modem', 'at', world.path, 'AT+NONSENSE'])).toMatchObject({ code: 1, out: 'ERROR\n' })
    expect(await smshub(['modem', 'at', world.path, 'hello'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('is not an AT command'),
    })
  })

  const troubles: readonly (readonly [string, (world: SimulatedWorld) => void, string, string])[] = [
    [
      'a missing SIM',
      ({ modem }) => {
        modem.sim.inserted = false
      },
      'there is no SIM',
      '+CME ERROR: 10',
    ],
    [
      'a PIN',
      ({ modem }) => {
        modem.sim.setLock(true)
        modem.sim.powerOn()
      },
      'set pin: under the gateway',
      'SIM PIN',
    ],
    [
      'a PUK',
      ({ modem }) => {
        modem.sim.setLock(true)
        modem.sim.powerOn()
        for (let i = 0; i < 3; i++) modem.sim.enterPin('0')
      },
      'unlock it in a telephone',
      'SIM PUK',
    ],
    [
      'no network',
      ({ modem }) => modem.radio.change({ registration: 'denied' }),
      'the network refuses this SIM',
      '+CREG: 0,3',
    ],
    [
      'no service centre',
      ({ modem }) => {
        modem.sim.serviceCentre = null
      },
      'AT+CSCA="+<number',
      '+CSCA: ""',
    ],
    [
      'a full storage',
      ({ modem }) => modem.faults.add({ fault: 'storage_full' }),
      'the storage SM is full',
      '"SM",20,20',
    ],
    ['a weak signal', ({ modem }) => modem.radio.change({ signal: 3 }), 'move the antenna', '+CSQ: 3,99'],
  ]
  test.each(troubles)('doctor names %s, the fix, and the line that proves it', async (_, strike, fix, line) => {
    const other = await startWorld()
    strike(other.world)
    const { out } = await smshub(['modem', 'doctor', other.path])
    expect(out).toContain(fix)
    expect(out).toContain(line)
    await other.world.close()
  })

  const well = ['> AT+CPIN?␍', '< ␍␊+CPIN: READY␍␊␍␊OK␍␊', '> AT+CSQ␍', '< ␍␊+CSQ: 20,99␍␊␍␊OK␍␊']
  const answers = ['> AT␍', '< ␍␊OK␍␊', '> AT+CMEE?␍', '< ␍␊+CMEE: 1␍␊␍␊OK␍␊', '> ATE0␍', '< ␍␊OK␍␊']
  test.each([
    [
      'a network that gives emergency calls only',
      ['> AT+CREG?␍', '< ␍␊+CREG: 0,11␍␊␍␊OK␍␊'],
      'no SMS',
      ['< +CREG: 0,11'],
    ],
    [
      'a network without a way for texts, perhaps',
      ['> AT+CREG?␍', '< ␍␊+CREG: 0,3␍␊␍␊OK␍␊', '> AT+CEREG?␍', '< ␍␊+CEREG: 0,1␍␊␍␊OK␍␊'],
      'only the LTE network has it (+CEREG)',
      ['< +CREG: 0,3', '< +CEREG: 0,1'],
    ],
    [
      'texts by packet data only',
      ['> AT+CREG?␍', '< ␍␊+CREG: 0,1␍␊␍␊OK␍␊', '> AT+CGSMS?␍', '< ␍␊+CGSMS: 0␍␊␍␊OK␍␊'],
      'SMS go by packet data only',
      ['< +CGSMS: 0'],
    ],
    [
      'a SIM that is barred',
      ['> AT+CREG?␍', '< ␍␊+CREG: 0,1␍␊␍␊OK␍␊', '> AT+CLCK="AO",2␍', '< ␍␊+CLCK: 1,1␍␊␍␊OK␍␊'],
      'outgoing traffic is barred',
      ['< +CLCK: 1,1'],
    ],
  ])('doctor names %s, and the lines that say so', async (_, script, finding, lines) => {
    const modem = await scripted(...answers, ...well, ...script)
    const { out } = await smshub(['modem', 'doctor', modem.path])
    expect(out).toContain(finding)
    for (const line of lines) expect(out).toContain(line)
    modem.close()
  })

  test('doctor finds nothing wrong with a good one', async () => {
    const { code, out } = await smshub(['modem', 'doctor', world.path])
    expect({ code, errors: out.match(/ERROR:/g) }).toEqual({ code: 0, errors: null })
  })
})

describe('a running hub', () => {
  let hub: HubProcess
  let other: TestWorld
  beforeAll(async () => {
    other = await startWorld()
    other.world.modem.sim.setLock(true)
    other.world.modem.reset()
    const port = await freePort()
    hub = new HubProcess(temporaryFolder())
    await hub.start({
      config: `
mqtt: { broker: { listen: "127.0.0.1:${port}" } }
gateways: { home: { type: modem, path: "${other.path}", number: "${hubNumber}", pin: "1234" } }
http: { enabled: false }
`,
    })
    const client = await TestClient.connect(`mqtt://127.0.0.1:${port}`)
    // Ready before the name of the network and the places of its storage are known.
    await client.wait(
      ({ topic, json }) =>
        topic === 'smshub/gateway/home' &&
        json.status === 'ready' &&
        json.operator !== null &&
        json.storage_total !== null,
    )
    await client.publish('smshub/sms/send', { to: '+4915112345678', text: 'a secret text' })
    await client.close()
  })
  afterAll(async () => {
    await hub.kill()
    await other.world.close()
  })

  test('answers at, doctor and trace for its gateways', async () => {
    expect(await smshub(['modem', 'at', 'home', 'AT+CSQ'], hub.folder)).toMatchObject({
      code: 0,
      out: '+CSQ: 20,99\nOK\n',
    })
    expect(await smshub(['modem', 'doctor', 'home'], hub.folder)).toMatchObject({
      code: 0,
      out: expect.stringContaining('ok: the SIM is ready'),
    })
    expect(await smshub(['modem', 'at', 'barn', 'AT'], hub.folder)).toMatchObject({
      code: 1,
      err: expect.stringContaining('there is no gateway "barn"; there is home'),
    })
  })

  test('is asked by list and probe how its gateways are, and keeps its ports for itself', async () => {
    const line = /^gateway home: ready {2}registered {2}Simulated Network LTE {2}-73 dBm {2}storage 0\/20 {2}queue 0/m
    expect((await smshub(['modem', 'list'], hub.folder)).out).toMatch(line)
    expect((await smshub(['modem', 'probe', other.path], hub.folder)).out).toMatch(line)
    const [told] = (await smshub(['modem', 'list', '--json'], hub.folder)).out.split('\n')
    expect(JSON.parse(told as string)).toMatchObject({ gateway: 'home', status: 'ready', port: other.path })
    const probed = await smshub(['modem', 'probe', other.path, '--json'], hub.folder)
    expect(JSON.parse(probed.out)).toMatchObject({ is: 'gateway', gateway: 'home' })
  })

  test('asks the network, and starts a modem anew', async () => {
    expect(await smshub(['modem', 'ussd', 'home', '*101#', '1'], hub.folder)).toMatchObject({
      code: 0,
      out: 'Your balance is 5.00\n',
    })
    for (const [args, message] of [
      [['ussd', 'home', '*100'], 'a USSD code looks like *100#'],
      [['ussd', 'home', '*999#'], 'the network does not know this code'],
      [['ussd', 'barn', '*100#'], 'there is no gateway "barn"; there is home'],
      [['restart', 'home', '--how', 'hammer'], 'Allowed choices are reopen, radio, reset, power'],
      [['restart', 'barn'], 'there is no gateway "barn"; there is home'],
    ] as const)
      expect(await smshub(['modem', ...args], hub.folder)).toMatchObject({ err: expect.stringContaining(message) })
    expect(await smshub(['modem', 'restart', 'home', '--how', 'reopen'], hub.folder)).toMatchObject({ code: 0 })
    const serves = async () => /^gateway home: ready/m.test((await smshub(['modem', 'list'], hub.folder)).out)
    await until(serves)
  })

  test('hides secrets and messages in the trace, which can be played back', async () => {
    const { network, modem: sender } = other.world
    network.text({ from: '+4915112345678', to: hubNumber, text: 'another secret text' })
    const isDelivered = () => network.log.of('delivered').some(({ text }) => text === 'another secret text')
    await until(() => isDelivered() && sender.memories.SM.used + sender.memories.ME.used === 0)
    const { code, out } = await smshub(['modem', 'trace', 'home'], hub.folder)
    expect(code).toBe(0)
    expect(out).toContain('> AT+CPIN="'.slice(0, 10))
    expect(out).toContain('«secret»')
    expect(out).not.toContain('1234"')
    expect(out).not.toMatch(/[0-9A-F]{30,}/)
    const file = join(hub.folder, 'trace.txt')
    writeFileSync(file, out)
    const modem = new ReplayedModem(parseTrace(readFileSync(file, 'utf8')), testClock)
    const said: string[] = []
    modem.receive('AT+CMEE=1\r', (octets) => said.push(octets))
    await until(
      () => said.join('').includes('OK'),
      () => said.join(''),
    )
  })

  test('without one, the gateway is not found', async () => {
    expect(await smshub(['modem', 'at', 'home', 'AT'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('no hub runs on'),
    })
  })
})
