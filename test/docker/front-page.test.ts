import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { invitation } from '../../src/cli/demo.ts'
import { program } from '../../src/cli/program.ts'
import { loadConfig } from '../../src/config/load.ts'
import { makeDevices } from '../../src/config/make-devices.ts'
import { ProfileFiles } from '../../src/config/profiles.ts'
import { matchInbound, topics } from '../../src/message/topics.ts'
import { render } from '../homeassistant/jinja.ts'
import { temporaryFolder } from '../support/folder.ts'
import { testClock } from '../support/world.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const pages = [
  ...['README.md', 'docker/README.md', 'docker/prometheus/README.md'],
  ...['src/README.md', 'src/gateway/modem/README.md', 'devices/README.md'],
]
const read = (page: string) => readFileSync(join(root, page), 'utf8')
const blocks = (page: string, kind: string) =>
  [...read(page).matchAll(new RegExp(`\`\`\`${kind}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, text = '']) => text)

test.each(blocks('README.md', 'yaml').map((text): [string, string] => [text.split('\n')[0] ?? '', text]))(
  'the configuration that begins with %s is valid',
  (_first, text) => {
    const cwd = temporaryFolder()
    writeFileSync(join(cwd, 'smshub.yaml'), text)
    writeFileSync(
      join(cwd, 'secrets.yaml'),
      'gate: "1234"\nmqtt: secret\nsim_pin: "1234"\nsmsc: secret\ntwilio: secret\nacme_hash: "scrypt:15:8:1:AAAAAAAAAAAAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"\n',
    )
    const { config } = loadConfig({ env: {}, cwd })
    expect(() => makeDevices(config, new ProfileFiles())).not.toThrow()
  },
)

test('what the demo asks to paste is what stands in the README', () => {
  const pastes = invitation(1883, 8080).match(/npx mqtt pub .*/g) ?? []
  expect(pastes).toHaveLength(3)
  expect(blocks('README.md', 'sh').flatMap((text) => text.split('\n'))).toEqual(expect.arrayContaining(pastes))
})

/** `smshub history gate` in blocks and in lines, with what stands behind it. */
const commands = pages.flatMap((page) => [
  ...blocks(page, 'sh').flatMap((text) => text.split('\n')),
  ...[...read(page).matchAll(/`(smshub [^`]+)`/g)].map(([, text = '']) => text),
])
const called = commands
  .filter((line) => /^(smshub|node dist\/main\.js) /.test(line))
  .map((line) =>
    line
      .replace(/^(smshub|node dist\/main\.js) /, '')
      .replace(/^-d \S+ /, '')
      .replace(/\s*#.*$/, '')
      .trim(),
  )
  .filter((line) => /^[a-z]/.test(line))

test.each([...new Set(called.map((line) => line.split(' ').slice(0, 2).join(' ')))])(
  'smshub %s is a command',
  async (line) => {
    let out = ''
    const sink = new Writable({
      write(chunk, _encoding, done) {
        out += chunk
        done()
      },
    })
    const context = {
      env: {},
      cwd: '/',
      stdin: Readable.from([]),
      stdout: sink,
      stderr: sink,
      clock: testClock,
      version: '0',
      ended: new Promise<string>(() => {}),
    }
    const [group = '', verb = ''] = line.split(' ')
    await program(context, [group, '--help'])
    expect(out).toContain(`Usage: smshub ${group}`)
    const verbs = [...out.matchAll(/^ {2}([a-z-]+)(?:\|\S+)? .*$/gm)].map(([, name]) => name)
    const isGroup = out.includes('Commands:')
    if (isGroup && /^[a-z]/.test(verb)) expect(verbs).toContain(verb)
  },
)

describe('examples for others', () => {
  const isTopic = (topic: string) => {
    const name = topic.replace(/^smshub\//, '')
    const levels = name.split('/')
    const isOut = Object.keys(topics).some((pattern) => {
      const parts = pattern.split('/')
      return parts.length === levels.length && parts.every((part, i) => part.startsWith('{') || part === levels[i])
    })
    return matchInbound(name) !== null || isOut
  }

  test('the automations of Home Assistant use topics of the hub', () => {
    const [automations = ''] = blocks('README.md', 'yaml homeassistant')
    expect(parse(automations).automation).toHaveLength(2)
    const used = [...automations.matchAll(/topic: ([\w/]+)/g)].map(([, topic = '']) => topic)
    expect(used.length).toBe(3)
    expect(used.filter((topic) => !isTopic(topic))).toEqual([])
  })

  test('the automation that forwards texts subscribes where the hub publishes them, and uses keys that they have', () => {
    const [yaml = ''] = blocks('docker/README.md', 'yaml homeassistant')
    const [{ triggers, actions }] = parse(yaml).automation
    expect(triggers).toEqual([{ trigger: 'mqtt', topic: 'smshub/sms/received', qos: 1 }])
    expect(isTopic('smshub/sms/received')).toBe(true)
    const trigger = { payload_json: { from: '+4915112345678', device: null, text: 'Door "open" {{ now }}' } }
    const said = actions.map(({ data }: { data: Record<string, string> }) => ({
      ...(data.title !== undefined && { title: render(data.title, { trigger }) }),
      message: render(data.message ?? '', { trigger }),
    }))
    expect(said).toEqual([
      { title: 'Text from +4915112345678', message: 'Door "open" {{ now }}' },
      { message: '+4915112345678: Door "open" {{ now }}' },
    ])
  })

  test('the flow of Node-RED is whole and uses topics of the hub', () => {
    const [flow = '[]'] = blocks('README.md', 'json node-red')
    const nodes = JSON.parse(flow) as { id: string; topic?: string; wires?: string[][]; broker?: string }[]
    const ids = nodes.map(({ id }) => id)
    for (const { wires = [], topic } of nodes) {
      for (const wire of wires.flat()) expect(ids).toContain(wire)
      if (topic) expect(isTopic(topic)).toBe(true)
    }
  })
})

test.each(pages)('every link of %s leads somewhere', (page) => {
  const links = [...read(page).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, link = '']) => link)
  expect(links.filter((link) => !existsSync(join(root, dirname(page), link)))).toEqual([])
})

test('the service restarts what asked for it, leaves mistakes to their owner, and starts the built hub', () => {
  const unit = read('docker/systemd/smshub.service')
  expect(unit).toMatch(/^RestartPreventExitStatus=78$/m)
  expect(unit).toMatch(/^Restart=on-failure$/m)
  expect(unit).toMatch(/^SupplementaryGroups=dialout$/m)
  expect(unit).toMatch(/^ExecStart=\S+ \S+\/dist\/main\.js$/m)
  expect(unit).toMatch(/^StateDirectoryMode=0700$/m)
})
