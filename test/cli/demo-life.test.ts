import { expect, test } from '@jest/globals'
import { placedText, positionText } from '../../src/cli/demo-life.ts'
import { ProfileFiles } from '../../src/config/profiles.ts'
import { commandsOf } from '../../src/device/device.ts'
import { readText } from '../../src/device/receive/read.ts'
import { sampleDevice } from '../../src/device/sample.ts'

test('every text of the van on its way is one that its profile reads, with its position', () => {
  const van = sampleDevice(new ProfileFiles().read('coban/tk103'), '', {})
  for (let step = 0; step < 20; step++) {
    const [reading] = readText(van, positionText(step), { receivedAt: null, scts: null })
    expect(reading?.values).toMatchObject({ latitude: expect.closeTo(52.52, 1), longitude: expect.closeTo(13.4, 1) })
  }
})

test('asked where it is, the van answers with the place on its way, in the words of its manual', () => {
  const van = sampleDevice(new ProfileFiles().read('coban/tk103'), '', {})
  const [printed] = commandsOf(van).locate?.examples ?? []
  for (let step = 0; step < 20; step++) {
    const [asked] = readText(van, placedText(String(printed?.reply), step), { receivedAt: null, scts: null })
    const [sent] = readText(van, positionText(step), { receivedAt: null, scts: null })
    const { latitude, longitude } = sent?.values ?? {}
    expect(asked?.values).toMatchObject({ latitude, longitude })
  }
  expect(placedText('help me!', 3)).toBe('help me!')
})
