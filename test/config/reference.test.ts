import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { HttpCarrier } from '../../src/config/http-carrier-config.ts'
import { loadConfig } from '../../src/config/load.ts'
import { referencePage, referenceRows } from '../../src/config/reference.ts'
import { Smpp } from '../../src/config/smpp-config.ts'
import { temporaryFolder } from '../support/folder.ts'

const rows = referenceRows()
const hash = `scrypt:15:8:1:${'A'.repeat(22)}:${'A'.repeat(43)}`
const page = fileURLToPath(new URL('../../src/config/README.md', import.meta.url))

/** A configuration with one key set, and what must stand beside it. */
function withKey(path: string, value: unknown): Record<string, unknown> {
  const certificate = { cert: 'x', key: 'x' }
  const root: Record<string, any> = {}
  const keys = path.replace(/<name>/g, 'one').split('.')
  const place = (table: Record<string, any>, [key, ...rest]: string[]): void => {
    if (rest.length === 0) table[key as string] = value
    else {
      table[key as string] ??= key === 'routes' ? [{}] : {}
      place(key === 'routes' ? table[key][0] : table[key as string], rest)
    }
  }
  if (path.startsWith('gateways.')) root.gateways = { one: rowFor(path) }
  if (path.startsWith('devices.')) root.devices = { one: { profile: 'generic/text', number: '+4915112345678' } }
  if (path.startsWith('routes.')) root.routes = [{ gateways: ['one'] }]
  if (path.startsWith('mqtt.broker.tls.')) root.mqtt = { broker: { tls: certificate } }
  if (path.startsWith('mqtt.broker.users.'))
    root.mqtt = { broker: { users: { one: { password: hash, role: 'reader' } } } }
  if (path.startsWith('gateways.<name>.balance.')) root.gateways.one.balance = { ussd: '*100#' }
  if (path.startsWith('http.map.'))
    root.http = { map: { tiles: 'https://tiles.example.org/{z}/{x}/{y}.png', attribution: 'x' } }
  if (path.startsWith('mail.users.')) root.mail = { users: { one: { password: hash, devices: ['gate'] } } }
  if (path.startsWith('smppserver.')) root.smppserver = { users: { one: { password: hash } } }
  if (path.startsWith('smppserver.') && /senders|receives/.test(path)) root.gateways = { home: { type: 'modem' } }
  if (path === 'smppserver.listen') root.smppserver.users.one.addresses = ['192.168.1.20']
  if (path === 'gateways.<name>.webhooks') root.http = { url: 'https://hub.example' }
  if (path === 'mail.listen') root.mail = { networks: ['192.168.1.20'] }
  if (path === 'mqtt.identity') root.mqtt = { server: 'mqtt://broker.lan' }
  place(root, keys)
  return root
}

const account = { type: 'smpp', host: 'smsc.example', system_id: 'hub', password: 'secret' }
const carrier = { type: 'http', carrier: 'seven', secret: 'secret' }

/** A row of the type of gateway that has this key. */
function rowFor(path: string): Record<string, unknown> {
  const [, , key = ''] = path.split('.')
  if (key === 'type') return { type: 'modem' }
  if (key === 'api') return { type: 'http' }
  if (key === 'modem' || key === 'bus') return { type: 'modemmanager' }
  if (Object.hasOwn(Smpp.shape, key)) return { ...account }
  if (key === 'address') return { type: 'hilink' }
  return Object.hasOwn(HttpCarrier.shape, key) ? { ...carrier } : { type: 'modem' }
}

function messageOf(config: unknown): string {
  const cwd = temporaryFolder()
  writeFileSync(join(cwd, 'smshub.yaml'), JSON.stringify(config))
  try {
    loadConfig({ env: {}, cwd })
    return ''
  } catch (error) {
    return (error as Error).message.replaceAll(`${cwd}/`, '')
  }
}

const jargon =
  /\b(expected \w+, received|Invalid option|Invalid input|discriminator|record|Infinity|NaN|union|undefined|null|object|ENOENT|implicit|mapping|alias count|scalar)\b/

const wrong: readonly [string, unknown][] = [
  ['a list of lists', [['x']]],
  ['a table', { x: { y: 'z' } }],
  ['words', 'not right at all!'],
  ['a negative number', '-7'],
  ['a huge number', '99999999999'],
  ['another unit', '5 parsecs'],
  ['nothing', ''],
  ['a fraction', '1.5'],
]

describe('every key of the configuration', () => {
  test('is described, with an example and what holds without it', () => {
    expect(rows.length).toBeGreaterThan(80)
    expect(rows.filter(({ description, example }) => description === '' || example === '')).toEqual([])
  })

  test.each(rows.map((row) => [row.path, row] as const))(
    '%s: a wrong value is answered with the key and an example',
    (path, { example }) => {
      const key = path.split('.').at(-1) as string
      for (const [what, value] of wrong) {
        const message = messageOf(withKey(path, value))
        if (message === '') continue
        for (const line of message.split('\n'))
          expect({ what, line, jargon: jargon.exec(line)?.[0] }).toEqual({ what, line, jargon: undefined })
        const namesKey = message.includes(key) || message.includes(path.split('.').slice(0, -1).join('.'))
        expect({ what, message, namesKey }).toEqual({ what, message, namesKey: true })
        const hasExample =
          /for example|one of|like |smshub hash-password|there is no (gateway|file|country)|unknown key|takes |must be/.test(
            message,
          )
        expect({ what, message, hasExample }).toEqual({ what, message, hasExample: true })
      }
      expect(example).not.toBe('')
    },
  )

  test.each(rows.map((row) => [row.path, row] as const))('%s: its example is accepted', (path, { example }) => {
    if (/(^|\.)(ca|cert|key|tls|implicit_tls)$|broker\.tls\.|gateways\.<name>\.type$|password$|users$/.test(path))
      return
    const value = parse(example.replace(/!secret \w+/g, '1234'))
    const message = messageOf(withKey(path, value))
    expect(message.replace(/.*there is no gateway.*/, '')).toBe('')
  })
})

test('the page of the configuration holds every key as the schema has it; REFERENCE=write writes it', () => {
  if (process.env.REFERENCE === 'write') writeFileSync(page, referencePage())
  expect(readFileSync(page, 'utf8')).toBe(referencePage())
})
