/** Dimension of a unit, its factor to the dimension's first unit, and the offset `zero` (temperatures). */
interface Unit {
  readonly of: string
  readonly factor: number
  readonly zero?: number
}

/** Units as devices print them, ignoring case. The first of a dimension is its base unit. */
export const unitTable = {
  V: { of: 'voltage', factor: 1 },
  volt: { of: 'voltage', factor: 1 },
  volts: { of: 'voltage', factor: 1 },
  mV: { of: 'voltage', factor: 0.001 },
  cV: { of: 'voltage', factor: 0.01 },
  A: { of: 'current', factor: 1 },
  mA: { of: 'current', factor: 0.001 },
  W: { of: 'power', factor: 1 },
  kW: { of: 'power', factor: 1000 },
  MW: { of: 'power', factor: 1_000_000 },
  kWh: { of: 'energy', factor: 1 },
  Wh: { of: 'energy', factor: 0.001 },
  MWh: { of: 'energy', factor: 1000 },
  GJ: { of: 'energy', factor: 1000 / 3.6 },
  GCal: { of: 'energy', factor: 1163 },
  Hz: { of: 'frequency', factor: 1 },
  '°C': { of: 'temperature', factor: 1 },
  C: { of: 'temperature', factor: 1 },
  degrees: { of: 'temperature', factor: 1 },
  // As devices write it that have no degree sign.
  "'C": { of: 'temperature', factor: 1 },
  '*C': { of: 'temperature', factor: 1 },
  oC: { of: 'temperature', factor: 1 },
  ºC: { of: 'temperature', factor: 1 },
  degC: { of: 'temperature', factor: 1 },
  'deg C': { of: 'temperature', factor: 1 },
  Celsius: { of: 'temperature', factor: 1 },
  'degrees Celsius': { of: 'temperature', factor: 1 },
  'Gr. Celsius': { of: 'temperature', factor: 1 },
  '°F': { of: 'temperature', factor: 5 / 9, zero: 32 },
  F: { of: 'temperature', factor: 5 / 9, zero: 32 },
  K: { of: 'temperature', factor: 1, zero: 273.15 },
  bar: { of: 'pressure', factor: 1 },
  mbar: { of: 'pressure', factor: 0.001 },
  kPa: { of: 'pressure', factor: 0.01 },
  'm³': { of: 'volume', factor: 1 },
  m3: { of: 'volume', factor: 1 },
  l: { of: 'volume', factor: 0.001 },
  litres: { of: 'volume', factor: 0.001 },
  liters: { of: 'volume', factor: 0.001 },
  'm³/h': { of: 'flow', factor: 1 },
  'm3/h': { of: 'flow', factor: 1 },
  'l/h': { of: 'flow', factor: 0.001 },
  'km/h': { of: 'speed', factor: 1 },
  kmh: { of: 'speed', factor: 1 },
  mph: { of: 'speed', factor: 1.609344 },
  'm/s': { of: 'speed', factor: 3.6 },
  kn: { of: 'speed', factor: 1.852 },
  m: { of: 'length', factor: 1 },
  km: { of: 'length', factor: 1000 },
  ft: { of: 'length', factor: 0.3048 },
  cm: { of: 'length', factor: 0.01 },
  mm: { of: 'length', factor: 0.001 },
  kg: { of: 'mass', factor: 1 },
  g: { of: 'mass', factor: 0.001 },
  s: { of: 'time', factor: 1 },
  sec: { of: 'time', factor: 1 },
  seconds: { of: 'time', factor: 1 },
  min: { of: 'time', factor: 60 },
  minutes: { of: 'time', factor: 60 },
  h: { of: 'time', factor: 3600 },
  hours: { of: 'time', factor: 3600 },
  d: { of: 'time', factor: 86_400 },
  '%': { of: 'share', factor: 1 },
  '%RH': { of: 'share', factor: 1 },
  dBm: { of: 'level', factor: 1 },
  '°': { of: 'angle', factor: 1 },
} as const satisfies Record<string, Unit>

const byFold: ReadonlyMap<string, Unit> = new Map(
  Object.entries(unitTable).map(([name, unit]) => [name.toLowerCase(), unit]),
)

/** The same quantity in another unit, or null for another dimension. */
export function convert(value: number, from: string, to: string): number | null {
  const source = byFold.get(from.toLowerCase())
  const target = byFold.get(to.toLowerCase())
  if (source === undefined || target === undefined || source.of !== target.of) return null
  const plain = (value - (source.zero ?? 0)) * source.factor
  return tidy(plain / target.factor + (target.zero ?? 0))
}

/** Rounds to twelve digits: more than any device measures, and without binary rounding errors. */
export const tidy = (value: number): number => Number(value.toPrecision(12))
