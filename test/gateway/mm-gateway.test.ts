import { afterEach, expect } from '@jest/globals'
import { friend, hub as number } from '../simulator/bench.ts'
import { testWith } from '../simulator/programs.ts'
import { type ManagedModem, type MmHub, managedModem, mmHub, stopAll } from '../support/mm-world.ts'
import { until } from '../support/patience.ts'

afterEach(stopAll)

const withManager = testWith('ModemManager', 'mmcli', 'dbus-daemon', 'dbus-send', 'socat')

const seen = (hub: MmHub) => JSON.stringify([hub.state(), hub.log.slice(-20)])
const isReady = (hub: MmHub) =>
  until(
    () => hub.state().status === 'ready' && hub.state().network === 'registered',
    () => seen(hub),
  )
const arrived = (hub: MmHub, id: string) =>
  until(
    () => hub.statuses(id).includes('delivered'),
    () => seen(hub),
  )
const textsAt = ({ town }: ManagedModem) => town.device.received.map(({ from, text }) => [from, text])

withManager('a text is sent by ModemManager, and its report and answer come back', async () => {
  const managed = await managedModem()
  const hub = await mmHub(managed.bus)
  await isReady(hub)
  expect(hub.state()).toMatchObject({ sim: 'ready', operator: 'Simulated Network', last_error: null })
  const long = 'a line of the long text. '.repeat(10).trim()
  const texts = ['open', long, 'done 😀']
  for (const [i, text] of texts.entries()) {
    await hub.send(`text ${i}`, friend, text)
    await arrived(hub, `text ${i}`)
  }
  expect(textsAt(managed)).toEqual(texts.map((text) => [number, text]))
  await until(() => hub.received().some(({ text }) => text === 'got open'))
  expect(hub.received()[0]).toMatchObject({ from: friend })
  // What is on the disk is deleted, and so is what was sent. It may lose the second of two +CMTI that come at once.
  await until(async () => !(await managed.messages()).includes('state: received'))
  expect(await managed.messages()).not.toContain('submit')
})

withManager('the PIN is entered once: the right one unlocks, a wrong one is not tried again', async () => {
  const managed = await managedModem({ modem: { sim: { pin: '1234', locked: true } } })
  const wrong = await mmHub(managed.bus, ', pin: "9999"')
  await until(
    () => /did not take the PIN|has refused this PIN/.test(String(wrong.state().last_error)),
    () => seen(wrong),
  )
  expect(wrong.state()).toMatchObject({ status: 'sim_locked', sim: 'pin' })
  await wrong.hub.stop()
  const again = await mmHub(managed.bus, ', pin: "9999"', { folder: wrong.folder })
  await until(
    () => /has refused this PIN/.test(String(again.state().last_error)),
    () => seen(again),
  )
  expect(managed.town.modem.sim.tries.pin).toBe(2)
  await again.hub.stop()
  const right = await mmHub(managed.bus, ', pin: "1234"')
  await isReady(right)
})
