import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { HubProcess, mainFile } from '../support/hub-process.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { accepted, gateNumber, hubYaml, startWorld, type TestWorld } from '../support/world.ts'

interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

const yardNumber = '+4915112345671'
const silentNumber = '+4915112345672'

/** The yard's gate is no device of the file: somebody adds it. The other side knows it all the same. */
const worldYaml = `
devices:
  gate: { profile: king-pigeon/rtu5024, variant: classic, number: "${gateNumber}" }
  yard: { profile: king-pigeon/rtu5024, variant: classic, number: "${yardNumber}", settings: { password: "7777" } }
`
const fileDevices = `
devices:
  gate: { profile: king-pigeon/rtu5024, variant: classic, number: "${gateNumber}" }
`

let world: TestWorld
let hub: HubProcess
let client: TestClient

/** Runs the command line beside the hub; the simulated network lives in this process, so it must not be blocked. */
function smshub(args: readonly string[], input = '', folder = hub.folder): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [mainFile, ...args], { cwd: folder })
    let out = ''
    let err = ''
    child.stdout.on('data', (chunk) => {
      out += chunk
    })
    child.stderr.on('data', (chunk) => {
      err += chunk
    })
    child.on('close', (code) => resolve({ code, out, err }))
    child.stdin.end(input)
  })
}

beforeAll(async () => {
  world = await startWorld({ yaml: worldYaml })
  const port = await freePort()
  hub = new HubProcess(temporaryFolder())
  await hub.start({
    config: hubYaml({
      mqtt: `{ broker: { listen: 127.0.0.1:${port} } }`,
      path: world.path,
      devices: fileDevices,
    }).replace('devices:', '  spare: { type: modem, path: tcp://127.0.0.1:1, number: "+491700000099" }\ndevices:'),
  })
  client = await TestClient.connect(`mqtt://127.0.0.1:${port}`)
  await client.wait(({ topic, text }) => topic === 'smshub/gateway/home/availability' && text === 'online')
})

afterAll(async () => {
  await client?.close()
  await hub?.kill()
  await world?.world.close()
})

const yard = ['--profile', 'king-pigeon/rtu5024', '--variant', 'classic', '--number', yardNumber]

describe('devices of the running hub', () => {
  test('are added, and can be used at once', async () => {
    expect(await smshub(['devices', 'add', 'yard', ...yard, '--set', 'password=7777'])).toMatchObject({
      code: 0,
      out: 'yard is added; smshub devices setup yard makes it accept the hub\n',
    })
    await client.wait(({ topic, retain }) => topic === 'smshub/yard' && !retain)
    await client.publish('smshub/yard/command/open', 'PRESS')
    expect((await client.final('yard')).json).toMatchObject({ status: 'replied', ok: true })
    expect(accepted(world.world, yardNumber).at(-1)?.text).toBe('7777CC')
  })

  test.each([
    [
      'a profile that is not there',
      ['add', 'x', '--profile', 'king-pigeon/rtu524', '--number', '+4915100000'],
      'did you mean "king-pigeon/rtu5024"',
    ],
    [
      'a number that another device has',
      ['add', 'x', '--profile', 'king-pigeon/rtu5024', '--variant', 'classic', '--number', gateNumber],
      'is already the number of device gate',
    ],
    [
      'a variant that has to be chosen',
      ['add', 'x', '--profile', 'king-pigeon/rtu5024', '--number', '+4915111'],
      'has several dialects: choose "variant: ',
    ],
    [
      'a password of a wrong form',
      ['add', 'x', ...yard.slice(0, 4), '--number', '+4915111', '--set', 'password=abc'],
      '"password" takes digits (4 of them)',
    ],
    ['a setting without a value', ['update', 'yard', '--set', 'password'], '--set takes <setting>=<value>'],
    [
      'an id that can be none',
      ['add', 'Front Gate', '--profile', 'generic/text', '--number', '+4915111'],
      'small letters',
    ],
    ['a device of the file', ['remove', 'gate'], 'device gate is in smshub.yaml: change it there'],
    ['a device that nobody knows', ['remove', 'yrad'], 'there is no device "yrad"; did you mean "yard"?'],
    ['a table with an unknown column', ['import', 'bad.csv'], 'line 1: unknown column "colour"'],
    ['a table that is not there', ['import', 'none.csv'], "none.csv can't be read"],
    ['a set-up without a device', ['setup'], 'name a device, or --all'],
    ['a step that no profile has', ['setup', 'gate', '--only', 'authorize'], 'did you mean "authorise"?'],
    [
      'a gateway without a number',
      ['setup', 'gate', '--only', 'authorise', '--for', 'nowhere'],
      'the number of gateway "nowhere" is not known',
    ],
    ['a kind that is none', ['list', '--kind', 'gates'], 'did you mean "gate"?'],
  ])('%s is refused with what to do', async (_what, args, message) => {
    writeFileSync(join(hub.folder, 'bad.csv'), 'id,colour\nx,red\n')
    const { code, err } = await smshub(['devices', ...args])
    expect(err).toContain(message)
    expect(code).not.toBe(0)
    expect(err).not.toMatch(/\n\s+at /)
  })

  test('go out and in as a table, all or none', async () => {
    const { out } = await smshub(['devices', 'export'])
    expect(out.split('\n')[0]).toBe('id,profile,variant,number,name,gateway,time_zone,unproven,settings.password')
    expect(out).toContain(`yard,king-pigeon/rtu5024,classic,${yardNumber},,,,,7777`)
    const more = `${out}barn;nothing\n`
    expect((await smshub(['devices', 'import', '-'], more)).code).not.toBe(0)
    const table = `id;name;profile;number\nyard;"The ""yard""";;\nbarn;Barn;generic/text;+4915112345673 +4915112345674\n`
    expect(await smshub(['devices', 'import', '-'], table)).toMatchObject({ code: 0, out: '2 devices imported\n' })
    const again = (await smshub(['devices', 'export'])).out
    expect(again).toContain(`yard,king-pigeon/rtu5024,classic,${yardNumber},"The ""yard""",,,,7777`)
    expect(await smshub(['devices', 'import', '-'], again)).toMatchObject({ code: 0 })
    expect((await smshub(['devices', 'export'])).out).toBe(again)
    expect(await smshub(['devices', 'update', 'barn', '--unset', 'name', '--gateway', 'home'])).toMatchObject({
      code: 0,
    })
    expect((await smshub(['devices', 'export'])).out).toContain('+4915112345673 +4915112345674,,home')
    expect(await smshub(['devices', 'remove', 'barn'])).toMatchObject({ code: 0 })
    await client.wait(({ topic, text }) => topic === 'smshub/barn' && text === '')
  })
})

describe('devices setup', () => {
  test('leads through the steps, asks what only the owner knows, and ends clearly', async () => {
    const before = accepted(world.world, yardNumber).length
    // Which step asks what: seconds of the relay, a yes to the danger, the new password.
    const { code, out } = await smshub(['devices', 'setup', 'yard'], '5\ny\n8888\n')
    expect(out).toContain('[1/4] The first number gets the relay messages')
    expect(out).toContain('SMS "***TEL00491700000001#"')
    expect(out).toContain('done: "Set Success!"')
    expect(out).toMatch(/seconds \(a whole number from 0 to 999 \(s\)\)/)
    expect(out).toContain('locks the owner out when it goes wrong. Continue? [y/N]')
    expect(out.trimEnd().split('\n').at(-1)).toBe('yard is set up')
    expect(code).toBe(0)
    expect(out).not.toContain('7777')
    const sent = accepted(world.world, yardNumber)
      .slice(before)
      .map(({ text }) => text)
    expect(sent).toEqual([
      '7777TEL00491700000001#',
      expect.stringMatching(/^7777T\d{10}#$/),
      '7777GOT005#',
      '7777P8888',
    ])
    // The new password is the device's and the hub's.
    const since = client.received.length
    await client.publish('smshub/yard/command/open', { id: 'after' })
    await client.wait((message) => client.received.indexOf(message) >= since && message.json.final === true)
    expect(accepted(world.world, yardNumber).at(-1)?.text).toBe('8888CC')
  })

  test('stops where an answer is missing, and shows how to continue', async () => {
    const { code, out } = await smshub(['devices', 'setup', 'yard', '--from', '3'])
    expect(code).toBe(1)
    expect(out).toContain('seconds is needed: type it, or add --set seconds=…')
    expect(out).toContain('stopped at step 3; smshub devices setup yard --from 3 continues from here')
  })

  test('moves a fleet to another SIM, and names who is left', async () => {
    const silent = ['--profile', 'king-pigeon/rtu5024', '--variant', 'classic', '--number', silentNumber]
    await smshub(['devices', 'add', 'silent', ...silent])
    await smshub(['devices', 'update', 'silent', '--unset', 'variant', '--profile', 'generic/text'])
    const { code, out } = await smshub(['devices', 'setup', '--all', '--only', 'authorise', '--for', 'spare'])
    expect(code).toBe(1)
    expect(out).toMatch(/^\d\/3 gate: done$/m)
    expect(out).toMatch(/^\d\/3 yard: done$/m)
    expect(out.trimEnd().split('\n').at(-1)).toBe('2 are done; left: silent')
    expect(accepted(world.world, yardNumber).at(-1)?.text).toBe('8888TEL00491700000099#')
  })
})

test('without a hub, verbs that need one report that', async () => {
  const { code, err } = await smshub(['devices', 'export'], '', temporaryFolder())
  expect(code).toBe(78)
  expect(err).toContain('no hub runs on')
})

describe('the box', () => {
  test('is looked through by kind, maker and text', async () => {
    const kinds = (await smshub(['devices', 'list', '--kind', 'gate', '--json'])).out.trimEnd().split('\n')
    expect(kinds.every((line) => JSON.parse(line).kind === 'gate')).toBe(true)
    expect((await smshub(['devices', 'list', '--maker', 'king pigeon', 'K6S'])).out).toContain('king-pigeon/rtu5024')
    expect(await smshub(['devices', 'list', 'flying carpet'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('generic/text is for any device'),
    })
    const { out } = await smshub(['devices', 'show', 'king-pigeon/rtu5024'])
    expect(out).toContain('set-up (smshub devices setup <id>)')
    expect(out).toContain('1. The first number gets the relay messages -> authorise')
  })

  test('makes a profile from texts that nobody knows, to start from', async () => {
    const texts = 'PUMP 3 RUNS at 12,5 bar\nValve ON\n\nAlarm! [tank] 87%\n\nhttps://maps.google.com/?q=52.1,13.2\n'
    const { code, out } = await smshub(['devices', 'new'], texts)
    expect(code).toBe(0)
    const file = join(hub.folder, 'pump.yaml')
    writeFileSync(file, out)
    expect((await smshub(['devices', 'try', file, 'Alarm! [tank] 12%'])).out).toContain('{"value_1":12}')
    const tried = await smshub(
      ['devices', 'try', file, '--json'],
      `${JSON.stringify('PUMP 9 RUNS at 1,5 bar\nValve OFF')}\n`,
    )
    expect(JSON.parse(tried.out).matches[0].values).toEqual({ value_1: 9, value_2: 1.5, switch_3: 'OFF' })
    expect((await smshub(['devices', 'new'])).err).toContain('paste the texts')
  })
})
