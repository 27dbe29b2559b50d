import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { SimulatedDevice } from '../../src/simulator/device/simulated-device.ts'
import { Pty } from '../../src/simulator/modem/pty.ts'
import { barriersInAllViews, desk, startBrowser, troublesOf } from '../support/browser.ts'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { HubProcess } from '../support/hub-process.ts'
import { patienceMs } from '../support/patience.ts'
import { UsbTree } from '../support/usb-tree.ts'
import { gateNumber, hubNumber, startWorld, type TestWorld, testClock } from '../support/world.ts'

const password = 'correct horse battery'
/** What the steps of the gate ask for, by the labels of their fields. */
const answers = [
  ['Seconds', '3'],
  ['New', '4321'],
  ['Type front-gate to confirm', 'front-gate'],
] as const
const ownerNumber = '+4915112345699'

/** What owners have on their first day: a modem with a SIM that is locked, a phone, and no device yet. */
describe('on the first day, an owner', () => {
  let world: TestWorld
  /** The machine of the hub, with the tty behind which the modem is. */
  const machine = new UsbTree()
  let tty: Pty
  let phone: SimulatedDevice
  let hub: HubProcess
  let config: string
  let url: string
  let browser: Browser
  let page: Page
  let troubles: string[]

  beforeAll(async () => {
    world = await startWorld()
    const { modem } = world.world
    modem.sim.setLock(true)
    modem.reset()
    phone = new SimulatedDevice({ network: world.world.network, number: ownerNumber, answerer: { answer: () => [] } })
    const [mqtt, http] = [await freePort(), await freePort()]
    url = `http://127.0.0.1:${http}/`
    config = `
mqtt: { broker: { listen: "127.0.0.1:${mqtt}" } }
gateways: { home: { type: modem, number: "${hubNumber}" } }
contacts: { owner: "${ownerNumber}" }
http: { listen: "127.0.0.1:${http}" }
`
    hub = new HubProcess(temporaryFolder())
    await plugIn('1-1', 'ttyUSB2')
    await hub.start({ config, env })
    browser = await startBrowser()
    page = await browser.newPage({ locale: 'en-GB', viewport: desk, reducedMotion: 'reduce' })
    page.setDefaultTimeout(patienceMs)
    troubles = troublesOf(page)
  })
  afterAll(async () => {
    await browser.close()
    await hub.kill()
    await tty.close()
    await world.world.close()
  })

  const env = { SMSHUB_ROOT: machine.root }
  /** A Quectel, whose third interface takes AT commands. */
  async function plugIn(bus: string, name: string): Promise<void> {
    tty = await Pty.open(world.world.server, join(machine.tree.dev, name), testClock)
    machine.plug(bus, '2c7c:0125', { 2: name })
  }
  const heading = (name: string | RegExp) => page.getByRole('heading', { level: 1, name })
  const open = async (place: string, title: string) => {
    await page.goto(`${url}#/${place}`)
    await heading(title).waitFor()
  }
  const pinTries = () => world.world.modem.sim.tries.pin
  const enterPin = async (pin: string) => {
    await page.getByLabel('PIN', { exact: true }).fill(pin)
    await page.getByRole('button', { name: 'Unlock' }).click()
  }
  const expectNoBarriers = async () => expect(await barriersInAllViews(page)).toEqual([])

  test('sets a password', async () => {
    await page.goto(url)
    await heading('Set a password first').waitFor()
    await expectNoBarriers()
    await page.getByLabel('New password').fill(password)
    await page.getByLabel('The same again').fill(password)
    await page.getByRole('button', { name: 'Set the password' }).click()
    await heading('Home').waitFor()
  })

  test('sees that the modem is found, though nobody has said where it is, and that its SIM needs a PIN', async () => {
    await open('gateways/home', 'home')
    await page.getByText('SIM locked').waitFor()
    await page.getByRole('heading', { name: 'The SIM needs its PIN' }).waitFor()
    await expectNoBarriers()
  })

  test('types a wrong PIN, which costs one try and is not tried again', async () => {
    await open('onboarding', 'First steps')
    await page.getByText('As soon as the modem is ready.').waitFor()
    await enterPin('9999')
    await page
      .getByText(/did not take the PIN/)
      .first()
      .waitFor()
    await expectNoBarriers()
    expect(pinTries()).toBe(2)
  })

  test('types the right PIN, and the modem is ready', async () => {
    expect(pinTries()).toBe(2)
    await enterPin('1234')
    await page.getByRole('region', { name: 'The modem' }).getByText('Ready').waitFor()
    expect(pinTries()).toBe(3)
  })

  test('has a text sent to their own phone', async () => {
    await page.getByLabel('Your number').fill(ownerNumber)
    await page.getByRole('button', { name: 'Send the test' }).click()
    const step = page.getByRole('region', { name: 'A test text to yourself' })
    await step.getByText('Done').waitFor()
    await step.getByText('Delivered').waitFor()
    expect(phone.received.map(({ text }) => text)).toEqual(['This is smshub. Texts from here arrive.'])
    await expectNoBarriers()
  })

  test('adds the gate from the list, as it is printed on it', async () => {
    await page.getByRole('link', { name: 'Add a device' }).click()
    await page.getByLabel('Maker or model').fill('rtu5024')
    await page.getByRole('link', { name: /^Choose/ }).click()
    await page.getByLabel('Name', { exact: true }).fill('Front gate')
    await page.getByLabel('Number', { exact: true }).fill(gateNumber)
    await page.getByLabel('Variant').selectOption('classic')
    await expectNoBarriers()
    await page.getByRole('button', { name: 'Add a device' }).click()
    await heading('Front gate').waitFor()
    expect(new URL(page.url()).hash).toBe('#/devices/front-gate/setup')
  })

  test('walks through its set-up, and each step is answered', async () => {
    const steps = page.locator('.steps > li')
    await steps.first().waitFor()
    await expectNoBarriers()
    for (const step of await steps.all()) {
      for (const [label, value] of answers) {
        const field = step.getByLabel(label)
        if ((await field.count()) > 0) await field.fill(value)
      }
      await step.locator('.button.main-act').click()
      await step.getByText('Done', { exact: true }).waitFor()
    }
  })

  test('presses open, and watches the answer arrive', async () => {
    await open('devices/front-gate', 'Front gate')
    await page.getByRole('button', { name: 'Open', exact: true }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Send' }).click()
    await page.getByText('The device has replied').waitFor()
    await open('onboarding', 'First steps')
    await page.getByRole('link', { name: 'Finish' }).click()
    await heading('Home').waitFor()
  })

  test('sees signal and traffic since before the page was opened', async () => {
    await open('gateways/home', 'home')
    await page.reload()
    await page.getByText(join(machine.tree.dev, 'ttyUSB2')).waitFor()
    await page.getByRole('img', { name: 'Signal in the last 24 hours' }).locator('canvas').waitFor()
    await page.getByRole('img', { name: 'Texts an hour' }).locator('canvas').waitFor()
    await page.getByRole('button', { name: 'Examine' }).click()
    await page.locator('.finding').first().waitFor()
    await expectNoBarriers()
  })

  test('pulls the modem out, reads what to do, and plugs it in again', async () => {
    await open('onboarding', 'First steps')
    await tty.close()
    world.world.modem.unplug()
    machine.pull('1-1', 'ttyUSB2')
    await page.getByText('Plug the modem in.').waitFor()
    await expectNoBarriers()
    // At another socket its tty is another one. It has lost its power: the SIM is locked, and the hub still knows the PIN.
    world.world.modem.plugIn()
    await plugIn('1-3', 'ttyUSB7')
    await page.getByRole('region', { name: 'The modem' }).getByText('Ready').waitFor()
    expect(pinTries()).toBe(3)
  })

  test('puts another SIM into it, and accepts that, as nothing is sent through it before', async () => {
    const { sim } = world.world.modem
    sim.setLock(false)
    sim.iccid = '8949017000000000025'
    await open('gateways/home', 'home')
    const dialog = page.getByRole('dialog')
    await page.getByLabel('Restart', { exact: true }).selectOption('reopen')
    await dialog.getByRole('button', { name: 'Restart' }).click()
    const notice = page.getByText('There is another modem or SIM than before.')
    await notice.waitFor()
    await expectNoBarriers()
    await page.getByRole('button', { name: 'Accept this modem and SIM' }).click()
    const accept = dialog.getByRole('button', { name: 'Accept this modem and SIM' })
    expect(await accept.isDisabled()).toBe(true)
    await dialog.getByLabel('Type home to confirm').fill('home')
    await accept.click()
    await notice.waitFor({ state: 'detached' })
    await page.getByText('Ready').first().waitFor()
  })

  test('meets no error of the page on the way', () => {
    expect(troubles).toEqual([])
  })

  test('is told when the hub is away, and goes on when it is back', async () => {
    await open('gateways', 'Gateways')
    await hub.kill()
    await page.getByText('The connection to the hub is lost.').waitFor()
    await expectNoBarriers()
    await hub.start({ config, env })
    await page.getByText('The connection to the hub is lost.').waitFor({ state: 'detached' })
    await page.getByRole('link', { name: 'Devices' }).first().click()
    await page.getByRole('link', { name: 'Front gate' }).waitFor()
  })
})
