import type { Device } from '../../device/device.ts'
import { type Component, type DiscoveryContext, hubDeviceId, type Part, without } from './component.ts'
import { deviceParts } from './device-parts.ts'
import { gatewayParts, hubParts } from './hub-parts.ts'

/** A retained message of discovery, its topic whole. */
export interface DiscoveryMessage {
  readonly topic: string
  readonly payload: string
}

/** One document a device, or one message an entity for those who know no documents (openHAB before 5.2, Domoticz). */
export type DiscoveryMode = 'device' | 'components'

interface Subject {
  /** Behind `smshub_<instance>`; empty for the hub itself. */
  readonly id: string
  readonly device: Readonly<Record<string, unknown>>
  /** The topic that tells whether it can be relied on; null where the hub's own is enough. */
  readonly availability: string | null
  readonly parts: readonly Part[]
}

export function deviceMessages(
  context: DiscoveryContext,
  device: Device,
  mode: DiscoveryMode,
  seen: readonly string[] = [],
): DiscoveryMessage[] {
  const { row, id: profile } = device.profile
  const subject = {
    id: `_${device.id}`,
    device: {
      name: device.name,
      mf: row.manufacturer,
      mdl: row.family,
      mdl_id: profile,
      sw: `profile ${row.revision}`,
      via_device: device.gateway === null ? hubDeviceId(context) : `${hubDeviceId(context)}_gateway_${device.gateway}`,
    },
    availability: `${context.baseTopic}/${device.id}/availability`,
    parts: deviceParts(context, device, seen),
  }
  return messagesOf(context, subject, mode)
}

export function hubMessages(
  context: DiscoveryContext,
  contacts: readonly string[],
  mode: DiscoveryMode,
): DiscoveryMessage[] {
  const device = { name: 'SMS hub', mf: 'smshub', mdl: 'SMS hub', sw: context.version }
  return messagesOf(context, { id: '', device, availability: null, parts: hubParts(context, contacts) }, mode)
}

export function gatewayMessages(context: DiscoveryContext, gateway: string, mode: DiscoveryMode): DiscoveryMessage[] {
  const subject = {
    id: `_gateway_${gateway}`,
    device: { name: `Gateway ${gateway}`, mf: 'smshub', mdl: 'Gateway', via_device: hubDeviceId(context) },
    availability: `${context.baseTopic}/gateway/${gateway}/availability`,
    parts: gatewayParts(context, gateway),
  }
  return messagesOf(context, subject, mode)
}

/** Whether a topic of discovery was made by this hub. */
export function isOurs({ prefix, instance }: DiscoveryContext, topic: string): boolean {
  const [head, ...levels] = topic.slice(prefix.length + 1).split('/')
  const object = head === 'device' || levels.length === 2 ? levels[0] : levels.length === 3 ? levels[0] : undefined
  const own = `smshub_${instance}`
  return topic.startsWith(`${prefix}/`) && (object === own || object?.startsWith(`${own}_`) === true)
}

function messagesOf(context: DiscoveryContext, subject: Subject, mode: DiscoveryMode): DiscoveryMessage[] {
  const { prefix, baseTopic, version } = context
  const id = `${hubDeviceId(context)}${subject.id}`
  const hub = [{ t: `${baseTopic}/bridge/state` }]
  const both = subject.availability === null ? hub : [...hub, { t: subject.availability }]
  const dev = { ids: [id], ...subject.device }
  const o = { name: 'smshub', sw: version }
  const finished = subject.parts.map(({ key, component, shows }): [string, Component] => [
    key,
    without({
      ...component,
      uniq_id: `${id}_${key}`,
      ...(shows && both.length > 1 && { avty: both, avty_mode: 'all' }),
    }),
  ])
  if (mode === 'device') {
    const payload = JSON.stringify({ dev, o, avty: hub, qos: 1, cmps: Object.fromEntries(finished) })
    return [{ topic: `${prefix}/device/${id}/config`, payload }]
  }
  return finished.map(([key, { p, ...rest }]) => ({
    topic: `${prefix}/${p}/${id}/${key}/config`,
    payload: JSON.stringify({ dev, o, avty: hub, qos: 1, ...rest }),
  }))
}
