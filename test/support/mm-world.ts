import { join } from 'node:path'
import type { HubOptions } from '../../src/hub/hub-options.ts'
import { listening, run, start, town } from '../simulator/programs.ts'
import { freePort } from './folder.ts'
import { type StartedHub, startHub } from './hub.ts'
import { TestClient } from './mqtt-client.ts'
import { until } from './patience.ts'
import { testClock as clock } from './world.ts'

const cleanUp: (() => unknown)[] = []
/** Ends everything that was started here: for `afterEach`. */
export async function stopAll(): Promise<void> {
  for (const undo of cleanUp.splice(0).reverse()) await undo()
}

const destination = ['--print-reply', '--dest=org.freedesktop.ModemManager1', '/org/freedesktop/ModemManager1']

type Town = Awaited<ReturnType<typeof town>>
type End = (signal?: NodeJS.Signals) => Promise<void>

/** A message bus of its own with Debian's ModemManager on it, which has the modem of a simulated network. */
export class ManagedModem {
  readonly town: Town
  readonly bus: string
  readonly #socket: string
  #endBus: End = async () => {}
  #endManager: End = async () => {}
  #endCable: End = async () => {}

  constructor(simulated: Town) {
    this.town = simulated
    this.bus = `unix:path=${join(simulated.folder, 'bus')}`
    this.#socket = `abstract:smshub-mm-${process.pid}-${simulated.server.port}`
  }

  async startBus(): Promise<void> {
    this.#endBus = start('dbus-daemon', ['--session', '--nofork', `--address=${this.bus}`])
    await listening(join(this.town.folder, 'bus'))
  }

  /** A port of ModemManager's own tests: a socket with an abstract name. */
  async plug(): Promise<void> {
    const listen = `ABSTRACT-LISTEN:${this.#socket.replace(':', '\\:')},fork`
    this.#endCable = start('socat', [listen, `TCP:127.0.0.1:${this.town.server.port}`])
    await listening(`@${this.#socket}`)
  }

  async startManager(): Promise<void> {
    const options = ['session', 'enable', 'no-udev', 'no-suspend-resume'].map((option) => `--test-${option}`)
    const environment = { DBUS_SESSION_BUS_ADDRESS: this.bus, DBUS_SYSTEM_BUS_ADDRESS: this.bus }
    this.#endManager = start('ModemManager', [...options, '--no-auto-scan'], environment)
    const profile = ['string:simulated', 'string:generic', `array:string:${this.#socket}`]
    const method = 'org.freedesktop.ModemManager1.Test.SetProfile'
    await until(async () =>
      (await run('dbus-send', `--bus=${this.bus}`, ...destination, method, ...profile)).includes('method return'),
    )
  }

  killManager(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    return this.#endManager(signal)
  }

  endBus(): Promise<void> {
    return this.#endBus()
  }

  mmcli(...words: readonly string[]): Promise<string> {
    return run('env', `DBUS_SYSTEM_BUS_ADDRESS=${this.bus}`, 'mmcli', ...words)
  }

  /** The messages that ModemManager has, as mmcli shows them. */
  async messages(): Promise<string> {
    return (await this.mmcli('-m', 'any', '--messaging-list-sms')).replace(/\s+/g, ' ')
  }

  async end(): Promise<void> {
    await this.#endManager()
    await this.#endCable()
    await this.#endBus()
    await this.town.close()
  }
}

export async function managedModem(modem: Parameters<typeof town>[0] = {}): Promise<ManagedModem> {
  const managed = new ManagedModem(await town({ serial: false, ...modem }))
  cleanUp.push(() => managed.end())
  await managed.startBus()
  await managed.plug()
  await managed.startManager()
  return managed
}

export interface MmHub extends StartedHub {
  readonly client: TestClient
  /** Publishes a text to somebody. */
  send(id: string, to: string, text: string): Promise<void>
  /** The statuses of a text, in their order. */
  statuses(id: string): string[]
  /** The state of the gateway that was published last. */
  state(): Record<string, unknown>
  /** The texts that came in. */
  received(): Record<string, unknown>[]
}

/** A hub with a modem of ModemManager, and a client that sees everything. */
export async function mmHub(
  bus: string,
  keys = '',
  options: Partial<HubOptions> & { folder?: string } = {},
): Promise<MmHub> {
  const mqtt = await freePort()
  const yaml = `mqtt: { broker: { listen: 127.0.0.1:${mqtt} } }
gateways: { stick: { type: modemmanager, bus: "${bus}", limits: { day: none }${keys} } }
limits: { client_per_hour: none }
sms: { destinations: any }
http: { enabled: false }
`
  const started = await startHub(yaml, { clock, ...options })
  cleanUp.push(() => started.hub.stop())
  const client = await TestClient.connect(`mqtt://127.0.0.1:${mqtt}`, { clientId: 'watcher', clean: false }, 'smshub/#')
  cleanUp.push(() => client.close())
  const on = (wanted: string) =>
    client.received.filter(({ topic }) => topic === `smshub/${wanted}`).map(({ json }) => json)
  return {
    ...started,
    client,
    async send(id, to, text) {
      await client.publish('smshub/sms/send', { id, to, text })
    },
    statuses: (id) => on('sms/status').flatMap((json) => (json.client_id === id ? [String(json.status)] : [])),
    state: () => on('gateway/stick').at(-1) ?? {},
    received: () => on('sms/received'),
  }
}
