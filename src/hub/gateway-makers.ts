import type { Bridge } from '../bridge/bridge.ts'
import { descriptionOf } from '../config/http-carrier-config.ts'
import type { Config, GatewayConfig } from '../config/schema.ts'
import type { Deliver } from '../deliver/index.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { makeHilink } from '../gateway/hilink/make-hilink.ts'
import { decodeHttp, httpForm } from '../gateway/http/decode-http.ts'
import { makeHttp } from '../gateway/http/make-http.ts'
import type { DeviceTree } from '../gateway/modem/hardware/usb.ts'
import { finderFor, type ModemDeps, type ModemMemory, makeModem } from '../gateway/modem/make.ts'
import { decodeTpdu, tpduForm } from '../gateway/modem/messages/decode-tpdu.ts'
import { decodeMm, mmForm } from '../gateway/modemmanager/decode-mm.ts'
import { makeMm } from '../gateway/modemmanager/make-mm.ts'
import { decodeSmpp, smppForm } from '../gateway/smpp/decode-smpp.ts'
import { makeSmpp } from '../gateway/smpp/make-smpp.ts'
import { decodeMail, mailForm } from '../mail/filed-mail.ts'
import type { Log } from '../message/events.ts'
import { Fault } from '../message/fault.ts'
import type { Decoder } from '../message/incoming.ts'
import type { Store } from '../store/store.ts'
import type { Submit } from '../submit/index.ts'
import type { Clock } from '../util/clock.ts'
import type { Behind } from './behind.ts'

export interface GatewayDeps {
  readonly config: Config
  readonly store: Store
  readonly clock: Clock
  now(): number
  readonly log: Log
  /** Paths of the simulated modems, by gateway. */
  readonly simulated: ReadonlyMap<string, string> | undefined
  /** Where modems are searched for, if not on this machine. */
  readonly devices: DeviceTree | undefined
  /** Makes a gateway in place of the configured one. */
  readonly make: ((id: string) => Gateway) | undefined
}

/** Reads the messages of each kind of gateway, and mails, by their form. */
export const decoders: Readonly<Record<string, Decoder>> = {
  [tpduForm]: decodeTpdu,
  [smppForm]: decodeSmpp,
  [httpForm]: decodeHttp,
  [mmForm]: decodeMm,
  [mailForm]: decodeMail,
}

/** What makers take besides the row of the configuration. */
type MakerDeps = Required<ModemMemory> &
  Pick<ModemDeps, 'finder' | 'clock' | 'log'> &
  Pick<GatewayDeps, 'simulated'> & { readonly hubUrl: string | null }

type GatewayType = GatewayConfig['type']
type Rows = { readonly [T in GatewayType]: Extract<GatewayConfig, { type: T }> }

/** A simulated modem takes any speed: none is searched for. */
const simulatedBaudRate = 115_200

/** Every type of gateway that the configuration knows. */
const makers: { readonly [T in GatewayType]: (id: string, row: Rows[T], deps: MakerDeps) => Gateway } = {
  modem: makeModem,
  smpp: makeSmpp,
  modemmanager: makeMm,
  http: (id, row, { clock, hubUrl }) => makeHttp(id, row, { clock, hubUrl, api: descriptionOf(row) }),
  hilink: makeHilink,
  simulated: (id, { gap }, { simulated, pins, finder, clock, log }) => {
    const path = simulated?.get(id)
    if (path === undefined)
      throw new Fault(
        'invalid_config',
        `gateways.${id}: type simulated needs a simulated network: smshub run makes one`,
      )
    // Each start simulates another modem and SIM, so they are not remembered.
    return makeModem(id, { path, baud_rate: simulatedBaudRate, gap, roaming: false }, { pins, finder, clock, log })
  },
}

function makeGateway<T extends GatewayType>(id: string, row: Rows[T], deps: MakerDeps): Gateway {
  return makers[row.type as T](id, row, deps)
}

/** The gateways of the configuration, not started yet, with what they remember in the store. */
export function openGateways({ config, simulated, devices, make, ...deps }: GatewayDeps): Map<string, Gateway> {
  const { clock } = deps
  const memory = memoryIn(deps)
  const log = (level: 'info' | 'debug', message: string) => deps.log(level, 'modem', message)
  const finder = finderFor(config.gateways, memory.bindings, clock, log, devices)
  const makerDeps = { ...memory, finder, clock, log, simulated, hubUrl: config.http.url ?? null }
  return new Map(
    Object.entries(config.gateways).map(([id, row]) => [id, make?.(id) ?? makeGateway(id, row, makerDeps)]),
  )
}

/** What gateways are joined to. */
interface Joined {
  readonly gateways: ReadonlyMap<string, Gateway>
  readonly deliver: Deliver
  readonly submit: Submit
  readonly bridge: Bridge
  readonly behind: Behind
  readonly log: Log
  now(): number
}

/** One that can't be started keeps no other one from it. */
export function startGateways({ gateways, deliver, submit, bridge, behind, log, now }: Joined): void {
  for (const [id, gateway] of gateways)
    behind.once(`gateway ${id} can't be started`, () =>
      gateway.start({
        received: (raw) => deliver.receive(raw),
        deleted: (raw) => behind.persist(`what gateway ${id} has deleted`, () => deliver.deleted(raw)),
        changed: () => {
          submit.gatewayChanged(id)
          bridge.gatewayChanged(id)
        },
        called: (from) => {
          const at = now()
          behind.persist(`a call to gateway ${id}`, () => deliver.called(id, from, at))
        },
        log: (level, message) => log(level, `gateway.${id}`, message),
      }),
    )
}

/** Stops all of them, whatever becomes of one; rejects with the first failure. */
export async function stopGateways(gateways: Iterable<Gateway>): Promise<void> {
  const ended = await Promise.allSettled([...gateways].map(async (gateway) => gateway.stop()))
  for (const one of ended) if (one.status === 'rejected') throw one.reason
}

/** Over restarts: a container that starts again and again must not block a SIM, nor use another one unasked. */
function memoryIn({ store, now }: Pick<GatewayDeps, 'store' | 'now'>): Required<ModemMemory> {
  return {
    pins: {
      recall: (key) => store.run('recallPin', { key }),
      note: (key, fate) => store.run('notePin', { key, fate, now: now() }),
    },
    bindings: {
      all: async () => new Map((await store.run('bindings', undefined)).map((row) => [row.gateway, row])),
      note: (gateway, binding) => store.run('noteBinding', { gateway, ...binding, now: now() }),
    },
  }
}
