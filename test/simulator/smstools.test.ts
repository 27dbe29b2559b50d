import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from '@jest/globals'
import { until } from '../support/patience.ts'
import { friend } from './bench.ts'
import { start, testWith, town } from './programs.ts'

const folders = ['outgoing', 'checked', 'incoming', 'report', 'failed', 'sent']

testWith('smsd', 'socat')('smstools3 sends with a report and receives, texts of several parts too', async () => {
  const { folder, network, device, port, close } = await town()
  for (const name of folders) mkdirSync(join(folder, name))
  const config = join(folder, 'smsd.conf')
  writeFileSync(
    config,
    [
      'devices = SIM1',
      ...folders.map((name) => `${name} = ${join(folder, name)}`),
      ...['logfile', 'infofile', 'pidfile'].map((name) => `${name} = ${join(folder, name)}`),
      'delaytime = 1',
      '[SIM1]',
      `device = ${port}`,
      'incoming = yes',
      'report = yes',
      'rtscts = no',
      'init = AT+CNMI=2,1,0,1,0',
    ].join('\n'),
  )
  const textsIn = (name: string) =>
    readdirSync(join(folder, name)).map((file) => readFileSync(join(folder, name, file), 'latin1'))
  const digits = friend.slice(1)
  writeFileSync(join(folder, 'outgoing', 'one'), `To: ${digits}\nReport: yes\n\nopen`)
  const end = start('smsd', [`-c${config}`, '-t'])
  try {
    // A file is there before it is whole.
    const isWhole = (name: string, end: string) => textsIn(name).some((text) => text.includes(end))
    await until(() => isWhole('incoming', 'got open') && isWhole('report', 'Status: 0'))
    expect(device.received).toMatchObject([{ text: 'open' }])
    expect(network.log.of('accepted')).toHaveLength(1)
    expect(textsIn('incoming')).toEqual([expect.stringMatching(new RegExp(`From: ${digits}.*got open$`, 's'))])
    expect(textsIn('report')).toEqual([expect.stringMatching(/Message_id: 1.*Status: 0/s)])

    // Two parts out, and an answer of two parts that it puts together.
    const long = 'a line of the long text, '.repeat(10).trim()
    writeFileSync(join(folder, 'outgoing', 'two'), `To: ${digits}\nReport: yes\n\n${long}`)
    await until(() => isWhole('incoming', `got ${long}`) && textsIn('report').length > 2)
    expect(device.received.map(({ text }) => text)).toEqual(['open', long])
    expect(network.log.of('accepted')).toHaveLength(3)
    expect(textsIn('incoming').filter((text) => text.endsWith(`got ${long}`))).toHaveLength(1)
    expect(textsIn('failed')).toEqual([])

    // Beyond GSM 7-bit.
    writeFileSync(join(folder, 'outgoing', 'three'), Buffer.from(`To: ${digits}\nAlphabet: UTF-8\n\nÜ€ и`))
    await until(() => textsIn('incoming').length > 2)
    expect(device.received.at(-1)).toMatchObject({ text: 'Ü€ и' })
  } finally {
    await end()
    await close()
  }
})
