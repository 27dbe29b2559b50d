import { describe, expect, test } from '@jest/globals'
import { type Binding, bind } from '../../src/device/pattern/bind.ts'
import { conclude, type Match, match } from '../../src/device/pattern/match.ts'
import { parsePattern } from '../../src/device/pattern/pattern.ts'
import { assemble } from '../../src/device/regular/instructions.ts'
import { run } from '../../src/device/regular/machine.ts'
import { parseRegex } from '../../src/device/regular/regex.ts'
import type { Regular } from '../../src/device/regular/regular.ts'
import { seededRandom } from '../../src/util/random.ts'

const concluded = (found: Match | null) => (found === null ? null : conclude(found, { zone: null, scts: null }, ''))

function bindingOf(
  settings: Record<string, string> = {},
  words: Binding['words'] = {},
  items: Record<string, string> = {},
): Binding {
  const parsed = Object.entries(items).map(([name, text]) => [name, { text: parsePattern(text), separator: null }])
  const family = (name: string) =>
    Object.fromEntries(
      Object.entries(settings).flatMap(([key, value]) =>
        key.startsWith(name.slice(0, -1)) ? [[key.slice(name.length - 1), value]] : [],
      ),
    )
  return { words, items: Object.fromEntries(parsed), value: (name) => settings[name] ?? null, family }
}

function read(pattern: string, text: string, binding = bindingOf()): Readonly<Record<string, unknown>> | null {
  const program = bind(parsePattern(pattern), binding)
  return program === null ? null : concluded(match(program, text))
}

describe('a pattern', () => {
  test('takes the whole text, in any letter case', () => {
    expect(read('Relay ON', 'RELAY on')).toEqual({})
    expect(read('Relay ON', 'Relay ON now')).toBeNull()
    expect(read('Статус ОК', 'СТАТУС ок')).toEqual({})
  })

  test('takes a comma for a decimal mark, unless commas separate', () => {
    expect(read('T {temperature:decimal} C', 'T 12,5 C')).toEqual({ temperature: 12.5 })
    expect(read('{speed:decimal(.)},{course:decimal(.)}[,{_:line}]', '0,140,15')).toEqual({ speed: 0, course: 140 })
    expect(read('{speed:decimal(.)},{altitude:decimal(.)}', '61.5,-2.5')).toEqual({ speed: 61.5, altitude: -2.5 })
    expect(read('T {temperature:decimal(.)} C', 'T 12,5 C')).toBeNull()
  })

  test('takes blanks, line breaks and no-break spaces for a blank, but needs one', () => {
    expect(read('Relay ON', 'Relay \r\n ON')).toEqual({})
    expect(read('Relay ON', 'Relay\u00a0ON')).toEqual({})
    expect(read('Relay ON', 'RelayON')).toBeNull()
  })

  test('takes any blanks or none for ~', () => {
    for (const text of ['apnok', 'apn ok', 'apn\nok']) expect(read('apn~ok', text)).toEqual({})
  })

  test('does not mind blanks beside punctuation', () => {
    for (const text of ['Lat:5,Lon:6', 'Lat: 5, Lon: 6', 'Lat : 5 ,\nLon:6']) {
      expect(read('Lat: {satellites:int}, Lon:{records:int}', text)).toEqual({ satellites: 5, records: 6 })
    }
  })

  test('may have parts that are missing, and parts that are one of several', () => {
    for (const text of ['admin ok', 'admin ok!']) expect(read('admin ok[!]', text)).toEqual({})
    expect(read('(move|speed) {speed:int}', 'speed 80')).toEqual({ speed: 80 })
    expect(read('(move|speed) {speed:int}', 'stop 80')).toBeNull()
    expect(read('a [b|c [d ]]e', 'a c d e')).toEqual({})
  })

  test('takes the next character literally behind \\', () => {
    expect(read('\\[{value_1:int}\\]\\~\\\\', '[5]~\\')).toEqual({ value_1: 5 })
  })

  test('takes typographic dashes and quotes for plain ones', () => {
    expect(read('x - "OK"', 'x – “OK”')).toEqual({})
  })

  test('throws the value of {_:type} away', () => {
    expect(read('{_:word} {value_1:int}', 'abc 5')).toEqual({ value_1: 5 })
  })

  test('takes the value of a setting, and no text at all when the setting is empty', () => {
    expect(read('{=text_on}', 'gate is  OPEN', bindingOf({ text_on: 'Gate is open' }))).toEqual({})
    expect(read('{=text_on}', '')).toBeNull()
    expect(read('(Relay ON|{=text_on})', 'relay on')).toEqual({})
  })

  test('numbers a family by the text, or counts', () => {
    const binding = bindingOf(
      {},
      {},
      { zone: 'Z{#:int}:{zone_#:word}', input: '{input_#:bool}', output: '{#:word}={output_#:on_off}' },
    )
    expect(read('{zone*}', 'Z1:ON Z07:OFF\nZ3:ON', binding)).toEqual({ zone_1: 'ON', zone_7: 'OFF', zone_3: 'ON' })
    expect(read('in {input*}', 'in 1 0 1', binding)).toEqual({ input_1: true, input_2: false, input_3: true })
    expect(read('{output*}', 'Pump=ON Garage-Door=OFF', binding)).toEqual({
      output_pump: 'ON',
      output_garage_door: 'OFF',
    })
  })

  test('numbers a family by one of several settings', () => {
    const binding = bindingOf({ zone_text_1: 'door triggered', zone_text_2: 'window' })
    const program = bind(parsePattern('{#:one_of(zone_text_#)}'), binding)
    expect(program && match(program, 'DOOR triggered', { set: { 'input_#': true } })?.values).toEqual({
      input_1: true,
    })
  })

  test('distinguishes words by case when nothing else differs', () => {
    const binding = bindingOf({}, { state: { i: 'normal', I: 'violated', b: 'bypassed' } })
    expect(read('IN={state:state}', 'in=i', binding)).toEqual({ state: 'normal' })
    expect(read('IN={state:state}', 'IN=I', binding)).toEqual({ state: 'violated' })
    expect(read('IN={state:state}', 'IN=B', binding)).toEqual({ state: 'bypassed' })
  })

  test('takes the order of a date from a setting', () => {
    const text = '17/07/11 21:34'
    const pattern = '{fix_time:date(=date_order HH:mm)}'
    expect(read(pattern, text, bindingOf({ date_order: 'dd/MM/yy' }))).toEqual({ fix_time: '2011-07-17T21:34' })
    expect(read(pattern, text, bindingOf({ date_order: 'yy/MM/dd' }))).toEqual({ fix_time: '2017-07-11T21:34' })
    expect(read(pattern, text)).toBeNull()
  })

  test('joins a date and a clock of one field', () => {
    expect(read('D:{fix_time:date(yy/M/d)} T:{fix_time:clock(H:m:s)}', 'D:17/1/9 T:2:5:30')).toEqual({
      fix_time: '2017-01-09T02:05:30',
    })
  })

  test('gives up where the text ends early, unless the device cuts its texts there', () => {
    const program = bind(
      parsePattern('Relay {output_1:on_off} Battery {battery:percent} Signal {signal:percent}'),
      bindingOf(),
    )
    expect(program && match(program, 'Relay ON Battery 80% Sig')).toBeNull()
    expect(program && match(program, 'Relay ON Battery 80% Sig', { cut: true })?.values).toEqual({
      output_1: 'ON',
      battery: 80,
    })
  })

  test('shows where the text stopped to fit', () => {
    const program = bind(
      parsePattern('lat:{latitude:latitude} long:{longitude:longitude} speed:{speed:decimal}'),
      bindingOf(),
    )
    expect(program && run(program, 'lat:55.8 long:none speed:0').stopped.at).toBe('lat:55.8 long:'.length)
  })

  test.each([
    ['Relay {', '"}" is missing'],
    ['Relay {output_1}', '{output_1} is no hole'],
    ['Relay [ON', '"]" is missing'],
    ['Relay ON)', '")" closes nothing'],
    ['Relay (ON)', 'needs "|"'],
    ['Relay [|ON]', 'a choice is empty'],
    ['', 'the pattern is empty'],
    ['Relay \\', 'has nothing to quote'],
  ])('that reads %j is refused: %s', (pattern, message) => {
    expect(() => parsePattern(pattern)).toThrow(message)
  })
})

/** Random expressions over a small alphabet, as data and as JavaScript writes them. */
function randomPair(random: () => number, depth: number): { regular: Regular<never>; source: string } {
  const pick = Math.floor(random() * (depth === 0 ? 2 : 6))
  const inner = () => randomPair(random, depth - 1)
  switch (pick) {
    case 0:
    case 1: {
      const char = 'abc'[Math.floor(random() * 3)] as string
      return { regular: { is: 'literal', text: char, exact: true }, source: char }
    }
    case 2:
    case 3: {
      const [one, two] = [inner(), inner()]
      return { regular: { is: 'sequence', of: [one.regular, two.regular] }, source: `(?:${one.source}${two.source})` }
    }
    case 4: {
      const [one, two] = [inner(), inner()]
      return { regular: { is: 'either', of: [one.regular, two.regular] }, source: `(?:${one.source}|${two.source})` }
    }
    default: {
      const { regular, source } = inner()
      const least = random() < 0.5 ? 0 : 1
      return {
        regular: { is: 'many', of: regular, least, lazy: false },
        source: `(?:${source})${least === 0 ? '*' : '+'}`,
      }
    }
  }
}

test('the machine agrees with the regular expressions of JavaScript', () => {
  const random = seededRandom(7)
  for (let i = 0; i < 400; i++) {
    const { regular, source } = randomPair(random, 4)
    const program = assemble(regular)
    for (let j = 0; j < 20; j++) {
      const text = Array.from({ length: Math.floor(random() * 7) }, () => 'abc'[Math.floor(random() * 3)]).join('')
      expect([source, text, run(program, text).fits]).toEqual([source, text, new RegExp(`^(?:${source})$`).test(text)])
      const found = new RegExp(source).exec(text)
      expect([source, text, run(program, text, { search: true }).fits]).toEqual([source, text, found !== null])
    }
  }
})

test('the plain part of regular expressions checks parameters, and the rest is refused', () => {
  const fits = (source: string, text: string) => run(assemble(parseRegex(source)), text).fits
  expect(fits('.{4,24}', 'Pump')).toBe(true)
  expect(fits('.{4,24}', 'Pum')).toBe(false)
  expect(fits('^[*#0-9]{2,20}$', '*100#')).toBe(true)
  expect(fits('\\d+(?:\\.\\d+)?|off', '12.5')).toBe(true)
  expect(fits('[A-Z]\\w*', 'aB')).toBe(false)
  for (const source of ['(a)\\1', '(?=a)', '(a{2}){3}', 'a{500}', '[a', '(a', '*a'])
    expect(() => parseRegex(source)).toThrow()
})

test.each([
  '{value_1:text}{value_2:text}{value_3:text}x',
  '{zone*} {input*} end',
  '[a ][a ][a ][a ][a ][a ]b',
  '({_:word} |{_:line} ){rest:text}!',
])('twice the hostile text costs %s about twice the steps', (pattern) => {
  const binding = bindingOf({}, {}, { zone: '{#:int}:{zone_#:text}', input: '{input_#:line} {output_#:line}' })
  const program = bind(parsePattern(pattern), binding)
  for (const piece of ['a', '1:a ', 'a 1 ', ' ', '1:1:1 ']) {
    const steps = (length: number) => (program === null ? 0 : run(program, piece.repeat(length).slice(0, length)).steps)
    expect(steps(3200)).toBeLessThanOrEqual(2.2 * steps(1600) + 200)
    expect(steps(1600)).toBeLessThan(1600 * 200)
  }
})
