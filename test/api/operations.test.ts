import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { leastRoles, operations, pathsOf } from '../../src/api/all-operations.ts'
import type { Operation } from '../../src/api/operation.ts'
import { freePort } from '../support/folder.ts'
import { type StartedHub, startHub } from '../support/hub.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { gateNumber, hubYaml, startWorld, type TestWorld } from '../support/world.ts'

let world: TestWorld
let started: StartedHub
let client: TestClient

beforeAll(async () => {
  world = await startWorld()
  const port = await freePort()
  const mqtt = `{ broker: { listen: 127.0.0.1:${port} } }`
  started = await startHub(
    `${hubYaml({ mqtt, path: world.path })}\ncontacts: { owner: "+4915112345670" }\nrequests: { add_devices: true }\nwebhooks: { allow_networks: 127.0.0.0/8 }\n`,
    { restart: () => {}, setLogLevel: () => {} },
  )
  client = await TestClient.connect(`mqtt://127.0.0.1:${port}`, {}, 'smshub/#')
  await client.wait(({ topic, text }) => topic === 'smshub/gateway/home/availability' && text === 'online')
})

afterAll(async () => {
  await client.close()
  await started.hub.stop()
  await world.world.close()
})

type Answers = Readonly<Record<string, any>>

/** What is asked of each operation, in this order; of what came before where it needs that. */
const trials: Readonly<Record<string, (before: Answers) => object>> = {
  health_check: () => ({}),
  'smpp/list': () => ({}),
  log_level: () => ({ level: 'debug', mqtt: 'none' }),
  'clock/accept': () => ({}),
  'device/add': () => ({ id: 'shed', profile: 'generic/text', number: '+4915112345671' }),
  'device/import': () => ({ devices: [{ id: 'barn', profile: 'generic/text', number: '+4915112345672' }] }),
  'device/update': () => ({ id: 'shed', name: 'Shed' }),
  'device/rename': () => ({ id: 'shed', name: 'Old shed' }),
  'device/options': () => ({ id: 'shed', options: { expected: '1d' } }),
  'device/list': () => ({}),
  'device/get': () => ({ id: 'gate' }),
  'device/find': () => ({ limit: 2 }),
  'device/state': () => ({ device: 'gate' }),
  'device/view': () => ({ id: 'gate' }),
  'device/try': () => ({ id: 'gate', text: 'Hello' }),
  'device/draft': () => ({ id: 'shed', text: 'Level: 5 %' }),
  'device/rule': (before) => ({
    id: 'shed',
    name: 'level_report',
    pattern: before['device/draft'].pattern,
    text: 'Level: 5 %',
  }),
  'unknown/list': () => ({}),
  'unknown/groups': () => ({ about: 'shed' }),
  'unknown/read': () => ({ id: 'shed' }),
  'device/contribution': () => ({ id: 'shed' }),
  'device/profile': () => ({ id: 'shed', profile: 'my/shed' }),
  'profile/list': () => ({ q: 'coban tk103' }),
  'profile/get': (before) => ({ profile: before['profile/list'].profiles[0].profile }),
  'device/export': () => ({}),
  'device/command': () => ({ device: 'gate', command: 'open' }),
  'sms/send': () => ({ to: 'owner', text: 'hello' }),
  'message/send': () => ({ to: 'owner', text: 'hello again' }),
  'device/set': () => ({ device: 'gate', property: 'gate', value: 'OPEN', force: true }),
  'device/query': () => ({ device: 'gate' }),
  'sms/wait': (before) => ({ id: before['sms/send'].commands[0].id, seconds: 60 }),
  'sms/get': (before) => ({ id: before['sms/send'].commands[0].id }),
  'message/list': () => ({ to: 'owner', q: 'HELLO' }),
  'message/get': (before) => ({ id: before['message/list'].data[0].id }),
  'message/preview': () => ({ text: 'Don’t' }),
  'inbox/list': () => ({ device: 'gate' }),
  'conversation/list': () => ({}),
  'conversation/get': () => ({ device: 'gate' }),
  'conversation/read': () => ({ device: 'gate' }),
  'quota/list': () => ({}),
  'spending/list': () => ({}),
  'queue/pause': () => ({ device: 'shed' }),
  'sms/cancel': () => ({ id: 'waiting' }),
  'message/delete': (before) => ({ id: before['sms/cancel'].command_id }),
  'queue/list': () => ({}),
  'queue/purge': () => ({ device: 'shed' }),
  'queue/resume': () => ({ device: 'shed' }),
  'setup/plan': () => ({ id: 'gate' }),
  'setup/step': () => ({ id: 'gate', number: 1, command: 'open' }),
  'gateway/list': () => ({}),
  'gateway/history': () => ({ gateway: 'home' }),
  'gateway/signal': () => ({ gateway: 'home' }),
  'gateway/ussd': () => ({ gateway: 'home', code: '*100#' }),
  'gateway/accept': () => ({ gateway: 'home' }),
  'gateway/at': () => ({ gateway: 'home', text: 'AT+CSQ' }),
  'gateway/trace': () => ({ gateway: 'home' }),
  'gateway/doctor': () => ({ gateway: 'home' }),
  'gateway/pin': () => ({ gateway: 'home', pin: '1234' }),
  'gateway/restart': () => ({ gateway: 'home', how: 'radio' }),
  'webhook/add': () => ({ url: 'http://127.0.0.1:1024/hook', id: 'panel', types: ['message.*'] }),
  'webhook/list': () => ({}),
  'webhook/get': () => ({ id: 'panel' }),
  'webhook/update': () => ({ id: 'panel', description: 'of the panel', ordered: true, payload: 'thin' }),
  'webhook/rotate': () => ({ id: 'panel' }),
  'webhook/test': () => ({ id: 'panel' }),
  'webhook/deliveries': () => ({ id: 'panel' }),
  'webhook/replay': () => ({ id: 'panel', since: '1d' }),
  'webhook/enable': () => ({ id: 'panel' }),
  'webhook/remove': () => ({ id: 'panel' }),
  'event/list': () => ({ types: 'message.*,device.state', limit: 5 }),
  history: () => ({}),
  'log/list': () => ({ limit: 5 }),
  'config/get': () => ({}),
  'map/get': () => ({}),
  'homeassistant/rediscover': () => ({}),
  'homeassistant/clear': () => ({}),
  'key/add': () => ({ label: 'shop', role: 'operator', devices: ['gate'], expires: '90d', networks: ['10.0.0.0/8'] }),
  'key/list': () => ({}),
  'key/get': (before) => ({ id: before['key/add'].id }),
  'key/update': (before) => ({ id: before['key/add'].id, per_hour: 5, networks: null }),
  'key/rotate': (before) => ({ id: before['key/add'].id }),
  'key/remove': (before) => ({ id: before['key/rotate'].id }),
  'user/add': () => ({ name: 'owner', password: 'correct horse', role: 'admin' }),
  'user/list': () => ({}),
  'user/get': () => ({ name: 'owner' }),
  'user/update': () => ({ name: 'owner', role: 'admin', devices: null }),
  'session/list': () => ({}),
  'session/end': () => ({ id: 'that of the owner' }),
  'user/password': () => ({ name: 'owner', password: 'battery staple' }),
  'user/remove': () => ({ name: 'owner', confirm: 'owner' }),
  'device/remove': () => ({ ids: ['shed', 'barn'], erase: true }),
  'privacy/erase': () => ({ about: 'owner', confirm: 'owner' }),
  backup: () => ({}),
  restart: () => ({}),
}

describe('every operation', () => {
  test('is tried here', () => {
    expect(Object.keys(trials).sort()).toEqual(Object.keys(operations).sort())
  })

  test('answers what its schema promises', async () => {
    const answers: Record<string, any> = {}
    for (const [path, ask] of Object.entries(trials)) {
      let data = ask(answers)
      if (path === 'sms/cancel') {
        const queued = (await started.hub.request('sms/send', { to: 'shed', text: 'x' })) as any
        data = { id: queued.commands[0].id }
      }
      if (path === 'session/list') {
        const peer = { address: '10.0.0.1', secure: false, isHere: false }
        const guess = { name: 'owner', password: 'correct horse', address: '10.0.0.1', isGone: () => false }
        await started.hub.access.prover.logIn(guess, peer, 'a browser')
      }
      if (path === 'session/end') data = { id: answers['session/list'].sessions[0].id }
      const answer = await started.hub.request(path, data)
      answers[path] = answer
      const { success, error } = (operations[path] as Operation).output.safeParse(JSON.parse(JSON.stringify(answer)))
      expect({ path, success, error: error?.message, answer: success ? undefined : answer }).toEqual({
        path,
        success: true,
      })
    }
    expect(answers['device/list'].devices).toContainEqual(
      expect.objectContaining({ id: 'gate', numbers: [gateNumber], removable: false }),
    )
    expect(answers['device/export'].devices.map(({ id }: { id: string }) => id)).toEqual(['shed', 'barn'])
  })

  test('for this machine alone is none on MQTT, and no number of a device is shown there', async () => {
    const ask = async (path: string, data: object) => {
      const transaction = `t${Math.floor(performance.now() * 1_000)}`
      await client.publish(`smshub/bridge/request/${path}`, { ...data, transaction })
      return (
        await client.wait(
          ({ topic, json }) => topic.startsWith('smshub/bridge/response/') && json.transaction === transaction,
        )
      ).json
    }
    const local = Object.keys(operations).filter((path) => !pathsOf('mqtt').includes(path))
    expect(local.sort()).toEqual([
      'config/get',
      'conversation/get',
      'conversation/list',
      'conversation/read',
      'device/contribution',
      'device/export',
      'device/find',
      'device/import',
      'device/profile',
      'device/query',
      'device/set',
      'device/state',
      'device/try',
      'device/view',
      'event/list',
      'gateway/at',
      'gateway/doctor',
      'gateway/history',
      'gateway/pin',
      'gateway/trace',
      'inbox/list',
      'key/add',
      'key/get',
      'key/list',
      'key/remove',
      'key/rotate',
      'key/update',
      'log/list',
      'map/get',
      'message/delete',
      'message/get',
      'message/list',
      'message/preview',
      'message/send',
      'profile/get',
      'profile/list',
      'quota/list',
      'session/end',
      'session/list',
      'setup/plan',
      'setup/step',
      'smpp/list',
      'sms/wait',
      'spending/list',
      'user/add',
      'user/get',
      'user/list',
      'user/password',
      'user/remove',
      'user/update',
      'webhook/add',
      'webhook/deliveries',
      'webhook/enable',
      'webhook/get',
      'webhook/list',
      'webhook/remove',
      'webhook/replay',
      'webhook/rotate',
      'webhook/test',
      'webhook/update',
    ])
    for (const path of local)
      expect(await ask(path, { gateway: 'home', text: 'AT+CSQ' })).toMatchObject({
        status: 'error',
        error_code: 'unknown_command',
      })
    const { data } = await ask('device/list', {})
    expect(data.devices).not.toHaveLength(0)
    for (const device of data.devices) expect(device).not.toHaveProperty('numbers')
  })

  test('that Home Assistant may ask for is one that changes no device', () => {
    const its = Object.entries(leastRoles('mqtt')).filter(([, role]) => role === 'home_assistant')
    expect(its.map(([path]) => path)).toEqual(['queue/pause', 'queue/resume', 'log_level', 'restart'])
  })
})
