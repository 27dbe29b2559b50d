import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { barriersIn, startBrowser, troublesOf } from '../support/browser.ts'
import { deviceAt, happenings, type LargeHub, startLargeHub } from '../support/large-hub.ts'
import { until } from '../support/patience.ts'

/** Whatever the fleet and the history, a screen has no more elements than these. */
const mostElements = 4_000
/** Reads of one list after a burst: one soon, one behind the last event, and one for each second that it takes. */
const mostReads = (ms: number) => 2 + ms / 1_000

let hub: LargeHub
let browser: Browser
/** In it ann is signed in. */
let context: BrowserContext

beforeAll(async () => {
  hub = await startLargeHub()
  browser = await startBrowser()
  context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 800 } })
  const page = await context.newPage()
  await page.goto(hub.url)
  await page.getByLabel('Name').fill('ann')
  await page.getByLabel('Password').fill('correct horse battery staple')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor()
  await page.close()
})
afterAll(async () => {
  await browser?.close()
  await hub?.close()
})

describe('a page with 20 000 devices and 100 000 messages', () => {
  let page: Page
  let troubles: string[]
  let requests: string[]
  let open: number
  let running: number
  let named: number

  beforeEach(async () => {
    page = await context.newPage()
    troubles = troublesOf(page)
    requests = []
    open = 0
    running = 0
    named = 0
    page.on('request', (request) => {
      const { pathname, searchParams } = new URL(request.url())
      if (pathname === '/v1/events') open++
      else running++
      // The names of the devices on a screen are asked for together.
      if (searchParams.has('ids')) named++
      else if (pathname.startsWith('/v1/') && pathname !== '/v1/events') requests.push(pathname)
    })
    const ended = (request: { url(): string }) => {
      if (new URL(request.url()).pathname === '/v1/events') open--
      else running--
    }
    page.on('requestfailed', ended)
    page.on('requestfinished', ended)
  })
  afterEach(async () => {
    expect(troubles).toEqual([])
    await page.close()
  })

  const heading = (name: string) => page.getByRole('heading', { level: 1, name })
  const elements = () => page.evaluate('document.querySelectorAll("*").length') as Promise<number>
  /** Nothing is read any more, and what follows the last event was. */
  async function settled(): Promise<void> {
    for (let before = -1; before !== requests.length || running > 0; ) {
      before = requests.length
      await page.waitForTimeout(2_500)
    }
  }
  async function shown(place: string, title: string): Promise<void> {
    await page.goto(`${hub.url}/#/${place}`)
    await heading(title).waitFor()
    await page.locator('.loading').first().waitFor({ state: 'detached' })
    await until(() => open === 1)
  }
  const mostOfOne = () => {
    const counts = new Map<string, number>()
    for (const path of requests) counts.set(path, (counts.get(path) ?? 0) + 1)
    return Math.max(0, ...counts.values())
  }
  const screens: readonly (readonly [string, string, readonly string[]])[] = [
    ['home', 'Home', ['/v1/gateways', '/v1/health', '/v1/messages', '/v1/quotas', '/v1/unknown']],
    ['devices', 'Devices', ['/v1/devices', '/v1/gateways']],
    [`devices/${deviceAt(0)}`, 'Pump 0', [`/v1/devices/${deviceAt(0)}/view`]],
    ['conversations', 'Conversations', ['/v1/conversations']],
    [`conversations/${deviceAt(0)}`, 'Conversations', ['/v1/conversations', '/v1/messages']],
    ['messages', 'Messages', ['/v1/messages']],
    ['gateways', 'Gateways', ['/v1/gateways']],
    ['queue', 'Queue', ['/v1/queue']],
  ]

  test.each(screens)(
    '%s asks for what it shows once, a few times for 500 events at once, and has a limited number of elements',
    async (at, title, asked) => {
      await shown('settings', 'Settings')
      await settled()
      requests = []
      named = 0
      await shown(at, title)
      await until(() => asked.every((path) => requests.includes(path)))
      await settled()
      expect(requests.toSorted()).toEqual(asked)
      expect(named).toBeLessThanOrEqual(2)
      expect(await elements()).toBeLessThan(mostElements)
      requests = []
      named = 0
      const began = performance.now()
      // However many of them concern it.
      await hub.emit(happenings(500))
      await settled()
      expect(Math.max(named, mostOfOne())).toBeLessThanOrEqual(mostReads(performance.now() - began))
      expect(await elements()).toBeLessThan(mostElements)
    },
  )

  test.each([
    ['home', 'Home', 'clock_behind'],
    ['home', 'Home', 'clock_right'],
    ['settings', 'Settings', 'clock_right'],
  ] as const)('%s, with the title %s, reads the state of the hub again after %s', async (at, title, type) => {
    await shown(at, title)
    await until(() => requests.includes('/v1/health') && running === 0)
    requests = []
    await hub.emit([{ kind: 'hub_event', subject: '', data: { type, data: {} } }])
    await until(() => requests.includes('/v1/health'))
  })

  test('all devices are reached with the keyboard, a page at a time, and each begins where the reader is', async () => {
    await shown('devices', 'Devices')
    await page.getByText(/20.?003 devices/).waitFor()
    const next = page.getByRole('button', { name: 'Next' })
    for (let number = 2; number <= 12; number++) {
      await next.focus()
      await page.keyboard.press('Enter')
      await page.getByRole('region', { name: `Page ${number}` }).waitFor()
      expect(await page.evaluate('document.activeElement.getAttribute("aria-label")')).toBe(`Page ${number}`)
    }
    // "boiler" comes before them.
    await page.getByRole('link', { name: 'Pump 1150', exact: true }).waitFor()
    expect(await elements()).toBeLessThan(mostElements)
    expect(await barriersIn(page)).toEqual([])
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.closest("tr") !== null')).toBe(true)
    await page.getByRole('button', { name: 'Previous' }).click()
    await page.getByRole('link', { name: 'Pump 1050', exact: true }).waitFor()
    await page.getByRole('searchbox').fill('pump 19999')
    await page.getByText('1 device', { exact: true }).waitFor()
    expect(await page.getByRole('navigation', { name: 'Pages' }).count()).toBe(0)
  })

  test('a search is asked for when typing pauses, not with each letter', async () => {
    await shown('devices', 'Devices')
    await settled()
    requests = []
    await page.getByRole('searchbox').pressSequentially('pump 12345')
    await page.getByRole('link', { name: 'Pump 12345' }).waitFor()
    await settled()
    expect(requests.length).toBeLessThanOrEqual(3)
  })

  test('a search goes on beyond what it has found, and says where there is no more; a contact has its name', async () => {
    await hub.ask('POST', '/v1/messages', { body: { to: 'owner', text: 'Größe 7' } })
    await shown(`messages?q=${encodeURIComponent('größe')}`, 'Messages')
    await page.getByRole('link', { name: 'owner', exact: true }).waitFor()
    await page.getByRole('button', { name: 'Next' }).click()
    await page.getByRole('heading', { name: 'Nothing more was found' }).waitFor()
    await page.getByRole('button', { name: 'Previous' }).click()
    await page.getByRole('link', { name: 'owner', exact: true }).waitFor()
  })

  test('the longest conversation is read back and forth, and no more of it is kept than a few pages', async () => {
    await shown(`conversations/${deviceAt(0)}`, 'Conversations')
    const bubbles = page.locator('.bubble')
    const first = () => bubbles.first().locator('.words').textContent()
    const newest = await bubbles.last().locator('.words').textContent()
    for (let i = 0; i < 6; i++) {
      const before = await first()
      await page.getByRole('button', { name: 'Older texts' }).click()
      await until(async () => (await first()) !== before)
    }
    expect(await bubbles.count()).toBe(150)
    expect(await elements()).toBeLessThan(mostElements)
    expect(await barriersIn(page)).toEqual([])
    // What was read last is still in view.
    const top = (await page.evaluate('document.querySelector(".chat").scrollTop')) as number
    expect(top).toBeGreaterThan(0)
    for (const newer = page.getByRole('button', { name: 'Newer texts' }); (await newer.count()) > 0; ) {
      const before = await bubbles.last().locator('.words').textContent()
      await newer.click()
      await until(async () => (await bubbles.last().locator('.words').textContent()) !== before)
    }
    expect(await bubbles.last().locator('.words').textContent()).toBe(newest)
  })

  const hide = (hidden: boolean) =>
    page.evaluate(`
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => ${hidden} })
      document.dispatchEvent(new Event('visibilitychange'))
    `)

  test('in the background it holds no connection and asks for nothing; seen again, it has one', async () => {
    await shown('log', 'Log')
    await hide(true)
    await until(() => open === 0)
    await settled()
    requests = []
    await hub.emit(happenings(100))
    await page.waitForTimeout(5_000)
    expect({ requests, open }).toEqual({ requests: [], open: 0 })
    await hide(false)
    await until(() => open === 1)
  })

  test('when the connection was lost, everything that is shown is read again once', async () => {
    await shown('devices', 'Devices')
    await settled()
    requests = []
    hub.cut()
    await until(() => requests.includes('/v1/devices'))
    await settled()
    expect(requests.toSorted()).toEqual(['/v1/conversations', '/v1/devices'])
    expect(open).toBe(1)
    troubles.splice(0)
  })
})
