import { describe, expect, test } from '@jest/globals'
import { readAnswer } from '../../src/device/receive/answer.ts'
import { readText } from '../../src/device/receive/read.ts'
import { makeTrial } from '../../src/device/receive/try.ts'
import { sampleDevices } from '../../src/device/sample.ts'
import { at, deviceOf, makeProfile, profileOf } from './library.ts'

const today = at('2026-11-29T12:00:00Z')
const panel = makeProfile(`
settings:
  password: { type: digits, secret: true, default: "1234" }
words:
  arm: { ARMED: armed_away, SCHARF: armed_away, DISARMED: disarmed, UNSCHARF: disarmed }
commands:
  arm: { text: "{password}ARM", repeat: safe, sets: { alarm_state: armed_away }, reply: { expect: required, accepted: "System armed" }, source: manual }
  help_number: { text: "HELP{number}", params: { number: { type: phone } }, reply: { expect: required, accepted: "Help number {=number} saved" }, source: manual }
  status: { text: STATUS, repeat: safe, asks: [battery], reply: { expect: required, reads: status }, source: manual }
messages:
  status: { text: "State:{alarm_state:arm}, Battery:{battery:percent}, Main supply:{voltage:decimal}V, Relay {#:int}:{output_#:on_off}, Sensor:{temperature:decimal}~C", source: manual }
  burglary: { text: "Burglary in zone {zone_1:int}", event: burglary, level: high, source: manual }
  tamper: { text: "Tamper restored", event: tamper_restored, set: { alarm_1: "false" }, source: manual }
  sos: { text: "Emergency button", event: sos, level: high, source: manual }
`)
const read = (text: string, device = deviceOf(panel)) => readText(device, text, today)[0]

describe('a text that no pattern explains', () => {
  test.each([
    ['Battery 80%\nGSM ok', { battery: 80 }],
    ['Main supply 13.1 V', { voltage: 13.1 }],
    ['main supply: 13100mV', { voltage: 13.1 }],
    ['Sensor = 70 °F', { temperature: 21.1111111111 }],
    ['Bat: 55% speed 7 mph', { battery: 55, speed: 11.265408 }],
    ['Relay 2: ON;  Sensor:-3.5C', { output_2: 'ON', temperature: -3.5 }],
  ])('gives the values of %j', (text, values) => {
    expect(read(text)).toMatchObject({ reading: 'partial', event: null, values })
  })

  test('keeps the rest of it as unread', () => {
    expect(read('Battery: 80%\nUnknown thing: 7\nGood bye')?.unread).toEqual(['Unknown thing: 7', 'Good bye'])
  })

  test('does not become secret-free by it: a code of the device is masked in what is unread', () => {
    const device = deviceOf(panel, '{ settings: { password: "8642" } }')
    expect(read('Battery: 80%\nyour code 8642 is new', device)?.unread).toEqual(['your code *** is new'])
  })

  test('has no share above a hundred, and no number that goes on', () => {
    expect(read('Battery: 140%')).toBeUndefined()
    expect(read('Battery: 12.3.4')).toBeUndefined()
    expect(read('combat: 50%')).toBeUndefined()
  })

  test('never disarms, opens or clears anything', () => {
    expect(read('State:DISARMED\nsomething else')?.values ?? {}).not.toHaveProperty('alarm_state')
    expect(read('State:DISARMED, Battery:80%')?.values).toEqual({ battery: 80 })
    expect(read('Tamper restored.')?.event ?? null).toBeNull()
    expect(read('State:SCHARF\nsomething else')?.values).toEqual({ alarm_state: 'armed_away' })
  })

  test('is a message in a line of its own, in any order and with other marks', () => {
    expect(read('FW 1.2\nBurglary in zone 3.\nsee you')).toMatchObject({
      message: 'burglary',
      event: 'burglary',
      level: 'high',
      values: { zone_1: '3' },
      unread: ['FW 1.2', 'see you'],
    })
  })
})

describe('a measure in a sentence', () => {
  const plain = deviceOf('generic/alarm')
  test.each([
    ['The temperature of the main freezer is -18.25C', { temperature: -18.25 }],
    ['The temperature of freezer 2 is now 41 °F', { temperature: 5 }],
    ['Temperatura je 31 C', { temperature: 31 }],
    ['La température du salon est 19,5 °C.', { temperature: 19.5 }],
    ['La temperatura della casa è 20 °C', { temperature: 20 }],
    ['Die Temperatur im Keller ist 8 °C', { temperature: 8 }],
    ['The humidity in the cellar is 81%', { humidity: 81 }],
    ['The battery of the box is 3.9V', { battery_voltage: 3.9 }],
    ['The battery of the box is 55 %', { battery: 55 }],
    ['temperature 1: 21.40 C', { temperature_1: 21.4 }],
    ['temperature 2 is 21.40 C', { temperature_2: 21.4 }],
  ])('is read with its unit: %j', (text, values) => {
    expect(read(text, plain)?.values).toEqual(values)
  })

  test.each([
    'The temperature of the main freezer is -18.25',
    'temperature 1: 21.40',
    'Temperature 21.40',
    'The temperature limit of the freezer is 5 C',
    'The set temperature is 21 C',
    'Max temperature: 30 C',
    'The temperature is not 20 C',
    'If the temperature in the cellar is 3 C, call',
    'The humidity in the cellar is 181%',
    'The battery of the box is 20 C',
  ])('is none in %j', (text) => {
    expect(read(text, plain)?.values ?? {}).toEqual({})
  })

  test('is read without a unit where the device has it in its own words', () => {
    const own = deviceOf(
      makeProfile('messages: { all: { text: "T1={temperature_1:decimal}, Level:{level:decimal}", source: manual } }'),
    )
    expect(read('temperature 1: 21.40', own)?.values).toEqual({ temperature_1: 21.4 })
    expect(read('now the level is 21.4', own)?.values).toEqual({ level: 21.4 })
    for (const text of ['temperature 10:30', 'temperature 2: 21.40', 'temperature 1 21.40', 'level isnt 21'])
      expect(read(text, own)?.values ?? {}).toEqual({})
  })
})

describe('words of alarm', () => {
  test.each([
    ['Message from the house: Emergency button was pressed by user 2', 'sos'],
    ['2026-11-29 11:58, SOS!', 'sos'],
    ['zone 4 Hilferuf', 'sos'],
    ['¡Socorro!', 'sos'],
    ['Fire in the kitchen', 'alarm'],
    ['Rauchalarm Keller', 'alarm'],
    ['Einbruch Zone 2', 'burglary'],
    ['Attention: power failure 230V', 'alarm'],
  ])('are an event in %j', (text, event) => {
    const device = deviceOf(
      makeProfile(`
messages:
  any: { text: "ALARM: {alarm_text:line}", event: alarm, level: high, source: manual }
  burglary: { text: "Burglary in zone {zone_1:int}", event: burglary, level: high, source: manual }
  sos: { text: "Emergency button", event: sos, level: high, source: manual }
`),
    )
    expect(read(text, device)).toMatchObject({ event, level: 'high', reading: 'partial' })
  })

  test.each([
    'no alarm',
    'No fire',
    'kein Einbruch',
    'SOS number set',
    'sos 1 ok',
    'set help number ok',
    'SOS1: +4915112345678',
    'SOS:13800138000,,',
    'SOS: off',
    'Fire: OK',
    'Fire alarm off',
    'Emergency number saved',
    'Help number +4915112345678 saved',
    'Reply SOS to this text',
    'power failure alarm disabled',
    'Send HELP ME to 123',
    'Burglary: 0',
    'panic test ended',
    'smoke detector battery 80%',
    'SOS?',
    'SOS off',
    'sos numbers: 1. +4915112345678 2. none',
    'The SOS function was turned off',
    'SOS text changed to help me',
    'Send HELP for help.',
    'No intruder detected',
    'Power restored',
    'SOS ausgeschaltet',
    'SOS-Nummer gelöscht',
    'Keine Einbruchmeldung',
    'número de SOS configurado',
    'No hay incendio',
    'sin alarma de incendio',
    'Numéro SOS enregistré',
    'Aucune intrusion',
    'SOS numero salvato',
    'nessun incendio',
    'número SOS alterado',
    'Brak alarmu SOS',
    'numer SOS zapisany',
    'SOS uitgeschakeld',
    'geen brand',
    'žádný požár',
    'Номер SOS сохранен',
    'SOS выключен',
    'нет пожара',
  ])('are none in %j', (text) => {
    expect(read(text)?.event ?? null).toBeNull()
  })

  test.each([
    ['WARNING: LinkedHome turned Off!', 'alarm'],
    ['GPS disabled SOS', 'panic'],
    ['Geofence cancelled HELP ME', 'panic'],
    ['LED disabled fire alarm', 'fire'],
    ['Output 1 disabled intruder alarm zone 3', 'burglary'],
    ['Siren disabled power failure', 'power_cut'],
    ['Relay 2 was disabled! FIRE', 'fire'],
    ['GPS disabled\nsmoke alarm', 'smoke'],
    ['Status: heater disabled burglar alarm', 'burglary'],
    ['Attention: heater is off', 'alarm'],
    ['Achtung: Pumpe ist aus', 'alarm'],
    ['Intruder Detected and LED is turned on', 'burglary'],
    ['Intruder detected and the siren was switched off', 'burglary'],
    ['Intruder detected LED off', 'burglary'],
    ['Intruder detected on camera 2', 'burglary'],
    ['Intruder detected in the garage and photo saved', 'burglary'],
    ['Fire in the kitchen and siren is turned on', 'fire'],
    ['intruso detectado y luz apagada, led apagado', 'burglary'],
  ])('are not denied by a word that stands at another thing: %j', (text, event) => {
    expect(read(text, deviceOf('generic/alarm'))).toMatchObject({ event, level: 'high' })
  })

  test.each([
    'Intruder alarm and SOS are switched off',
    'Motion detected alarm is off',
    'Intruder detected: off',
    'Smoke alarm and fire alarm disabled',
    'Warning: SOS function turned off',
    'Warning: alarm disabled',
    'disabled SOS',
    'Alarm cancelled SOS',
    'Keypad disabled fire alarm',
    'User 3 disabled intruder alarm',
    'John has disabled fire alarm',
    'Remote 2 disabled SMOKE alarm',
    'Kitchen disabled fire alarm',
    'Operator cleared fire alarm',
    'Fire alarm zone 3 disabled',
    'System disabled fire alarm',
    'Alarm disabled, no fire',
    'Attention: alarm system is on',
    'SMOKE ALARM: Kitchen OFF',
    'Fire alarm in kitchen and hall is off',
    'Fire alarm triggered in the kitchen has been cleared',
    'Smoke detected and smoke alarm restored',
  ])('are denied by one that stands at them: %j', (text) => {
    expect(read(text, deviceOf('generic/alarm'))?.event ?? null).toBeNull()
  })

  test.each(['coban/tk103', 'concox/gt06', 'minifinder/pico', 'eldes/esim', 'dsc/3g2055', 'jablotron/gd-04'])(
    'reach the event of %s whatever stands around them',
    (profile) => {
      const [device] = sampleDevices(profileOf(profile))
      const cries = `SOS|help me|HELP ME!|Help!|[SOS]|*SOS*|#SOS#|type=SOS|Event:SOS|SOS,12:30|SOS;Bat:80|FW 1.2 SOS! 12:30|Alarm-SOS
        |The SOS button was pressed|SOS-Taste gedrückt|Botón SOS pulsado|Botão SOS pressionado|Appel SOS|Тревога SOS|Fire!|FIRE ALARM|Zone 3 fire
        |Brandalarm Zone 3|Incendio zona 2|Intruder alert|intruder in garage|Power cut!|Power alarm|power off alarm|main power off|Mains failure 12:30
        |Corte de energía|Battery 20% SOS|Hi, this is your tracker. SOS! Please call.|12:30 SOS Speed:0km/h|SOS Bat: 50% GSM: 20|From +4915112345678: SOS`
      const lost = cries.split(/\s*\|/).filter((text) => !read(text.trim(), device)?.event)
      expect(lost).toEqual([])
    },
  )

  test('are those of devices that give alarms only', () => {
    const meter = deviceOf(makeProfile('messages: { seen: { text: "Power {power:decimal} W", source: manual } }'))
    expect(read('Fire!', meter)).toBeUndefined()
  })
})

describe('a position', () => {
  const places: readonly string[] = [
    'Hello\nN22.57149, E113.8771 somewhere',
    '22.57149N,113.8771E ok then',
    'there 22.57149,N,113.8771,E ok',
    'Pos 2234.2894,N,11352.6260,E',
    'here: 22°34\'17.4"N 113°52\'37.6"E',
    'E113.8771,N22.57149',
    'at 22.571490, 113.877100 now',
    '$GPRMC,161509.000,A,2234.2894,N,11352.6260,E,0.3,153.7,290709,,*03 hello',
    'Latitude 22.57149\nLongitude 113.8771\nBye',
    'look: https://maps.google.com/?q=22.57149,113.8771',
  ]
  test.each(places)('is read in %j', (text) => {
    const { latitude, longitude } = read(text, deviceOf('galileosky/glonass'))?.values ?? {}
    expect(latitude).toBeCloseTo(22.57149, 3)
    expect(longitude).toBeCloseTo(113.8771, 3)
  })

  const named: readonly string[] = [
    'LatLng:22.57,113.88',
    'LatLong: 22.57, 113.88',
    'latlon=22.57;113.88',
    'Lat,Lng: 22.57,113.88',
    'Lat/Lon: 22.57/113.88',
    'Lat,Lon (22.57, 113.88)',
    'LngLat: 113.88,22.57',
    'LatLng:22.57,113.88,17.5',
    'Lat Long: N22.57 E113.88',
    'Pos: 22.57,113.88',
    'GPS: 22.57, 113.88',
    'My location is 22.57, 113.88',
    'Coordinates:\n22.57 113.88',
    'Ubicación: (22.57, 113.88)',
    'Standort: 22.57 113.88',
  ]
  test.each(named)('of few digits is read behind its word in %j', (text) => {
    for (const words of [text, `Hi there!\n${text}\nbye`])
      for (const profile of ['generic/tracker', 'coban/tk103']) {
        const values = read(words, deviceOf(profile))?.values
        expect(values).toMatchObject({ latitude: 22.57, longitude: 113.88 })
        expect(values).not.toHaveProperty('fix')
      }
  })

  test('stands beside an alarm behind its word, too', () => {
    for (const words of ['Fall detected!', 'Fall detected', 'SOS!'])
      expect(read(`${words} LatLng:22.57,113.88`, deviceOf('generic/tracker'))).toMatchObject({
        event: words === 'SOS!' ? 'sos' : 'fall',
        values: { latitude: 22.57, longitude: 113.88 },
      })
  })

  test.each([
    'car,22.571490,113.877103,12',
    'Location,22.571490,113.877103,0',
    'tracker geo 22.571490,113.877103,12,80',
    'Hi 22.571490,113.877103,12.5',
    'My car,-22.571490,-113.877103,12,80,2026-01-01',
    'AB12 OK,22.571490;113.877103;0;99%',
  ])('of a list behind a word is read in %j', (text) => {
    for (const profile of ['generic/tracker', 'coban/tk103']) {
      const { latitude, longitude } = read(text, deviceOf(profile))?.values ?? {}
      expect(Math.abs(Number(latitude))).toBe(22.57149)
      expect(Math.abs(Number(longitude))).toBe(113.877103)
    }
  })

  test.each([
    'car,122.571490,113.877103,12',
    'fence 22.571490,113.877103,500',
    'Geofence set: 22.571490,113.877103',
    'zone 22.571490,113.877103,22.581490,113.887103',
    'v,1,22.571490,113.877103',
    'car,22.57,113.87,12',
    'car,0.000000,0.000000,12',
    '22.57, 113.88',
    'Pos: 3.5, 2.1',
    'Pos: 122.57, 13.88',
    'GPS: 12.57, 3.75V',
    'LatLng: 1.2.3, 4.5.6',
    'gps 22.57 113.88',
    'Signal: 22.57, 113.88',
  ])('is none in %j', (text) => {
    expect(read(text, deviceOf('generic/tracker'))?.values ?? {}).not.toHaveProperty('latitude')
  })

  test('is no fix where its words have no numbers', () => {
    for (const text of ['lat: long: speed: T:', 'Latitude: Longitude:'])
      expect(read(text, deviceOf('generic/tracker'))?.values).toEqual({ fix: false })
    expect(read('two lat of warranty', deviceOf('coban/tk103'))?.values ?? {}).not.toHaveProperty('fix')
  })

  test('is none at 0,0, and an old one is no fix', () => {
    expect(read('Hi\nN0.000000, E0.000000', deviceOf('galileosky/glonass'))?.values).not.toHaveProperty('latitude')
    expect(read('Last known: N22.57149, E113.8771', deviceOf('galileosky/glonass'))?.values).toMatchObject({
      fix: false,
    })
  })
})

describe('a command', () => {
  const answer = (command: string, text: string, params = {}) =>
    readAnswer(deviceOf(panel), { command, params, text: '' }, text, today)

  test('is answered by its own words in a line of their own, with other marks', () => {
    expect(answer('arm', 'Panel 1\nSystem armed!').verdict).toBe('accepted')
    expect(answer('help_number', 'FW 2\nHelp number 4915 saved.', { number: '4915' }).verdict).toBe('accepted')
  })

  test('that changes something is not answered by what merely resembles it', () => {
    expect(answer('arm', 'System was armed by phone').verdict).toBe('none')
    expect(answer('arm', 'Battery 80%\nsomething').verdict).toBe('none')
  })
})

test('trying a text says what was read in part, and what was not', () => {
  const { matches } = makeTrial([profileOf('coban/tk103')])('bat: 80%\nzzz', today)
  expect(matches[0]).toMatchObject({ reading: 'partial', values: { battery: 80 }, unread: ['zzz'] })
})
