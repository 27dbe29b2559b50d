import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { startBrowser, troublesOf } from '../support/browser.ts'
import { type HttpHub, startHttpHub } from '../support/http-hub.ts'
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
/** What nobody sees, or what turns its surroundings; but for line ends and tabs. */
const unseen =
  '[\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufe00-\\ufe0e\\ufeff\\u{e0000}-\\u{e01ef}]|\\p{Mn}{8}'

let hub: HttpHub
let browser: Browser
let page: Page
let troubles: string[]

beforeAll(async () => {
  hub = await startHttpHub()
  const { network } = hub.world.world
  for (const text of hostile) network.text({ from: stranger, to: hubNumber, text, delayMs: 0 })
  network.text({ from: '<b>Bank</b>', to: hubNumber, text: 'your code is 1', delayMs: 0 })
  network.text({ from: vanNumber, to: hubNumber, text: hostile[2] as string, delayMs: 0 })
  for (;;) {
    const { json } = await hub.ask('GET', '/v1/messages?direction=in&limit=100')
    if (json.data.length === hostile.length + 2) break
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

test('meets no error of the page on the way', () => {
  expect(troubles).toEqual([])
})
