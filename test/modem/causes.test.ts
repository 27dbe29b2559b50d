import { describe, expect, test } from '@jest/globals'
import { causeOf, submitCauses } from '../../src/gateway/modem/messages/causes.ts'

/** +CMS ERROR behind the PDU that is tried again, a press too: who says it names what was refused, before anything acted. */
const refusals: Readonly<Record<number, string>> = {
  8: 'operator determined barring',
  10: 'call barred',
  21: 'the short message is rejected',
  22: 'congestion',
  27: 'the destination could not be reached',
  29: 'the facility is rejected',
  42: 'congestion: not serviced',
  50: 'not subscribed',
  69: 'not implemented',
  192: 'the SC is busy',
  193: 'no subscription with the SC',
  194: 'the SC has failed, and says so',
  208: 'no room on the SIM',
  209: 'no storage on the SIM',
  211: 'no memory',
  212: 'the toolkit is busy',
  301: 'the SMS service is reserved',
  302: 'not allowed now',
  310: 'no SIM',
  311: 'locked',
  312: 'locked',
  313: 'the SIM has failed',
  314: 'the SIM is busy',
  315: 'another SIM',
  316: 'locked',
  317: 'locked',
  318: 'locked',
  320: 'the memory has failed',
  322: 'no room',
  330: 'no service centre',
  515: 'not ready yet',
}

const error = (number: number) => ({ kind: 'error', family: 'cms', number, text: `+CMS ERROR: ${number}` }) as const

describe('a +CMS ERROR', () => {
  test('behind the PDU repeats an unsafe text only where it is a refusal', () => {
    const repeated = Object.entries(submitCauses).filter(
      ([, { accepted, next }]) => accepted === 'no' && (next === 'retry' || next === 'pause'),
    )
    expect(repeated.map(([number]) => Number(number))).toEqual(Object.keys(refusals).map(Number))
  })

  test.each([17, 38, 41, 47, 81, 127, 210, 255, 300, 331, 332, 350, 500, 512, 513, 514, 999])(
    '%i leaves open whether the network has the text, behind the PDU and not before it',
    (number) => {
      expect(causeOf(error(number), true).accepted).toBe('unknown')
      expect(causeOf(error(number), false).accepted).toBe('no')
    },
  )
})
