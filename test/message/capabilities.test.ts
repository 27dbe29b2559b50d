import { expect, test } from '@jest/globals'
import { capabilitiesOf, capabilityNames, capabilityOf } from '../../src/message/capabilities.ts'

const gateway = { id: 'home', can: { ussd: async ([code = '']: readonly string[]) => `answer to ${code}` } }

test('a gateway does what it declares, and names nothing else', async () => {
  expect(capabilitiesOf(gateway)).toEqual(['ussd'])
  expect(await capabilityOf(gateway, 'ussd')(['*100#'])).toBe('answer to *100#')
})

test.each(capabilityNames.filter((name) => name !== 'ussd'))(
  '%s, which it does not declare, is not supported',
  (name) => {
    expect(() => capabilityOf(gateway, name)).toThrow(
      expect.objectContaining({
        code: 'not_supported',
        message: expect.stringMatching(/^gateway home can't \w/),
        detail: { gateway: 'home', capability: name },
      }),
    )
  },
)
