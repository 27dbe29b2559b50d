import { expect } from '@jest/globals'
import type { HubEvent } from '../../../src/message/hub-event.ts'
import { day, hour, type Ledger, minute } from '../../support/ledger.ts'
import type { Rules } from './rule.ts'

const keep = (ledger: Ledger, seq: number, text = `part ${seq}`, over: object = {}) => {
  const part = { client: 'smpp:acme', name: '1 2 3', seq, total: 3, text, wants: 1, ...over }
  return ledger.run('keepPart', { part, assembly: `prt_${seq}`, now: ledger.now })
}

const outlet = 'smpp:acme'
const address = { ton: 1, npi: 1, number: '+4915112345601' }
const receipt = { kind: 'smpp', outlet, wants: 1, own: true, parts: [], source: address, destination: address } as const
const received = { kind: 'received', subject: '', data: {} } as unknown as HubEvent
const ended = { kind: 'result', subject: '', data: {}, replyTo: receipt } as unknown as HubEvent
const opened = (ledger: Ledger, selects: 'answers' | 'texts') =>
  ledger.run('openOutlets', { names: ['mqtt', outlet], selecting: { [outlet]: selects } })
const waiting = (ledger: Ledger) =>
  ledger.run('waitingEvents', { outlet, known: [], limit: 99 }).map(({ kind }) => kind)
const lapse = (ledger: Ledger, most = 99) =>
  ledger.run('lapseWaiting', { outlet, before: ledger.now - day, now: ledger.now, most })

export const smppRules = {
  keepPart: {
    'the last part that was missing, whichever it is, shows all in their order': (ledger) => {
      expect(keep(ledger, 3)).toEqual({ assembly: 'prt_3', whole: null, dropped: 0 })
      expect(keep(ledger, 1)).toEqual({ assembly: 'prt_3', whole: null, dropped: 0 })
      expect(keep(ledger, 2).whole?.map(({ text }) => text)).toEqual(['part 1', 'part 2', 'part 3'])
    },
    'a part that is sent again changes nothing, and shows the whole text again': (ledger) => {
      for (const seq of [1, 2, 1]) expect(keep(ledger, seq)).toMatchObject({ assembly: 'prt_1', whole: null })
      for (const _ of [1, 2]) expect(keep(ledger, 3)).toMatchObject({ assembly: 'prt_1', whole: { length: 3 } })
    },
    'another part in the place of one begins another text, and so does one a day later': (ledger) => {
      keep(ledger, 1)
      expect(keep(ledger, 2)).toMatchObject({ dropped: 0 })
      expect(keep(ledger, 1, 'other')).toMatchObject({ dropped: 2, whole: null, assembly: 'prt_1' })
      ledger.pass(day + minute)
      expect(keep(ledger, 2)).toMatchObject({ dropped: 1, whole: null, assembly: 'prt_2' })
    },
    'another client has its own, and ten thousand of one are the most': (ledger) => {
      keep(ledger, 1)
      expect(keep(ledger, 1, 'x', { client: 'smpp:other' })).toMatchObject({ dropped: 0 })
      for (let n = 1; n < 10_000; n++) keep(ledger, 1, 'x', { name: `text ${n}` })
      expect(() => keep(ledger, 1, 'x', { name: 'one more' })).toThrow('wait for the rest of their texts')
      expect(keep(ledger, 2)).toMatchObject({ assembly: 'prt_1' })
    },
  },
  dropParts: {
    'nothing is left of a text that is submitted': (ledger) => {
      for (const seq of [1, 2, 3]) keep(ledger, seq)
      expect(ledger.run('dropParts', { client: 'smpp:acme', name: '1 2 3' })).toBe(3)
      expect(ledger.count('smpp_part')).toBe(0)
    },
  },
  lapseParts: {
    'what is not whole after a day is given up, and counted': (ledger) => {
      keep(ledger, 1)
      keep(ledger, 2)
      ledger.pass(hour)
      expect(ledger.run('lapseParts', { now: ledger.now })).toEqual([])
      keep(ledger, 1, 'x', { client: 'smpp:other' })
      ledger.pass(day - minute)
      expect(ledger.run('lapseParts', { now: ledger.now })).toEqual([{ client: 'smpp:acme', parts: 2 }])
      expect(ledger.count('smpp_part')).toBe(1)
    },
    'what a clock that was wrong has stored is given up as well': (ledger) => {
      keep(ledger, 1)
      expect(ledger.run('lapseParts', { now: ledger.now - 365 * day })).toEqual([{ client: 'smpp:acme', parts: 1 }])
    },
  },
  ownText: {
    'a text of the client is found by its id, and nobody else’s is': (ledger) => {
      ledger.queue({ client: 'smpp:acme', messageId: 'msg_1' })
      const find = (client: string, id: string) => ledger.run('ownText', { client, id })
      expect(find('smpp:acme', 'msg_1')).toMatchObject({ status: 'queued', endedAt: null, commandId: 'cmd_1' })
      expect(find('smpp:other', 'msg_1')).toBeNull()
      expect(find('smpp:acme', 'msg_2')).toBeNull()
    },
    'a part is found by its own id, while others are missing and when it is submitted': (ledger) => {
      const find = () => ledger.run('ownText', { client: 'smpp:acme', id: 'prt_1.1' })
      expect(find()).toBeNull()
      keep(ledger, 1)
      expect(find()).toEqual({ commandId: null, recipient: null, status: 'queued', endedAt: null })
      const ref = { scope: 'smpp:acme|sms', ref: 'prt_1', hash: 'h' }
      ledger.queue({ client: 'smpp:acme', ref: 'prt_1' }, { ref })
      ledger.run('dropParts', { client: 'smpp:acme', name: '1 2 3' })
      expect(find()).toMatchObject({ status: 'queued', commandId: 'cmd_1' })
    },
  },
  lapseWaiting: {
    'an outlet of a client has the answers that name it, and received texts where it wants them': (ledger) => {
      opened(ledger, 'answers')
      ledger.run('emit', [received, ended, { ...ended, replyTo: null } as HubEvent])
      expect(waiting(ledger)).toEqual(['result'])
      opened(ledger, 'texts')
      ledger.run('emit', [received, ended])
      expect(waiting(ledger)).toEqual(['result', 'received', 'result'])
      expect(ledger.run('countWaiting', { outlet: 'mqtt', most: 99 })).toBe(5)
    },
    'what is too old is given up, and the oldest of what is too much': (ledger) => {
      opened(ledger, 'texts')
      ledger.run('emit', [received])
      ledger.pass(day)
      ledger.run('emit', [received, ended, ended])
      ledger.pass(minute)
      expect([lapse(ledger), waiting(ledger)]).toEqual([1, ['received', 'result', 'result']])
      expect([lapse(ledger, 2), waiting(ledger)]).toEqual([1, ['result', 'result']])
      expect(ledger.run('countWaiting', { outlet: 'mqtt', most: 99 })).toBe(4)
    },
    'what a clock that was wrong has stored is too old as well': (ledger) => {
      opened(ledger, 'texts')
      ledger.run('emit', [received])
      ledger.pass(-365 * day)
      expect(lapse(ledger)).toBe(1)
    },
  },
} satisfies Rules
