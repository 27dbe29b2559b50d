import { expect } from '@jest/globals'
import { learnStamp, smscAhead } from '../../../src/ledger/gateways/service-centres.ts'
import type { PinFate } from '../../../src/message/pin-fate.ts'
import { hour, type Ledger, second } from '../../support/ledger.ts'
import type { Rules } from './rule.ts'

const note = (ledger: Ledger, fate: PinFate, key = 'card and PIN') =>
  ledger.run('notePin', { key, fate, now: ledger.now })

export const gatewayRules = {
  recallPin: {
    'nothing is known of a PIN that was never entered': (ledger) => {
      note(ledger, 'right')
      expect(ledger.run('recallPin', { key: 'another' })).toBeNull()
    },
  },
  notePin: {
    'the last word about a PIN counts, over a restart too': (ledger) => {
      for (const fate of ['tried', 'refused'] as const) note(ledger, fate)
      ledger.restart()
      expect(ledger.run('recallPin', { key: 'card and PIN' })).toBe('refused')
    },
  },
  bindings: {
    'knows every gateway that there ever was': (ledger) => {
      for (const gateway of ['home', 'away'])
        ledger.run('noteBinding', { gateway, modem: `imei ${gateway}`, sim: null, now: ledger.now })
      expect(ledger.run('bindings', undefined)).toEqual([
        { gateway: 'away', modem: 'imei away', sim: null },
        { gateway: 'home', modem: 'imei home', sim: null },
      ])
    },
  },
  noteBinding: {
    'the last modem and SIM that were accepted count': (ledger) => {
      for (const sim of ['one', 'two']) ledger.run('noteBinding', { gateway: 'home', modem: 'm', sim, now: ledger.now })
      expect(ledger.run('bindings', undefined)).toEqual([{ gateway: 'home', modem: 'm', sim: 'two' }])
    },
  },
  gatewayFigures: {
    'what waits counts for every gateway that may take it; what was sent for the one that did': (ledger) => {
      ledger.queue({ lane: 'n:0' })
      ledger.sent(ledger.write(), 1)
      ledger.queue({ lane: 'n:1' })
      ledger.queue({ lane: 'n:2', route: 'away' })
      ledger.queue({ lane: 'n:3', route: 'away|home' })
      const figures = ledger.run('gatewayFigures', { gateways: ['home', 'away'], since: ledger.now - hour })
      expect(figures).toEqual({
        home: { queue: 2, sentToday: 1, spent: 0 },
        away: { queue: 3, sentToday: 0, spent: 0 },
      })
    },
  },
  shiftSmscClocks: {
    'when our clock is set, every other one is that much less ahead': (ledger) => {
      const receivedAt = ledger.now
      learnStamp(ledger.engine, 'centre', { scts: receivedAt + 30 * second, receivedAt })
      ledger.run('shiftSmscClocks', { delta: 10 * second })
      expect(smscAhead(ledger.engine, 'centre', receivedAt + 10 * second)).toBe(20 * second)
    },
  },
} satisfies Rules
