import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { loadConfig } from '../../src/config/load.ts'
import { ProfileFiles } from '../../src/config/profiles.ts'
import { Fault } from '../../src/message/fault.ts'
import { temporaryFolder } from '../support/folder.ts'
import { HubProcess } from '../support/hub-process.ts'
import { smshub } from '../support/run-cli.ts'

const head = 'format: 1\nrevision: 1\nmanufacturer: Somebody\nfamily: Own\nmodels: [Own]\nkind: gate\n'
const message = (pattern: string) => `${head}messages: { state: { text: ${JSON.stringify(pattern)} } }\n`

/** A configuration with one device, and profiles of its owner below the data folder. */
function withProfiles(profile: string, files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder()
  writeFileSync(
    join(folder, 'smshub.yaml'),
    `mqtt: { broker: { listen: "127.0.0.1:0" } }\nhttp: { enabled: false }\ngateways: { home: { type: simulated } }
devices: { gate: { profile: ${profile}, number: "+4915112345678" } }\n`,
  )
  writeFileSync(join(folder, 'secrets.yaml'), 'broker: hunter2\n', { mode: 0o600 })
  for (const [id, text] of Object.entries(files)) {
    const file = join(folder, 'data/devices', `${id}.yaml`)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
  return folder
}

/** Each list holds the one before ten times: a billion values in a few lines. */
const bomb = [
  'a0: &a0 [x, x, x, x, x, x, x, x, x, x]',
  ...Array.from({ length: 8 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`).join(', ')}]`),
].join('\n')

const hostile: readonly (readonly [what: string, text: string, reason: RegExp])[] = [
  ['a pattern of a megabyte', message('a'.repeat(1 << 20)), /own\.yaml: has \d+ octets; a profile has at most 262144/],
  ['a megabyte of comment', `${message('a')}#${'x'.repeat(1 << 20)}`, /a profile has at most 262144/],
  ['aliases that multiply', `${message('a')}${bomb}\n`, /own\.yaml: more than 100 aliases/],
  ['a secret of the hub', `${head}commands: { x: { text: !secret broker } }\n`, /!secret is for smshub\.yaml only/],
  ['a variable of the environment', `${head}commands: { x: { text: !env HOME } }\n`, /!env is for smshub\.yaml/],
  [
    'a tag of code',
    `${head}commands: { x: { text: !!js/function "f" } }\n`,
    /own\.yaml:\d+: this line has an unknown tag/,
  ],
  ['brackets in each other, without end', message('['.repeat(100_000)), /20 choices are nested/],
  ['brackets in each other', message(`${'['.repeat(50_000)}a${']'.repeat(50_000)}`), /20 choices are nested/],
  ['YAML that is nested without end', `${head}messages: ${'['.repeat(100_000)}\n`, /own\.yaml.*nested too deeply/],
]

describe('attack 37: a profile of the owner’s', () => {
  test.each(hostile)('with %s is refused in a sentence', (_what, text, reason) => {
    const files = new ProfileFiles(join(withProfiles('my/own', { 'my/own': text }), 'data/devices'))
    const refusal = (() => {
      try {
        return files.get('my/own') && null
      } catch (error) {
        return error
      }
    })()
    expect(refusal).toBeInstanceOf(Fault)
    expect(refusal).toMatchObject({ code: 'invalid_profile', message: expect.stringMatching(reason) })
    expect((refusal as Fault).message).not.toMatch(/hunter2|call stack/)
  })

  test('as long as ten of the longest that are shipped is read', () => {
    const many = Array.from({ length: 2_000 }, (_, i) => `  m${i}: { text: "Line ${i} of {_:word} is {state:word}" }\n`)
    const folder = withProfiles('my/own', { 'my/own': `${head}messages:\n${many.join('')}` })
    expect(() => new ProfileFiles(join(folder, 'data/devices')).get('my/own')).not.toThrow(Fault)
  })

  test('that has the name of a shipped one is used, and named with that one, by config check and at the start', async () => {
    const id = 'king-pigeon/rtu5024'
    const folder = withProfiles(id, { [id]: message('OWN {state:word}'), 'my/own': message('a') })
    const line = `${join(folder, 'data/devices', id)}.yaml replaces the profile ${id} that comes with smshub`
    expect(loadConfig({ env: {}, cwd: folder }).warnings).toEqual([expect.stringContaining(line)])
    expect((await smshub(['config', 'check'], folder)).err).toContain(line)
    const hub = new HubProcess(folder)
    hub.launch({ config: readFileSync(join(folder, 'smshub.yaml'), 'utf8') })
    try {
      await hub.logged(/replaces the profile king-pigeon\/rtu5024/)
    } finally {
      await hub.kill()
    }
  })
})
