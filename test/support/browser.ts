import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'

/** Debian's. */
const program = '/usr/bin/chromium'

export async function startBrowser(): Promise<Browser> {
  if (!existsSync(program))
    throw new Error(`${program} is missing, with which the page is tried: apt-get install chromium`)
  return await chromium.launch({
    executablePath: program,
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
  })
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe-core has against the page as it is now: WCAG 2.2 A and AA. Its policy forbids scripts, not the debugger's. */
export async function barriersIn(page: Page): Promise<string[]> {
  // It stays until the page is loaded again.
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(axe)
  const violations = (await page.evaluate(
    // A colour on its way to another one is none to be judged.
    `Promise.allSettled(
        document.getAnimations().filter((one) => one.effect.getComputedTiming().endTime < Infinity).map((one) => one.finished),
      )
      .then(() => axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'], resultTypes: ['violations'] }))
      .then(({ violations }) => violations)`,
  )) as { id: string; help: string; nodes: { target: string[] }[] }[]
  return violations.map(
    ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`,
  )
}

/** By how much the page is wider than the screen, or a button is beyond the box that it is in. */
export async function overflowOf(page: Page): Promise<number> {
  return await page.evaluate(`Math.max(
    document.documentElement.scrollWidth - document.documentElement.clientWidth,
    ...[...document.querySelectorAll('main button')].filter((one) => one.checkVisibility()).map((one) => {
      const right = one.getBoundingClientRect().right
      let cut = 0
      for (let box = one.parentElement; box !== null; box = box.parentElement)
        if (getComputedStyle(box).overflowX !== 'visible')
          cut = Math.max(cut, Math.floor(right - box.getBoundingClientRect().right))
      return cut
    }))`)
}

export const desk = { width: 1280, height: 800 }
export const phone = { width: 320, height: 740 }
export const views = (['dark', 'light'] as const).flatMap((theme) =>
  [phone, desk].map((size) => ({ theme, size, name: `${theme} at ${size.width}` })),
)

/** Where screenshots go, for a person to look at; none are taken without it. */
const pictures = process.env.SCREENSHOTS

export async function takePicture(page: Page, name: string): Promise<void> {
  if (pictures !== undefined) await page.screenshot({ path: join(pictures, `${name.replaceAll(/[^\w-]+/g, '-')}.png`) })
}

let looks = 0

/** Barriers, and what is wider than the screen, in both themes and two widths; the last one is of a desk in the light. */
export async function barriersInAllViews(page: Page): Promise<string[]> {
  const found: string[] = []
  looks++
  for (const { theme, size, name } of views) {
    await page.emulateMedia({ colorScheme: theme })
    await page.setViewportSize(size)
    await takePicture(page, `${theme}-${size.width}-${looks}-${await page.title()}`)
    const barriers = await barriersIn(page)
    if ((await overflowOf(page)) > 0) barriers.push('it is wider than the screen')
    found.push(...barriers.map((one) => `${name}: ${one}`))
  }
  return found
}

/** Words of profiles, which are English, that are shown as if they were in the language of the page. */
export async function unmarkedEnglishIn(page: Page, english: readonly string[]): Promise<string[]> {
  const found = `((english) => {
    const isUnmarked = (one) => one.closest('.strange, code, pre, script, style') === null && one.closest('[lang]').lang !== 'en'
    const shown = [...document.querySelectorAll('[aria-label]')].filter(isUnmarked).map((one) => one.ariaLabel)
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (texts.nextNode()) if (isUnmarked(texts.currentNode.parentElement)) shown.push(texts.currentNode.data)
    // Beside other words: of a title, of a hint, of what is optional.
    return shown.filter((text) => [text, ...text.split(/ · |; | \\(/)].some((part) => english.has(part.trim())))
  })(new Set(${JSON.stringify(english)}))`
  return await page.evaluate(found)
}

/** Elements for the keyboard that look the same with the focus as without it. */
export async function unmarkedIn(page: Page): Promise<string[]> {
  return await page.evaluate(
    `[...document.querySelectorAll('a[href], button:not(:disabled), input, select, textarea, [tabindex="0"]')]
      .filter((one) => one.checkVisibility() && !one.matches('.skip'))
      .filter((one) => {
        one.focus({ focusVisible: true })
        return document.activeElement !== one || getComputedStyle(one).outlineStyle === 'none'
      })
      .map((one) => one.outerHTML.slice(0, 100))`,
  )
}

/** Errors of the page: thrown, of its policy, and requests that failed. */
export function troublesOf(page: Page): string[] {
  const troubles: string[] = []
  page.on('pageerror', (error) => troubles.push(`thrown: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error') troubles.push(`console: ${message.text()}`)
  })
  return troubles
}
