import { Fault } from '../../../message/fault.ts'
import type { Clock } from '../../../util/clock.ts'
import { SerialQueue } from '../../../util/serial-queue.ts'
import { openPort, type Port } from '../line/port.ts'
import type { BindingMemory } from './binding.ts'
import { candidates, useOf } from './known-modems.ts'
import { probe } from './probe.ts'
import { type DeviceTree, serialPorts, thisMachine, usbOf } from './usb.ts'

export interface FinderOptions {
  readonly clock: Clock
  readonly tree?: DeviceTree
  readonly open?: (path: string, baudRate: number) => Promise<Port>
  /** Paths that the configuration names: they belong to other gateways. */
  readonly taken: readonly string[]
  /** Existing gateways: bindings of others keep no modem from being found. */
  readonly gateways: readonly string[]
  readonly bindings: BindingMemory
  log(level: 'info' | 'debug', message: string): void
}

/** Found modems: one gateway each. */
export class ModemFinder {
  readonly #options: FinderOptions
  /** Open ports by path. */
  readonly #held = new Map<string, string>()
  /** Where a gateway's modem was last. */
  readonly #last = new Map<string, string>()
  readonly #searches = new SerialQueue()

  constructor(options: FinderOptions) {
    this.#options = options
  }

  /** A modem's port for a gateway with `path: auto`, the same modem's again under whatever name it has come back. */
  find(gateway: string, baudRate: number): Promise<Port> {
    // One after the other: two must not open the same port.
    return this.#searches.run(() => this.#find(gateway, baudRate))
  }

  async #find(gateway: string, baudRate: number): Promise<Port> {
    const { tree = thisMachine, taken, gateways, bindings, clock, open = openPort, log } = this.#options
    const known = await bindings.all()
    // A gateway waits for the modem that it found first.
    const bound = known.get(gateway)?.modem ?? null
    const others = gateways.filter((id) => id !== gateway).map((id) => known.get(id)?.modem)
    const ports = serialPorts(tree)
    const named = new Set(taken.map((path) => usbOf(path, tree)?.bus).filter((bus) => bus !== undefined))
    const holders = new Map([...this.#held].map(([path, id]) => [usbOf(path, tree)?.bus, id]))
    const looked: string[] = []
    /** Modems of no gateway. */
    const strangers: string[] = []
    for (const { path, usb } of candidates(ports)) {
      const holder = holders.get(usb?.bus)
      if (named.has(usb?.bus ?? '') || this.#held.has(path) || (holder !== undefined && holder !== gateway)) continue
      let port: Port
      try {
        port = await open(path, baudRate)
      } catch (error) {
        looked.push(Fault.from(error).message)
        continue
      }
      const found = await probe(port, clock)
      const imei = found.is === 'modem' ? found.identity.imei : null
      if (imei !== null && !others.includes(imei) && (bound === null || bound === imei)) {
        if (bound === null) {
          log('info', `gateway ${gateway} is the modem with IMEI ${imei}`)
          await bindings.note(gateway, { modem: imei, sim: known.get(gateway)?.sim ?? null })
        }
        return this.#hold(gateway, path, port)
      }
      await port.close()
      if (found.is === 'nothing') looked.push(`${path}: ${found.reason}`)
      else if (imei !== null && others.includes(imei)) looked.push(`${path}: it is another gateway’s modem`)
      else strangers.push(`${imei} on ${path}`)
    }
    if (bound === null) throw new Fault('port_failed', notFound(ports, looked))
    const missing = `the modem with IMEI ${bound} is not plugged in`
    const way = `; ${strangers[0]} is: smshub modem accept ${gateway} takes it`
    throw new Fault('port_failed', strangers.length > 0 ? missing + way : missing)
  }

  lastOf(gateway: string): string | null {
    return this.#last.get(gateway) ?? null
  }

  #hold(gateway: string, path: string, port: Port): Port {
    this.#held.set(path, gateway)
    this.#last.set(gateway, path)
    const close = async () => {
      this.#held.delete(path)
      await port.close()
    }
    return { ...port, name: path, close }
  }
}

function notFound(ports: ReturnType<typeof serialPorts>, looked: readonly string[]): string {
  const adapter = ports.find((port) => useOf(port).what === 'adapter')
  const hint =
    adapter === undefined
      ? 'smshub modem list shows what is plugged in'
      : `${adapter.path} could be one behind an adapter: set path: ${adapter.path}, or try smshub modem probe ${adapter.path}`
  return `no modem was found${looked.length > 0 ? ` (${looked.join('; ')})` : ''}; ${hint}`
}
