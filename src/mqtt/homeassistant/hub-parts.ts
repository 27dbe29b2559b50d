import { type DiscoveryContext, jsonValue, type Part, without } from './component.ts'
import { labelOf } from './presentation.ts'

/** A sensor of a gateway or of the hub, by the key of its JSON. */
interface Row {
  readonly field: string
  readonly unit?: string
  readonly deviceClass?: string
  readonly options?: readonly string[]
  readonly enabled?: boolean
}

const gatewayRows: readonly Row[] = [
  {
    field: 'status',
    deviceClass: 'enum',
    options: ['initializing', 'ready', 'degraded', 'offline', 'no_sim', 'sim_locked', 'error'],
  },
  { field: 'network' },
  { field: 'operator' },
  { field: 'signal_dbm', unit: 'dBm', deviceClass: 'signal_strength' },
  { field: 'signal_percent', unit: '%' },
  { field: 'storage_used', unit: 'messages', enabled: false },
  { field: 'queue', unit: 'messages' },
  { field: 'sent_today', unit: 'messages' },
  { field: 'balance' },
  { field: 'technology', enabled: false },
  { field: 'model', enabled: false },
  { field: 'firmware', enabled: false },
  { field: 'last_error' },
]

const hubRows: readonly Row[] = [
  { field: 'queued' },
  { field: 'unpublished' },
  { field: 'devices' },
  { field: 'mqtt_refused', enabled: false },
]

export function gatewayParts({ baseTopic }: DiscoveryContext, gateway: string): Part[] {
  const call = {
    p: 'event',
    name: 'Call',
    stat_t: `${baseTopic}/gateway/${gateway}/event`,
    evt_typ: ['incoming_call'],
  }
  return [
    ...gatewayRows.map((row) => part(`${baseTopic}/gateway/${gateway}`, row)),
    { key: 'call', component: call, shows: true },
  ]
}

/** The hub's figures, whether it runs, and a way to text everybody under `contacts:`. */
export function hubParts({ baseTopic }: DiscoveryContext, contacts: readonly string[]): Part[] {
  const running = {
    p: 'binary_sensor',
    name: 'Running',
    stat_t: `${baseTopic}/bridge/state`,
    pl_on: 'online',
    pl_off: 'offline',
    dev_cla: 'connectivity',
    ent_cat: 'diagnostic',
    // Not bound to availability: it is the one that says offline.
    avty: [],
  }
  return [
    { key: 'running', component: running, shows: false },
    ...hubRows.map((row) => part(`${baseTopic}/bridge/health`, row)),
    ...contacts.map((contact): Part => {
      const component = {
        p: 'notify',
        name: `Text to ${contact}`,
        cmd_t: `${baseTopic}/sms/send`,
        cmd_tpl: `{"to": ${JSON.stringify(contact)}, "text": {{ value | tojson }}}`,
      }
      return { key: `contact_${contact.replace(/[^a-zA-Z0-9_-]/g, '_')}`, component, shows: false }
    }),
  ]
}

function part(topic: string, { field, unit, deviceClass, options, enabled = true }: Row): Part {
  const component = without({
    p: 'sensor',
    name: labelOf(field),
    stat_t: topic,
    val_tpl: jsonValue(field),
    unit_of_meas: unit,
    dev_cla: deviceClass,
    ops: options,
    stat_cla: unit === undefined ? undefined : 'measurement',
    ent_cat: 'diagnostic',
    en: enabled ? undefined : false,
  })
  // What says why it is offline must be seen then.
  return { key: field, component, shows: !['status', 'last_error'].includes(field) }
}
