import { commandLabel, labelOf } from '../device/describe/labels.ts'
import { stateFieldsOf } from '../device/describe/state-fields.ts'
import { commandsOf, type Device, mayUse, propertiesOf } from '../device/device.ts'
import { eventsOf } from '../device/lint/lint-properties.ts'
import { isListed } from '../device/mask.ts'
import { criedEvents } from '../device/receive/alarm-in-text.ts'
import { judges } from '../device/receive/evidence.ts'
import type { Command } from '../device/schema/command.ts'
import { callsOf, resolveGet } from '../device/send/intent.ts'
import { commandStatuses } from '../message/status.ts'
import { dangerOf } from './command-danger.ts'
import { type Component, type DiscoveryContext, jsonValue, type Part, topicOf, without } from './component.ts'
import { fieldPart } from './field-part.ts'
import { commandIcon, icon } from './icons.ts'
import { propertyParts } from './properties.ts'

/** Members of families that become entities: their names are from texts, and the size of a document is limited. */
const maxMembers = 64

/**
 * Every entity of a device. `seen` has the fields in its state, from which the members of families (`zone_3`) are
 * known.
 */
export function deviceParts(context: DiscoveryContext, device: Device, seen: readonly string[] = []): Part[] {
  const { fields, families } = stateFieldsOf(device)
  const reported = [...new Set([...fields, ...seen.filter((name) => isListed(name, families)).slice(0, maxMembers)])]
  const properties = Object.entries(propertiesOf(device))
  const owned = new Set(properties.map(([name]) => name))
  const parts = [
    ...trackerPart(context, device, reported),
    ...properties.flatMap(([name, row]) => propertyParts(context, device, name, row, reported)),
    ...reported.filter((name) => !owned.has(name)).flatMap((name) => fieldPart(context, device, name) ?? []),
    ...eventParts(context, device),
    ...commandButtons(context, device),
    ...diagnostics(context, device),
  ]
  return distinct(named(parts))
}

/**
 * Entities of the same kind have distinct names: Home Assistant would number their ids. A command whose label is taken
 * gets its own name; if that is taken too, a property has the same function.
 */
function distinct(parts: readonly Part[]): Part[] {
  const taken = new Set<string>()
  const isFree = ({ p, name }: Component) => !taken.has(`${p} ${name}`)
  return parts.flatMap((part) => {
    const { key, component } = part
    if (component.name === undefined) return [part]
    const own = () => ({ ...component, name: labelOf(key.replace(/^command_/, '')) })
    const free = isFree(component) ? component : [own()].find(isFree)
    if (free === undefined) return []
    taken.add(`${free.p} ${free.name}`)
    return [{ ...part, component: free }]
  })
}

/** The primary entity has the name of the device. */
function named(parts: readonly Part[]): Part[] {
  const mains = ['device_tracker', 'cover', 'lock', 'valve', 'alarm_control_panel', 'climate', 'siren']
  const main = mains
    .map((platform) => parts.filter(({ component }) => component.p === platform))
    .find((all) => all.length > 0)
  if (main?.length !== 1) return [...parts]
  return parts.map((part) => (part === main[0] ? { ...part, component: { ...part.component, name: null } } : part))
}

function trackerPart(context: DiscoveryContext, device: Device, reported: readonly string[]): Part[] {
  if (!reported.includes('latitude') || !reported.includes('longitude')) return []
  const component = {
    p: 'device_tracker',
    name: 'Location',
    ic: icon('car-connected'),
    src_type: 'gps',
    json_attr_t: topicOf(context, device, 'location'),
  }
  return [{ key: 'location', component, shows: true }]
}

/** The events of a device as an entity, and each as a trigger for automations. */
function eventParts(context: DiscoveryContext, device: Device): Part[] {
  const judged = judges(device) ? ['contradiction', 'unverified'] : []
  const own = [...eventsOf(device.dialect), ...judged, ...criedEvents(device)]
  if (own.length === 0) return []
  const types = [...new Set([...own, 'call', 'late_reply'])].sort()
  const topic = topicOf(context, device, 'event')
  const component = {
    p: 'event',
    name: 'Event',
    ic: icon('bell-outline'),
    stat_t: topic,
    // A delayed event is history, not something that happens now.
    val_tpl: "{% if not value_json.get('delayed') %}{{ value_json | tojson }}{% endif %}",
    evt_typ: types,
  }
  const triggers = types.map((type): Part => {
    const trigger = {
      p: 'device_automation',
      automation_type: 'trigger',
      type: 'event',
      stype: type,
      t: topic,
      val_tpl: "{{ '' if value_json.get('delayed') else value_json.event_type }}",
      payload: type,
    }
    return { key: `trigger_${type}`, component: trigger, shows: false }
  })
  return [{ key: 'event', component, shows: true }, ...triggers]
}

/** Commands without required parameters and without a property: as buttons, most of them disabled. */
function commandButtons(context: DiscoveryContext, device: Device): Part[] {
  const covered = new Set(
    Object.values(propertiesOf(device)).flatMap((row) =>
      [...callsOf(device, row).values()].map(({ command }) => command),
    ),
  )
  const main = mainQuery(device)
  return Object.entries(commandsOf(device))
    .filter(([name, command]) => !covered.has(name) && mayUse(device, command) && isPlain(command))
    .map(([name, command]) => {
      const asks = isQuery(name, command) || name === main
      const isMain = name === main || name === 'locate'
      const danger = dangerOf(device, name)
      const component = without({
        p: 'button',
        name: commandLabel(name, command.label),
        ic: commandIcon(name, asks),
        cmd_t: topicOf(context, device, `command/${name}`),
        cmd_tpl: danger === null ? undefined : `{"confirm": "${device.id}"}`,
        ent_cat: asks ? (isMain ? undefined : 'diagnostic') : 'config',
        en: danger === null && isMain ? undefined : false,
      })
      return { key: `command_${name}`, component, shows: false }
    })
}

/** A query, or a command whose answer reports values and that changes nothing. */
function isQuery(name: string, { asks, reply, sets, repeat, label = '' }: Command): boolean {
  if (asks.length + reply.reads.length > 0 || name.endsWith('_query') || label.endsWith('?')) return true
  const reports = reply.accepted.some(({ text }) => text.parts.some(({ part }) => part === 'hole' || part === 'list'))
  return reports && repeat === 'safe' && Object.keys(sets).length === 0
}

const isPlain = ({ params }: Command): boolean =>
  Object.values(params).every((spec) => spec.optional || spec.default !== undefined)

function mainQuery(device: Device): string | null {
  try {
    return resolveGet(device, null).command
  } catch {
    return null
  }
}

/** Entities of every device: last contact, last command, and raw texts. */
function diagnostics(context: DiscoveryContext, device: Device): Part[] {
  const state = topicOf(context, device)
  const result = topicOf(context, device, 'result')
  const lastSeen = {
    p: 'sensor',
    name: 'Last seen',
    stat_t: state,
    val_tpl: jsonValue('last_seen'),
    dev_cla: 'timestamp',
  }
  const lastCommand = {
    p: 'sensor',
    name: 'Last command',
    stat_t: result,
    val_tpl: jsonValue('status'),
    json_attr_t: result,
    dev_cla: 'enum',
    ops: commandStatuses,
  }
  const reporting = {
    p: 'sensor',
    name: 'Reporting',
    stat_t: state,
    val_tpl: jsonValue('reporting'),
    dev_cla: 'enum',
    ops: ['on_time', 'late'],
  }
  const raw = {
    p: 'notify',
    name: 'Raw text',
    ic: icon('message-text-outline'),
    cmd_t: topicOf(context, device, 'send'),
    en: false,
  }
  return [
    { key: 'last_seen', component: { ...lastSeen, ent_cat: 'diagnostic' }, shows: false },
    { key: 'last_command', component: { ...lastCommand, ent_cat: 'diagnostic' }, shows: false },
    ...(device.expected === null
      ? []
      : [{ key: 'reporting', component: { ...reporting, ent_cat: 'diagnostic' }, shows: false }]),
    { key: 'raw_text', component: raw, shows: false },
  ]
}
