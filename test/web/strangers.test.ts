import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { barriersIn, startBrowser, troublesOf } from '../support/browser.ts'
import { freePort } from '../support/folder.ts'
import { type HttpHub, startHttpHub } from '../support/http-hub.ts'
import { until } from '../support/patience.ts'
import { isSigned, Receiver } from '../support/receiver.ts'
import { sendMail } from '../support/smtp.ts'
import { hubNumber, vanNumber } from '../support/world.ts'

const stranger = '+4915112345999'
const hostile = [
  '<img src=x onerror="document.title=1"><script>document.title=1</script>',
  'see https://evil.example/login or javascript:alert(1), www.evil.example',
  'pay \u202egnp.exe\u202c \u2066now\u2069 to \u061cme',
  'pay\u200bpal\u2060.\ufeffcom\u00ad',
  'hidden\u{e0068}\u{e0069}\u{e0101}\u{e0102} and \ufe01\ufe01',
  `tower ${'a\u0301\u0302\u0303'.concat('\u0304'.repeat(60))} end`,
  '{{constructor.constructor("document.title=1")()}} <svg onload=document.title=1>',
  `long${'o'.repeat(300)}`,
]
const hostileMail = [
  `Subject: ${hostile[0]}`,
  'Content-Type: image/jpeg',
  'Content-Disposition: attachment; filename="<svg onload=document.title=1>.jpg"',
  '',
  'octets',
].join('\r\n')
/** What nobody sees, or what turns its surroundings; but for line ends and tabs. */
const unseen =
  '[\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufe00-\\ufe0e\\ufeff\\u{e0000}-\\u{e01ef}]|\\p{Mn}{8}'

let hub: HttpHub
let browser: Browser
let page: Page
let troubles: string[]

beforeAll(async () => {
  const mailPort = await freePort()
  const mail = `mail: { listen: "127.0.0.1:${mailPort}" }`
  hub = await startHttpHub({ yaml: `sms: { destinations: any }\nwebhooks: { allow_networks: 127.0.0.0/8 }\n${mail}` })
  const { network } = hub.world.world
  for (const text of hostile) network.text({ from: stranger, to: hubNumber, text, delayMs: 0 })
  network.text({ from: '<b>Bank</b>', to: hubNumber, text: 'your code is 1', delayMs: 0 })
  network.text({ from: vanNumber, to: hubNumber, text: hostile[2] as string, delayMs: 0 })
  expect(await sendMail(mailPort, 'x@evil.example', 'van@hub.lan', hostileMail)).toMatch(/^250/)
  for (;;) {
    const { json } = await hub.ask('GET', '/v1/messages?direction=in&limit=100')
    if (json.data.length === hostile.length + 3) break
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  browser = await startBrowser()
  page = await browser.newPage({ locale: 'en-GB', viewport: { width: 390, height: 800 } })
  troubles = troublesOf(page)
  await page.goto(hub.url)
  await page.getByLabel('Name').fill('ann')
  await page.getByLabel('Password').fill('correct horse battery staple')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor()
})
afterAll(async () => {
  await browser.close()
  await hub.close()
})

/** What of the page a stranger has made: live elements, links, and characters that can't be seen. */
const madeByStrangers = (): Promise<string[]> =>
  page.evaluate(`(() => {
    const unseen = new RegExp(${JSON.stringify(unseen)}, 'u')
    const all = [...document.querySelectorAll('#page *')]
    return [
      ...all.filter((one) => ['IMG', 'SCRIPT', 'B', 'IFRAME'].includes(one.tagName) && one.getAttribute('src') !== './icon.svg')
        .map((one) => one.outerHTML),
      ...all.filter((one) => one.tagName === 'A' && !/^(#|geo:)/.test(one.getAttribute('href') ?? '')).map((one) => one.outerHTML),
      ...all.flatMap((one) => [...one.attributes]).filter(({ value }) => unseen.test(value)).map(({ name }) => 'attribute ' + name),
      ...(unseen.test(document.body.textContent) ? ['text: ' + unseen.exec(document.body.textContent)[0].codePointAt(0).toString(16)] : []),
      ...(document.documentElement.scrollWidth > document.documentElement.clientWidth ? ['wider than the screen'] : []),
      ...(document.title.includes('smshub') ? [] : ['title: ' + document.title]),
    ]
  })()`)

test.each([
  ['home', 'evil.example'],
  ['conversations', '<b>Bank</b>'],
  [`conversations/${encodeURIComponent(stranger)}`, 'evil.example'],
  [`conversations/${encodeURIComponent('<b>Bank</b>')}`, 'your code is 1'],
  ['conversations/van', 'gnp.exe'],
  ['messages', 'onerror='],
  ['devices/van/history', 'gnp.exe'],
  [`devices/van/texts?text=${encodeURIComponent(hostile[0] as string)}`, 'Text of the device'],
  ['log', 'no profile knows it'],
])('nothing of what strangers have sent is live, hidden or turned on %s', async (place, shown) => {
  await page.goto(`${hub.url}/#/${place}`)
  await page.locator('main', { hasText: shown }).waitFor()
  expect(await madeByStrangers()).toEqual([])
})

test('a sender whose name has letters has its texts in its conversation, and they are read when they were seen', async () => {
  await page.goto(`${hub.url}/#/conversations/${encodeURIComponent('<b>Bank</b>')}`)
  await page.locator('.bubble.in', { hasText: 'your code is 1' }).waitFor()
  for (;;) {
    const { json } = await hub.ask('GET', '/v1/conversations')
    if (json.data.find(({ number }: { number: string | null }) => number === '<b>Bank</b>').unread === 0) break
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
})

test('a received text by itself, too', async () => {
  const { json } = await hub.ask('GET', '/v1/messages?direction=in&limit=100')
  for (const { id } of json.data) {
    await page.goto(`${hub.url}/#/messages/${id}`)
    await page.locator('main .words, main .quote, main bdi').first().waitFor()
    expect(await madeByStrangers()).toEqual([])
  }
})

test('the subject of a mail and the names of its files, too', async () => {
  const { json } = await hub.ask('GET', '/v1/inbox?gateway=mail')
  await page.goto(`${hub.url}/#/messages/${json.data[0].id}`)
  for (const shown of [hostile[0], '<svg onload=document.title=1>.jpg'])
    await page.locator('dd', { hasText: shown as string }).waitFor()
  expect(await madeByStrangers()).toEqual([])
})

test('what a text says is removed when that is confirmed', async () => {
  const { json } = await hub.ask('GET', '/v1/messages?q=your+code')
  await page.goto(`${hub.url}/#/messages/${json.data[0].id}`)
  const remove = page.getByRole('button', { name: 'Remove the content' })
  await remove.click()
  expect(await barriersIn(page)).toEqual([])
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
  await page.locator('.quote').waitFor({ state: 'detached' })
  await remove.waitFor({ state: 'detached' })
  expect((await hub.ask('GET', '/v1/messages?q=your+code')).json.data).toEqual([])
})

test('what a key may do is changed, whatever it is called', async () => {
  const limits = { role: 'operator', devices: ['gate', 'van'], networks: ['10.0.0.0/8'], expires: '10d' }
  await hub.ask('POST', '/v1/keys', { body: { label: '<b>shop</b>\u202e', ...limits } })
  await hub.ask('POST', '/v1/keys', { body: { label: 'till', scopes: ['messages:send', 'messages:read'] } })
  await page.goto(`${hub.url}/#/access/keys`)
  const dialog = page.getByRole('dialog')
  const changing = (label: string) =>
    page.getByRole('row', { name: label }).getByRole('button', { name: 'Change' }).click()
  const keyOf = async (label: string) =>
    (await hub.ask('GET', '/v1/keys')).json.data.find((one: { label: string }) => one.label === label)
  await changing('shop')
  await dialog.getByLabel('Label').fill('depot')
  await dialog.getByLabel('Only these devices').fill('van')
  await dialog.getByLabel('Only these commands').fill('locate, authorise')
  expect(await dialog.getByLabel('Only from these addresses').inputValue()).toBe('10.0.0.0/8')
  await dialog.getByLabel('Only from these addresses').fill('127.0.0.1 10.0.0.0/8')
  await dialog.getByLabel('Texts and commands an hour').fill('5')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('row', { name: /depot.*Operator · van · 5 an hour.*in 9 days/s }).waitFor()
  expect(await keyOf('depot')).toMatchObject({
    role: 'operator',
    devices: ['van'],
    commands: ['locate', 'authorise'],
    networks: ['127.0.0.1', '10.0.0.0/8'],
    per_hour: 5,
  })
  // One that is limited by its scopes alone is not for everything when the last of them is unchecked.
  await changing('till')
  expect(await barriersIn(page)).toEqual([])
  await dialog.getByLabel('messages:send').uncheck()
  await dialog.getByLabel('messages:read').uncheck()
  expect(await dialog.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true)
  await dialog.getByLabel('Role').selectOption('reader')
  await dialog.getByLabel('Expires').selectOption('90d')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('row', { name: /till.*Reader.*in 2 months/s }).waitFor()
  expect(await keyOf('till')).toMatchObject({ role: 'reader', scopes: null, devices: null, per_hour: null })
  // Somebody else was faster.
  await changing('till')
  const { id } = await keyOf('till')
  await hub.ask('PATCH', `/v1/keys/${id}`, { body: { label: 'elsewhere' }, headers: { 'if-match': '*' } })
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.getByRole('alert').waitFor()
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('row', { name: /elsewhere/ }).waitFor()
  expect(await madeByStrangers()).toEqual([])
  expect(troubles.splice(0).filter((trouble) => !/412/.test(trouble))).toEqual([])
})

test('a webhook is made, whose secret is shown once, is tried, called again, given another secret and removed', async () => {
  const panel = await Receiver.start()
  const dialog = page.getByRole('dialog')
  const act = (name: string) => page.getByRole('button', { name, exact: true }).click()
  const secretShown = async () => {
    const text = await dialog.locator('pre', { hasText: /^whsec_/ }).textContent()
    await dialog.getByRole('button', { name: 'Close' }).click()
    return text ?? ''
  }
  await page.goto(`${hub.url}/#/access/webhooks`)
  await act('New webhook')
  await dialog.getByLabel('Address').fill('https://10.0.0.1/')
  await dialog.getByLabel('Description').fill('panel')
  await dialog.getByLabel('device.*').check()
  await dialog.getByRole('button', { name: 'New webhook' }).click()
  await dialog.getByRole('alert').filter({ hasText: 'is not an address of a public host' }).waitFor()
  expect(await barriersIn(page)).toEqual([])
  await dialog.getByLabel('Address').fill(panel.url)
  await dialog.getByRole('button', { name: 'New webhook' }).click()
  const secret = await secretShown()
  const [{ id }] = (await hub.ask('GET', '/v1/webhooks')).json.data
  await hub.ask('POST', '/v1/devices', { body: { id: 'shed', profile: 'generic/text', number: '+4915112345671' } })
  await until(async () => {
    const { json } = await hub.ask('GET', `/v1/webhooks/${id}/deliveries?status=delivered`)
    return json.data.length > 0
  })
  expect(panel.devices).toContain('shed')
  expect(panel.calls.every((call) => isSigned(call, secret))).toBe(true)
  await page.getByRole('link', { name: 'panel', exact: true }).click()
  await page.getByRole('heading', { level: 1, name: 'panel' }).waitFor()
  await page.getByRole('button', { name: 'Send again' }).last().click()
  await until(() => new Set(panel.ids).size < panel.ids.length)
  await act('Replace the secret')
  const other = await secretShown()
  expect(other).not.toBe(secret)
  await act('Send a test')
  await page.getByText('Answered with 204.').waitFor()
  const last = panel.calls.findLast(({ json }) => json.type === 'hub.ping')
  expect([secret, other].map((one) => last !== undefined && isSigned(last, one))).toEqual([true, true])
  await act('Remove')
  await dialog.getByLabel(`Type ${id} to confirm`).fill(id)
  await dialog.getByRole('button', { name: 'Remove' }).click()
  await page.getByRole('heading', { name: 'No webhooks yet' }).waitFor()
  await panel.stop()
  expect(troubles.splice(0).filter((trouble) => !/422/.test(trouble))).toEqual([])
})

test('somebody is given a password and a role, is signed out where they are signed in, and is removed', async () => {
  const guest = { name: 'guest', password: 'the word of the guest' }
  const dialog = page.getByRole('dialog')
  await page.goto(`${hub.url}/#/access/users`)
  await page.getByRole('button', { name: 'New user' }).click()
  await dialog.getByLabel('Name').fill(guest.name)
  await dialog.getByLabel('New password').fill(guest.password)
  await dialog.getByLabel('Role').selectOption('reader')
  expect(await barriersIn(page)).toEqual([])
  await dialog.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('row', { name: /guest.*Reader/s }).waitFor()
  const { headers } = await hub.ask('POST', '/v1/session', { as: null, body: guest })
  const cookie = headers.get('set-cookie')?.split(';')[0] ?? ''
  const caller = async () => (await hub.ask('GET', '/v1/session', { as: null, headers: { cookie } })).json.caller
  expect(await caller()).toMatchObject({ name: 'user:guest', role: 'reader' })
  await page.reload()
  await page.getByRole('row', { name: 'guest' }).getByRole('button', { name: 'End' }).click()
  await until(async () => (await caller()) === null)
  await page
    .getByRole('row', { name: /guest.*Reader/s })
    .getByRole('button', { name: 'Remove' })
    .click()
  await dialog.getByLabel('Type guest to confirm').fill('guest')
  await dialog.getByRole('button', { name: 'Remove' }).click()
  await page.getByRole('row', { name: 'guest' }).first().waitFor({ state: 'detached' })
})

test('meets no error of the page on the way', () => {
  expect(troubles).toEqual([])
})
