import { expect, test } from '@jest/globals'
import { Config } from '../../src/config/schema.ts'
import { shownConfig } from '../../src/config/shown-config.ts'

const hash = `scrypt:15:8:1:${'A'.repeat(22)}:${'A'.repeat(43)}`

test('the configuration is shown with its defaults and without its secrets', () => {
  const config = Config.parse({
    mqtt: { server: 'mqtt://hub:hunter2@broker.lan', password: 'hunter2' },
    gateways: { home: { type: 'modem', pin: '4321' } },
    devices: { gate: { profile: 'generic/text', number: '+4915112345678', settings: { password: 'hunter2' } } },
    contacts: { mum: '+4915112345699' },
  })
  const shown = shownConfig(config)
  expect(JSON.stringify(shown)).not.toMatch(/hunter2|4321|\+49/)
  expect(shown).toMatchObject({
    mqtt: { server: 'mqtt://hub:***@broker.lan', password: '***', base_topic: 'smshub' },
    gateways: { home: { pin: '***', path: 'auto' } },
    devices: 1,
    contacts: 1,
  })
})

test('users of the broker are shown without the hashes of their passwords', () => {
  const config = Config.parse({ mqtt: { broker: { users: { panel: { password: hash, role: 'operator' } } } } })
  expect(JSON.stringify(shownConfig(config))).not.toContain('scrypt')
})

test('secrets of carriers are not shown, whatever a carrier calls them', () => {
  const api = { name: 'Own', base: 'https://sms.example', send: { path: '/', headers: { key: 'hunter2' } }, id: 'id' }
  const config = Config.parse({
    gateways: {
      known: {
        type: 'http',
        carrier: 'seven',
        secret: 'hunter2',
        signing_secret: 'hunter2',
        account: { pass: 'hunter2' },
      },
      own: { type: 'http', api },
    },
  })
  const shown = shownConfig(config)
  expect(JSON.stringify(shown)).not.toContain('hunter2')
  expect(shown.gateways).toMatchObject({ known: { carrier: 'seven', account: { pass: '***' } }, own: { type: 'http' } })
})

test('the password of a HiLink page is not shown', () => {
  const config = Config.parse({ gateways: { stick: { type: 'hilink', password: 'hunter2' } } })
  expect(JSON.stringify(shownConfig(config))).not.toContain('hunter2')
})
