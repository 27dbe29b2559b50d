import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import type { Page } from 'playwright-core'
import { startBrowser } from '../support/browser.ts'
import { startDemo } from '../support/demo.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = 'src/web/pictures'
const maxOctets = 400_000

interface Picture {
  readonly name: string
  readonly theme: 'light' | 'dark'
  readonly width: number
  readonly height: number
  /** Goes there, and waits until there is something to see. */
  show(page: Page, url: string): Promise<unknown>
}

const pictures: readonly Picture[] = [
  {
    name: 'device',
    theme: 'light',
    width: 1280,
    height: 800,
    show: async (page, url) => {
      await page.goto(`${url}#/devices/gate`)
      await page.getByRole('button', { name: 'Open', exact: true }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Send' }).click()
      await page.getByText('The device has replied').waitFor()
    },
  },
  {
    name: 'conversation',
    theme: 'dark',
    width: 1280,
    height: 800,
    show: async (page, url) => {
      await page.goto(`${url}#/conversations`)
      await page.locator('.thread-list a', { hasText: 'ann' }).first().click()
      await page.getByRole('textbox', { name: 'Text' }).fill('Yes, from ten to four. The code has not changed.')
      await page.getByRole('button', { name: 'Send', exact: true }).click()
      await page.getByText('Thank you!').last().waitFor()
    },
  },
  {
    name: 'phone',
    theme: 'dark',
    width: 375,
    height: 740,
    show: async (page, url) => {
      await page.goto(`${url}#/devices/van`)
      await page.getByRole('heading', { level: 1, name: 'Van' }).waitFor()
      await page.getByText('Battery').first().waitFor()
    },
  },
  {
    name: 'home',
    theme: 'light',
    width: 1280,
    height: 800,
    show: async (page, url) => {
      await page.goto(`${url}#/home`)
      await page.getByText('Ready').first().waitFor()
    },
  },
]

const fileOf = ({ name }: Picture): string => `${folder}/${name}.webp`

/** Playwright writes PNG and JPEG only; Chromium itself WebP. */
async function take(page: Page, picture: Picture): Promise<void> {
  const tools = await page.context().newCDPSession(page)
  const { data } = await tools.send('Page.captureScreenshot', { format: 'webp', quality: 85 })
  writeFileSync(join(root, fileOf(picture)), Buffer.from(data, 'base64'))
  await tools.detach()
}

async function takeAll(): Promise<void> {
  mkdirSync(join(root, folder), { recursive: true })
  const demo = await startDemo()
  const browser = await startBrowser()
  try {
    const page = await browser.newPage({ locale: 'en-GB', viewport: { width: 1280, height: 800 } })
    const password = 'correct horse battery'
    await page.goto(demo.url)
    await page.getByLabel('New password').fill(password)
    await page.getByLabel('The same again').fill(password)
    await page.getByRole('button', { name: 'Set the password' }).click()
    await page.goto(`${demo.url}#/devices/van/events`)
    // The first alarm of the van: until then something has arrived from everybody.
    await page.locator('main').getByText('speed').first().waitFor({ timeout: 120_000 })
    for (const picture of pictures) {
      await page.emulateMedia({ colorScheme: picture.theme, reducedMotion: 'reduce' })
      await page.setViewportSize(picture)
      await picture.show(page, demo.url)
      // An alarm stays until somebody closes it.
      while ((await page.locator('.toast').count()) > 0) await page.locator('.toast button').first().click()
      await take(page, picture)
    }
  } finally {
    await browser.close()
    demo.child.kill()
  }
}

/** `npm run screenshots` takes them from the demo. */
test('the pictures of README.md are there, those that are taken and no others, and are small', async () => {
  if (process.env.PICTURES === 'write') await takeAll()
  const files = pictures.map(fileOf)
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  const shown = [...readme.matchAll(/src="([^"]+)"|!\[[^\]]*\]\(([^)]+)\)/g)].map(([, one, other]) => one ?? other)
  expect(shown.sort()).toEqual([...files].sort())
  expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([])
  expect(
    readdirSync(join(root, folder))
      .map((name) => `${folder}/${name}`)
      .sort(),
  ).toEqual([...files].sort())
  const contents = files.map((file) => readFileSync(join(root, file)))
  for (const content of contents) expect(content.subarray(8, 12).toString()).toBe('WEBP')
  expect(contents.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(maxOctets)
})
