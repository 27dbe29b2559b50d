import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { freePort, temporaryFolder } from './folder.ts'
import { until } from './patience.ts'

/** Kannel of Debian: `bearerbox` binds to an SMSC, `smsbox` takes texts over HTTP and calls back. */
export const hasKannel = ['bearerbox', 'smsbox'].every(
  (name) => spawnSync('sh', ['-c', `command -v ${name} /usr/sbin/${name}`]).status === 0,
)

export interface Called {
  readonly path: string
  readonly query: Readonly<Record<string, string>>
}

/** A Kannel in a folder of its own, with what it calls. */
export class Kannel {
  /** Delivery reports (`/dlr`) and received texts (`/mo`). */
  readonly calls: Called[] = []
  readonly #ends: (() => unknown)[] = []
  readonly #folder = temporaryFolder('smshub-kannel-')
  #sent = 0
  #sendPort = 0
  #callPort = 0

  /** `more`: lines of its `smsc` group. */
  static async start(smscPort: number, more = ''): Promise<Kannel> {
    const one = new Kannel()
    await one.#start(smscPort, more)
    return one
  }

  /** What the two have logged. */
  get log(): string {
    return ['bearerbox', 'smsbox'].map((name) => readFileSync(join(this.#folder, `${name}.log`), 'utf8')).join('\n')
  }

  /** Asks Kannel to send a text, with a report of its end that has its number. Resolves with its answer. */
  async send(to: string, text: string, more: Readonly<Record<string, string>> = {}): Promise<string> {
    const report = `http://127.0.0.1:${this.#callPort}/dlr?type=%d&n=${++this.#sent}`
    const query = new URLSearchParams({
      ...{ username: 'tester', password: 'foobar', from: '4711', to, text, charset: 'utf-8' },
      ...{ 'dlr-mask': '19', 'dlr-url': report, ...more },
    })
    const answer = await fetch(`http://127.0.0.1:${this.#sendPort}/cgi-bin/sendsms?${query}`)
    return `${answer.status} ${await answer.text()}`
  }

  called(path: string): Called[] {
    return this.calls.filter((call) => call.path === path)
  }

  async stop(): Promise<void> {
    for (const end of this.#ends.splice(0).reverse()) await end()
  }

  async #start(smscPort: number, more: string): Promise<void> {
    const [admin, boxes] = [await freePort(), await freePort()]
    this.#sendPort = await freePort()
    this.#callPort = await this.#listen()
    const file = (name: string) => join(this.#folder, name)
    const config = `group = core
admin-port = ${admin}
admin-password = bar
admin-interface = 127.0.0.1
smsbox-port = ${boxes}
smsbox-interface = 127.0.0.1
log-file = "${file('bearerbox.log')}"
log-level = 0
store-type = file
store-location = "${file('store')}"
dlr-storage = internal
sms-resend-freq = 1
sms-resend-retry = 1000

group = smsc
smsc = smpp
smsc-id = hub
host = 127.0.0.1
port = ${smscPort}
smsc-username = acme
smsc-password = secret12
system-type = ""
transceiver-mode = true
reconnect-delay = 1
${more}

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = ${this.#sendPort}
sendsms-interface = 127.0.0.1
log-file = "${file('smsbox.log')}"
log-level = 0

group = sendsms-user
username = tester
password = foobar
max-messages = 10
concatenation = true

group = sms-service
keyword = default
catch-all = true
max-messages = 0
concatenation = true
get-url = "http://127.0.0.1:${this.#callPort}/mo?from=%p&to=%P&text=%b&coding=%c&charset=%C"
`
    writeFileSync(file('kannel.conf'), config)
    for (const name of ['bearerbox', 'smsbox']) {
      await this.#run(name, file('kannel.conf'))
      if (name === 'bearerbox') await until(() => this.#answers(`http://127.0.0.1:${admin}/status?password=bar`))
    }
    await until(() => this.#answers(`http://127.0.0.1:${this.#sendPort}/cgi-bin/sendsms`))
  }

  async #run(name: string, config: string): Promise<void> {
    writeFileSync(join(this.#folder, `${name}.log`), '')
    const program: ChildProcess = spawn(`/usr/sbin/${name}`, [config], { cwd: this.#folder, stdio: 'ignore' })
    const ended = new Promise<void>((resolve) => program.once('exit', () => resolve()))
    this.#ends.push(async () => {
      program.kill('SIGKILL')
      await ended
    })
  }

  async #listen(): Promise<number> {
    const server = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
      this.calls.push({ path: pathname, query: Object.fromEntries(searchParams) })
      response.end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    this.#ends.push(() => server.close())
    return (server.address() as { port: number }).port
  }

  async #answers(url: string): Promise<boolean> {
    return fetch(url).then(
      () => true,
      () => false,
    )
  }
}
