import { type Field, fieldOf, rowOf } from '../device/vocabulary/vocabulary.ts'

/** Presentation of a field in Home Assistant, unless a profile defines it. */
export interface Presentation {
  /** Part of another entity, or private. */
  readonly hidden: boolean
  readonly diagnostic: boolean
  /** Enabled by default; other entities are disabled. */
  readonly enabled: boolean
}

/** Rows of the vocabulary without an entity: the tracker's attributes, echoes of settings, and secrets. */
const hidden: ReadonlySet<string> = new Set([
  'latitude',
  'longitude',
  'gps_accuracy',
  'course',
  'fix_time',
  'password',
  'apn_password',
  'parameter_id',
  'parameter_value',
  'variable',
  'value',
  'user_#',
  'phone_number_#',
  'output_name_#',
  'zone_text_#',
])

const diagnostic: ReadonlySet<string> = new Set([
  'battery',
  'battery_voltage',
  'battery_low',
  'battery_level',
  'battery_state',
  'charging',
  'signal',
  'signal_strength',
  'signal_quality',
  'signal_level',
  'signal_words',
  'operator',
  'roaming',
  'data_connected',
  'credit',
  'uptime',
  'fix',
])

/** Rarely needed: disabled by default. */
const details: ReadonlySet<string> = new Set([
  'satellites',
  'hdop',
  'mcc',
  'mnc',
  'lac',
  'cell_id',
  'network_type',
  'sim_state',
  'phone_state',
  'new_texts',
  'texts_full',
  'time',
  'started_at',
  'info_code',
  'records',
  'time_to_fix',
  'device_id',
  'unit_name',
  'imei',
  'imsi',
  'iccid',
  'serial',
  'model',
  'firmware',
  'hardware',
  'gps_firmware',
  'bluetooth_address',
  'apn',
  'apn_user',
  'host',
  'port',
  'ip',
  'upload_interval',
  'time_zone',
  'speed_limit',
  'free_places',
  'network_answer',
  'ring_mode',
])

export function presentationOf(name: string): Presentation {
  const row = rowOf(name) ?? name
  const isDetail = details.has(row)
  return { hidden: hidden.has(row), diagnostic: isDetail || diagnostic.has(row), enabled: !isDetail }
}

/**
 * Units that Home Assistant accepts for a device class of sensors (Home Assistant 2026.9.1). For a class that is not
 * here, only the unit is announced.
 */
const units: Readonly<Record<string, readonly string[]>> = {
  battery: ['%'],
  humidity: ['%'],
  moisture: ['%'],
  signal_strength: ['dB', 'dBm'],
  temperature: ['°C', '°F', 'K'],
  voltage: ['μV', 'mV', 'V', 'kV', 'MV'],
  current: ['μA', 'mA', 'A'],
  power: ['mW', 'W', 'kW', 'MW', 'GW', 'TW'],
  energy: ['Wh', 'kWh', 'MWh', 'GWh'],
  speed: ['km/h', 'mph', 'm/s', 'kn'],
  distance: ['km', 'm', 'cm', 'mm', 'mi'],
  duration: ['d', 'h', 'min', 's', 'ms'],
  pressure: ['Pa', 'hPa', 'kPa', 'bar', 'mbar', 'psi'],
  frequency: ['mHz', 'Hz', 'kHz', 'MHz', 'GHz'],
  illuminance: ['lx'],
}

/** Numbers that only increase. */
const counters: ReadonlySet<string> = new Set(['energy', 'odometer', 'operating_hours', 'counter_#'])
/** Numbers without a meaningful average. */
const codes: ReadonlySet<string> = new Set(['port', 'records', 'new_texts', 'info_code', 'free_places', 'shake_alarm'])

export interface SensorKind {
  readonly deviceClass: string | null
  readonly unit: string | null
  readonly stateClass: 'measurement' | 'total_increasing' | null
}

/** Consistent device class, unit and state class of a number. */
export function sensorKindOf(name: string): SensorKind {
  const field: Field = fieldOf(name) ?? { type: 'text', unit: null, class: null }
  const row = rowOf(name) ?? name
  if (field.type !== 'number') return { deviceClass: null, unit: null, stateClass: null }
  const { unit } = field
  const deviceClass = field.class !== null && unit !== null && units[field.class]?.includes(unit) ? field.class : null
  if (codes.has(row)) return { deviceClass: null, unit, stateClass: null }
  if (counters.has(row) || deviceClass === 'energy') return { deviceClass, unit, stateClass: 'total_increasing' }
  return { deviceClass, unit, stateClass: 'measurement' }
}
