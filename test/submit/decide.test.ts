import { describe, expect, test } from '@jest/globals'
import type { Claim } from '../../src/ledger/outbox/claim.ts'
import { lacking } from '../../src/message/capabilities.ts'
import type { GatewayKind } from '../../src/message/gateway-state.ts'
import { type Cause, refusedUnsent, type SubmitOutcome } from '../../src/message/submit-outcome.ts'
import { decide } from '../../src/submit/settle.ts'

const minute = 60_000
const sent: SubmitOutcome = { outcome: 'sent', reference: '7' }
const notSent: SubmitOutcome = { outcome: 'not_sent', reason: 'no prompt' }
const silence: SubmitOutcome = { outcome: 'in_doubt', reason: 'silence behind the PDU' }
const refused = (cause: Partial<Cause>): SubmitOutcome => ({
  outcome: 'refused',
  cause: { text: '+CMS ERROR', scheme: 'cms', code: 500, by: 'gateway', accepted: 'no', next: 'retry', ...cause },
})

interface Cell {
  readonly is: string
  readonly handover: SubmitOutcome
  readonly attempts?: number
  /** Null where it does not matter. */
  readonly safe?: boolean | null
  readonly comesTo: object
}

const decided = (handover: SubmitOutcome, safe: boolean, attempts: number, kind: GatewayKind = 'modem') =>
  decide(handover, { safe, attempts } as Claim, kind)

test.each<Cell>([
  { is: 'what the network has is sent, with its reference', handover: sent, comesTo: { do: 'sent', reference: '7' } },
  {
    is: 'an OK without a reference is sent too',
    handover: { outcome: 'sent', reference: null },
    comesTo: { do: 'sent', reference: null },
  },
  {
    is: 'a refusal of what the network took all the same is sent',
    handover: refused({ accepted: 'yes', next: 'give_up' }),
    comesTo: { do: 'sent', reference: null },
  },
  {
    is: 'what ran out of time before the modem was ready for it expires',
    handover: { outcome: 'not_sent', reason: 'expired' },
    comesTo: { do: 'give_up', status: 'expired', error: { code: 'ttl_expired' } },
  },
  {
    is: 'what never left the modem goes again',
    handover: notSent,
    comesTo: { do: 'requeue', after: 2_000, pause: null, error: { code: 'modem_error', message: 'no prompt' } },
  },
  {
    is: 'what never left the modem a second time waits longer',
    handover: notSent,
    attempts: 2,
    comesTo: { do: 'requeue', after: 5_000 },
  },
  {
    is: 'what never left the modem goes again as long as its time lasts, at last every five minutes',
    handover: notSent,
    attempts: 100,
    comesTo: { do: 'requeue', after: 5 * minute },
  },
  {
    is: 'silence behind the PDU of an unsafe command leaves a doubt',
    handover: silence,
    safe: false,
    comesTo: { do: 'doubt', reason: 'silence behind the PDU', error: { code: 'modem_error' }, pause: null },
  },
  {
    is: 'silence behind the PDU of a safe command sends it again',
    handover: silence,
    safe: true,
    comesTo: { do: 'requeue', after: 2_000, pause: null },
  },
  {
    is: 'a safe command that got silence three times is in doubt',
    handover: silence,
    safe: true,
    attempts: 3,
    comesTo: { do: 'doubt' },
  },
  {
    is: 'a refusal that the network may have overtaken leaves an unsafe command in doubt',
    handover: refused({ accepted: 'unknown' }),
    safe: false,
    comesTo: { do: 'doubt', reason: '+CMS ERROR', pause: null },
  },
  {
    is: 'a refusal that the network may have overtaken sends a safe command again',
    handover: refused({ accepted: 'unknown' }),
    safe: true,
    comesTo: { do: 'requeue', after: 2_000, pause: null },
  },
  {
    is: 'a doubt behind which the modem must rest gives it its rest',
    handover: refused({ accepted: 'unknown', next: 'pause' }),
    safe: false,
    comesTo: { do: 'doubt', pause: '+CMS ERROR' },
  },
  {
    is: 'a safe command waits for as long as the modem rests',
    handover: refused({ accepted: 'unknown', next: 'pause' }),
    safe: true,
    comesTo: { do: 'requeue', after: minute, pause: '+CMS ERROR' },
  },
  {
    is: 'a refusal for which the modem must rest goes again behind the rest',
    handover: refused({ next: 'pause' }),
    comesTo: { do: 'requeue', after: minute, pause: '+CMS ERROR' },
  },
  {
    is: 'a refusal for which the modem must rest is no fault of the text, however often it comes',
    handover: refused({ next: 'pause' }),
    attempts: 100,
    comesTo: { do: 'requeue', after: minute },
  },
  {
    is: 'a refusal that may pass goes again',
    handover: refused({}),
    comesTo: { do: 'requeue', after: 2_000, pause: null },
  },
  {
    is: 'a refusal that may pass goes again a fifth time',
    handover: refused({}),
    attempts: 5,
    comesTo: { do: 'requeue', after: 120_000 },
  },
  {
    is: 'a refusal that came six times is meant',
    handover: refused({}),
    attempts: 6,
    comesTo: { do: 'give_up', status: 'failed', error: { code: 'modem_error' } },
  },
  {
    is: 'a refusal that a repetition does not change is the end',
    handover: refused({ next: 'give_up' }),
    comesTo: { do: 'give_up', status: 'failed' },
  },
  {
    is: 'what comes too fast goes again at once, and is no fault of the text, however often that is said',
    handover: refused({ next: 'throttle' }),
    attempts: 100,
    comesTo: { do: 'requeue', after: 1_000, pause: null },
  },
  {
    is: 'what comes too fast and may have been taken all the same leaves an unsafe command in doubt',
    handover: refused({ accepted: 'unknown', next: 'throttle' }),
    safe: false,
    comesTo: { do: 'doubt', pause: null },
  },
  {
    is: 'the word of the network is called that, with its number',
    handover: refused({ next: 'give_up', code: 38, by: 'network' }),
    comesTo: { do: 'give_up', error: { code: 'network_rejected', details: { cms: 38 } } },
  },
  {
    is: 'so is that of a carrier, with its own code',
    handover: refused({ next: 'give_up', scheme: 'http', code: '21610', by: 'carrier' }),
    comesTo: { do: 'give_up', error: { code: 'network_rejected', details: { http: '21610' } } },
  },
  {
    is: 'the word of the modem is called that, with its number',
    handover: refused({ next: 'give_up', code: 300 }),
    comesTo: { do: 'give_up', error: { code: 'modem_error', details: { cms: 300 } } },
  },
  {
    is: 'an ERROR without a number is the word of the modem',
    handover: refused({ next: 'give_up', scheme: null, code: null }),
    comesTo: { do: 'give_up', error: { code: 'modem_error' } },
  },
])('$is', ({ handover, attempts = 1, safe = null, comesTo }) => {
  for (const each of safe === null ? [true, false] : [safe])
    expect(decided(handover, each, attempts)).toMatchObject(comesTo)
})

test.each<[string, SubmitOutcome, object]>([
  ['does not answer', silence, { do: 'doubt', error: { code: 'carrier_error', retryable: true } }],
  ['can’t be reached', notSent, { do: 'requeue', error: { code: 'carrier_error' } }],
  [
    'fails itself, whatever became of it',
    refused({ scheme: 'http', code: 502, by: 'carrier', accepted: 'unknown' }),
    { do: 'doubt', error: { code: 'carrier_error', details: { http: 502 } } },
  ],
  [
    'refuses it',
    refused({ scheme: 'smpp', code: 11, by: 'carrier', next: 'give_up' }),
    { do: 'give_up', error: { code: 'network_rejected', details: { smpp: 11 } } },
  ],
  [
    'is offered it too late',
    { outcome: 'not_sent', reason: 'expired' },
    { error: { message: expect.stringContaining('before the carrier was ready') } },
  ],
])('a carrier that %s is no modem_error', (_, handover, comesTo) => {
  expect(decided(handover, false, 1, 'link')).toMatchObject(comesTo)
})

test('what the hub knows that a gateway can’t do is not_supported', () => {
  const refusal = refusedUnsent('hub', lacking('home', 'call'))
  expect(decided(refusal, true, 1, 'link')).toMatchObject({
    do: 'give_up',
    status: 'failed',
    error: { code: 'not_supported', message: "gateway home can't make calls", retryable: false },
  })
})

describe('whatever a gateway reports', () => {
  const causes = (['no', 'yes', 'unknown'] as const).flatMap((accepted) =>
    (['retry', 'give_up', 'pause', 'throttle'] as const).flatMap((next) =>
      (['network', 'carrier', 'gateway'] as const).map((by) => refused({ accepted, next, by })),
    ),
  )
  const all = [sent, notSent, silence, ...causes]
  const mayHaveLeft = all.filter(
    (one) => one.outcome === 'in_doubt' || (one.outcome === 'refused' && one.cause.accepted === 'unknown'),
  )

  test('an unsafe command that may have left never goes again', () => {
    for (const handover of mayHaveLeft)
      for (let attempts = 1; attempts < 10; attempts++)
        expect(decided(handover, false, attempts)).toMatchObject({ do: 'doubt' })
  })

  test('nothing that the network has goes again, and nothing that it refused is called sent', () => {
    for (const handover of all)
      for (const safe of [true, false]) {
        const has = handover.outcome === 'sent' || (handover.outcome === 'refused' && handover.cause.accepted === 'yes')
        expect(decided(handover, safe, 1).do === 'sent').toBe(has)
      }
  })
})
