import { describe, expect, test } from '@jest/globals'
import { groupProblems } from '../../src/config/groups.ts'
import type { Device } from '../../src/device/device.ts'
import type { CommandRequest } from '../../src/message/request.ts'
import { type RecipientDeps, toRecipients } from '../../src/submit/recipients.ts'

const mum = '+4915112345699'
const dad = '+4915112345698'
const gran = '+4915112345697'
const gate = { id: 'gate', recipient: '+4915112345678' } as Device
const silent = { id: 'silent', recipient: null } as Device

const contacts = {
  mum,
  dad,
  info: '13909',
  parents: ['mum', 'dad'],
  family: ['parents', gran, mum, 'gate'],
}

function deps(region?: string): RecipientDeps {
  let ids = 0
  return {
    print: String,
    device: (id) => [gate, silent].find((one) => one.id === id),
    devices: () => [gate, silent],
    behind: (number) => (number === gate.recipient ? [gate] : []),
    contacts: new Map(Object.entries(contacts)),
    region,
    newId: (prefix) => `${prefix}_${++ids}`,
  }
}

function found(to: readonly string[], { isTopic = false, region = undefined as string | undefined } = {}) {
  const asked = to.map((one, i) => ({
    place: i,
    fault: null,
    request: {
      commandId: `first_${i}`,
      origin: { client: 'c', isAnonymous: false, ref: null, response: null },
      intent: { verb: 'text', to: one, text: 'x', isTopic },
      options: {},
    } as unknown as CommandRequest,
  }))
  return toRecipients(asked, deps(region)).addressed.map(({ request: { intent }, fault }) =>
    fault === null ? (intent.verb === 'text' ? intent.to : '') : `${fault.code}: ${fault.message}`,
  )
}

describe('who is meant', () => {
  test.each([
    [['mum'], [mum]],
    [['Mum'], [mum]],
    [['gate'], [gate.recipient]],
    [['info'], ['13909']],
    [['parents'], [mum, dad]],
    [['family'], [mum, dad, gran, gate.recipient]],
    [
      ['family', 'mum', '+49 151 12345699', 'dad'],
      [mum, dad, gran, gate.recipient],
    ],
    [['mum', mum], [mum]],
  ])('%j reaches %j, each once', (to, numbers) => {
    expect(found(to)).toEqual(numbers)
    if (to.length === 1) expect(found(to, { isTopic: true })).toEqual(numbers)
  })

  test('each recipient has a command of its own', () => {
    const asked = found(['family'])
    expect(new Set(asked).size).toBe(4)
  })

  test.each([
    // As in a payload.
    ['13909', undefined, '13909'],
    ['015112345699', 'DE', mum],
    ['4915112345699', undefined, mum],
    ['4915112345699', 'DE', mum],
    ['004915112345699', undefined, mum],
    ['447700900123', 'DE', '+447700900123'],
    ['12025550123', 'US', '+12025550123'],
    ['80008', undefined, '80008'],
  ])('the level %s of a topic in %s is %s', (level, region, number) => {
    expect(found([level], { isTopic: true, region })).toEqual([number])
  })

  test.each([
    ['015112345699', 'DE', mum],
    ['4915112345699', 'DE', mum], // a contact's
    [
      '4915112345670',
      'DE',
      'invalid_payload: "4915112345670" is not a possible number in DE; did you mean +4915112345670?',
    ],
    [
      '49 151 12345670',
      'DE',
      'invalid_payload: "49 151 12345670" is not a possible number in DE; did you mean +4915112345670?',
    ],
    ['(202) 555-0123', 'US', '+12025550123'],
    ['12025550123', 'US', '+12025550123'],
    ['5550', 'US', '5550'],
    ['99999999', 'US', 'invalid_payload: "99999999" is not a possible number in US; write it as +<country><number>'],
    ['*21*4915112345699#', undefined, 'invalid_payload: "*21*4915112345699#" is a code for the network, not a number'],
    ['112', undefined, 'invalid_payload: "112" is an emergency number, or as short as one'],
    ['00000000', 'US', 'invalid_payload: "00000000" is an emergency number, or as short as one'],
    ['dadd', undefined, 'invalid_payload: there is no contact "dadd"; did you mean "dad"?'],
    ['zebra', undefined, 'invalid_payload: there is no contact "zebra"; there is mum, dad, info, parents, family'],
    ['silent', undefined, 'number_blocked: silent has no number that can be dialled'],
    ['+', undefined, 'invalid_payload: "+" is not a number'],
  ])('the number %s in a payload, in %s, is %s', (to, region, expected) => {
    expect(found([to], { region })).toEqual([expected])
  })

  test('a group that is reached by many ways is gone through once', () => {
    const ladder: Record<string, string | string[]> = { g0: [mum] }
    for (let i = 1; i <= 60; i++) ladder[`g${i}`] = [`g${i - 1}`, `h${i - 1}`]
    for (let i = 0; i <= 60; i++) ladder[`h${i}`] = [`g${i}`]
    expect(groupProblems(ladder, [])).toEqual([])
  })
})

describe('groups in the configuration', () => {
  test.each([
    [{ a: ['b'], b: ['a'] }, 'a: the group is a member of itself; b: the group is a member of itself'],
    [{ a: ['a'] }, 'a: the group is a member of itself'],
    [{ mum, a: ['mun'] }, 'a: there is no contact or device "mun"; did you mean "mum"?'],
    [{ a: ['gate', mum] }, ''],
    [
      { a: Array.from({ length: 201 }, (_, i) => `+49151${i + 10_000_000}`) },
      'a: a group reaches at most 200 numbers, not 201',
    ],
  ])('%j: %s', (table, problems) => {
    const told = groupProblems(table as Record<string, string | string[]>, ['gate'])
    expect(told.map(([name, problem]) => `${name}: ${problem}`).join('; ')).toBe(problems)
  })
})
