import { describe, expect, test } from '@jest/globals'
import { leastRoles, operations } from '../../src/api/all-operations.ts'
import { carryOut } from '../../src/api/carry-out.ts'
import type { ApiDeps } from '../../src/api/operation.ts'
import { ownAsker } from '../../src/message/accepted.ts'
import { type Act, acts, may, type Rights, type Role, roles, sees, shownDevices } from '../../src/message/rights.ts'
import { accessOf } from '../support/access.ts'

/** Who may do what, spelled out: a role has what stands in its line and in those above. */
const added: Readonly<Record<Role, readonly Act[]>> = {
  reader: ['see_hub', 'see', 'see_documents', 'request'],
  operator: ['set', 'get', 'command'],
  home_assistant: ['send', 'see_inventory', 'see_texts', 'text', 'greet', 'announce'],
  admin: ['administer'],
}
/** Operations that are not for administrators only; what is not named here is. */
const forHomeAssistant = ['queue/pause', 'queue/resume', 'log_level', 'restart']

const upTo = (role: Role): readonly Role[] => roles.slice(0, roles.indexOf(role) + 1)
const of = (role: Role): readonly Act[] => upTo(role).flatMap((one) => added[one])
const cells = roles.flatMap((role) => acts.map((act) => ({ role, act, allowed: of(role).includes(act) })))

describe('a role that is not narrowed', () => {
  test.each(cells)('$role and $act: $allowed', ({ role, act, allowed }) => {
    expect(may({ role }, { act, device: 'gate', command: 'open' })).toBe(allowed)
    expect(may({ role }, { act })).toBe(allowed)
  })

  test('no action is left out', () => {
    expect(Object.values(added).flat().sort()).toEqual([...acts].sort())
  })
})

test.each(acts)('nobody may %s without a role', (act) => {
  expect([may(null, { act }), may({}, { act }), may({ devices: ['gate'] }, { act, device: 'gate' })]).toEqual([
    false,
    false,
    false,
  ])
})

/** What is left of `admin` for the device and the command that are named, for others, and for the hub as a whole. */
const narrowed: Readonly<Record<string, { readonly left: readonly Act[]; readonly rights: object }>> = {
  'to devices': {
    rights: { devices: ['gate'] },
    left: ['see_hub', 'see', 'see_documents', 'set', 'get', 'command', 'send', 'see_inventory', 'greet'],
  },
  'to commands': {
    rights: { commands: ['open'] },
    left: ['see_hub', 'see', 'see_documents', 'command', 'see_inventory', 'greet', 'announce'],
  },
  'to both': {
    rights: { devices: ['gate'], commands: ['open'] },
    left: ['see_hub', 'see', 'see_documents', 'command', 'see_inventory', 'greet'],
  },
}

describe.each(Object.entries(narrowed))('a role that is narrowed %s', (_, { rights, left }) => {
  test.each(roles)('has nothing of the hub as a whole, and of these what it had: %s', (role) => {
    const seen = acts.filter((act) =>
      may({ role, ...rights }, { act, device: 'gate', command: act === 'command' ? 'open' : undefined }),
    )
    expect(seen).toEqual(
      of(role)
        .filter((act) => left.includes(act))
        .sort((a, b) => acts.indexOf(a) - acts.indexOf(b)),
    )
  })

  test('has nothing of others', () => {
    const others = { ...('devices' in rights && { device: 'shed' }), ...('commands' in rights && { command: 'close' }) }
    expect(may({ role: 'admin', ...rights }, { act: 'command', device: 'gate', command: 'open', ...others })).toBe(
      false,
    )
    // Whichever is more than the one that is named.
    expect(may({ role: 'admin', ...rights }, { act: 'command' })).toBe(false)
  })
})

describe('an operation of the hub', () => {
  const paths = Object.keys(operations)

  test.each(roles)('is for %s or it is not, through MQTT as through the door of this machine', async (role) => {
    const access = accessOf({ somebody: { role } })
    const byMqtt = Object.keys(leastRoles('mqtt'))
    for (const path of paths) {
      const allowed = role === 'admin' || (role === 'home_assistant' && forHomeAssistant.includes(path))
      expect([path, may({ role }, { act: 'request', least: operations[path]?.role })]).toEqual([path, allowed])
      const topic = `smshub/bridge/request/${path}`
      if (byMqtt.includes(path))
        expect([path, access.refusesPublish('somebody', topic, '{}') === null]).toEqual([path, allowed])
      // What is not for the role never comes as far as its input, unless that decides.
      if (!allowed && operations[path]?.action === undefined)
        await expect(ask(path, role)).rejects.toMatchObject({ code: 'not_allowed' })
    }
  })

  test.each(roles)('is for nobody who is narrowed: %s', (role) => {
    const access = accessOf({ somebody: { role, devices: ['gate'] } })
    for (const path of Object.keys(leastRoles('mqtt')))
      expect(access.refusesPublish('somebody', `smshub/bridge/request/${path}`, '{}')).toMatch(/may not publish/)
  })

  test('is for whoever is at the machine', async () => {
    await expect(carryOut('log_level', { level: 7 }, {} as ApiDeps, ownAsker('me', 'local'))).rejects.toMatchObject({
      code: 'invalid_payload',
    })
  })

  const ask = (path: string, role: Role) =>
    carryOut(path, { nonsense: 1 }, {} as ApiDeps, { ...ownAsker('panel', 'local'), rights: { role } })
})

/** A topic for each action, as a client would use it. */
const topics: Readonly<Record<Act, { readonly read?: string; readonly write?: string; readonly payload?: string }>> = {
  see_hub: { read: 'smshub/bridge/health' },
  see: { read: 'smshub/gate/result' },
  see_documents: { read: 'homeassistant/device/smshub_a1b2_gate/config' },
  set: { write: 'smshub/gate/set/gate', payload: 'OPEN' },
  get: { write: 'smshub/gate/get' },
  command: { write: 'smshub/gate/command/open' },
  send: { write: 'smshub/gate/send', payload: '1234CC' },
  see_inventory: { read: 'smshub/bridge/devices/1' },
  see_texts: { read: 'smshub/sms/received' },
  text: { write: 'smshub/sms/send', payload: '{"to":"mum","text":"hello"}' },
  greet: { write: 'homeassistant/status', payload: 'online' },
  announce: { write: 'homeassistant/device/anything/config' },
  request: { write: 'smshub/bridge/request/restart', payload: '{}' },
  administer: { write: 'smshub/sms/send', payload: '{"to":"+4915112345699","text":"hello"}' },
}

const users = roles.flatMap((role) => [{ role }, ...Object.values(narrowed).map(({ rights }) => ({ role, ...rights }))])

describe('topics are for those who may do what they stand for', () => {
  test.each(users)('%j', (user) => {
    const access = accessOf({ somebody: user }, ['mum'])
    for (const act of acts) {
      const { read, write, payload = '' } = topics[act]
      const least = act === 'request' ? operations.restart?.role : undefined
      const allowed = may(user, { act, device: 'gate', command: act === 'command' ? 'open' : undefined, least })
      if (read !== undefined) expect([read, access.mayRead('somebody', read)]).toEqual([read, allowed])
      if (write !== undefined)
        expect([write, access.refusesPublish('somebody', write, payload) === null]).toEqual([write, allowed])
    }
  })
})

describe('what a list or a stream shows', () => {
  test.each<[string, Rights | null, boolean, boolean, boolean]>([
    ['to nobody', null, false, false, false],
    ['without a role', { devices: ['gate'] }, false, false, false],
    ['to a reader: devices, and no texts of people', { role: 'reader' }, true, true, false],
    ['to Home Assistant: all', { role: 'home_assistant' }, true, true, true],
    ['for one device: that one', { role: 'admin', devices: ['gate'] }, true, false, false],
    ['for one command: devices, and nothing of the hub', { role: 'admin', commands: ['open'] }, true, true, false],
  ])('%s', (_, rights, gate, other, people) => {
    expect([sees(rights, 'gate'), sees(rights, 'other'), sees(rights, null)]).toEqual([gate, other, people])
  })

  test('as the condition of a query', () => {
    expect([shownDevices({ role: 'reader' }), shownDevices({ role: 'admin', devices: ['gate'] })]).toEqual([
      null,
      ['gate'],
    ])
  })
})
