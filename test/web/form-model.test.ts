import { describe, expect, test } from '@jest/globals'
import { described } from '../../src/api/described-parameter.ts'
import { ProfileFiles } from '../../src/config/profiles.ts'
import { parameterContext } from '../../src/device/device.ts'
import { takeParameters } from '../../src/device/parameters/parameters.ts'
import { sampleDevices } from '../../src/device/sample.ts'
import type { Parameter } from '../../src/web/api/answer-types.ts'
import { argumentsOf, choicesOf, controlOf, startOf, wrongIn, wrongsIn } from '../../src/web/parts/form-model.ts'
import { instantIn, localOf, soon } from '../../src/web/parts/local-time.ts'
import { acceptedBy } from '../../src/web/texts/accepted-values.ts'
import { hubDe } from '../../src/web/texts/hub-de.ts'
import { hubEs } from '../../src/web/texts/hub-es.ts'
import { hubFr } from '../../src/web/texts/hub-fr.ts'
import type { HubWords } from '../../src/web/texts/hub-words.ts'

const parameter = (over: Partial<Parameter>): Parameter => ({
  name: 'value',
  label: 'Value',
  type: 'text',
  accepts: 'a text',
  optional: false,
  secret: false,
  list: false,
  ...over,
})

describe('the field of a parameter', () => {
  test.each<[string, Partial<Parameter>, string]>([
    ['a whole number', { type: 'int' }, 'number'],
    ['a choice', { type: 'enum', options: ['on', 'off'] }, 'select'],
    ['a text with a fixed set', { type: 'text', options: ['a'] }, 'select'],
    ['yes or no', { type: 'bool' }, 'select'],
    ['a number to call', { type: 'phone' }, 'tel'],
    ['a moment', { type: 'date' }, 'datetime-local'],
    ['a secret', { type: 'digits', secret: true }, 'password'],
    ['a list of numbers', { type: 'int', list: true }, 'text'],
    ['a type that the page does not know', { type: 'quaternion' }, 'text'],
  ])('of %s', (_, over, control) => {
    expect(controlOf(parameter(over))).toBe(control)
  })

  test('begins with the default, or the first choice where one must be made', () => {
    expect(
      startOf([
        parameter({ name: 'a', default: '5' }),
        parameter({ name: 'b', type: 'enum', options: ['x', 'y'] }),
        parameter({ name: 'c', type: 'enum', options: ['x', 'y'], optional: true }),
      ]),
    ).toEqual({ a: '5', b: 'x', c: '' })
    expect(choicesOf(parameter({ type: 'bool', optional: true }))).toEqual(['', 'true', 'false'])
  })
})

describe('a time in the zone of the browser', () => {
  test('is the instant that the hub takes, and none where nothing is entered', () => {
    const time = new Date(2026, 11, 24, 18, 5)
    expect(localOf(time)).toBe('2026-12-24T18:05')
    expect(instantIn('2026-12-24T18:05')).toBe(time.toISOString())
    expect([instantIn(''), instantIn('soon')]).toEqual([null, null])
  })

  test('begins with a full hour that is not too near', () => {
    expect(localOf(soon(new Date(2026, 11, 31, 22, 29)))).toBe('2026-12-31T23:00')
    expect(localOf(soon(new Date(2026, 11, 31, 22, 30)))).toBe('2027-01-01T00:00')
  })
})

describe('what is plainly wrong', () => {
  test.each<[string, Partial<Parameter>, string, string | null]>([
    ['nothing where something is needed', {}, ' ', 'missing'],
    ['nothing where nothing is needed', { optional: true }, '', null],
    ['nothing where there is a default', { default: '1' }, '', null],
    ['words for a number', { type: 'decimal' }, 'warm', 'number'],
    ['a comma in a number', { type: 'decimal' }, '21,5', null],
    ['half of a whole number', { type: 'int' }, '1.5', 'whole'],
    ['too little', { type: 'int', min: 5 }, '4', 'small'],
    ['too much', { type: 'int', max: 5 }, '6', 'large'],
    ['letters among digits', { type: 'digits' }, '12a', 'digits'],
    ['too few digits', { type: 'digits', length: 4 }, '123', 'length'],
    ['a text that is too long', { max: 3 }, 'four', 'length'],
    ['an emoji, which is one character', { max: 1 }, '👍', null],
    ['a list, which the hub checks', { type: 'int', list: true, max: 3 }, '1,2,99', null],
  ])('%s', (_, over, value, wrong) => {
    expect(wrongIn(parameter(over), value)).toBe(wrong)
  })
})

/** As it is shown. */
const takenIn = (of: Parameter, values: HubWords['values'] | undefined) => {
  const { own, taken } = acceptedBy(of, values)
  return [own, taken].filter(Boolean).join('; ')
}

describe('what a parameter takes', () => {
  test.each<[string, Partial<Parameter>, string]>([
    ['its limits and its unit', { type: 'int', min: 0, max: 999, unit: 's' }, 'eine ganze Zahl (von 0 bis 999 s)'],
    ['its length', { type: 'digits', length: 4 }, 'Ziffern (4 Zeichen)'],
    ['no limits where it has none', { type: 'phone' }, 'eine Telefonnummer, am besten wie +49…'],
    ['what its profile says of it', { about: 'As on the label', max: 9 }, 'As on the label; ein Text (bis 9 Zeichen)'],
    ['each value of a list', { type: 'decimal', list: true }, 'mehrere, mit Kommas getrennt, jeweils eine Zahl'],
    ['the words of the hub where there are no others', { type: 'bits', accepts: 'some of a, b' }, 'some of a, b'],
  ])('is said in another language with %s', (_, over, said) => {
    expect(takenIn(parameter(over), hubDe.values)).toBe(said)
    expect(takenIn(parameter(over), undefined)).toBe(parameter(over).accepts)
  })
})

test('what is left empty is left out', () => {
  const parameters = [
    parameter({ name: 'a' }),
    parameter({ name: 'b', optional: true }),
    parameter({ name: 'c', type: 'decimal' }),
    parameter({ name: 'd', type: 'int', list: true }),
  ]
  expect(argumentsOf(parameters, { a: ' x ', b: '', c: '21,5', d: '1,2' })).toEqual({ a: 'x', c: '21.5', d: '1,2' })
})

/** Limits and examples of values, whatever the language. */
const figuresIn = (text: string) => (text.match(/\d+/g) ?? []).filter((figure) => !callingCodes.includes(figure)).sort()
/** Of the countries that speak it. */
const callingCodes = ['49', '34', '33']

/** Whatever the page lets through with the examples of the manuals, the hub takes. */
test('the examples of every profile pass the form, and the hub takes what the form makes of them', () => {
  const files = new ProfileFiles()
  let checked = 0
  for (const id of files.ids().filter((_, at) => at % 7 === 0)) {
    for (const device of sampleDevices(files.read(id)).slice(0, 2)) {
      for (const [name, command] of Object.entries(device.dialect.commands)) {
        const parameters = Object.entries(command.params).map(([param, spec]) => described(param, spec))
        for (const parameter of parameters)
          for (const { values } of [hubDe, hubEs, hubFr])
            expect(figuresIn(takenIn(parameter, values))).toEqual(figuresIn(parameter.accepts))
        for (const { params, variant } of command.examples) {
          if (variant !== undefined && variant !== device.dialect.variant) continue
          const entered = Object.fromEntries(
            Object.entries(params).map(([param, value]) => [param, [value].flat().join(',')]),
          )
          const args = argumentsOf(parameters, { ...startOf(parameters), ...entered })
          expect({ id, name, wrongs: wrongsIn(parameters, { ...startOf(parameters), ...entered }) }).toEqual({
            id,
            name,
            wrongs: {},
          })
          const context = parameterContext(device, '2026-03-29T15:30:00Z')
          expect(() => takeParameters(name, command, args, context)).not.toThrow()
          checked++
        }
      }
    }
  }
  expect(checked).toBeGreaterThan(200)
})
