import { afterAll, beforeAll, test } from '@jest/globals'
import type { Browser, CDPSession, Page } from 'playwright-core'
import { startBrowser } from '../support/browser.ts'
import { EventClient } from '../support/event-client.ts'
import { deviceAt, happenings, type LargeHub, startLargeHub } from '../support/large-hub.ts'

/**
 * The page with a large fleet, a long history and 50 events a second: requests, octets, nodes, long tasks, the heap; and
 * what lists and open pages cost the hub. Figures, never a verdict: machines are noisy. MINUTES=5 is how long the events
 * last.
 */
const minutes = Number(process.env.MINUTES ?? 1)
const eventsASecond = 50

let hub: LargeHub
let browser: Browser

beforeAll(async () => {
  const cpu = process.cpuUsage()
  hub = await startLargeHub()
  note('a hub with all of it', `${cpuSince(cpu)} ms of CPU`)
  browser = await startBrowser()
}, 300_000)
afterAll(async () => {
  await browser?.close()
  await hub?.close()
})

const note = (name: string, value: string) => process.stderr.write(`${name.padEnd(58)} ${value}\n`)
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before)
  return Math.round((user + system) / 1000)
}

let number = 0
async function busy(seconds: number): Promise<void> {
  for (let i = 0; i < seconds * 10; i++) {
    await hub.emit(happenings(eventsASecond / 10, number))
    number += eventsASecond / 10
    await pause(100)
  }
}

test('what lists cost the hub', async () => {
  const cost = async (name: string, path: string, times = 40) => {
    await hub.ask('GET', path)
    const samples: number[] = []
    let octets = 0
    for (let i = 0; i < times; i++) {
      const cpu = process.cpuUsage()
      octets = (await hub.ask('GET', path)).text.length
      const { user, system } = process.cpuUsage(cpu)
      samples.push((user + system) / 1000)
    }
    samples.sort((x, y) => x - y)
    const at = (share: number) => (samples[Math.floor((samples.length - 1) * share)] ?? Number.NaN).toFixed(1)
    note(`GET ${name}`, `${at(0.5)} ms of CPU, p99 ${at(0.99)}, ${octets} octets`)
  }
  await cost('/v1/session', '/v1/session')
  await cost('/v1/devices', '/v1/devices?limit=100')
  await cost('/v1/devices, a page in the middle', `/v1/devices?limit=100&cursor=`)
  await cost('/v1/devices?q=pump 123', '/v1/devices?limit=100&q=pump%20123')
  await cost('/v1/devices?q=nothing', '/v1/devices?limit=100&q=nothing')
  await cost('/v1/devices?state=offline', '/v1/devices?limit=100&state=offline')
  await cost('/v1/devices/:id/view', `/v1/devices/${deviceAt(7)}/view`)
  await cost('/v1/conversations', '/v1/conversations?limit=50')
  await cost('/v1/messages', '/v1/messages?limit=100')
  await cost('/v1/messages of the longest conversation', `/v1/messages?about=${deviceAt(0)}&limit=50`)
  await cost('/v1/messages?q, many', '/v1/messages?limit=50&q=number%2049')
  await cost('/v1/messages?q, none', '/v1/messages?limit=50&q=nothing')
  await cost('/v1/messages?since=7d', '/v1/messages?limit=100&since=7d')
  await cost('/v1/gateways', '/v1/gateways')
  await cost('/v1/quotas', '/v1/quotas')
  await cost('/v1/health', '/v1/health')
  await cost('/v1/profiles', '/v1/profiles')
  await cost('/v1/events of a device', `/v1/events?device=${deviceAt(7)}&types=device.event&limit=500`)
  await cost('/v1/events of a device, back', `/v1/events?device=${deviceAt(7)}&before=newest&limit=500`)
}, 120_000)

test('what open pages cost the hub', async () => {
  for (const readers of [1, 20, 200]) {
    const clients = Array.from(
      { length: readers },
      (_, i) =>
        new EventClient(`${hub.url}/v1/events`, {
          authorization: `Bearer ${i % 2 === 0 ? hub.keys.owner : hub.keys.other}`,
        }),
    )
    for (const client of clients) await client.open()
    const cpu = process.cpuUsage()
    await busy(5)
    note(`${readers} streams, for each second of events`, `${cpuSince(cpu) / 5} ms of CPU, both ends`)
    for (const client of clients) client.close()
  }
}, 120_000)

interface Count {
  requests: string[]
  octets: number
}

async function opened(): Promise<{ page: Page; cdp: CDPSession; count: Count }> {
  const page = await browser.newPage({ locale: 'en-GB', viewport: { width: 1280, height: 800 } })
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('Network.enable')
  await cdp.send('HeapProfiler.enable')
  const count: Count = { requests: [], octets: 0 }
  cdp.on('Network.requestWillBeSent', ({ request }) => {
    count.requests.push(`${request.method} ${new URL(request.url).pathname}`)
  })
  cdp.on('Network.dataReceived', ({ encodedDataLength, dataLength }) => {
    count.octets += encodedDataLength || dataLength
  })
  await page.addInitScript(`
    globalThis.tasks = []
    new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration)))
      .observe({ entryTypes: ['longtask'] })
  `)
  await page.goto(hub.url)
  await page.getByLabel('Name').fill('ann')
  await page.getByLabel('Password').fill('correct horse battery staple')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor()
  return { page, cdp, count }
}

const scriptSeconds = async (cdp: CDPSession): Promise<Readonly<Record<string, number>>> => {
  await cdp.send('Performance.enable')
  const { metrics } = await cdp.send('Performance.getMetrics')
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]))
}

test('what a page does', async () => {
  const { page, cdp, count } = await opened()
  const shown = async (name: string, act: () => Promise<unknown>) => {
    count.requests = []
    count.octets = 0
    await page.evaluate('tasks.length = 0')
    const before = await scriptSeconds(cdp)
    await act()
    const after = await scriptSeconds(cdp)
    const tasks = (await page.evaluate('tasks')) as number[]
    const nodes = await page.evaluate('document.querySelectorAll("*").length')
    const kinds = new Map<string, number>()
    for (const one of count.requests) kinds.set(one, (kinds.get(one) ?? 0) + 1)
    const busyMs = Math.round(1000 * ((after.TaskDuration ?? 0) - (before.TaskDuration ?? 0)))
    note(
      name,
      `${count.requests.length} requests, ${count.octets} octets, ${nodes} elements, main thread ${busyMs} ms, ${tasks.length} long tasks (most ${Math.round(Math.max(0, ...tasks))} ms)`,
    )
    note('', [...kinds].map(([kind, n]) => `${n} × ${kind}`).join(', '))
  }
  const go = (place: string) => async () => {
    await page.goto(`${hub.url}/#/${place}`)
    await page.locator('.loading').first().waitFor({ state: 'detached' })
    await pause(1_500)
  }
  await shown('home, loaded again', async () => {
    await page.reload()
    await go('home')()
  })
  for (const place of ['devices', 'conversations', `conversations/${deviceAt(0)}`, 'messages', 'queue', 'gateways'])
    await shown(place, go(place))
  await shown('devices: all pages that there are', async () => {
    await go('devices')()
    for (let i = 0; i < 12; i++) {
      const more = page.locator('.more-rows button, .pager button').last()
      if ((await more.count()) === 0 || !(await more.isEnabled())) break
      await more.click()
      await pause(400)
    }
  })
  await shown('devices: scrolling', async () => {
    for (let i = 0; i < 40; i++) {
      await page.mouse.wheel(0, 400)
      await pause(50)
    }
  })
  await shown('devices: typing "pump 12345"', async () => {
    await page.getByRole('searchbox').first().pressSequentially('pump 12345', { delay: 80 })
    await pause(1_500)
  })
  for (const place of ['home', 'devices', 'conversations', 'messages', 'queue', 'gateways']) {
    await go(place)()
    await shown(`${place}: 10 s of events`, () => busy(10))
  }
  await go('devices')()
  await shown('devices: 500 events at once', async () => {
    await hub.emit(happenings(500, number))
    await pause(3_000)
  })
  await go(`conversations/${deviceAt(0)}`)()
  const heap = async () => {
    await cdp.send('HeapProfiler.collectGarbage')
    return (await scriptSeconds(cdp)).JSHeapUsedSize ?? 0
  }
  await busy(10)
  const before = await heap()
  await shown(`a conversation: ${minutes} minutes of events`, () => busy(60 * minutes))
  note('heap after that', `${Math.round((await heap()) / 1024)} KiB, before ${Math.round(before / 1024)} KiB`)
}, 900_000)
