import type { Value } from '../../message/values.ts'

/** Type of a field on MQTT: a switch is ON or OFF, a bool true or false. */
export type FieldType = 'number' | 'text' | 'switch' | 'bool' | 'time'

export interface Field {
  readonly type: FieldType
  /** Unit of a number, the same for every device. */
  readonly unit: string | null
  /** Home Assistant's device class. */
  readonly class: string | null
}

const number = (unit: string | null = null, deviceClass: string | null = null): Field => ({
  type: 'number',
  unit,
  class: deviceClass,
})
const text = (deviceClass: string | null = null): Field => ({ type: 'text', unit: null, class: deviceClass })
const bool = (deviceClass: string | null = null): Field => ({ type: 'bool', unit: null, class: deviceClass })
const toggle: Field = { type: 'switch', unit: null, class: null }
const time: Field = { type: 'time', unit: null, class: 'timestamp' }

/**
 * Every field that a profile may name. The same thing has the same name on all devices, so that a dashboard is
 * reusable. `#` is the number or name of an input, output, sensor, zone or user.
 */
export const vocabulary = {
  // where it is
  latitude: number('°'),
  longitude: number('°'),
  address: text(),
  altitude: number('m', 'distance'),
  speed: number('km/h', 'speed'),
  course: number('°'),
  fix: bool('connectivity'),
  fix_time: time,
  satellites: number(),
  hdop: number(),
  gps_accuracy: number('m', 'distance'),
  odometer: number('km', 'distance'),
  mcc: text(),
  mnc: text(),
  lac: text(),
  cell_id: text(),
  // how it is
  battery: number('%', 'battery'),
  battery_voltage: number('V', 'voltage'),
  battery_temperature: number('°C', 'temperature'),
  battery_low: bool('battery'),
  battery_level: number(),
  battery_state: text(),
  battery_days: number('d', 'duration'),
  charging: bool('battery_charging'),
  mains: bool('power'),
  voltage: number('V', 'voltage'),
  antenna_voltage: number('V', 'voltage'),
  signal: number('%'),
  signal_strength: number('dBm', 'signal_strength'),
  signal_quality: number(),
  signal_level: number(),
  signal_words: text(),
  'signal_strength_#': number('dBm', 'signal_strength'),
  operator: text(),
  'operator_#': text(),
  network_state: text(),
  network_type: text(),
  'network_type_#': text(),
  registered: bool('connectivity'),
  roaming: bool(),
  data_connected: bool('connectivity'),
  phone_line: bool('connectivity'),
  sim_state: text(),
  'sim_state_#': text(),
  phone_state: text(),
  modem_state: text(),
  new_texts: number(),
  missed_calls: number(),
  texts_full: bool('problem'),
  problem: bool('problem'),
  time: time,
  started_at: time,
  uptime: number('s', 'duration'),
  state: text(),
  mode: text(),
  info_code: number(),
  warnings: text(),
  alarms: text(),
  run_state: text(),
  records: number(),
  time_to_fix: number('s', 'duration'),
  // what it is and how it is set
  device_id: text(),
  unit_name: text(),
  place: text(),
  'place_#': text(),
  link: text(),
  imei: text(),
  imsi: text(),
  iccid: text(),
  serial: text(),
  model: text(),
  firmware: text(),
  hardware: text(),
  gps_firmware: text(),
  bluetooth_address: text(),
  apn: text(),
  apn_user: text(),
  apn_password: text(),
  host: text(),
  port: number(),
  ip: text(),
  password: text(),
  upload_interval: number('s', 'duration'),
  time_zone: text(),
  speed_limit: number('km/h', 'speed'),
  'phone_number_#': text(),
  user: text(),
  'user_#': text(),
  free_places: number(),
  parameter_id: number(),
  parameter_value: text(),
  message: text(),
  variable: text(),
  value: text(),
  power_alarm: toggle,
  voice_monitor: toggle,
  geofence: toggle,
  geozones: text(),
  shock_alarm: toggle,
  sound: toggle,
  sleep: text(),
  ignition_alarm: toggle,
  ignition_alarm_call: toggle,
  shake_alarm: number(),
  ring_mode: text(),
  ring_confirm: toggle,
  restart_time: number('s', 'duration'),
  configuration: text(),
  schedule: toggle,
  schedule_times: text(),
  delay: toggle,
  sms_state: text(),
  button: text(),
  credit: text(),
  network_answer: text(),
  // inputs and outputs
  'input_#': bool(),
  'input_name_#': text(),
  'output_#': toggle,
  'output_name_#': text(),
  'output_#_remaining': number('s', 'duration'),
  'output_#_delay': number('s', 'duration'),
  'output_#_until': time,
  'analog_#': number('V', 'voltage'),
  'analog_#_current': number('A', 'current'),
  'counter_#': number(),
  'counter_#_limit': number(),
  'runtime_#': number('s', 'duration'),
  ignition: bool('power'),
  door: bool('door'),
  engine_blocked: toggle,
  fuel: number('%'),
  'fuel_level_#': number(),
  gate: text(),
  relay: toggle,
  'relay_#': toggle,
  // alarm panels
  alarm_state: text(),
  'alarm_state_#': text(),
  'zone_#': text(),
  'zone_text_#': text(),
  alarm_text: text(),
  alarm_value: text(),
  'alarm_#': bool('problem'),
  alarm_inputs: text(),
  alarm_analogs: text(),
  'limit_low_#': number(),
  'limit_high_#': number(),
  // heat and climate
  temperature: number('°C', 'temperature'),
  'temperature_#': number('°C', 'temperature'),
  target_temperature: number('°C', 'temperature'),
  'target_temperature_#': number('°C', 'temperature'),
  thermostat: toggle,
  temperature_min: number('°C', 'temperature'),
  temperature_max: number('°C', 'temperature'),
  temperature_alarm: toggle,
  temperature_alarm_min: number('°C', 'temperature'),
  temperature_alarm_max: number('°C', 'temperature'),
  temperature_change: number('°C'),
  temperature_change_time: number('s', 'duration'),
  rapid_change_alarm: toggle,
  humidity: number('%', 'humidity'),
  'humidity_#': number('%', 'humidity'),
  dew_point: number('°C', 'temperature'),
  flow_temperature: number('°C', 'temperature'),
  return_temperature: number('°C', 'temperature'),
  frost_temperature: number('°C', 'temperature'),
  season: text(),
  heating: toggle,
  ventilation: toggle,
  run_time: number('s', 'duration'),
  remaining: number('s', 'duration'),
  // meters, tanks, power
  energy: number('kWh', 'energy'),
  power: number('W', 'power'),
  power_in: number('W', 'power'),
  power_out: number('W', 'power'),
  volume: number('m³', 'volume'),
  flow: number('m³/h', 'volume_flow_rate'),
  operating_hours: number('h', 'duration'),
  meter_number: text(),
  'pressure_#': number('bar', 'pressure'),
  pressure: number('bar', 'pressure'),
  'level_#': number('%'),
  'volume_#': number('m³', 'volume'),
  level: number('%'),
  current: number('A', 'current'),
  frequency: number('Hz', 'frequency'),
  dc_voltage: number('V', 'voltage'),
  dc_current: number('A', 'current'),
  ac_in_voltage: number('V', 'voltage'),
  ac_in_current: number('A', 'current'),
  ac_in_frequency: number('Hz', 'frequency'),
  ac_out_voltage: number('V', 'voltage'),
  ac_out_current: number('A', 'current'),
  ac_out_frequency: number('Hz', 'frequency'),
  weight: number('kg', 'weight'),
  tare: number('kg', 'weight'),
  daily_gain: number('kg', 'weight'),
  // user-made texts
  'value_#': number(),
  'text_#': text(),
  'state_#': text(),
  'switch_#': toggle,
} as const satisfies Record<string, Field>

/** Names in patterns that are not fields. */
export const reservedNames: readonly string[] = ['_', '#', 'rest', 'inner', 'from', 'position', 'event']

const exact: ReadonlyMap<string, Field> = new Map(Object.entries(vocabulary))
const families = [...exact]
  .filter(([name]) => name.includes('#'))
  .map(([name, field]) => ({ name, field, parts: name.split('#') as [string, string] }))
  .sort((a, b) => b.name.length - a.name.length)

/** The field of a name, `output_3` and `output_#` alike; null for a name that isn't in the table. */
export function fieldOf(name: string): Field | null {
  return exact.get(name) ?? familyOf(name)?.field ?? null
}

/** The row of the table that a name belongs to: `output_#` for `output_3`. */
export function rowOf(name: string): string | null {
  return exact.has(name) ? name : (familyOf(name)?.name ?? null)
}

function familyOf(name: string): (typeof families)[number] | null {
  const fits = ({ parts: [head, tail] }: (typeof families)[number]): boolean =>
    name.length > head.length + tail.length && name.startsWith(head) && name.endsWith(tail)
  return families.find(fits) ?? null
}

export const fieldNames: readonly string[] = [...exact.keys()]

const truths: ReadonlyMap<string, boolean> = new Map(
  Object.entries({ on: true, off: false, true: true, false: false, yes: true, no: false, 1: true, 0: false }),
)

/** A value in the type of its field; null when it is not one. A name outside the table keeps its value. */
export function fitted(name: string, value: Value): Value {
  const field = fieldOf(name)
  if (field === null || value === null) return value
  switch (field.type) {
    case 'number':
      return numberOf(value)
    case 'text':
    case 'time':
      return String(value)
    case 'bool':
      return truths.get(String(value).toLowerCase()) ?? null
    case 'switch': {
      const on = truths.get(String(value).toLowerCase())
      return on === undefined ? null : on ? 'ON' : 'OFF'
    }
  }
}

function numberOf(value: string | number | boolean): number | null {
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return null
  const number = Number(value.trim().replace(',', '.'))
  return value.trim() === '' || Number.isNaN(number) ? null : number
}
