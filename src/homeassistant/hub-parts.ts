import { spelled } from '../device/describe/labels.ts'
import type { LogLevel } from '../message/events.ts'
import { type DiscoveryContext, jsonValue, keyOf, literal, type Part, without } from './component.ts'
import { icon } from './icons.ts'

/** A sensor of a gateway or of the hub, by its JSON key. */
interface Row {
  readonly field: string
  readonly name?: string
  readonly unit?: string
  readonly deviceClass?: string
  readonly icon?: string
  readonly options?: readonly string[]
  readonly enabled?: boolean
}

/** Those of a gateway that publishes the field. */
const gatewayRows: readonly Row[] = [
  {
    field: 'status',
    deviceClass: 'enum',
    options: ['initializing', 'ready', 'degraded', 'offline', 'no_sim', 'sim_locked', 'error'],
  },
  { field: 'network', icon: 'radio-tower' },
  { field: 'operator', icon: 'radio-tower' },
  { field: 'signal_dbm', name: 'Signal strength', unit: 'dBm', deviceClass: 'signal_strength' },
  { field: 'signal_percent', name: 'Signal', unit: '%', icon: 'signal' },
  { field: 'storage_used', name: 'Texts in memory', unit: 'messages', icon: 'sim-outline', enabled: false },
  { field: 'queue', unit: 'messages', icon: 'tray-full' },
  { field: 'sent_today', unit: 'messages', icon: 'message-arrow-right-outline' },
  { field: 'balance', icon: 'cash' },
  { field: 'technology', icon: 'signal', enabled: false },
  { field: 'model', icon: 'tag-outline', enabled: false },
  { field: 'firmware', icon: 'chip', enabled: false },
  { field: 'address', icon: 'lan-connect', enabled: false },
  { field: 'peer', icon: 'tag-outline', enabled: false },
  { field: 'connected_at', name: 'Connected', deviceClass: 'timestamp' },
  { field: 'last_error', icon: 'alert-outline' },
]

const hubRows: readonly Row[] = [
  { field: 'queued', unit: 'messages', icon: 'tray-full' },
  { field: 'unpublished', unit: 'messages', icon: 'tray-alert' },
  { field: 'devices', icon: 'devices' },
  { field: 'mqtt_refused', icon: 'shield-alert-outline', enabled: false },
]

/** What decides which entities a gateway has. */
export interface AnnouncedGateway {
  readonly id: string
  /** Of its published document. */
  readonly fields: readonly string[]
  readonly hasCalls: boolean
}

export function gatewayParts({ baseTopic }: DiscoveryContext, { id, fields, hasCalls }: AnnouncedGateway): Part[] {
  const own = `${baseTopic}/gateway/${id}`
  const rows = gatewayRows.filter(({ field }) => fields.includes(field))
  return [...rows.map((row) => part(own, row)), ...(hasCalls ? callParts(`${own}/event`) : [])]
}

function callParts(topic: string): Part[] {
  const call = {
    p: 'event',
    name: 'Call',
    ic: icon('phone-incoming-outline'),
    stat_t: topic,
    evt_typ: ['incoming_call'],
  }
  return [{ key: 'call', component: call, shows: true }, trigger('incoming_call', topic, '{{ value_json.event_type }}')]
}

/** Requests that this hub supports; the broker has to let Home Assistant publish them. */
export interface HubAbilities {
  readonly restart: boolean
  readonly logLevel: boolean
}

const logLevels: readonly LogLevel[] = ['error', 'warn', 'info', 'debug']

/** Events of the hub, for automations (`bridge/event`). */
const hubEvents = ['device_added', 'device_removed', 'gateway_back', 'gateway_lost', 'queue_paused', 'queue_resumed']

/** The hub's figures, whether it runs, its requests, and an entity to text each of `contacts:`. */
export function hubParts(context: DiscoveryContext, contacts: readonly string[], abilities: HubAbilities): Part[] {
  const { baseTopic } = context
  const running = {
    p: 'binary_sensor',
    name: 'Running',
    stat_t: `${baseTopic}/bridge/state`,
    pl_on: 'online',
    pl_off: 'offline',
    dev_cla: 'connectivity',
    ent_cat: 'diagnostic',
    // Not bound to availability, as it shows that the hub is offline.
    avty: [],
  }
  return [
    { key: 'running', component: running, shows: false },
    ...hubRows.map((row) => part(`${baseTopic}/bridge/health`, row)),
    part(`${baseTopic}/bridge/info`, { field: 'version', icon: 'tag-outline' }),
    ...controls(context, abilities),
    ...receivedTexts(context),
    ...hubEvents.map((type) => trigger(type, `${baseTopic}/bridge/event`, '{{ value_json.type }}')),
    ...contacts.map((contact) => contactPart(context, contact)),
  ]
}

/** A contact or a group. */
function contactPart({ baseTopic }: DiscoveryContext, contact: string): Part {
  const component = {
    p: 'notify',
    name: `Text to ${contact}`,
    ic: icon('message-text-outline'),
    cmd_t: `${baseTopic}/sms/send`,
    cmd_tpl: `{"to": {{ ${literal(contact)} | tojson }}, "text": {{ value | tojson }}}`,
  }
  return { key: keyOf(`contact_${contact}`), component, shows: false }
}

/** Home Assistant's side of `bridge/request`. */
function controls({ baseTopic }: DiscoveryContext, { restart, logLevel }: HubAbilities): Part[] {
  const request = (path: string) => `${baseTopic}/bridge/request/${path}`
  const button = (key: string, name: string, path: string, more: object): Part => {
    const component = { p: 'button', name, cmd_t: request(path), pl_prs: '{}', ent_cat: 'config', ...more }
    return { key, component, shows: false }
  }
  const paused = {
    p: 'binary_sensor',
    name: 'Queue paused',
    stat_t: `${baseTopic}/bridge/health`,
    val_tpl: jsonValue('queue_paused'),
    pl_on: true,
    pl_off: false,
    ic: icon('pause-circle-outline'),
    ent_cat: 'diagnostic',
  }
  const level = {
    p: 'select',
    name: 'Log level',
    cmd_t: request('log_level'),
    cmd_tpl: '{"level": {{ value | tojson }}}',
    ops: logLevels,
    stat_t: `${baseTopic}/bridge/info`,
    val_tpl: jsonValue('log_level'),
    ic: icon('text-box-search-outline'),
    ent_cat: 'config',
  }
  return [
    { key: 'queue_paused', component: paused, shows: false },
    button('pause_queue', 'Pause queue', 'queue/pause', { ic: icon('pause-circle-outline') }),
    button('resume_queue', 'Resume queue', 'queue/resume', { ic: icon('play-circle-outline') }),
    ...(restart ? [button('restart', 'Restart', 'restart', { dev_cla: 'restart' })] : []),
    ...(logLevel ? [{ key: 'log_level', component: level, shows: false }] : []),
  ]
}

/** `sms/received`: the last text as a sensor, and each text as an event. */
function receivedTexts({ baseTopic }: DiscoveryContext): Part[] {
  const topic = `${baseTopic}/sms/received`
  const last = {
    p: 'sensor',
    name: 'Last text',
    ic: icon('message-text-outline'),
    stat_t: topic,
    // A state is limited to 255 characters; the attributes have the whole text.
    val_tpl: '{{ value_json.text[:255] }}',
    json_attr_t: topic,
  }
  const event = {
    p: 'event',
    name: 'Text received',
    ic: icon('message-arrow-left-outline'),
    stat_t: topic,
    evt_typ: ['received'],
    val_tpl: `{{ dict(value_json, event_type='received') | tojson }}`,
  }
  return [
    { key: 'last_text', component: last, shows: false },
    { key: 'text_received', component: event, shows: false },
    trigger('text_received', topic),
  ]
}

/** A device trigger: fires on the payload that its template gives, or without one on each message. */
function trigger(type: string, topic: string, template?: string): Part {
  const component = without({
    p: 'device_automation',
    automation_type: 'trigger',
    type: 'event',
    stype: type,
    t: topic,
    val_tpl: template,
    payload: template === undefined ? undefined : type,
  })
  return { key: `trigger_${type}`, component, shows: false }
}

function part(topic: string, { field, name, unit, deviceClass, icon: picture, options, enabled = true }: Row): Part {
  const component = without({
    p: 'sensor',
    name: name ?? spelled(field.replaceAll('_', ' ')),
    stat_t: topic,
    val_tpl: jsonValue(field),
    unit_of_meas: unit,
    dev_cla: deviceClass,
    ic: picture === undefined ? undefined : icon(picture),
    ops: options,
    stat_cla: unit === undefined ? undefined : 'measurement',
    ent_cat: 'diagnostic',
    en: enabled ? undefined : false,
  })
  // Entities with the reason have to be available while it is offline.
  return { key: field, component, shows: !['status', 'last_error'].includes(field) }
}
