import { chmodSync, mkdirSync, openSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { describe, expect, test } from '@jest/globals'
import { program } from '../../src/cli/program.ts'
import type { DeviceTree } from '../../src/gateway/modem/hardware/usb.ts'
import { Pty } from '../../src/simulator/modem/pty.ts'
import { testWith } from '../simulator/programs.ts'
import { temporaryFolder } from '../support/folder.ts'
import { type Ran, smshub } from '../support/run-cli.ts'
import { startWorld, testClock } from '../support/world.ts'

/** A server that says something to whoever comes, and answers what it hears. */
async function listening(answer: (heard: string) => string): Promise<{ path: string; close: () => void }> {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (data) => socket.write(answer(data.toString('latin1'))))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { path: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() }
}

describe('a path that is no modem', () => {
  const folder = temporaryFolder()
  const file = join(folder, 'file')
  writeFileSync(file, '')
  const paths = [
    ['that does not exist', '/dev/ttyUSB99', 'there is no such port', 'stat /dev/ttyUSB99: no such file'],
    ['that is a folder', folder, 'that is a folder, not a port', 'a folder'],
    ['that is a file', file, 'that is a file, not a port', 'not a character device'],
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
  ])('modem %s needs a gateway of the running hub, and reports it', async (_, words) => {
    expect(await smshub(words)).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('/dev/ttyUSB99 is not a gateway or port of the running hub'),
    })
  })

  test('without a modem, or not its port for commands, is reported', async () => {
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
      { code: 1, out: '', err: expect.stringMatching(/nothing answers AT|OK to everything|without an IMEI/) },
    ])
    for (const { close } of servers) close()
  })

  testWith('socat')('in use by a program is reported with its name and how to free it, by every verb', async () => {
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
