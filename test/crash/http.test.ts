import { request } from 'node:http'
import { describe, expect, test } from '@jest/globals'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { HubProcess, mainFile } from '../support/hub-process.ts'
import { mutant } from '../support/mutant.ts'
import { until } from '../support/patience.ts'
import { accepted, hubYaml, startWorld, type TestWorld } from '../support/world.ts'

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const owner = '+4915112345670'

interface Setting {
  readonly world: TestWorld
  readonly hub: HubProcess
  readonly config: string
  readonly url: string
}

/** Tests run beside each other, as most of them wait: each ends its own hub and world. */
async function within(use: (setting: Setting) => Promise<void>): Promise<void> {
  const world = await startWorld()
  const hub = new HubProcess(temporaryFolder('smshub-http-'))
  try {
    const [broker, port] = [await freePort(), await freePort()]
    const mqtt = `{ broker: { listen: 127.0.0.1:${broker} } }`
    const config = hubYaml({ mqtt, path: world.path, more: `contacts: { owner: "${owner}" }` }).replace(
      'http: { enabled: false }',
      `http: { listen: 127.0.0.1:${port} }`,
    )
    await use({ world, hub, config, url: `http://127.0.0.1:${port}` })
  } finally {
    await hub.kill()
    await world.world.close()
  }
}

interface Posted {
  /** Null where the connection ends before an answer. */
  readonly status: number | null
  readonly replayed: boolean
  readonly json: any
}

/** Sends the text; without a password, who is at this machine may. */
function post(url: string, key: string): Promise<Posted> {
  const headers = { 'content-type': 'application/json', 'idempotency-key': key }
  return new Promise((resolve) => {
    const asked = request(`${url}/v1/messages`, { method: 'POST', headers, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk) => {
        text += chunk
      })
      response.on('end', () => {
        const replayed = response.headers['idempotency-replayed'] === 'true'
        resolve({ status: response.statusCode ?? null, replayed, json: JSON.parse(text) })
      })
    })
    asked.on('error', () => resolve({ status: null, replayed: false, json: null }))
    asked.end(JSON.stringify({ to: 'owner', text: 'once' }))
  })
}

/** Until the hub serves HTTP, which it does last. */
const served = (url: string) =>
  until(async () => {
    try {
      return (await fetch(`${url}/healthz`)).status > 0
    } catch {
      return false
    }
  })

describe('a text by HTTP', () => {
  test.concurrent.each(['submit.enqueue:after', 'submit.accept:before'])(
    'is sent once when the hub dies at %s and the request is made again with its key',
    async (failpoint) => {
      await within(async ({ hub, config, url, world }) => {
        await hub.start({ config, env: { SMSHUB_FAILPOINT: failpoint } })
        await served(url)
        const first = post(url, 'power-cut')
        expect((await hub.exited()).signal).toBe('SIGKILL')
        expect((await first).status).toBeNull()
        await hub.start({ config })
        await served(url)
        const again = await post(url, 'power-cut')
        // What was committed is known; what was not is taken now.
        expect(again).toMatchObject({ status: 202, replayed: failpoint === 'submit.enqueue:after' })
        await until(() => accepted(world.world, owner).length > 0)
        const once = await post(url, 'power-cut')
        expect(once).toMatchObject({ status: 202, replayed: true, json: { id: again.json.id } })
        // Long enough for a second text to leave, if anything made one.
        await pause(500)
        expect(accepted(world.world, owner)).toHaveLength(1)
      })
    },
  )

  test.concurrent('is answered when its commit is done, and not before', () =>
    within(async ({ hub, config, url }) => {
      await hub.start({ config, env: { SMSHUB_COMMIT_DELAY: '1000' } })
      await served(url)
      const start = performance.now()
      expect((await post(url, 'delayed')).status).toBe(202)
      expect(performance.now() - start).toBeGreaterThan(900)
    }))

  test.concurrent('that was answered is sent although the hub is killed at once', () =>
    within(async ({ hub, config, url, world }) => {
      await hub.start({ config, env: { SMSHUB_COMMIT_DELAY: '400' } })
      await served(url)
      expect((await post(url, 'answered')).status).toBe(202)
      await hub.kill()
      await hub.start({ config })
      await until(() => accepted(world.world, owner).length === 1)
    }))

  test.concurrent('a hub that answers before its commit is caught by this suite', async () => {
    const early = mutant(
      'submit/index.js',
      'await enqueue(items, addressed)',
      '{ repeated: false, commands: [], refused: [], answers: [] }; enqueue(items, addressed)',
    )
    await within(async ({ hub, config, url, world }) => {
      await hub.start({ config, main: early, env: { SMSHUB_COMMIT_DELAY: '2500' } })
      await served(url)
      await post(url, 'early')
      await hub.kill()
      await hub.start({ config, main: mainFile })
      await served(url)
      await pause(4_000)
      expect(accepted(world.world, owner)).toHaveLength(0)
    })
  })
})
