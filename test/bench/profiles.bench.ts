import { test } from '@jest/globals'
import { makeDevices } from '../../src/config/make-devices.ts'
import { ProfileFiles } from '../../src/config/profiles.ts'
import { Config } from '../../src/config/schema.ts'
import { readText } from '../../src/device/receive/read.ts'
import { sampleDevices } from '../../src/device/sample.ts'

/** Figures, never a verdict: machines are noisy. */
function took<T>(name: string, work: () => T): T {
  const before = process.memoryUsage().heapUsed
  const start = performance.now()
  const result = work()
  const ms = performance.now() - start
  const mib = (process.memoryUsage().heapUsed - before) / 1024 / 1024
  console.log(`${name.padEnd(64)} ${ms.toFixed(1)} ms  ${mib.toFixed(1)} MiB`)
  return result
}

test('profiles: the index, one of them, all of them, and a fleet that uses three', () => {
  const ids = new ProfileFiles().ids()
  took('the names of all profiles', () => new ProfileFiles().ids())
  took(`the index of ${ids.length} profiles: maker, family, kind, models`, () => {
    const files = new ProfileFiles()
    return ids.map((id) => files.head(id))
  })
  const number = (i: number) => [`+49151${10_000_000 + i}`]
  const rows = (count: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, i) => [
        `d${i}`,
        { profile: ['coban/tk103', 'elbro/smsb-m21t', 'generic/text'][i % 3], number: number(i) },
      ]),
    )
  const fleet = (count: number) => makeDevices(Config.parse({ devices: rows(count) }), new ProfileFiles())
  took('three devices: their profiles are read, no others', () => fleet(3))
  took('ten thousand devices of three profiles', () => fleet(10_000))
  const all = took(`all ${ids.length} profiles, read and checked`, () => {
    const files = new ProfileFiles()
    return ids.map((id) => files.get(id))
  })
  const devices = all.flatMap(sampleDevices)
  const text = 'lat: 55.807693 long: 037.730640 speed: 000.0 03/03/13 16:18   bat:F signal:F  imei:358948010446647'
  const context = { receivedAt: null, scts: null }
  took(`a text read by ${devices.length} devices, each for the first time`, () =>
    devices.map((device) => readText(device, text, context)),
  )
  took(`a text read by ${devices.length} devices again`, () => devices.map((device) => readText(device, text, context)))
  took(`1,600 hostile characters read by ${devices.length} devices`, () =>
    devices.map((device) => readText(device, 'lat: 1.1 '.repeat(178), context)),
  )
})
