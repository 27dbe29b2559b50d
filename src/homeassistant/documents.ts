import type { Device } from '../device/device.ts'
import type { Values } from '../message/values.ts'
import { type Component, type DiscoveryContext, hubDeviceId, linkOf, type Part, without } from './component.ts'
import { deviceParts } from './device-parts.ts'
import { type AnnouncedGateway, gatewayParts, type HubAbilities, hubParts } from './hub-parts.ts'
import { overridden } from './overrides.ts'

/** A retained discovery message with its full topic. */
export interface DiscoveryMessage {
  readonly topic: string
  readonly payload: string
}

/** A document per device, or a message per entity for programs without documents (openHAB before 5.2, Domoticz). */
export type DiscoveryMode = 'device' | 'components'

interface Subject {
  /** Suffix of `smshub_<instance>`; empty for the hub itself. */
  readonly id: string
  /** Prefix of its entity ids. */
  readonly entities: string
  readonly device: Readonly<Record<string, unknown>>
  /** Its availability topic; null where the hub's own is enough. */
  readonly availability: string | null
  readonly parts: readonly Part[]
}

/** `state` is the state of the device. */
export function deviceMessages(
  context: DiscoveryContext,
  device: Device,
  mode: DiscoveryMode,
  state: Values = {},
): DiscoveryMessage[] {
  if (device.homeassistant === null) return []
  const { row, id: profile } = device.profile
  const { name, area } = device.homeassistant
  const subject = {
    id: `_${objectOf(device.id)}`,
    entities: device.id,
    device: without({
      name: name ?? device.name,
      mf: row.manufacturer,
      mdl: row.family,
      mdl_id: profile,
      ...identityOf(state),
      sa: area,
      cu: linkOf(context, `devices/${device.id}`),
      via_device: device.gateway === null ? hubDeviceId(context) : `${hubDeviceId(context)}_gateway_${device.gateway}`,
    }),
    availability: `${context.baseTopic}/${device.id}/availability`,
    parts: overridden(device, deviceParts(context, device, Object.keys(state))),
  }
  return messagesOf(context, subject, mode)
}

export function hubMessages(
  context: DiscoveryContext,
  contacts: readonly string[],
  mode: DiscoveryMode,
  abilities: HubAbilities,
): DiscoveryMessage[] {
  const device = without({
    name: 'SMS hub',
    mf: 'smshub',
    mdl: 'SMS hub',
    sw: context.version,
    cu: linkOf(context, 'home'),
  })
  const parts = hubParts(context, contacts, abilities)
  return messagesOf(context, { id: '', entities: 'sms_hub', device, availability: null, parts }, mode)
}

export function gatewayMessages(
  context: DiscoveryContext,
  gateway: AnnouncedGateway,
  mode: DiscoveryMode,
): DiscoveryMessage[] {
  const { id } = gateway
  const subject = {
    id: `_gateway_${id}`,
    entities: `gateway_${id}`,
    device: without({
      name: `Gateway ${id}`,
      mf: 'smshub',
      mdl: 'Gateway',
      via_device: hubDeviceId(context),
      cu: linkOf(context, `gateways/${id}`),
    }),
    availability: `${context.baseTopic}/gateway/${id}/availability`,
    parts: gatewayParts(context, gateway),
  }
  return messagesOf(context, subject, mode)
}

/** Fields of the state on a device's page. */
export const identityFields: readonly string[] = ['firmware', 'hardware', 'serial', 'imei']

/** A device's own data, for Home Assistant's device page. */
export function identityOf({ firmware, hardware, serial, imei }: Values): Readonly<Record<string, unknown>> {
  const shown = (value: unknown) => (value === null || value === undefined || value === '' ? undefined : String(value))
  return without({ sw: shown(firmware), hw: shown(hardware), sn: shown(serial) ?? shown(imei) })
}

export interface AnnouncedTopic {
  readonly shape: DiscoveryMode
  /** The hub's own (empty), or `_<device>` or `_gateway_<gateway>`. */
  readonly subject: string
}

/** The subject of a discovery topic with any prefix; null for one of another program. */
export function announcedIn({ instance }: Pick<DiscoveryContext, 'instance'>, topic: string): AnnouncedTopic | null {
  const levels = topic.split('/')
  if (levels.pop() !== 'config') return null
  const isDocument = levels.at(-2) === 'device'
  const object = isDocument ? levels.at(-1) : levels.at(-2)
  const own = `smshub_${instance}`
  if (object !== own && object?.startsWith(`${own}_`) !== true) return null
  return { shape: isDocument ? 'device' : 'components', subject: object.slice(own.length) }
}

/** The name of a device in discovery; one that looks like a gateway's gets a prefix. */
export const objectOf = (device: string): string => (/^(?:gateway|device)_/.test(device) ? `device_${device}` : device)

function messagesOf(context: DiscoveryContext, subject: Subject, mode: DiscoveryMode): DiscoveryMessage[] {
  const { prefix, baseTopic, version } = context
  const id = `${hubDeviceId(context)}${subject.id}`
  const hub = [{ t: `${baseTopic}/bridge/state` }]
  const both = subject.availability === null ? hub : [...hub, { t: subject.availability }]
  const dev = { ids: [id], ...subject.device }
  const o = { name: 'smshub', sw: version }
  const keys = new Set(subject.parts.map(({ key }) => key))
  const finished = subject.parts.map((part): [string, Component] => {
    const short = part.key.replace(/^command_/, '')
    const entity = `${subject.entities}_${keys.has(short) ? part.key : short}`
    return [part.key, identified(part, id, part.component.name === null ? subject.entities : entity, both)]
  })
  if (mode === 'device') {
    const payload = JSON.stringify({ dev, o, avty: hub, cmps: Object.fromEntries(finished) })
    return [{ topic: `${prefix}/device/${id}/config`, payload }]
  }
  return finished.map(([key, { p, ...rest }]) => ({
    topic: `${prefix}/${p}/${id}/${key}/config`,
    payload: JSON.stringify({ dev, o, ...(isTrigger({ p }) ? {} : { avty: hub }), ...rest }),
  }))
}

/** A device trigger is not an entity: it has no id of its own and no availability. */
const isTrigger = ({ p }: Pick<Component, 'p'>): boolean => p === 'device_automation'

/**
 * A component with its identity. `qos` is in each of them: Home Assistant before 2026.6 ignores it at the root of a
 * document (home-assistant/core issue 170166).
 */
function identified({ key, component, shows }: Part, id: string, entity: string, both: readonly object[]): Component {
  if (isTrigger(component)) return { ...component, qos: 1 }
  const object = slug(entity)
  return {
    ...component,
    uniq_id: `${id}_${key}`,
    // The first for Home Assistant 2025.10 and newer, the other one for those before.
    def_ent_id: `${component.p}.${object}`,
    obj_id: object,
    qos: 1,
    ...(shows && both.length > 1 && { avty: both, avty_mode: 'all' }),
  }
}

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '')
