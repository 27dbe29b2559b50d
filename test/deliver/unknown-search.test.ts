import { expect, test } from '@jest/globals'
import { ProfileFiles } from '../../src/config/profiles.ts'
import { Unknowns, type UnknownText } from '../../src/deliver/unknown.ts'
import { FakeClock } from '../fake-clock.ts'

const text: UnknownText = {
  messageId: 'msg_1',
  raws: [1],
  device: null,
  sender: '+4915100000001',
  text: 'Relay ON',
  masked: 'Relay ON',
  context: { receivedAt: null, scts: null },
  unproven: null,
}

/** A search, and what it has read and found. */
function search() {
  const files = new ProfileFiles()
  const clock = new FakeClock()
  const read: string[] = []
  const found: unknown[] = []
  const unknowns = new Unknowns({
    profiles: {
      ids: () => files.ids().filter((id) => id.startsWith('king-pigeon/')),
      read: (id) => {
        read.push(id)
        return files.read(id)
      },
    },
    clock,
    log: () => {},
    found: async (_, data) => void found.push(data),
  })
  return { unknowns, clock, read, found, ids: files.ids().filter((id) => id.startsWith('king-pigeon/')) }
}

test('an unknown text is tried on every profile, and what fits is reported', async () => {
  const { unknowns, clock, read, found, ids } = search()
  unknowns.add(text)
  await clock.advance(1_000)
  expect(read).toEqual(ids)
  expect(found).toMatchObject([
    { matches: expect.arrayContaining([expect.objectContaining({ profile: 'king-pigeon/rtu5024' })]) },
  ])
})

test('a search ends with the hub: no further profile is read, and nothing is reported', async () => {
  const { unknowns, clock, read, found } = search()
  unknowns.add(text)
  unknowns.add({ ...text, messageId: 'msg_2', sender: '+4915100000002' })
  unknowns.stop()
  await clock.advance(1_000)
  expect({ read, found }).toEqual({ read: [], found: [] })
})
