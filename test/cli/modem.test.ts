import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { program } from '../../src/cli/program.ts'
import type { DeviceTree } from '../../src/gateway/modem/usb.ts'
import { Pty } from '../../src/sim/pty.ts'
import { parseTrace, ReplayedModem, serveReplay } from '../../src/sim/replay.ts'
import type { SimulatedWorld } from '../../src/sim/world.ts'
import { testWith } from '../sim/programs.ts'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { HubProcess, mainFile } from '../support/hub-process.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { hubNumber, startWorld, type TestWorld, testClock } from '../support/world.ts'

interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Runs it beside this process, in which the simulated modem lives. */
function smshub(args: readonly string[], cwd = temporaryFolder(), under: readonly string[] = []): Promise<Ran> {
  const [run, ...words] = [...under, process.execPath, mainFile, ...args] as [string, ...string[]]
  return new Promise((resolve) => {
    const child = execFile(run, words, { cwd, timeout: 60_000 }, (error, out, err) => {
      resolve({ code: (error?.code as number | undefined) ?? (error === null ? 0 : 1), out, err })
    })
    child.stdin?.end()
  })
}

let world: TestWorld
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.world.close())

/** A server that says something to whoever comes, and answers what it hears. */
async function listening(answer: (heard: string) => string): Promise<{ path: string; close: () => void }> {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (data) => socket.write(answer(data.toString('latin1'))))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { path: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() }
}

/** The modem of a transcript. */
async function scripted(...lines: readonly string[]): Promise<{ path: string; close: () => void }> {
  const modem = new ReplayedModem(parseTrace(lines.join('\n')), testClock)
  const server = await serveReplay(modem, '127.0.0.1', 0)
  return { path: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() }
}

describe('a path that is no modem', () => {
  const folder = temporaryFolder()
  const file = join(folder, 'file')
  writeFileSync(file, '')
  const paths = [
    ['that does not exist', '/dev/ttyUSB99', 'there is no such port', 'stat /dev/ttyUSB99: no such file'],
    ['that is a folder', folder, 'that is a folder, no port', 'a folder'],
    ['that is a file', file, 'that is a file, no port', 'no character device'],
    ['that is a device of another kind', '/dev/null', 'that is no serial port', 'open: '],
    ['where nobody listens', 'tcp://127.0.0.1:1', 'nothing listens there', 'ECONNREFUSED'],
    ['whose host is unknown', 'tcp://no.such.host.invalid:1', 'the host name is not known', 'no.such.host.invalid'],
    ['of another form', 'tcp://127.0.0.1', 'it must be tcp://host:port', ''],
  ] as const
  const verbs = [
    ['probe', (path: string) => ['modem', 'probe', path]],
    ['at', (path: string) => ['modem', 'at', path, 'AT']],
    ['doctor', (path: string) => ['modem', 'doctor', path]],
  ] as const
  const rows = paths.flatMap(([which, path, message, line]) =>
    verbs.map(([verb, words]) => [verb, which, words(path), message, line] as const),
  )
  test.each(rows)('modem %s of a path %s names what it is', async (verb, _, words, message, line) => {
    const { code, err, out } = await smshub(words)
    expect({ code, said: verb === 'doctor' ? out : err, silent: verb === 'doctor' ? err : out }).toEqual({
      code: 1,
      said: expect.stringContaining(message),
      silent: '',
    })
    // What a doctor says rests on something.
    if (verb === 'doctor') expect(out).toContain(line)
  })

  test.each([
    ['trace', ['modem', 'trace', '/dev/ttyUSB99']],
    ['ussd', ['modem', 'ussd', '/dev/ttyUSB99', '*100#']],
    ['restart', ['modem', 'restart', '/dev/ttyUSB99']],
  ])('modem %s wants a gateway of the running hub, and says so', async (_, words) => {
    expect(await smshub(words)).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('/dev/ttyUSB99 is no port of a gateway of the hub that runs here'),
    })
  })

  test('behind which no modem is, or not its port for commands, is told so', async () => {
    const servers = await Promise.all([
      listening(() => ''),
      listening((heard) => heard),
      listening(() => 'HTTP/1.1 400 Bad Request\r\n\r\n'),
      listening((heard) => (heard.includes('\r') ? '\r\nOK\r\n' : '')),
    ])
    const [silent, echo, stranger, yes] = servers.map(({ path }) => path) as [string, string, string, string]
    const ran = await Promise.all([
      smshub(['modem', 'doctor', silent]),
      smshub(['modem', 'probe', echo]),
      smshub(['modem', 'at', stranger, 'AT']),
      smshub(['modem', 'probe', yes]),
    ])
    expect(ran).toEqual([
      { code: 1, out: expect.stringMatching(/nothing answers AT\n.*smshub modem list.*\n.*> AT\n/), err: '' },
      { code: 1, out: '', err: expect.stringContaining('nothing answers AT') },
      { code: 1, out: '', err: expect.stringContaining('nothing answers AT') },
      { code: 1, out: '', err: expect.stringMatching(/nothing answers AT|OK to everything|no IMEI/) },
    ])
    for (const { close } of servers) close()
  }, 30_000)

  testWith('socat')('that somebody holds is told with who, and how to free it, by every verb', async () => {
    const other = await startWorld()
    const path = join(temporaryFolder(), 'modem')
    const pty = await Pty.open(other.world.server, path, testClock)
    const held = openSync(path, 'r+')
    for (const [verb, words] of verbs) {
      const { code, out, err } = await smshub(words(path))
      expect(code).toBe(1)
      // socat opens both ends of its terminals.
      expect(out + err).toMatch(/(node|socat) \(process \d+\) holds it/)
      expect(out + err).toMatch(/stop (node|socat) \(process \d+\)/)
      if (verb === 'doctor') expect(out).toMatch(/\/proc\/\d+\/fd: (node|socat) has .* open/)
    }
    expect(held).toBeGreaterThan(0)
    await pty.close()
    await other.world.close()
  })

  testWith('socat', 'setpriv')(
    'that this user may not open is told with whose it is and what lets him in',
    async () => {
      const other = await startWorld()
      const open = temporaryFolder()
      chmodSync(open, 0o755)
      const path = join(open, 'modem')
      const pty = await Pty.open(other.world.server, path, testClock)
      const isRoot = process.getuid?.() === 0
      chmodSync(path, isRoot ? 0o600 : 0)
      // Root may open everything: nobody asks instead.
      const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups']
      for (const [verb, words] of verbs) {
        const { code, out, err } = await smshub(words(path), open, isRoot ? nobody : [])
        expect({ code, said: out + err }).toEqual({ code: 1, said: expect.stringContaining('no permission') })
        expect(out + err).toContain(`sudo chmod g+rw ${path}`)
        if (verb !== 'doctor') continue
        expect(out).toMatch(/open: .*[Pp]ermission denied/)
        expect(out).toMatch(/mode \d+, owner \d+, group /)
        expect(out).toMatch(/this user: \d+, groups /)
      }
      chmodSync(path, 0o660)
      expect((await smshub(['modem', 'doctor', path], open, nobody.slice(0, isRoot ? 4 : 0))).out).toMatch(
        isRoot ? /sudo usermod -aG \w+ <user>/ : /the SIM is ready/,
      )
      await pty.close()
      await other.world.close()
    },
  )
})

describe('a stick that shows no port', () => {
  /** The kernel of a machine with one USB device. */
  function machineWith(vendor: string, product: string) {
    const folder = temporaryFolder()
    const device = join(folder, 'sys/bus/usb/devices/1-1')
    mkdirSync(device, { recursive: true })
    writeFileSync(join(device, 'idVendor'), `${vendor}\n`)
    writeFileSync(join(device, 'idProduct'), `${product}\n`)
    return { sys: join(folder, 'sys'), dev: join(folder, 'dev') }
  }

  async function says(words: readonly string[], devices: DeviceTree): Promise<Ran> {
    let [out, err] = ['', '']
    const context = {
      env: {},
      cwd: temporaryFolder(),
      stdin: Readable.from([]),
      stdout: new Writable({
        write(chunk, _, done) {
          out += chunk
          done()
        },
      }),
      stderr: new Writable({
        write(chunk, _, done) {
          err += chunk
          done()
        },
      }),
      clock: testClock,
      version: 'test',
      devices,
      ended: new Promise<string>(() => {}),
    }
    const code = await program(context, words)
    return { code, out, err }
  }

  test.each([
    ['12d1', '14dc', 'a Huawei stick in HiLink mode', 'flash its stick firmware'],
    ['12d1', '1446', 'a Huawei stick in mass storage mode', 'usb-modeswitch'],
    ['19d2', '2000', 'a ZTE stick in mass storage mode', 'usb-modeswitch'],
  ])(
    '(%s:%s) is named by list, and by doctor, probe and at for a path that does not exist',
    async (vendor, product, finding, fix) => {
      const devices = machineWith(vendor, product)
      const list = await says(['modem', 'list'], devices)
      expect(list).toMatchObject({ code: 0, out: expect.stringContaining(`${vendor}:${product}  ${finding}`) })
      const doctor = await says(['modem', 'doctor', '/dev/ttyUSB99'], devices)
      expect(doctor.code).toBe(1)
      expect(doctor.out).toContain(`ERROR: there is no such port, but ${finding}`)
      expect(doctor.out).toContain('stat /dev/ttyUSB99: no such file')
      expect(doctor.out).toContain(`bus/usb/devices/1-1: ${vendor}:${product}`)
      for (const words of [
        ['modem', 'probe', '/dev/ttyUSB99'],
        ['modem', 'at', '/dev/ttyUSB99', 'AT'],
      ])
        expect(await says(words, devices)).toMatchObject({ code: 1, err: expect.stringMatching(`${finding}.*${fix}`) })
    },
  )
})

describe('modem', () => {
  test('list opens nothing', async () => {
    expect((await smshub(['modem', 'list'])).code).toBe(0)
    expect((await smshub(['modem', 'list', '--json'])).code).toBe(0)
  })

  test('probe tells what is there, and the line for the configuration', async () => {
    const { code, out } = await smshub(['modem', 'probe', world.path])
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('IMEI 490154203237518') })
    expect(out).toContain(`path: "${world.path}"`)
    expect(JSON.parse((await smshub(['modem', 'probe', world.path, '--json'])).out)).toMatchObject({
      is: 'modem',
      sim: 'READY',
    })
  })

  test('at says a command and shows the answer', async () => {
    expect(await smshub(['modem', 'at', world.path, 'AT+CSQ'])).toMatchObject({ code: 0, out: '+CSQ: 20,99\nOK\n' })
    expect(await smshub(['modem', 'at', world.path, 'AT+NONSENSE'])).toMatchObject({ code: 1, out: 'ERROR\n' })
    expect(await smshub(['modem', 'at', world.path, 'hello'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('is no AT command'),
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
  test.each(troubles)('doctor names %s, what mends it, and the line that says so', async (_, strike, fix, line) => {
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
    await client.wait(({ topic, json }) => topic === 'smshub/gateway/home' && json.status === 'ready', 25_000)
    await client.publish('smshub/sms/send', { to: '+4915112345678', text: 'a secret text' })
    await client.close()
  }, 40_000)
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
    for (let i = 0; i < 20 && !(await serves()); i++) await new Promise((resolve) => setTimeout(resolve, 500))
    expect(await serves()).toBe(true)
  })

  test('hides secrets and messages in the trace, which can be played back', async () => {
    other.world.network.text({ from: '+4915112345678', to: hubNumber, text: 'another secret text' })
    await new Promise((resolve) => setTimeout(resolve, 1_000))
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
    modem.hear('AT+CMEE=1\r', (octets) => said.push(octets))
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(said.join('')).toContain('OK')
  })

  test('without one, a gateway is told to be nowhere', async () => {
    expect(await smshub(['modem', 'at', 'home', 'AT'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('no hub runs on'),
    })
  })
})
