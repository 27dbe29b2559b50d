import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { parse } from 'yaml'
import type { OperationName } from '../../src/ledger/operations.ts'
import type { Fault } from '../../src/message/fault.ts'
import { de } from '../../src/web/texts/de.ts'
import { barriersIn, startBrowser, troublesOf } from '../support/browser.ts'
import { Faults, failingStore } from '../support/failing-store.ts'
import { freePort } from '../support/folder.ts'
import { type HttpHub, startHttpHub } from '../support/http-hub.ts'
import { patienceMs, until } from '../support/patience.ts'
import { hubNumber, vanNumber } from '../support/world.ts'

const shed = '+4915112345671'

/** While it is full, it takes no device, and is found to be full whenever that is tried. */
class Disk extends Faults {
  isFull = false
  override take(name: OperationName): Fault | null {
    if (this.isFull && (name === 'keepDevices' || name === 'tryDisk')) this.add(name, 'storage_full')
    return super.take(name)
  }
}

const disk = new Disk()
let hub: HttpHub
let browser: Browser
let page: Page
let troubles: string[]

beforeAll(async () => {
  hub = await startHttpHub({
    yaml: 'sms: { destinations: any }\nwebhooks: { allow_networks: 127.0.0.0/8 }',
    gateways: ['spare: { type: modem, path: /dev/nothing-is-here }'],
    hub: { makeStore: failingStore(disk) },
  })
  browser = await startBrowser()
  page = await browser.newPage({ locale: 'de-DE', reducedMotion: 'reduce' })
  page.setDefaultTimeout(patienceMs)
  troubles = troublesOf(page)
  await page.goto(hub.url)
  await page.getByLabel(de.signIn.name).fill('ann')
  await page.getByLabel(de.signIn.password, { exact: true }).fill('correct horse battery staple')
  await page.getByRole('button', { name: de.signIn.enter }).click()
  await page.getByRole('heading', { level: 1, name: de.screens.home }).waitFor()
})
afterAll(async () => {
  await browser.close()
  await hub.close()
})

const show = (place: string) => page.goto(`${hub.url}/#/${place}`)
const dialog = () => page.getByRole('dialog')
const press = (name: string) => page.getByRole('button', { name, exact: true }).first().click()

/** In which language this is read out. */
async function languageOf(shown: string | RegExp): Promise<string> {
  const text = page.getByText(shown).first()
  await text.waitFor()
  return await text.evaluate((one) =>
    String((one as { closest(what: string): { lang: string } }).closest('[lang]').lang),
  )
}

test('what is wrong with a gateway is read out in English, wherever it is shown', async () => {
  const trouble = /nothing-is-here/i
  await until(async () => (await hub.ask('GET', '/v1/gateways')).text.includes('nothing-is-here'))
  for (const place of ['home', 'gateways/spare']) {
    await show(place)
    expect(await languageOf(trouble)).toBe('en')
  }
  expect(await languageOf(de.home.attention.gateway('spare'))).toBe('de')
})

test('the lines of the log are read out in English', async () => {
  await show('log')
  expect(await languageOf(/nothing-is-here/)).toBe('en')
  expect(await languageOf(de.log.save)).toBe('de')
})

test('why a webhook is not reached, and why it is disabled, is read out in English', async () => {
  const body = { id: 'panel', url: `http://127.0.0.1:${await freePort()}/`, types: ['device.added'] }
  expect((await hub.ask('POST', '/v1/webhooks', { body })).status).toBe(201)
  await show('access/webhooks/panel')
  await press(de.webhooks.test)
  expect(await languageOf(/ECONNREFUSED/)).toBe('en')
  await hub.ask('POST', '/v1/devices', { body: { id: 'porch', profile: 'generic/text', number: '+4915112345672' } })
  const deliveries = async () => (await hub.ask('GET', '/v1/webhooks/panel/deliveries')).json.data
  await until(async () => (await deliveries())[0]?.answer?.error !== undefined)
  await page.reload()
  const cell = page.locator('td', { hasText: 'ECONNREFUSED' })
  await cell.waitFor()
  expect(await languageOf(/ECONNREFUSED/)).toBe('en')
  await hub.ask('PATCH', '/v1/webhooks/panel', { body: { enabled: false }, headers: { 'if-match': '*' } })
  await page.reload()
  expect(await languageOf(/^by request$/)).toBe('en')
  expect(await languageOf(de.webhooks.disabled)).toBe('de')
  expect(await barriersIn(page)).toEqual([])
})

test('what is wrong with the store is read out in English', async () => {
  disk.isFull = true
  const body = { id: 'cellar', profile: 'generic/text', number: '+4915112345673' }
  expect((await hub.ask('POST', '/v1/devices', { body })).status).toBe(503)
  await show('settings')
  expect(await languageOf('injected into keepDevices')).toBe('en')
  await show('home')
  expect(await languageOf(de.home.attention.store(''))).toBe('de')
  expect(await languageOf(/^injected into keepDevices$/)).toBe('en')
  disk.isFull = false
  expect((await hub.ask('POST', '/v1/devices', { body })).status).toBe(201)
})

test('a key is removed when its id is typed, and works until then', async () => {
  const { json: key } = await hub.ask('POST', '/v1/keys', { body: { label: 'till', role: 'reader' } })
  const uses = async () =>
    (await hub.ask('GET', '/v1/devices', { as: null, headers: { authorization: `Bearer ${key.key}` } })).status
  await show('access/keys')
  const row = page.getByRole('row', { name: 'till' })
  const remove = dialog().getByRole('button', { name: de.access.remove })
  await row.getByRole('button', { name: de.access.remove }).click()
  await dialog()
    .getByRole('heading', { name: de.access.removeKey('till') })
    .waitFor()
  expect(await barriersIn(page)).toEqual([])
  expect(await remove.isDisabled()).toBe(true)
  await dialog().getByLabel(de.common.typeName(key.id)).fill('till')
  expect(await remove.isDisabled()).toBe(true)
  // Enter is no way around it.
  await page.keyboard.press('Enter')
  await dialog().getByRole('button', { name: de.common.cancel }).click()
  expect(await uses()).toBe(200)
  await row.getByRole('button', { name: de.access.remove }).click()
  await dialog().getByLabel(de.common.typeName(key.id)).fill(key.id)
  await remove.click()
  await row.waitFor({ state: 'detached' })
  expect(await uses()).toBe(401)
})

test('a rule for a device of smshub.yaml is shown as what is to be written there', async () => {
  const text = 'Cabin heater 42 minutes left'
  hub.world.world.network.text({ from: vanNumber, to: hubNumber, text })
  await until(async () => (await hub.ask('GET', '/v1/unknown/van')).text.includes(text))
  await show('unknown/van')
  await press(de.unknown.makeRule)
  await page.getByLabel(de.trial.ruleName).fill('heater')
  await press(de.trial.keep)
  await page.getByText(de.trial.inFile).waitFor()
  expect(await barriersIn(page)).toEqual([])
  const yaml = await page.locator('[role=alert] pre').textContent()
  const { messages } = parse(yaml ?? '')
  expect(messages).toEqual({ heater: { text: 'Cabin heater {value_1:decimal} minutes left', examples: [{ text }] } })
  // As a device takes it.
  const body = { id: 'twin', profile: 'generic/text', number: '+4915112345674', messages }
  expect((await hub.ask('POST', '/v1/devices', { body })).status).toBe(201)
  // A rule that is not kept is an answer of 403, which a browser notes.
  expect(troubles.splice(0).filter((trouble) => !/403/.test(trouble))).toEqual([])
})

test('what a device sent before it could be read is read again when that is asked for', async () => {
  hub.world.world.network.text({ from: shed, to: hubNumber, text: 'LEVEL 5' })
  await until(async () => (await hub.ask('GET', '/v1/unknown')).text.includes('LEVEL 5'))
  const messages = { level: { text: 'LEVEL {level:int}' } }
  const body = { id: 'shed', profile: 'generic/text', number: shed, messages }
  expect((await hub.ask('POST', '/v1/devices', { body })).status).toBe(201)
  await show('unknown/shed')
  await page.getByText('LEVEL 5').first().waitFor()
  await press(de.unknown.readAgain)
  await page.getByText(de.unknown.read(1)).waitFor()
  await page.getByText(de.unknown.allRead).waitFor()
  expect((await hub.ask('GET', '/v1/devices/shed/view')).text).toContain('"level":5')
})

test('meets no error of the page on the way', () => {
  expect(troubles).toEqual([])
})
