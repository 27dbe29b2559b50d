import { join } from 'node:path'
import { expect } from '@jest/globals'
import { until } from '../support/patience.ts'
import { friend, hub } from './bench.ts'
import { listening, run, start, testWith, town } from './programs.ts'

// ModemManager takes a port of its own tests, a socket with an abstract name, on a bus of its own: no udev, no service.
testWith(
  'ModemManager',
  'mmcli',
  'dbus-daemon',
  'dbus-send',
  'socat',
)('ModemManager enables the modem, registers, sends with a report, receives and deletes', async () => {
  const { folder, network, device, server, close } = await town({ serial: false })
  const bus = `unix:path=${join(folder, 'bus')}`
  const environment = { DBUS_SESSION_BUS_ADDRESS: bus, DBUS_SYSTEM_BUS_ADDRESS: bus }
  const name = `abstract:smshub-${process.pid}`
  const endBus = start('dbus-daemon', ['--session', '--nofork', `--address=${bus}`])
  const endSocket = start('socat', [`ABSTRACT-LISTEN:${name.replace(':', '\\:')},fork`, `TCP:127.0.0.1:${server.port}`])
  await listening(join(folder, 'bus'))
  await listening(`@${name}`)
  const options = ['session', 'enable', 'no-udev', 'no-suspend-resume'].map((option) => `--test-${option}`)
  const endManager = start('ModemManager', [...options, '--no-auto-scan'], environment)
  const mmcli = (...words: readonly string[]) => run('env', `DBUS_SYSTEM_BUS_ADDRESS=${bus}`, 'mmcli', ...words)
  /** Asks until it says so. */
  const untilSaid = async (said: string | RegExp, ask: () => Promise<string>) => {
    let reply = ''
    const isSaid = async () => {
      reply = await ask()
      return reply.search(said) >= 0
    }
    await until(isSaid, () => `${said}: ${reply}`)
    return reply
  }
  const texts = async () => {
    const list = await mmcli('-m', 'any', '--messaging-list-sms')
    const paths = list.match(/\/org\S+SMS\/\d+/g) ?? []
    return Promise.all(paths.map(async (path) => ({ path, shown: await mmcli('-s', path) })))
  }
  try {
    const profile = ['string:simulated', 'string:generic', `array:string:${name}`]
    const test = ['--dest=org.freedesktop.ModemManager1', '/org/freedesktop/ModemManager1']
    const interfaceName = 'org.freedesktop.ModemManager1.Test.SetProfile'
    await untilSaid('method return', () =>
      run('dbus-send', `--bus=${bus}`, '--print-reply', ...test, interfaceName, ...profile),
    )
    await untilSaid('Simulated Modem', () => mmcli('-L'))
    expect(await untilSaid('success', () => mmcli('-m', 'any', '--enable'))).toContain('successfully enabled')
    const modem = await untilSaid(/registration: home/, () => mmcli('-m', 'any'))
    expect(modem).toContain('490154203237518')
    expect(modem).toMatch(/registration: home/)

    const long = 'a line of the long text. '.repeat(10).trim()
    for (const text of ['open', long]) {
      const created = await mmcli(
        '-m',
        'any',
        `--messaging-create-sms=text='${text}',number='${friend}',delivery-report-request=yes`,
      )
      const path = /\/org\S+SMS\/\d+/.exec(created)?.[0] ?? ''
      expect(await mmcli('-s', path, '--send')).toContain('successfully sent')
    }
    // Three segments out and three in. Of a text of two it wants the report of the second only.
    await until(() => network.log.of('delivered').length === 6)
    await until(() => network.log.of('report_delivered').length === 2)
    expect(device.received.map(({ from, text }) => [from, text])).toEqual([
      [hub, 'open'],
      [hub, long],
    ])
    // It loses the second of two +CMTI that come within 5 ms: the answer of two parts is not asked for.
    const shown = async () => (await texts()).map(({ shown }) => shown.replace(/\s+/g, ' ')).join('\n')
    await untilSaid(/got open .* state: received/, shown)
    await untilSaid(/status-report .* delivery state: completed-received/, shown)
    for (const { path } of await texts())
      expect(await mmcli('-m', 'any', `--messaging-delete-sms=${path}`)).toContain('successfully deleted')
    expect(await texts()).toEqual([])
  } finally {
    await endManager()
    await endSocket()
    await endBus()
    await close()
  }
})
