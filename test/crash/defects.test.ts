import { afterEach, describe, expect, test } from '@jest/globals'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { HubProcess } from '../support/hub-process.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { mutant } from '../support/mutant.ts'

const open: HubProcess[] = []
afterEach(async () => {
  for (const hub of open.splice(0)) await hub.kill()
})

/** A publish with this in it meets the defect that was put into the build. */
const sign = 'x-defect'

interface Defect {
  readonly file: string
  /** The line of the build that the defect is put in front of. */
  readonly line: string
  readonly code: string
  readonly logged: RegExp
}

const onPublish = { file: 'submit/index.js', line: 'const now = rules.now();' }
const when = (code: string) => `if (JSON.stringify(accepted).includes('${sign}')) { ${code} }`

const defects: Readonly<Record<string, Defect>> = {
  'a rejection that nobody handles': {
    ...onPublish,
    code: when("Promise.reject(new Error('forgotten'))"),
    logged: /a defect of the hub: Error: forgotten/,
  },
  'an exception that nobody catches': {
    ...onPublish,
    code: when("setTimeout(() => { throw new Error('uncaught') })"),
    logged: /a defect of the hub: Error: uncaught/,
  },
  'a rejection with something that is no error': {
    ...onPublish,
    code: when("Promise.reject('just words')"),
    logged: /a defect of the hub: .*just words/,
  },
  'a writer thread that throws': {
    file: 'store/sqlite/worker.js',
    line: 'clearTimeout(waiting);',
    code: `if (JSON.stringify(first).includes('${sign}')) throw new Error('beside everything');`,
    logged: /the store's thread died: beside everything/,
  },
  'a writer thread that ends': {
    file: 'store/sqlite/worker.js',
    line: 'clearTimeout(waiting);',
    code: `if (JSON.stringify(first).includes('${sign}')) process.exit(3);`,
    logged: /the store's thread ended by itself/,
  },
}

describe('a process that runs a hub', () => {
  test.each(Object.entries(defects))(
    'ends in order and with an exit code that is not 0 behind %s',
    async (_, { file, line, code, logged }) => {
      const port = await freePort()
      const hub = new HubProcess(temporaryFolder())
      open.push(hub)
      const main = mutant(file, line, `${code} ${line}`)
      const config = `mqtt: { broker: { listen: 127.0.0.1:${port} } }\nhttp: { enabled: false }\nsms: { destinations: any }\n`
      await hub.start({ config, main })
      const client = await TestClient.connect(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0 }, '')
      // At QoS 0 nothing waits for an acknowledgement that can't come.
      await client.client.publishAsync(`smshub/sms/send/${sign}`, sign)
      const exit = await hub.exited()
      expect(hub.stderr).toMatch(logged)
      expect(exit.signal).toBeNull()
      expect(exit.code).toBeGreaterThan(0)
      await client.close()
    },
  )
})
