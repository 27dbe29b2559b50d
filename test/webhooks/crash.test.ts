import { join } from 'node:path'
import { afterEach, expect, test } from '@jest/globals'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { HubProcess } from '../support/hub-process.ts'
import { until } from '../support/patience.ts'
import { accepts, hangs, isSigned, Receiver } from '../support/receiver.ts'
import { smshub } from '../support/run-cli.ts'

const open: { stop(): Promise<unknown> }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.stop()
})

test('a call that is in flight when the hub is killed is made again by the next run, under the same id', async () => {
  const panel = await Receiver.start(hangs)
  const hub = new HubProcess(temporaryFolder())
  open.push(panel, { stop: () => hub.kill() })
  const config = [
    `mqtt: { broker: { listen: 127.0.0.1:${await freePort()} } }`,
    'http: { enabled: false }',
    'webhooks: { allow_networks: 127.0.0.0/8 }',
  ].join('\n')
  await hub.start({ config })
  const ask = (...words: string[]) => smshub(['--config', join(hub.folder, 'smshub.yaml'), ...words], hub.folder)

  const added = await ask('webhook', 'add', panel.url, '--id', 'panel', '--type', 'device.added')
  const secret = added.out.trim()
  expect({ code: added.code, secret }).toEqual({ code: 0, secret: expect.stringMatching(/^whsec_/) })
  await ask('devices', 'add', 'shed', '--profile', 'generic/text', '--number', '+4915112345671')
  await until(() => panel.calls.length > 0)
  await hub.kill()
  const before = panel.calls.length
  let seen = hub.stderr

  panel.answer = accepts
  await hub.start({ config })
  await until(() => panel.calls.length > before)
  expect(new Set(panel.ids).size).toBe(1)
  for (const call of panel.calls)
    expect([call.json.type, call.json.data.device, isSigned(call, secret)]).toEqual(['device.added', 'shed', true])
  await until(async () => /delivered/.test((await ask('webhook', 'deliveries', 'panel')).out))

  expect(await ask('webhook', 'test', 'panel')).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^answered 204 after/),
  })
  const [list, shown] = [await ask('webhook', 'list'), await ask('webhook', 'get', 'panel')]
  expect(list.out).toMatch(/^panel +ok +0 +0 +device\.added +http:/m)
  const rotated = await ask('webhook', 'rotate', 'panel')
  expect(rotated.out).toMatch(/^whsec_/)
  expect(await ask('webhook', 'add', 'http://192.168.1.1/')).toMatchObject({
    code: 1,
    err: expect.stringContaining('webhooks: { allow_networks: [192.168.1.1] }'),
  })
  expect(await ask('webhook', 'add', panel.url, '--type', 'device.add')).toMatchObject({
    code: 1,
    err: expect.stringContaining('did you mean "device.added"?'),
  })
  expect((await ask('webhook', 'remove', 'panel')).code).toBe(0)
  // Nothing but the two answers that made them shows a secret.
  seen += hub.stderr + list.out + shown.out
  for (const one of [secret, rotated.out.trim()]) expect(seen).not.toContain(one)
})
