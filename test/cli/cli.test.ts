import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { HubProcess, mainFile } from '../support/hub-process.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { patienceMs } from '../support/patience.ts'
import { accepted, gateNumber, hubYaml, startWorld } from '../support/world.ts'

interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

function smshub(
  args: readonly string[],
  options: { readonly input?: string; readonly cwd?: string; readonly env?: Record<string, string> } = {},
): Ran {
  const { input = '', cwd = temporaryFolder(), env = {} } = options
  const { status, stdout, stderr } = spawnSync(process.execPath, [mainFile, ...args], {
    input,
    cwd,
    encoding: 'utf8',
    timeout: patienceMs,
    env: { ...process.env, ...env },
  })
  return { code: status, out: stdout, err: stderr }
}

/** Runs `config check` on a configuration. */
function check(yaml: string, more: Record<string, string> = {}): Ran {
  const cwd = temporaryFolder()
  writeFileSync(join(cwd, 'smshub.yaml'), yaml)
  for (const [name, text] of Object.entries(more)) {
    mkdirSync(join(cwd, name, '..'), { recursive: true })
    writeFileSync(join(cwd, name), text)
  }
  return smshub(['config', 'check'], { cwd })
}

const gate = `gate: { profile: king-pigeon/rtu5024, variant: classic, number: "+4915112345678" }`

test('config check reports levels of trust that a device cannot reach', () => {
  const of = (profile: string, more: string) =>
    check(`devices: { gate: { profile: ${profile}, number: "+4915112345678", ${more} } }`).err
  expect(of('diy/sim800l-relay', 'trust: secret')).toMatch(/devices\.gate\.trust: secret cannot be reached.*use route/)
  expect(of('diy/sim800l-relay', 'trust: { settle: number }')).not.toMatch(/trust/)
  const asks = 'commands: { status: { text: STATUS, repeat: safe, reply: { expect: required } } }'
  expect(of('generic/text', `trust: secret, ${asks}`)).toMatch(/only answers to queries.*reason: unverified/)
  const codes = 'messages: { on: { text: "{=password} ON" } }, settings: { password: "8642" }'
  const own = 'profile: king-pigeon/rtu5024, variant: classic'
  const known = `devices: { gate: { ${own}, number: "+4915112345678", trust: secret, ${codes} } }`
  expect(check(known)).toMatchObject({ code: 0, err: expect.not.stringContaining('trust') })
})

describe('the command line', () => {
  test('shows its version and its help', () => {
    expect(smshub(['--version'])).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
    expect(smshub(['--help'])).toMatchObject({ code: 0, out: expect.stringContaining('simulate') })
    expect(smshub(['devices', '--help'])).toMatchObject({ code: 0, out: expect.stringContaining('try') })
  })

  test.each([[['frobnicate']], [['--nonsense']], [['pdu', 'encode']], [['devices', 'show']]])(
    '%p is a usage error',
    (args) => {
      expect(smshub(args).code).toBe(2)
    },
  )

  test('names the command that was meant', () => {
    expect(smshub(['simulat']).err).toContain('did you mean "simulate"')
  })
})

describe('pdu decode', () => {
  const vectors = JSON.parse(
    readFileSync(fileURLToPath(new URL('../vectors/tpdu-composed.json', import.meta.url)), 'utf8'),
  ) as { pdu: string; expect: Record<string, unknown> }[]

  test('--json answers every vector, a line for a line', () => {
    const { out, code } = smshub(['pdu', 'decode', '--json'], {
      input: `${vectors.map(({ pdu }) => pdu).join('\n')}\n`,
    })
    expect(code).toBe(0)
    const answers = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(answers).toHaveLength(vectors.length)
    const wrong = vectors.filter(({ expect: wanted }, i) => {
      const { message: _m, field: _f, octet, ...answer } = answers[i]
      if ('error' in wanted) return answer.error !== wanted.error || typeof octet !== 'number'
      return JSON.stringify(sorted(answer)) !== JSON.stringify(sorted(wanted))
    })
    expect(wrong).toEqual([])
  })

  test('shows one PDU to people', () => {
    expect(smshub(['pdu', 'decode', vectors[1]?.pdu as string])).toMatchObject({
      code: 0,
      out: expect.stringContaining('4915112345678'),
    })
  })

  test('reports what is wrong and where', () => {
    expect(smshub(['pdu', 'decode', '0791'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('SMSC at octet 2'),
    })
  })
})

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  )
}

describe('devices', () => {
  test('list shows every profile, and as JSON', () => {
    const { out } = smshub(['devices', 'list'])
    expect(out).toContain('king-pigeon/rtu5024')
    const rows = smshub(['devices', 'list', '--json'])
      .out.trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(rows.find(({ profile }) => profile === 'coban/tk103')).toMatchObject({
      kind: 'tracker',
      manufacturer: 'Coban',
    })
  })

  test('show marks what nobody has seen, and nothing else', () => {
    const { out } = smshub(['devices', 'show', 'eview/ev-07'])
    expect(out).toMatch(/^ {4}alarm \[unproven: needs unproven: true on the device\] /m)
    expect(out).toMatch(/^ {4}map {3}e\.g\./m)
    expect(smshub(['devices', 'show', 'ruptela/fm']).out).toMatch(/^ {4}locate \[unproven: /m)
    const { variants } = JSON.parse(smshub(['devices', 'show', 'eview/ev-07', '--json']).out)
    expect(variants[0].messages).toContainEqual(expect.objectContaining({ name: 'alarm', proof: 'unproven' }))
  })

  test('a search without a match reports that', () => {
    expect(smshub(['devices', 'list', 'no-such-thing'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('no profile matches; generic/text is for any device'),
    })
  })

  test('show lists commands with examples, and how to distinguish variants', () => {
    const { out } = smshub(['devices', 'show', 'king-pigeon/rtu5024'])
    expect(out).toMatch(/variant classic/)
    expect(out).toContain('1234CC')
    expect(out).toContain('locks the owner out')
  })

  test('show of a profile that is not there names the one that was meant', () => {
    expect(smshub(['devices', 'show', 'coban/tk102'])).toMatchObject({
      code: 78,
      err: expect.stringContaining('did you mean "coban/tk103"'),
    })
  })

  test('try finds the message, over all profiles, text by text', () => {
    const texts = [
      'Relay ON',
      'lat: 55.807693 long: 037.730640 speed: 000.0 03/03/13 16:18   bat:F signal:F  imei:358948010446647',
      'nothing of the kind',
    ]
    const { out } = smshub(['devices', 'try', '--json'], {
      input: texts.map((text) => JSON.stringify(text)).join('\n'),
    })
    const answers = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(answers.map(({ text }) => text)).toEqual(texts)
    expect(answers[0].matches).toContainEqual(expect.objectContaining({ profile: 'king-pigeon/rtu5024' }))
    // Siblings say the same: each of them is named.
    expect(answers[1].matches).toContainEqual(
      expect.objectContaining({
        profile: 'coban/tk103',
        message: 'position',
        values: expect.objectContaining({ latitude: 55.807693, longitude: 37.73064 }),
      }),
    )
    expect(answers[2].matches).toEqual([])
  })

  test('try of a line that is not a JSON string reports that and continues', () => {
    const { out, code } = smshub(['devices', 'try', '--json', 'coban/tk103'], { input: 'oops\n"admin ok"\n' })
    const answers = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(code).toBe(0)
    expect(answers[0]).toHaveProperty('error')
    expect(answers[1].matches.length).toBeGreaterThan(0)
  })

  test('try shows where a text that fits nothing stopped', () => {
    expect(smshub(['devices', 'try', 'king-pigeon/rtu5024', 'Relay OPEN'])).toMatchObject({
      code: 1,
      out: expect.stringMatching(/nearest: .*\n.*stopped at character/),
    })
  })
})

describe("the owner's own profiles", () => {
  const own = () => {
    const folder = temporaryFolder()
    const { out } = smshub(['devices', 'new', 'WATER LEVEL: 63% TEMP: 12.5C BAT: 3.91V'])
    mkdirSync(join(folder, 'devices', 'mine'), { recursive: true })
    writeFileSync(join(folder, 'devices', 'mine', 'tank.yaml'), out)
    return folder
  }

  test('are found by list, show, try and new where the hub finds them', () => {
    const folder = own()
    expect(smshub(['-d', folder, 'devices', 'list', 'mine']).out).toContain('mine/tank')
    expect(smshub(['-d', folder, 'devices', 'show', 'mine/tank']).out).toContain('message_1')
    const sister = 'WATER LEVEL: 64% TEMP: -3C BAT: 4.02V'
    const values = '{"level":64,"temperature":-3,"battery_voltage":4.02}'
    expect(smshub(['-d', folder, 'devices', 'try', 'mine/tank', sister]).out).toContain(values)
    expect(smshub(['devices', 'list', 'mine'], { env: { SMSHUB_DATA: folder } }).out).toContain('mine/tank')
    const beside = temporaryFolder()
    writeFileSync(join(beside, 'smshub.yaml'), `data: ${folder}\n`)
    expect(smshub(['devices', 'show', 'mine/tank'], { cwd: beside })).toMatchObject({ code: 0 })
    expect(smshub(['-d', folder, 'devices', 'new', 'x 1']).err).toContain(join(folder, 'devices', '<manufacturer>'))
    expect(smshub(['devices', 'new', 'my/thing']).err).toContain('is the name of a profile, not a text')
  })

  test('that are broken are named and hide no other', () => {
    const folder = own()
    writeFileSync(join(folder, 'devices', 'mine', 'broken.yaml'), 'manufacturer: [')
    const { out, err, code } = smshub(['-d', folder, 'devices', 'list', 'tank'])
    expect({ code, err }).toEqual({ code: 0, err: expect.stringContaining('broken.yaml') })
    expect(out).toContain('mine/tank')
  })
})

describe('try shows what the hub does', () => {
  test('with a text that a device passes on for somebody else', () => {
    const { out, code } = smshub([
      'devices',
      'try',
      'tell/gate-control-20',
      'SMS forward from +36301112233: Your balance is low',
    ])
    expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/forwards a text of \+36301112233/) })
  })

  test('with a message that nobody has seen', () => {
    const { out } = smshub(['devices', 'try', 'eview/ev-07', 'Help me!'])
    expect(out).toContain('unproven: needs unproven: true on the device')
  })

  test('with two readings of one text', () => {
    const folder = temporaryFolder()
    const file = join(folder, 'two.yaml')
    const head = 'format: 1\nrevision: 1\nmanufacturer: A\nfamily: B\nkind: relay\nmessages:\n'
    writeFileSync(file, `${head}  a: { text: "Pump {state:word}" }\n  b: { text: "{text_1:word} on" }\n`)
    const { out } = smshub(['devices', 'try', file, 'Pump on'])
    expect(out).toMatch(/ a .*\(the hub takes this one\)\n.* b .*\(not taken: another explains more\)/)
  })
})

describe('config check', () => {
  test('accepts a valid configuration and reports what it found', () => {
    expect(check(`devices: { ${gate} }`)).toMatchObject({ code: 0, out: expect.stringContaining('1 device') })
  })

  test.each([
    ['an unknown key, with the one that was meant', 'devcies: {}', 'unknown key "devcies"; did you mean "devices"'],
    [
      'an unknown key deeper down, with its line',
      'mqtt:\n  broker:\n    listn: 1883\n',
      'smshub.yaml:3: mqtt.broker: unknown key "listn"; did you mean "listen"',
    ],
    ['a number that is none', 'limits: { device_per_day: many }', 'limits.device_per_day: '],
    ['a port that is none', 'http: { listen: "127.0.0.1:99999" }', 'http.listen: must be host:port'],
    [
      'a profile that is missing',
      'devices: { gate: { profile: king-pigeon/rtu9, number: "+4917000001" } }',
      'there is no profile "king-pigeon/rtu9"; did you mean "king-pigeon/rtu50',
    ],
    [
      'a variant that must be chosen',
      'devices: { gate: { profile: king-pigeon/rtu5024, number: "+4917000001" } }',
      'variant: classic',
    ],
    [
      'two devices with one number',
      `devices: { ${gate}, ${gate.replace('gate:', 'other:')} }`,
      'is already the number of device gate',
    ],
    [
      'a gateway that is not there',
      `devices: { ${gate.replace(' }', ', gateway: attic }')} }`,
      'there is no gateway "attic"',
    ],
    [
      'an id that can be no topic level',
      `devices: { "Front Gate": { profile: generic/text, number: "+4917000001" } }`,
      'must be small letters',
    ],
    [
      'an id that the hub needs itself',
      `devices: { bridge: { profile: generic/text, number: "+4917000001" } }`,
      'bridge',
    ],
    ['YAML that is none', 'devices: [', 'smshub.yaml:'],
    [
      'a device that is there twice, with its line',
      `devices:\n  ${gate}\n  other: { profile: generic/text, number: "+4917000001" }\n  ${gate}\n`,
      'smshub.yaml:4: the key "gate" is repeated',
    ],
    [
      'a key that is there twice, deeper down',
      'mqtt:\n  broker: { tls: {}, tls: {} }\n',
      'smshub.yaml:2: the key "tls"',
    ],
    ['a secret that is not there', 'mqtt: { password: !secret broker }', '!secret broker'],
    [
      'a setting of a wrong form',
      `devices: { ${gate.replace(' }', ', settings: { password: abc } }')} }`,
      '"password" takes digits (4 of them)',
    ],
  ])('names %s', (_what, yaml, message) => {
    const { code, err } = check(yaml)
    expect(err).toContain(message)
    expect(code).toBe(78)
  })

  test('without a file looks for the modem that is plugged in, unless the environment names a gateway', () => {
    expect(smshub(['config', 'check']).out).toContain(
      'no smshub.yaml here; the defaults would be used: 0 devices, 1 gateway',
    )
    const env = { SMSHUB_GATEWAYS__ATTIC__TYPE: 'simulated' }
    expect(smshub(['config', 'check'], { env }).out).toContain('0 devices, 1 gateway')
  })

  test('reports all mistakes at once', () => {
    const { err } = check('devcies: {}\nlimits: { device_per_day: many }\n')
    expect(err).toContain('devcies')
    expect(err).toContain('device_per_day')
  })

  test('reads secrets, the environment and numbers as they are written', () => {
    const cwd = temporaryFolder()
    writeFileSync(join(cwd, 'secrets.yaml'), 'pin: 0123\n')
    writeFileSync(
      join(cwd, 'smshub.yaml'),
      'gateways: { home: { type: modem, path: /dev/null, pin: !secret pin } }\nhttp: { listen: !env PORT }\n',
    )
    expect(smshub(['config', 'check'], { cwd, env: { PORT: '8081' } })).toMatchObject({ code: 0 })
    expect(
      smshub(['config', 'check'], { cwd, env: { PORT: '8081', SMSHUB_LIMITS__DEVICE_PER_DAY: 'lots' } }).err,
    ).toContain('device_per_day')
  })

  test.each([
    ['broken', 'format: 1\nkind: [', /mine\/box\.yaml|box/],
    [
      'with an unknown key',
      'format: 1\nrevision: 1\nmanufacturer: Me\nfamily: Box\nkind: relay\nmodels: [A]\nsources: { s: x }\nphone_numbers: plus\ncase: any\nsms: { alphabet: gsm7, parts: 1 }\ncomands: {}\n',
      /unknown key "comands"; did you mean "commands"/,
    ],
  ])('refuses a profile file that is %s', (_what, text, message) => {
    const { code, err } = check('devices: { box: { profile: mine/box, number: "+4917000001" } }', {
      'data/devices/mine/box.yaml': text,
    })
    expect(err).toMatch(message)
    expect(code).toBe(78)
  })
})

describe('running', () => {
  test('on a port in use names it', async () => {
    const port = await freePort()
    const holder = createServer()
    await new Promise<void>((resolve) => holder.listen(port, '127.0.0.1', resolve))
    const cwd = temporaryFolder()
    writeFileSync(
      join(cwd, 'smshub.yaml'),
      `mqtt: { broker: { listen: 127.0.0.1:${port} } }\nhttp: { enabled: false }\n`,
    )
    const { code, err } = smshub([], { cwd })
    holder.close()
    expect(err).toContain(`port ${port} on 127.0.0.1 is in use by another program`)
    expect(code).toBe(78)
  })

  test('without the serial port continues and reports what is missing', async () => {
    const hub = new HubProcess(temporaryFolder())
    const port = await freePort()
    await hub.start({
      config: `mqtt: { broker: { listen: 127.0.0.1:${port} } }\ngateways: { home: { type: modem, path: /dev/ttyNOT } }\nhttp: { enabled: false }\n`,
    })
    const client = await TestClient.connect(`mqtt://127.0.0.1:${port}`)
    const { json } = await client.wait(
      ({ topic, json: state }) => topic === 'smshub/gateway/home' && state.status === 'offline',
    )
    expect(json.last_error).toContain('there is no such port')
    await client.close()
    expect(await hub.stop()).toEqual({ code: 0, signal: null })
  })

  test.each([
    ['a gateway of type simulated', 'gateways: { home: { type: simulated } }', [], true],
    ['--dry-run', 'gateways: { home: { type: modem, path: /dev/ttyNOT } }', ['--dry-run'], false],
    ['--dry-run without a gateway', '', ['--dry-run'], false],
  ])('%s: commands are answered by simulated devices', async (_name, gateways, args, keeps) => {
    const hub = new HubProcess(temporaryFolder())
    const port = await freePort()
    await hub.start({
      config: `mqtt: { broker: { listen: 127.0.0.1:${port} } }\n${gateways}\nhttp: { enabled: false }\ndevices: { gate: { profile: king-pigeon/rtu5024, variant: classic, number: "${gateNumber}" } }\n`,
      args,
    })
    const client = await TestClient.connect(`mqtt://127.0.0.1:${port}`)
    await client.publish('smshub/gate/command/open', 'PRESS')
    expect((await client.final('gate')).json).toMatchObject({ status: 'replied', ok: true })
    await client.close()
    expect(await hub.stop()).toEqual({ code: 0, signal: null })
    expect(existsSync(join(hub.folder, 'data/smshub.db'))).toBe(keeps)
  })

  test('shows health and figures on http, and ends in order', async () => {
    const hub = new HubProcess(temporaryFolder())
    const [port, http] = [await freePort(), await freePort()]
    await hub.start({
      config: `mqtt: { broker: { listen: 127.0.0.1:${port} } }
gateways: { home: { type: simulated } }
http: { listen: 127.0.0.1:${http} }
`,
    })
    await hub.logged(/clients find the broker/)
    expect(await (await fetch(`http://127.0.0.1:${http}/healthz`)).json()).toMatchObject({ ok: true, mqtt: true })
    const client = await TestClient.connect(`mqtt://127.0.0.1:${port}`)
    await client.wait(({ topic, json }) => topic === 'smshub/gateway/home' && json.storage_used !== null)
    const metrics = await (await fetch(`http://127.0.0.1:${http}/metrics`)).text()
    for (const line of [
      /^smshub_build_info\{version=/m,
      /^smshub_gateway_up\{gateway="home"\} 1$/m,
      /^smshub_gateway_storage_messages\{gateway="home"\} 0$/m,
      /^smshub_gateway_storage_size_messages\{gateway="home"\} 20$/m,
      /^smshub_gateway_queue_messages\{gateway="home"\} 0$/m,
      /^smshub_gateway_recoveries_total\{gateway="home",rung="reset"\} 0$/m,
    ])
      expect(metrics).toMatch(line)
    const goodbye = client.wait(({ topic, text }) => topic === 'smshub/bridge/state' && text === 'offline')
    const stopped = hub.stop()
    await goodbye
    await client.close()
    expect(await stopped).toEqual({ code: 0, signal: null })
  })

  test('a backup restored elsewhere sends nothing again', async () => {
    const { world, path } = await startWorld()
    const port = await freePort()
    const hub = new HubProcess(temporaryFolder())
    const config = hubYaml({ mqtt: `{ broker: { listen: 127.0.0.1:${port} } }`, path })
    await hub.start({ config: config.replace(path, 'tcp://127.0.0.1:1') })
    const client = await TestClient.connect(`mqtt://127.0.0.1:${port}`, { clientId: 'owner' }, '')
    await client.publish('smshub/gate/command/open', { id: 'before-backup', ttl: 3_600 })
    await client.close()
    const target = join(temporaryFolder(), 'copy')
    const made = smshub(['--config', join(hub.folder, 'smshub.yaml'), 'backup', target], { cwd: hub.folder })
    expect(made).toMatchObject({ code: 0, out: `${target}\n` })
    expect(existsSync(join(target, 'smshub.yaml'))).toBe(true)
    await hub.kill()
    // The copy in the place of the store: the modem is there now, the press is not carried out.
    const restored = new HubProcess(temporaryFolder())
    mkdirSync(join(restored.folder, 'data'))
    writeFileSync(join(restored.folder, 'data/smshub.db'), readFileSync(join(target, 'smshub.db')))
    await restored.start({ config })
    const reader = await TestClient.connect(`mqtt://127.0.0.1:${port}`, { clientId: 'owner' })
    await reader.wait(({ topic, text }) => topic === 'smshub/gateway/home/availability' && text === 'online')
    await reader.publish('smshub/gate/command/open', { id: 'before-backup', ttl: 3_600 })
    const { json } = await reader.final('gate')
    expect(json).toMatchObject({ id: 'before-backup', status: 'cancelled', reason: 'restored' })
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(accepted(world, gateNumber)).toHaveLength(0)
    await reader.close()
    await restored.kill()
    await world.close()
  })
})

test('a full disk fails the health check, over HTTP and on the command line, and names the store', async () => {
  const disk = temporaryFolder()
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', disk])
  if (mounted.status !== 0) return
  const hub = new HubProcess(temporaryFolder())
  try {
    const http = await freePort()
    await hub.start({
      config: `mqtt: { broker: { listen: 127.0.0.1:${await freePort()} } }\nhttp: { listen: 127.0.0.1:${http} }\ndata: ${disk}/data\n`,
    })
    await hub.logged(/clients find the broker/)
    expect((await fetch(`http://127.0.0.1:${http}/healthz`)).status).toBe(200)
    expect(smshub(['healthcheck'], { cwd: hub.folder }).code).toBe(0)
    spawnSync('dd', ['if=/dev/zero', `of=${disk}/full`, 'bs=64k'])
    const answer = await fetch(`http://127.0.0.1:${http}/healthz`)
    expect(answer.status).toBe(503)
    expect(((await answer.json()) as { problems: string[] }).problems[0]).toContain('store: the disk')
    const { code, out } = smshub(['healthcheck'], { cwd: hub.folder })
    expect(code).toBe(1)
    expect(out).toContain('store: the disk')
  } finally {
    await hub.kill()
    spawnSync('umount', [disk])
  }
})
