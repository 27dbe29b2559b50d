import type { Value } from '../../message/values.ts'
import { type Pattern, parsePattern } from '../pattern/pattern.ts'

/** On and off, open and closed in the languages of devices. */
const on = 'on yes ein an 1 encendido activado ligado marche acceso zap zał włączony be aan вкл'
const off = 'off no aus 0 apagado desactivado desligado arret arrêt spento vyp wył wyłączony ki uit выкл'
const words = (list: string, value: Value): Record<string, Value> =>
  Object.fromEntries(list.split(' ').map((word) => [word, value]))

/** Words for the values of pairs that any device may print. */
export const commonWords: Readonly<Record<string, Readonly<Record<string, Value>>>> = {
  switched: { ...words(on, true), ...words(off, false) },
  output: { ...words(on, 'ON'), ...words(off, 'OFF') },
  fixed: {
    ...words('ok a fix fixed 3d 2d located valid', true),
    ...words('v no off not unfixed invalid lost', false),
    'no fix': false,
    'no gps': false,
    'not fixed': false,
    'no signal': false,
  },
  mains: {
    ...words(`${on} ok normal`, true),
    ...words(off, false),
  },
  linked: { ...words(`${on} ok online connected`, true), ...words(`${off} offline disconnected`, false) },
}

export const battery = 'bat|batt|battery|akku|batterie|batería|bateria|baterie|accu|akumulator|аккумулятор|батарея'
export const speed = 'speed|spd|velocidad|velocidade|velocità|geschwindigkeit|vitesse|prędkość|sebesség|скорость'
export const temperature = 'temperature|temp|temperatur|temperatura|température|teplota|hőmérséklet|температура'
export const humidity = 'humidity|hum|feuchte|luftfeuchte|luftfeuchtigkeit|humedad|umidità|влажность'
export const voltage =
  'voltage|volt|vol|ext volt|external voltage|main voltage|power voltage|spannung|voltaje|tensão|напряжение'

/**
 * Pairs that mean the same in the texts of every device. The first that fits a place of the text counts; a number of a
 * share without its unit is a whole one.
 */
export const commonPairs: readonly Pattern[] = [
  `(${battery})[ (voltage|volt|vol)]:{battery_voltage:quantity}`,
  `(${battery}) (voltage|volt|vol):{battery_voltage:decimal}`,
  `(${battery})[ (level|power|capacity|charge|percentage|percent|status)][ is]:{battery:int}`,
  `(${speed}):{speed:decimal}`,
  '(course|heading|direction|dir|kurs|rumbo):{course:decimal}',
  '(altitude|alt|höhe|altitud):{altitude:decimal}',
  '(satellites|satellite|sats|sat|svs):{satellites:int}',
  '(gsm signal|gsm|signal strength|signal|csq|rssi):{signal_strength:quantity}',
  '(gsm signal|gsm|signal strength|signal):{signal:quantity}',
  '(gsm signal|gsm|csq):{signal_quality:int}',
  'gps[ (signal|status|fix)]:{fix:fixed}',
  '(acc|ignition|ign|zündung|contacto|ignição|зажигание):{ignition:switched}',
  '(power|pwr|mains|ext power|external power|main power|ac power|netz|alimentación|alimentación externa):{mains:mains}',
  '(gprs|server link|data):{data_connected:linked}',
  `(${voltage}):{voltage:quantity}`,
  `(${temperature})[ (is|je|ist|est|es|è)]:{temperature:quantity}`,
  `(${temperature})~{#:int}: {temperature_#:decimal}`,
  `(${humidity}):{humidity:quantity}`,
  '(fuel|oil|kraftstoff|combustible|топливо):{fuel:quantity}',
  'imei:{imei:digits(15)}',
  'iccid:{iccid:digits}',
  '(relay|output|out|do|relais|ausgang|salida|relé|реле)~{#:int}[ (is|status|state)]:{output_#:output}',
  '(input|in|di|eingang|entrada)~{#:int}[ (is|status|state)]:{input_#:switched}',
].map(parsePattern)
