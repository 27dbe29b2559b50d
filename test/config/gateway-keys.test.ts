import { expect, test } from '@jest/globals'
import { Gateway } from '../../src/config/gateway-config.ts'

const shared = { weight: '3', limits: { minute: '6', day: 'none' }, gap: '2', window: '10', number: '+4915112345600' }

const account = { host: 'smsc.example', system_id: 'hub', password: 'secret' }
const own = { modem: {}, smpp: account, simulated: {} } as const

test.each(['modem', 'smpp', 'simulated'] as const)(
  'a gateway of type %s takes the keys that all of them share',
  (type) => {
    expect(Gateway.parse({ type, ...own[type], ...shared })).toMatchObject({
      weight: 3,
      limits: { minute: 6, day: null },
      gap: 2,
      window: 10,
      number: '+4915112345600',
    })
    const { weight, gap, limits, window } = Gateway.parse({ type, ...own[type] })
    expect({ weight, gap, limits, window }).toEqual({ weight: 1, gap: 0, limits: {}, window: undefined })
  },
)

test('the keys of a modem are keys of a modem only', () => {
  for (const own of [
    { path: '/dev/ttyUSB0' },
    { pin: '1234' },
    { roaming: 'true' },
    { balance: '*100#' },
    { ussd: {} },
  ]) {
    expect(Gateway.safeParse({ type: 'modem', ...own }).success).toBe(true)
    expect(Gateway.safeParse({ type: 'simulated', ...own }).success).toBe(false)
  }
})
