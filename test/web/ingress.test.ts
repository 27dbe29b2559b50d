import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Browser, FrameLocator, Page } from 'playwright-core'
import { barriersIn, barriersInAllViews, startBrowser, troublesOf } from '../support/browser.ts'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { HubProcess } from '../support/hub-process.ts'
import { patienceMs, until } from '../support/patience.ts'
import { type Supervisor, startSupervisor } from '../support/supervisor.ts'
import { startTileServer, type TileServer } from '../support/tile-server.ts'
import { devicesYaml, hubNumber, startWorld, type TestWorld } from '../support/world.ts'

/** Of a device that reports how exact its position is. */
const bikeNumber = '+4915112345681'
const ann = 'c0ffee00c0ffee00c0ffee00c0ffee00'

describe('in a frame of Home Assistant, below its path', () => {
  let world: TestWorld
  let hub: HubProcess
  let config: string
  let supervisor: Supervisor
  /** Of the hub, without Home Assistant before it. */
  let ownUrl: string
  let tiles: TileServer
  let browser: Browser
  let page: Page
  let frame: FrameLocator
  let troubles: string[]
  const asked: string[] = []

  beforeAll(async () => {
    world = await startWorld()
    const [mqtt, http, ingress] = [await freePort(), await freePort(), await freePort()]
    tiles = await startTileServer()
    hub = new HubProcess(temporaryFolder())
    config = `
mqtt: { broker: { listen: "127.0.0.1:${mqtt}" } }
gateways: { home: { type: modem, path: "${world.path}", number: "${hubNumber}" } }
${devicesYaml}
  bike:
    profile: generic/text
    number: "${bikeNumber}"
    messages: { place: { text: "AT {latitude:latitude} {longitude:longitude} WITHIN {gps_accuracy:int} M" } }
http:
  listen: "127.0.0.1:${http}"
  ingress: { listen: "127.0.0.1:${ingress}", from: [127.0.0.1], roles: { ${ann}: admin } }
  map: { tiles: "${tiles.origin}/tiles/{z}/{x}/{y}.png", attribution: "Map of the village" }
`
    await hub.start({ config })
    ownUrl = `http://127.0.0.1:${ingress}/`
    supervisor = await startSupervisor(ingress, ann)
    browser = await startBrowser()
    page = await browser.newPage({ locale: 'en-GB', viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' })
    page.setDefaultTimeout(patienceMs)
    troubles = troublesOf(page)
    page.on('request', (request) => asked.push(request.url()))
    await page.goto(supervisor.url)
    frame = page.frameLocator('iframe')
  })
  afterAll(async () => {
    await browser.close()
    supervisor.close()
    tiles.close()
    await hub.kill()
    await world.world.close()
  })

  const heading = (name: string) => frame.getByRole('heading', { level: 1, name })

  test('the page is there without signing in, and cannot be signed out of', async () => {
    await heading('Home').waitFor()
    await frame.getByText('Ready').first().waitFor()
    expect(await frame.getByRole('button', { name: 'Sign out' }).count()).toBe(0)
  })

  test('without a user of Home Assistant, the page asks in its language to be opened there', async () => {
    const other = await browser.newPage({ locale: 'fr-FR', reducedMotion: 'reduce' })
    await other.goto(ownUrl)
    await other.getByText('Ouvrez la page depuis Home Assistant.').waitFor()
    expect(await barriersInAllViews(other)).toEqual([])
    await other.close()
  })

  test('a command is sent, and its answer arrives live', async () => {
    await frame.getByRole('link', { name: 'Devices' }).first().click()
    await frame.getByRole('link', { name: 'gate', exact: true }).first().click()
    await frame.getByRole('button', { name: 'Open', exact: true }).click()
    await frame.getByRole('dialog').getByRole('button', { name: 'Send' }).click()
    await frame.getByText('The device has replied').waitFor()
  })

  test('a link of Home Assistant to a device opens its page, whether the hub was open before or not', async () => {
    await page.goto(`${supervisor.url}app/local_smshub/devices/gate`)
    await heading('gate').waitFor()
    await page.evaluate(`go('/app/local_smshub/gateways/home')`)
    await heading('home').waitFor()
    // Who goes on from there stays there, whatever Home Assistant repeats.
    await frame.getByRole('link', { name: 'Devices' }).first().click()
    await heading('Devices').waitFor()
    await page.evaluate('tell()')
    await page.evaluate(`go('/app/local_smshub')`)
    expect(await heading('Devices').count()).toBe(1)
    await page.goto(supervisor.url)
    await heading('Home').waitFor()
  })

  test('Settings are there for whom the configuration names as an administrator', async () => {
    await frame.getByRole('link', { name: 'Settings' }).first().click()
    await frame.getByRole('heading', { name: 'Configuration' }).waitFor()
    expect(await barriersIn(page)).toEqual([])
  })

  test('the map of the owner is asked of its server, and no other one may be', async () => {
    await frame.getByRole('link', { name: 'Devices' }).first().click()
    await frame.getByRole('link', { name: 'van', exact: true }).first().click()
    await frame
      .getByRole('button', { name: /locat|where|position/i })
      .first()
      .click()
    await frame.getByRole('dialog').getByRole('button', { name: 'Send' }).click()
    await frame.getByText('The device has replied').waitFor()
    expect(tiles.asked).toEqual([])
    await frame.getByRole('link', { name: 'Map' }).click()
    await frame.getByText('Map of the village').waitFor()
    const pictures = frame.locator('.map image')
    await until(async () => (await pictures.count()) > 1 && tiles.asked.length >= (await pictures.count()))
    // The same host with another port is another server.
    const other = await startTileServer()
    const image = `new Promise((done) => Object.assign(new Image(), {
      onload: () => done('shown'), onerror: () => done('refused'), src: '${other.origin}/tiles/1/0/0.png',
    }))`
    const inside = page.frames().find((one) => one !== page.mainFrame())
    expect(await inside?.evaluate(image)).toBe('refused')
    expect(await inside?.evaluate(image.replace(other.origin, tiles.origin))).toBe('shown')
    expect(other.asked).toEqual([])
    other.close()
    const refused = troubles.findIndex((one) => one.includes(`img-src 'self' data: ${tiles.origin}"`))
    expect(troubles.splice(refused, 1)).toEqual([expect.stringContaining(other.origin)])
    asked.splice(asked.indexOf(`${other.origin}/tiles/1/0/0.png`), 1)
  })

  test('a position that is not exact has a circle around it, of its size', async () => {
    world.world.network.text({ from: bikeNumber, to: hubNumber, text: 'AT 52.52000 13.40500 WITHIN 50 M' })
    await frame.getByRole('link', { name: 'Devices' }).first().click()
    await frame.getByRole('link', { name: 'bike', exact: true }).first().click()
    await frame.getByRole('link', { name: 'Map' }).click()
    await frame.getByText('± 50 m').waitFor()
    // The map of a single position is 400 m wide: 800 in its own units.
    expect(Number(await frame.locator('.map circle.exact').getAttribute('r'))).toBeCloseTo(100, 0)
  })

  test('where that server is away, the map has the outline of the land, and can be moved', async () => {
    tiles.close()
    const away = frame.getByText('Pictures of the map are not available.')
    const isLand = async () => (await frame.locator('.map .land path').count()) > 0
    // The pictures that are shown are still there: others are asked for.
    for (let steps = 0; !(await isLand()); steps++) {
      expect(steps).toBeLessThan(12)
      await frame.getByRole('button', { name: 'Farther' }).click()
      await away.waitFor()
      expect(await frame.locator('.map image').count()).toBe(0)
    }
    await frame.locator('.map .here').waitFor()
    expect(await barriersIn(page)).toEqual([])
    const known = troubles.length
    troubles.push(...troubles.splice(0).filter((one) => !one.includes('ERR_CONNECTION_REFUSED')))
    expect(troubles.length).toBeLessThan(known)
  })

  test('where the stream of events is held up, they are asked for, and what happens still arrives', async () => {
    supervisor.holdStreams()
    await page.clock.install()
    const before = asked.length
    const events = () => asked.slice(before).filter((url) => url.includes('/v1/events'))
    await page.reload()
    await heading('Home').waitFor()
    await until(() => events().length > 0)
    // Without a sign of life for so long, it is held up.
    await page.clock.fastForward(10_000)
    await until(() => events().some((url) => url.includes('?after=newest&wait=')))
    world.world.network.text({ from: '+4915112345999', to: hubNumber, text: 'Are you there?' })
    await frame.getByText('Are you there?').waitFor()
    await until(() => events().some((url) => /\?after=(?!newest)/.test(url)))
    // The stream is not tried again, nor is the connection called lost.
    const isPoll = (url: string) => url.includes('?after=')
    expect(events().slice(events().findIndex(isPoll)).every(isPoll)).toBe(true)
    expect(await frame.getByText('The connection to the hub is lost.').count()).toBe(0)
  })

  test('nothing was asked of any other path or host, and nothing failed', () => {
    const inside = new URL('/api/hassio_ingress/', supervisor.url).href
    const known = [inside, `${supervisor.url}app/`, `${tiles.origin}/tiles/`, 'data:']
    expect(asked.filter((url) => url !== supervisor.url && !known.some((begin) => url.startsWith(begin)))).toEqual(
      [`${supervisor.url}favicon.ico`].filter((url) => asked.includes(url)),
    )
    expect(troubles.filter((one) => !one.includes('favicon') && !one.includes('404'))).toEqual([])
  })

  test('where nobody may change anything, Home asks for an administrator by the name to be written, until there is one', async () => {
    const restart = async (admins: string) => {
      await hub.kill()
      await hub.start({ config: config.replace(`roles: { ${ann}: admin }`, admins) })
      const answers = () =>
        fetch(ownUrl).then(
          ({ ok }) => ok,
          () => false,
        )
      await until(answers)
      await page.goto(supervisor.url)
      await heading('Home').waitFor()
      await frame.getByRole('link', { name: 'Settings' }).first().click()
      await heading('Settings').waitFor()
    }
    const settings = () => frame.getByRole('heading', { name: 'Configuration' })
    const asks = frame.getByText('None of the users of Home Assistant may change anything here yet.')
    await restart('role: operator')
    expect(await settings().count()).toBe(0)
    await frame.getByRole('link', { name: 'Home' }).first().click()
    await asks.waitFor()
    expect(await asks.locator('.strange').textContent()).toBe('ann')
    expect(await barriersIn(page)).toEqual([])
    await restart('admins: [ann]')
    await settings().waitFor()
    await frame.getByRole('link', { name: 'Home' }).first().click()
    await heading('Home').waitFor()
    expect(await asks.count()).toBe(0)
  })
})
