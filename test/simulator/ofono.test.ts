import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from '@jest/globals'
import { until } from '../support/patience.ts'
import { friend, hub } from './bench.ts'
import { listening, run, start, testWith, town } from './programs.ts'

// oFono takes a modem on TCP under the driver name `phonesim`; on a bus of its own it needs no system service.
testWith(
  'ofonod',
  'dbus-daemon',
  'dbus-send',
)('oFono registers, sends, and acknowledges what it receives', async () => {
  const { folder, network, device, server, close } = await town({ serial: false })
  const config = join(folder, 'phonesim.conf')
  writeFileSync(config, `[phonesim]\nDriver=phonesim\nAddress=127.0.0.1\nPort=${server.port}\n`)
  const bus = `unix:path=${join(folder, 'bus')}`
  const endBus = start('dbus-daemon', ['--session', '--nofork', `--address=${bus}`])
  await listening(join(folder, 'bus'))
  const endOfono = start('ofonod', ['-n'], { DBUS_SYSTEM_BUS_ADDRESS: bus, OFONO_PHONESIM_CONFIG: config })
  const ofono = (method: string, ...values: readonly string[]) =>
    run('dbus-send', `--bus=${bus}`, '--print-reply', '--dest=org.ofono', '/phonesim', `org.ofono.${method}`, ...values)
  const untilSaid = async (said: string, method: string, ...values: readonly string[]) => {
    let reply = ''
    const isSaid = async () => {
      reply = await ofono(method, ...values)
      return reply.includes(said)
    }
    await until(isSaid, () => `${method}: ${reply}`)
    return reply
  }
  try {
    await untilSaid('method return', 'Modem.SetProperty', 'string:Powered', 'variant:boolean:true')
    await untilSaid('method return', 'Modem.SetProperty', 'string:Online', 'variant:boolean:true')
    // The name comes behind the registration, the ICCID and the IMSI one after the other.
    expect(await untilSaid('"Simulated Network"', 'NetworkRegistration.GetProperties')).toContain('"registered"')
    await untilSaid('8949017000000000017', 'SimManager.GetProperties')
    await untilSaid('262990000000001', 'SimManager.GetProperties')
    expect(await untilSaid('method return', 'MessageManager.SendMessage', `string:${friend}`, 'string:open')).toContain(
      'message_',
    )
    await until(() => network.log.of('delivered').length === 2)
    expect(device.received).toMatchObject([{ from: hub, text: 'open' }])
    expect(network.log.of('delivered').map(({ to, text }) => [to, text])).toEqual([
      [friend, 'open'],
      [hub, 'got open'],
    ])

    // Two parts with reports, and an answer of two parts.
    await untilSaid('method return', 'MessageManager.SetProperty', 'string:UseDeliveryReports', 'variant:boolean:true')
    const long = 'a line of the long text, '.repeat(10).trim()
    await untilSaid('method return', 'MessageManager.SendMessage', `string:${friend}`, `string:${long}`)
    await until(() => network.log.of('delivered').length === 6)
    expect(device.received.at(-1)).toMatchObject({ from: hub, text: long })
    // oFono keeps the setting: in a later run, the first text has a report, too.
    const parts = network.log.of('accepted').slice(-2)
    const reported = () => network.log.of('report_delivered').map(({ reference }) => reference)
    await until(() => parts.every(({ reference }) => reported().includes(reference)))

    // The network's own words.
    expect(await untilSaid('balance', 'SupplementaryServices.Initiate', 'string:*100#')).toContain(
      'Your balance is 5.00',
    )
  } finally {
    await endOfono()
    await endBus()
    await close()
  }
})
