import { readdirSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join, normalize, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'

const root = fileURLToPath(new URL('../src', import.meta.url))

/** Rooms that know nothing of the world: no I/O, no timers, no globals. Any room may use them. */
const pure = ['sms', 'smpp', 'device', 'message', 'util']
/** Rooms with effects never know each other: only the flows, the ledger and the hub join them. Types count. */
const may: Readonly<Record<string, readonly string[]>> = {
  sms: ['message', 'util'],
  smpp: ['message', 'sms'],
  smpplink: pure,
  device: ['message', 'util', 'sms'],
  message: ['util'],
  carrier: ['message'],
  util: [],
  mqtt: [...pure, 'store', 'ledger', 'outlet'],
  outlet: [...pure, 'store', 'ledger'],
  webhooks: [...pure, 'store', 'ledger'],
  smppserver: [...pure, 'smpplink', 'store', 'ledger', 'outlet'],
  mail: pure,
  homeassistant: [...pure, 'mqtt'],
  'gateway/modem': [...pure, 'gateway'],
  'gateway/smpp': [...pure, 'gateway', 'smpplink'],
  'gateway/modemmanager': [...pure, 'gateway'],
  'gateway/http': [...pure, 'gateway', 'carrier'],
  'gateway/hilink': [...pure, 'gateway', 'gateway/http', 'carrier'],
  gateway: pure,
  ledger: pure,
  store: [...pure, 'ledger'],
  http: [...pure, 'installation.ts', 'access', 'api'],
  config: [...pure, 'installation.ts'],
  access: [...pure, 'config', 'store', 'ledger'],
  fleet: [...pure, 'config', 'store'],
  simulator: [...pure, 'carrier'],
  submit: [...pure, 'store', 'ledger', 'gateway'],
  deliver: [...pure, 'store', 'ledger'],
  cli: [
    ...pure,
    'installation.ts',
    'api',
    'homeassistant',
    'config',
    'fleet',
    'gateway/modem',
    'http',
    'carrier',
    'simulator',
    'store',
    'ledger',
    'hub',
  ],
  'main.ts': ['cli', 'util', 'installation.ts'],
  // Types of what the interface answers, and the code that counts the SMS of a text.
  web: [...pure, 'api'],
  api: [...pure, 'access', 'config', 'fleet', 'store', 'ledger'],
  bridge: [...pure, 'api', 'config', 'store', 'mqtt', 'homeassistant'],
  hub: [
    ...pure,
    'access',
    'api',
    'bridge',
    'api',
    'config',
    'fleet',
    'submit',
    'deliver',
    'mqtt',
    'outlet',
    'homeassistant',
    'gateway',
    'gateway/modem',
    'mail',
    'gateway/smpp',
    'gateway/http',
    'gateway/hilink',
    'gateway/modemmanager',
    'store',
    'webhooks',
    'smppserver',
  ],
}

/** Each package lives in one room. */
const owners: Readonly<Record<string, readonly string[]>> = {
  mqtt: ['mqtt'],
  aedes: ['mqtt'],
  ws: ['mqtt'],
  serialport: ['gateway/modem'],
  'dbus-native': ['gateway/modemmanager'],
  'smtp-server': ['mail'],
  mailparser: ['mail'],
  'node-pdu': ['sms/node-pdu.ts'],
  'better-sqlite3': ['store'],
  fastify: ['http'],
  '@fastify/swagger': ['http/openapi.ts'],
  'fastify-type-provider-zod': ['http/openapi.ts'],
  'prom-client': ['http'],
  commander: ['cli'],
  pino: ['cli'],
  yaml: ['config'],
  'libphonenumber-js': ['device/parameters/numbers.ts'],
  preact: ['web'],
  '@preact/signals': ['web'],
  uplot: ['web'],
  zod: ['api', 'config', 'device', 'http', 'web/api/answer-types.ts', 'cli/print-schema.ts'],
}

/** What pure rooms may take from Node: nothing. */
const nodeInPure: readonly string[] = []

interface Import {
  readonly from: string
  readonly to: string
  readonly typeOnly: boolean
}

const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file))
  .map((file) => file.replaceAll('\\', '/'))

const imports: Import[] = files.flatMap((file) => {
  const text = readFileSync(join(root, file), 'utf8')
  return [
    ...text.matchAll(
      /^(?:import|export)\s+(type\s)?[^'"]*?from\s+'([^']+)'|^import\s+'([^']+)'|\bimport\('([^']+)'\)/gm,
    ),
  ].map((match) => ({
    from: file,
    to: (match[2] ?? match[3] ?? match[4]) as string,
    typeOnly: match[1] !== undefined,
  }))
})

function roomOf(file: string): string {
  const [protocol] = /^gateway\/(modem|modemmanager|smpp|http|hilink)(?=\/)/.exec(file) ?? []
  if (protocol !== undefined) return protocol
  return file.includes('/') ? (file.split('/')[0] as string) : file
}

function topOf(file: string): string {
  return file.split('/')[0] as string
}

/** Two folders of which none holds the other. */
function areSiblings(one: string, other: string): boolean {
  return !`${one}/`.startsWith(`${other}/`) && !`${other}/`.startsWith(`${one}/`)
}

function target({ from, to }: Import): string {
  return normalize(join(dirname(from), to)).replaceAll('\\', '/')
}

const local = imports.filter(({ to }) => to.startsWith('.'))
const foreign = imports.filter(({ to }) => !to.startsWith('.'))

describe('the house', () => {
  test('every room imports only from the rooms it may enter', () => {
    const trespassers = local
      .filter((one) => roomOf(target(one)) !== roomOf(one.from))
      .filter((one) => !(may[roomOf(one.from)] ?? []).includes(roomOf(target(one))))
      .map((one) => `${one.from} imports ${target(one)}`)
    expect(trespassers).toEqual([])
  })

  test('the flows never import each other', () => {
    const crossings = local.filter((one) => [roomOf(one.from), roomOf(target(one))].sort().join() === 'deliver,submit')
    expect(crossings).toEqual([])
  })

  test('what decides about a submission is pure: it knows the row and the vocabulary, and no transaction', () => {
    const states = 'ledger/outbox/states/'
    const known = (file: string) => file.startsWith(states) || file.startsWith('message/') || file === 'ledger/rows.ts'
    const strays = local
      .filter((one) => one.from.startsWith(states) && !known(target(one)))
      .map((one) => `${one.from} imports ${target(one)}`)
    expect(strays).toEqual([])
  })

  test('every package lives in its one room', () => {
    const strays = foreign
      .filter(({ to }) => !to.startsWith('node:') && !builtinModules.includes(to))
      .filter(({ from, to }) => {
        const name = to.startsWith('@') ? to.split('/').slice(0, 2).join('/') : (to.split('/')[0] as string)
        const homes = owners[name] ?? []
        return !homes.some((home) => from === home || roomOf(from) === home)
      })
      .map(({ from, to }) => `${from} imports ${to}`)
    expect(strays).toEqual([])
  })

  test('pure rooms touch nothing of the machine', () => {
    const builtins = foreign
      .filter(({ from, to }) => pure.includes(roomOf(from)) && to.startsWith('node:') && !nodeInPure.includes(to))
      .map(({ from, to }) => `${from} imports ${to}`)
    expect(builtins).toEqual([])
  })

  test('time and chance enter through the clock only', () => {
    const asks =
      /\b(Date\.now|new Date\(\)|Math\.random|performance\.now|setTimeout|setInterval|process\.(env|hrtime|argv))\b/
    // main.ts is where the machine's clock is; threads of the store rest on their own, where nothing depends on when.
    const allowed = ['main.ts', 'store/sqlite/worker.ts', 'store/sqlite/reader-thread.ts']
    const culprits = files
      // The page runs in a browser, by its clock.
      .filter((file) => !allowed.includes(file) && !file.startsWith('web/'))
      .filter((file) => asks.test(withoutComments(readFileSync(join(root, file), 'utf8'))))
    expect(culprits).toEqual([])
  })

  test('work in the background goes through one helper, and no failure is swallowed', () => {
    const rules: readonly (readonly [string, RegExp])[] = [
      ['a bare void', /\bvoid[ \t]+[\w$(#]/],
      ['an empty catch', /\bcatch\s*(\([^)]*\)\s*)?\{\s*\}/],
      ['an empty .catch()', /\.catch\(\s*(?:async\s*)?\(?\w*\)?\s*=>\s*(?:\{\s*\}|undefined|null|void 0)\s*,?\s*\)/],
    ]
    const found = files.flatMap((file) => {
      const text = withoutComments(readFileSync(join(root, file), 'utf8'))
      return rules.filter(([, pattern]) => pattern.test(text)).map(([what]) => `${file}: ${what}`)
    })
    expect(found).toEqual([])
  })

  test('no file imports itself around a corner', () => {
    const graph = new Map(files.map((file) => [file, local.filter((one) => one.from === file).map(target)]))
    expect(cyclesIn(graph)).toEqual([])
  })

  test('the folders of a room read from each other one way', () => {
    const crossings = local
      .filter((one) => topOf(one.from) === topOf(target(one)))
      .filter((one) => areSiblings(dirname(one.from), dirname(target(one))))
      .map((one) => ({ ...one, way: [dirname(one.from), dirname(target(one))] }))
    const ways = new Set(crossings.map(({ way }) => way.join(' > ')))
    const both = crossings
      .filter(({ way: [from, to] }) => ways.has(`${to} > ${from}`))
      .map((one) => `${one.from} imports ${target(one)}`)
    expect(both).toEqual([])
  })

  test('every permission is used', () => {
    const used = new Set(local.map((one) => `${roomOf(one.from)} > ${roomOf(target(one))}`))
    const unused = Object.entries(may).flatMap(([room, others]) =>
      others
        .filter((other) => !pure.includes(other) && !used.has(`${room} > ${other}`))
        .map((other) => `${room} > ${other}`),
    )
    expect(unused).toEqual([])
    const homes = Object.entries(owners).flatMap(([name, places]) =>
      places
        .filter(
          (home) => !foreign.some(({ from, to }) => to.startsWith(name) && (from === home || roomOf(from) === home)),
        )
        .map((home) => `${name}: ${home}`),
    )
    expect(homes).toEqual([])
  })

  test('no file is longer than 400 lines, and half of them have at most about 100', () => {
    const tables = ['sms/gsm7-tables.ts']
    const lengths = files
      .filter((file) => !tables.includes(file) && !file.startsWith('web/texts/'))
      .map((file) => ({ file, lines: readFileSync(join(root, file), 'utf8').split('\n').length }))
      .sort((a, b) => a.lines - b.lines)
    expect(lengths.filter(({ lines }) => lines > 400)).toEqual([])
    expect(lengths[Math.floor(lengths.length / 2)]?.lines).toBeLessThanOrEqual(120)
  })

  test('no two files have the same name, so that a name in a report is one file', () => {
    const nameOf = (file: string) => file.split('/').at(-1) ?? ''
    const names = files.map(nameOf)
    // A room's own entry may be called so.
    const twice = files.filter(
      (file) => nameOf(file) !== 'index.ts' && names.filter((name) => name === nameOf(file)).length > 1,
    )
    expect(twice).toEqual([])
  })

  test('the ledger speaks SQL that SQLite and PostgreSQL both take', () => {
    const ours =
      /\b(?:INSERT OR|INDEXED BY|CROSS JOIN|rowid|lastInsertRowid|json_\w+\(|strftime|IFNULL|GREATEST)\b|\bM(?:AX|IN)\([^()]*,/
    const culprits = files
      .filter((file) => file.startsWith('ledger/') && file !== 'ledger/sql.ts')
      .filter((file) => ours.test(withoutComments(readFileSync(join(root, file), 'utf8'))))
    expect(culprits).toEqual([])
  })

  test('the ledger names no topic, no payload and nothing of Home Assistant: what it emits are events', () => {
    const words = /topic|payload|\bretain|\bmqtt|home_?assistant|discovery|['"`](?:bridge|sms|gateway)\//i
    const culprits = files
      // What clients of the embedded broker have left at it are MQTT messages.
      .filter((file) => file.startsWith('ledger/') && !file.startsWith('ledger/broker/'))
      .filter((file) => words.test(withoutComments(readFileSync(join(root, file), 'utf8')).replace(/ from '.*'/g, '')))
    expect(culprits).toEqual([])
  })

  test('who observes events reads them as they are, and parses nothing that the hub has made', () => {
    const observers = ['http/', 'bridge/', 'homeassistant/', 'hub/']
    const culprits = files
      .filter((file) => observers.some((room) => file.startsWith(room)))
      .filter((file) => /\bJSON\.parse\b/.test(withoutComments(readFileSync(join(root, file), 'utf8'))))
    expect(culprits).toEqual([])
  })

  test('comments and messages use the terms of the field: published, reported, sent', () => {
    const retired = /(?<![.\w])(?:told|tells?|telling|said|says?|saying|anew|nobody knows|fell silent|falls silent)\b/i
    // A released migration is never changed, its comments included.
    const released = /^store\/sqlite\/(?:migrations|publications-to-events|\w+-steps)\.ts$/
    const culprits = files
      .filter((file) => !released.test(file))
      .flatMap((file) =>
        proseOf(readFileSync(join(root, file), 'utf8'))
          .filter((prose) => retired.test(prose))
          .map((prose) => `${file}: ${prose.slice(0, 100)}`),
      )
    expect(culprits).toEqual([])
  })

  test('a number of a thousand or more carries its unit in its name, or is a limit', () => {
    const named = /(?:Ms|Seconds|Octets|Length|Digits|Count|Year|BaudRate|Port|Offset)$|^m(?:ax|in)[A-Z]/
    const numbers = /^(?:export )?const (\w+)(?:: number)? = ([\d_]+(?: \* [\d_]+)*)$/gm
    const culprits = files.flatMap((file) =>
      [...readFileSync(join(root, file), 'utf8').matchAll(numbers)]
        .filter(
          ([, , product = '']) =>
            product.split(' * ').reduce((all, one) => all * Number(one.replaceAll('_', '')), 1) >= 1_000,
        )
        .filter(([, name = '']) => !named.test(name))
        .map(([line]) => `${file}: ${line}`),
    )
    expect(culprits).toEqual([])
  })

  test('the picture in src/README.md names every folder, and only these', () => {
    const table = readFileSync(join(root, 'README.md'), 'utf8').match(/^\| `.*\|.*$/gm) ?? []
    const named = table.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`(\w+)\/`/g)].map(([, name]) => name))
    const folders = [...new Set(files.filter((file) => file.includes('/')).map(topOf))]
    expect(named.sort()).toEqual(folders.sort())
  })

  test('the tests mock none of our own modules', () => {
    const tests = readdirSync(join(root, '../test'), { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.ts'),
    )
    const mocking = tests.filter((file) =>
      /jest\.(unstable_)?mock(Module)?\(/.test(
        readFileSync(join(root, '../test', file), 'utf8').replace(/\/jest[^\n]*\/\.test/g, ''),
      ),
    )
    expect(mocking.map((file) => relative('.', file))).toEqual([])
  })
})

/** Comments, and strings without what is put into them. */
function proseOf(text: string): string[] {
  const tokens = /\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/gm
  return [...text.matchAll(tokens)].map(([token]) => token.replace(/\$\{[^}]*\}/g, ''))
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '')
}

function cyclesIn(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const cycles: string[][] = []
  const state = new Map<string, 'open' | 'done'>()
  const visit = (file: string, path: string[]) => {
    if (state.get(file) === 'done') return
    if (state.get(file) === 'open') {
      cycles.push([...path.slice(path.indexOf(file)), file])
      return
    }
    state.set(file, 'open')
    for (const next of graph.get(file) ?? []) visit(next, [...path, file])
    state.set(file, 'done')
  }
  for (const file of graph.keys()) visit(file, [])
  return cycles
}
