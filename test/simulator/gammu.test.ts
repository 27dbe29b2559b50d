import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from '@jest/globals'
import { until } from '../support/patience.ts'
import { friend, hub } from './bench.ts'
import { run, testWith, town } from './programs.ts'

testWith('gammu', 'socat')('gammu identifies the modem, sees the network, sends, reads and deletes', async () => {
  const { folder, network, modem, device, port, close } = await town()
  const config = join(folder, 'gammurc')
  writeFileSync(config, `[gammu]\ndevice = ${port}\nconnection = at115200\n`)
  const gammu = (...words: readonly string[]) => run('gammu', '-c', config, ...words)
  try {
    const identity = await gammu('identify')
    expect(identity).toMatch(/Manufacturer +: smshub/)
    expect(identity).toMatch(/Firmware +: SIM1\.0/)
    expect(identity).toMatch(/IMEI +: 490154203237518/)
    expect(identity).toMatch(/SIM IMSI +: 262990000000001/)

    const status = await gammu('networkinfo')
    expect(status).toMatch(/Network state +: home network/)
    expect(status).toMatch(/LAC 2142, CID 0000B804/)

    expect(await gammu('sendsms', 'TEXT', friend, '-text', 'open, please: äöü')).toMatch(/OK, message reference=1/)
    await until(() => device.received.length > 0)
    expect(device.received).toMatchObject([{ from: hub, text: 'open, please: äöü' }])
    expect(network.log.of('accepted')).toHaveLength(1)

    await until(() => modem.memories.SM.used > 0)
    const messages = await gammu('getallsms')
    expect(messages).toContain(friend)
    expect(messages).toContain('got open, please: äöü')
    await gammu('deletesms', '1', '1')
    expect(modem.memories.SM.used).toBe(0)

    // Two parts out with a report, two parts in, put together by it; and the network's own words.
    const long = 'a line of the long text, '.repeat(10).trim()
    expect(await gammu('sendsms', 'TEXT', friend, '-report', '-len', '400', '-text', long)).toMatch(/reference=3/)
    await until(() => modem.memories.SM.used > 1)
    expect(device.received.at(-1)).toMatchObject({ text: long })
    expect((await gammu('geteachsms')).replace(/\s+/g, ' ')).toContain(`got ${long}`)
    await gammu('deleteallsms', '1')
    expect(modem.memories.SM.used).toBe(0)
    expect(await gammu('getussd', '*100#')).toContain('Your balance is 5.00')
    expect(await gammu('networkinfo')).toContain('Packet network state : home network')
  } finally {
    await close()
  }
})
