import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { de } from '../../src/web/texts/de.ts'
import { es } from '../../src/web/texts/es.ts'
import { fr } from '../../src/web/texts/fr.ts'
import {
  barriersIn,
  barriersInAllViews,
  desk,
  overflowOf,
  phone,
  startBrowser,
  takePicture,
  troublesOf,
  unmarkedEnglishIn,
  unmarkedIn,
  views,
} from '../support/browser.ts'
import { startDemo } from '../support/demo.ts'
import { patienceMs } from '../support/patience.ts'

/** Of a device in the demo that nobody has added. */
const tank = '+4915112345697'

const tables = { de, es, fr }

/** Words of a profile in what the interface answers: all that stands in these keys. */
const keysOfWords = ['label', 'about', 'danger', 'says', 'accepts']
const wordsIn = (answer: unknown): string[] =>
  Object.entries(Object(answer)).flatMap(([key, value]) =>
    typeof value === 'string' ? (keysOfWords.includes(key) ? [value] : []) : wordsIn(value),
  )

describe('a person', () => {
  let demo: Awaited<ReturnType<typeof startDemo>>
  let browser: Browser
  let page: Page
  let troubles: string[]
  const asked = new Set<string>()

  beforeAll(async () => {
    demo = await startDemo()
    browser = await startBrowser()
    page = await browser.newPage({ locale: 'en-GB', viewport: desk, reducedMotion: 'reduce' })
    troubles = troublesOf(page)
    page.on('request', (request) => asked.add(new URL(request.url()).origin))
  })
  afterAll(async () => {
    await browser.close()
    demo.child.kill()
  })

  const heading = (name: string | RegExp) => page.getByRole('heading', { level: 1, name })
  const open = async (place: string, title: string | RegExp) => {
    await page.goto(`${demo.url}#/${place}`)
    await heading(title).waitFor()
  }

  test('who comes from elsewhere before there is a password reads, in their language, where to set it', async () => {
    await page.setExtraHTTPHeaders({ 'x-forwarded-for': '192.0.2.7' })
    await page.goto(demo.url)
    await heading('Sign in').waitFor()
    await page.getByText('No password is set yet.').waitFor()
    expect(await page.getByLabel('Password').count()).toBe(0)
    expect(await barriersInAllViews(page)).toEqual([])
    await page.getByLabel('Language', { exact: true }).selectOption('de')
    await page.getByText('Noch ist kein Passwort gesetzt.').waitFor()
    await page.getByLabel('Sprache', { exact: true }).selectOption('en')
    await heading('Sign in').waitFor()
    await page.setExtraHTTPHeaders({})
  })

  /** What the profiles of the devices are shown with, but for words that a language of the page has, too. */
  const profileWords = async (language: keyof typeof tables): Promise<readonly string[]> => {
    const views = `Promise.all(['gate', 'van', 'boiler'].flatMap((id) => ['view', 'setup'].map((what) =>
      fetch('v1/devices/' + id + '/' + what).then((answer) => answer.json()))))`
    const own = JSON.stringify(tables[language])
    return [...new Set(wordsIn(await page.evaluate(views)))].filter((word) => !own.includes(JSON.stringify(word)))
  }

  test('is asked for a password first, chooses one, and is signed in', async () => {
    await page.goto(demo.url)
    await heading('Set a password first').waitFor()
    await page.getByLabel('New password').fill('correct horse battery')
    await page.getByLabel('The same again').fill('correct horse')
    expect(await page.getByText('The two passwords differ.').isVisible()).toBe(true)
    await page.getByLabel('The same again').fill('correct horse battery')
    await page.getByRole('button', { name: 'Set the password' }).click()
    await heading('Home').waitFor()
    expect(await page.getByText('Signed in as admin').first().isVisible()).toBe(true)
  })

  test('signs out, is refused with a wrong password, and comes in with the right one', async () => {
    await page.getByRole('button', { name: 'Sign out' }).first().click()
    await heading('Sign in').waitFor()
    expect(await barriersInAllViews(page)).toEqual([])
    await page.getByLabel('Name').fill('admin')
    await page.getByLabel('Password').fill('wrong')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('alert').filter({ hasText: 'wrong name or password' }).waitFor()
    expect(await barriersInAllViews(page)).toEqual([])
    await page.getByLabel('Password').fill('correct horse battery')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await heading('Home').waitFor()
    // A refused password is an answer of 401, which a browser notes.
    troubles.splice(0)
  })

  test('sees that the modem is ready', async () => {
    await page.getByRole('heading', { name: 'home', exact: true }).waitFor()
    await page.getByText('Ready').first().waitFor()
  })

  test('presses open, and watches the answer of the gate arrive', async () => {
    await page.getByRole('link', { name: 'Devices' }).first().click()
    await page.getByRole('link', { name: 'Front gate' }).click()
    await page.getByRole('button', { name: 'Open', exact: true }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Send' }).click()
    await page.getByText('The device has replied').waitFor()
    expect(await page.locator('.quote').first().textContent()).not.toBe('')
    expect(await barriersInAllViews(page)).toEqual([])
  })

  test('finds the queue in the rest of the menu of a phone', async () => {
    await page.setViewportSize(phone)
    await page.getByRole('button', { name: 'More', exact: true }).click()
    const queue = page.getByRole('dialog').getByRole('link', { name: 'Queue' })
    await queue.waitFor()
    expect(await barriersInAllViews(page)).toEqual([])
    await page.setViewportSize(phone)
    await queue.click()
    await heading('Queue').waitFor()
    expect(await page.getByRole('dialog').count()).toBe(0)
    await page.setViewportSize(desk)
  })

  test('is asked for the name of the device before what is dangerous', async () => {
    await open('devices/boiler', 'Boiler')
    await page.getByRole('button', { name: 'Change password' }).click()
    const send = page.getByRole('dialog').getByRole('button', { name: 'Send' })
    expect(await send.isDisabled()).toBe(true)
    expect(await barriersIn(page)).toEqual([])
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    // Who uses the keyboard goes on where they were.
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Change password')
  })

  test('asks the van where it is, and sees it on a map that nobody else serves', async () => {
    await open('devices/van', 'Van')
    await page
      .getByRole('button', { name: /locat|where|position/i })
      .first()
      .click()
    await page.getByRole('dialog').getByRole('button', { name: 'Send' }).click()
    await page.getByText('The device has replied').waitFor()
    await page.getByRole('link', { name: 'Map' }).click()
    await page.getByRole('img', { name: /^Map: Van at/ }).waitFor()
  })

  test('writes a text, counts its SMS, and sees how far it is', async () => {
    await open('conversations', 'Conversations')
    const line = page.locator('.thread-list a', { hasText: 'Front gate' })
    await line.getByText('unread').waitFor()
    const read = page.waitForResponse((answer) => answer.url().endsWith('/v1/conversations/gate/read'))
    await line.click()
    expect(await (await read).json()).toEqual({ unread: 0 })
    // The hub knows it, not this page.
    await open('conversations', 'Conversations')
    await page.reload()
    await line.waitFor()
    expect(await line.getByText('unread').count()).toBe(0)
    await line.click()
    const box = page.getByRole('textbox', { name: 'Text' })
    await box.fill('“Hello”')
    expect(await page.getByText(/is not in the SMS alphabet/).isVisible()).toBe(true)
    await box.fill('Hello')
    await page.getByText('1 SMS, 155 left').waitFor()
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    await page.locator('.bubble.out', { hasText: 'Hello' }).waitFor()
  })

  test('answers a person who has written', async () => {
    await page.locator('.thread-list a', { hasText: 'ann' }).first().click()
    await page.getByRole('textbox', { name: 'Text' }).fill('Yes, from ten to four.')
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    await page.locator('.bubble.out', { hasText: 'Yes, from ten to four.' }).waitFor()
  })

  test('writes a text for later, sees when it will be sent, and takes it back', async () => {
    await page.getByRole('button', { name: 'Later', exact: true }).click()
    const now = new Date()
    const at = `${now.getFullYear() + (now.getMonth() > 10 ? 1 : 0)}-12-01T18:00`
    await page.getByLabel('Send at').fill(at)
    await page.getByRole('textbox', { name: 'Text' }).fill('Good night')
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    await page.locator('.bubble.out', { hasText: 'Good night' }).getByText('To be sent').waitFor()
    await open('queue', 'Queue')
    await page
      .getByRole('row', { name: /18:00|6:00/ })
      .getByRole('button', { name: 'Cancel it' })
      .click()
    await page.getByText('Nothing waits to be sent').waitFor()
  })

  test('pauses the queue, cancels what waits, empties it when that is confirmed, and resumes', async () => {
    await open('queue', 'Queue')
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.getByText('The queue is paused.').first().waitFor()
    const wait = async () => {
      await open('devices/gate', 'Front gate')
      await page.getByRole('button', { name: 'Open', exact: true }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Send' }).click()
      await open('queue', 'Queue')
    }
    await wait()
    await page.getByRole('button', { name: 'Cancel it' }).first().click()
    await page.getByText('Nothing waits to be sent').waitFor()
    await wait()
    const purge = { name: 'Empty the queue' }
    await page.getByRole('button', purge).click()
    await page.getByRole('dialog').getByText('What waits (1 message) is cancelled and never sent.').waitFor()
    await page.emulateMedia({ colorScheme: 'dark' })
    expect(await barriersIn(page)).toEqual([])
    await page.emulateMedia({ colorScheme: 'light' })
    await page.getByRole('dialog').getByRole('button', purge).click()
    await page.getByText('Nothing waits to be sent').waitFor()
    await page.getByRole('button', { name: 'Resume' }).first().click()
    await page.getByText('The queue is paused.').first().waitFor({ state: 'detached' })
  })

  test('is answered by the person, whose name stands wherever the text does', async () => {
    await open('conversations', 'Conversations')
    await page.locator('.thread-list a', { hasText: 'ann' }).first().click()
    await page.locator('.bubble.in', { hasText: 'Thank you!' }).first().waitFor({ timeout: patienceMs })
    await open('home', 'Home')
    await page.getByRole('link', { name: 'ann', exact: true }).first().waitFor()
  })

  test('finds a text with a filter, saves what is found, and opens it', async () => {
    await open('messages', 'Messages')
    await page.getByRole('searchbox').fill('SUNDAY')
    await page.getByLabel('Direction').selectOption('out')
    await page.getByText('Nothing found').waitFor()
    await page.getByLabel('Direction').selectOption('in')
    const row = page.getByRole('row', { name: /Sunday/ })
    await row.getByRole('link', { name: 'ann', exact: true }).waitFor()
    const saved = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Export as CSV' }).click()
    const [names, line, ...more] = readFileSync(await (await saved).path(), 'utf8').split('\r\n')
    expect(names).toBe('at,direction,from,to,device,gateway,status,command,text')
    expect(line).toMatch(/,in,\+\d+,.*,received,,"Hello, is the gate open on Sunday\?/)
    expect(more).toEqual([''])
    await row.getByRole('link').first().click()
    await heading('Received').waitFor()
    await page.locator('.quote', { hasText: 'Sunday' }).waitFor()
  })

  test('sees a text that no profile reads, and adds its sender as a device, with the keyboard alone', async () => {
    await open('home', 'Home')
    const press = async (name: RegExp | string) => {
      await page.getByRole('link', { name }).first().focus({ timeout: patienceMs })
      await page.keyboard.press('Enter')
    }
    await press(/^Not understood: \d/)
    await heading('Texts not understood').waitFor()
    await press(tank)
    await heading(tank).waitFor()
    await page.getByText('This number is no device yet.').waitFor()
    expect(await barriersInAllViews(page)).toEqual([])
    await press('Add this number as a device')
    await heading('Which device is it?').waitFor()
    await page.getByLabel('Maker or model').focus()
    await page.keyboard.type('generic text')
    await press(/^Choose/)
    await page.getByLabel('Name', { exact: true }).fill('Tank')
    expect(await page.getByLabel('Number').inputValue()).toBe(tank)
    await page.getByLabel('Number').focus()
    await page.keyboard.press('Enter')
    await heading('Tank').waitFor()
  })

  test('keeps a rule for all of its texts, which are read then', async () => {
    await open('devices/tank/texts', 'Tank')
    await page.getByRole('button', { name: 'Make a rule of it' }).first().click({ timeout: patienceMs })
    await page.getByLabel('Name for level').waitFor()
    const test = page.getByRole('button', { name: 'Test', exact: true })
    await page.getByLabel('Name for value_2').fill('')
    await page.getByLabel('Name for text_1').fill('colour')
    await test.click()
    await page.getByText('there is no field "colour"').waitFor()
    expect(await page.getByLabel('Name for value_2').count()).toBe(0)
    await page.getByLabel('Name for colour').fill('')
    await test.focus()
    await page.keyboard.press('Enter')
    await page.getByText(/^It reads/).waitFor()
    // It was busy for a while, and is still where the keyboard is.
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Test')
    expect(await barriersInAllViews(page)).toEqual([])
    await page.getByLabel('Name of the message').fill('water')
    await page.getByRole('button', { name: 'Keep the rule' }).click()
    await page.getByRole('heading', { name: 'Not understood so far' }).waitFor({ state: 'detached' })
    await open('devices/tank', 'Tank')
    await page
      .locator('.values > div', { hasText: 'Level' })
      .getByText(/^4[12]/)
      .waitFor()
  })

  test('makes a rule from a text that the profile does not know', async () => {
    const text = 'Tank level 42 percent'
    await open('devices/tank/texts', 'Tank')
    await page.getByLabel('Text of the device').fill(text)
    await page.getByRole('button', { name: 'Try it' }).click()
    await page.getByRole('button', { name: 'Make a rule from this text' }).waitFor()
    // With the mouse above a button.
    expect(await barriersIn(page)).toEqual([])
    await page.getByRole('button', { name: 'Make a rule from this text' }).click()
    await page.getByLabel('Name of the message').fill('level_report')
    await page.getByRole('button', { name: 'Keep the rule' }).click()
    // A device with the same notice was added a moment ago.
    await page.getByText('The device understands this text from now on.').last().waitFor()
    await page.getByLabel('Text of the device').fill(text)
    await page.getByRole('button', { name: 'Try it' }).click()
    await page.getByText('level_report').waitFor()
  })

  test('makes a key, which is shown once', async () => {
    await open('access/keys', 'Keys and webhooks')
    await page.getByRole('button', { name: 'New key' }).click()
    await page.getByLabel('Label').fill('shop')
    await page.getByLabel('messages:send').check()
    await page.getByRole('button', { name: 'Make the key' }).click()
    await page.locator('dialog pre', { hasText: /^smk_/ }).waitFor()
    await page.getByRole('button', { name: 'Close' }).click()
    await page.getByRole('cell', { name: /shop/ }).waitFor()
    expect(await page.getByText(/smk_\w{8}_/).count()).toBe(0)
  })

  test('sees that there is no webhook yet', async () => {
    await open('access/webhooks', 'Keys and webhooks')
    await page.getByRole('heading', { name: 'No webhooks yet' }).waitFor()
    expect(await barriersInAllViews(page)).toEqual([])
  })

  test('removes the device by typing its name', async () => {
    await open('devices/tank/options', 'Tank')
    await page.getByRole('button', { name: 'Remove' }).click()
    const remove = page.getByRole('dialog').getByRole('button', { name: 'Remove' })
    expect(await remove.isDisabled()).toBe(true)
    await page.getByLabel('Type tank to confirm').fill('tank')
    await remove.click()
    await heading('Devices').waitFor()
    await page.getByRole('link', { name: 'Tank' }).waitFor({ state: 'detached' })
  })

  test('reads it in German, and it stays so', async () => {
    await open('settings', 'Settings')
    await page.getByLabel('Language', { exact: true }).selectOption('de')
    await heading('Einstellungen').waitFor()
    await page.reload()
    await heading('Einstellungen').waitFor()
    expect(await page.locator('html').getAttribute('lang')).toBe('de')
    // What the hub has found, too; its own words, which name things, stand below.
    await open('gateways/home', 'home')
    await page.getByRole('button', { name: 'Untersuchen' }).click()
    await page.getByText('Die SIM ist bereit.').waitFor()
    await open('devices/gate/setup', 'Front gate')
    await page.getByText('eine ganze Zahl (von 0 bis 999 s)').waitFor()
    // The words of a profile are English, and are read out as such.
    await open('devices/boiler', 'Boiler')
    await page.getByRole('button', { name: 'Change password' }).click()
    await page.getByRole('dialog').waitFor()
    expect(await unmarkedEnglishIn(page, await profileWords('de'))).toEqual([])
    await page.keyboard.press('Escape')
    await open('devices/nonsuch', 'nonsuch')
    const fault = page.getByRole('alert').filter({ hasText: 'Dieses Gerät gibt es nicht.' })
    await fault.getByText('there is no device "nonsuch"').waitFor()
    expect(troubles.splice(0).filter((trouble) => !/404|Problem/.test(trouble))).toEqual([])
    await open('settings', 'Einstellungen')
    await page.getByLabel('Sprache', { exact: true }).selectOption('en')
    await heading('Settings').waitFor()
  })

  test('asks the network for the balance of the SIM, and saves what was said to the modem', async () => {
    await open('gateways/home', 'home')
    await page.getByLabel('Code').fill('*100#')
    await page.getByRole('button', { name: 'Ask the network' }).click()
    await page.getByText('Your balance is 5.00').waitFor()
    const saved = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Save a trace' }).click()
    expect(readFileSync(await (await saved).path(), 'utf8')).toMatch(/^> AT/m)
  })

  test('sees where the van was before the page was opened', async () => {
    await open('devices/van/map', 'Van')
    await page.reload()
    await page.locator('.map .past').first().waitFor({ timeout: patienceMs })
  })

  test('meets no error of the page on the way, which asks nobody but the hub', () => {
    expect(troubles).toEqual([])
    expect([...asked].filter((origin) => origin !== 'null')).toEqual([new URL(demo.url).origin])
  })

  const places = [
    'home',
    'conversations',
    'conversations/ann',
    'devices',
    'devices/long',
    'devices/gate/history',
    'devices/van/events',
    'devices/van/map',
    'devices/gate/setup',
    'devices/gate/texts',
    'devices/long/options',
    'gateways',
    'gateways/home',
    'messages',
    'messages/:written',
    'queue',
    'unknown',
    'access/keys',
    'access/webhooks',
    'access/webhooks/hook',
    'access/users',
    'log',
    'settings',
    'onboarding',
    'onboarding/device',
  ]
  /** What a person may write that has no place to be cut, or runs the other way. */
  const long = 'Rainwatertank'.repeat(9)
  const written = [
    [
      'devices',
      { id: 'long', name: long, profile: 'king-pigeon/rtu5024', variant: 'classic', number: '+4915112345677' },
    ],
    ['webhooks', { id: 'hook', url: 'https://hooks.example/'.concat(long), types: ['webhook.failing'] }],
    ['messages', { id: 'w2', to: 'ann', text: 'שלום, השער פתוח (10:00–16:00). The gate, 50%!' }],
    ['messages', { id: 'w1', to: 'ann', text: long }],
  ] as const
  /** The id of the last message. */
  let writtenId = ''
  test.each(written)('writes into %s what is long, or from right to left', async (path, body) => {
    const sent = `fetch('v1/${path}', {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: ${JSON.stringify(JSON.stringify(body))},
    }).then(async (answer) => ({ ok: answer.ok, ...(await answer.json()) }))`
    const answer = (await page.evaluate(sent)) as { ok: boolean; id?: string }
    expect(answer).toMatchObject({ ok: true })
    writtenId = answer.id ?? ''
  })

  const show = async (place: string) => {
    await page.goto(`${demo.url}#/${place.replace(':written', writtenId)}`)
    await page.locator('h1').first().waitFor()
    await page.locator('.loading').first().waitFor({ state: 'detached' })
  }

  describe.each(views)('$name', ({ theme, size }) => {
    beforeAll(async () => {
      await page.setViewportSize(size)
      await page.goto(`${demo.url}#/settings`)
      await page.getByLabel('Appearance', { exact: true }).selectOption(theme)
    })

    test.each(places)('%s is without barriers, and nothing of it is cut off', async (place) => {
      await show(place)
      await takePicture(page, `${theme}-${size.width}-${place}`)
      expect(await barriersIn(page)).toEqual([])
      expect(await unmarkedIn(page)).toEqual([])
      expect(await overflowOf(page)).toBeLessThanOrEqual(0)
    })
  })

  describe.each(['de', 'es', 'fr'] as const)('in %s at 320', (language) => {
    let english: readonly string[]
    beforeAll(async () => {
      english = await profileWords(language)
      await page.setViewportSize(phone)
      await show('settings')
      await page.locator('select', { has: page.locator('option[value="fr"]') }).selectOption(language)
      await page.locator(`html[lang="${language}"]`).waitFor()
    })

    test.each(places)('%s is without barriers, and nothing of it is cut off', async (place) => {
      await show(place)
      expect(await barriersIn(page)).toEqual([])
      expect(await unmarkedEnglishIn(page, english)).toEqual([])
      expect(await overflowOf(page)).toBeLessThanOrEqual(0)
    })
  })

  test('sees that the van has had an alarm', async () => {
    await show('devices/van/events')
    await page.locator('main .chip', { hasText: 'speed' }).first().waitFor({ timeout: patienceMs })
  })
})
