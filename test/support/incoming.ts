import { isoTime } from '../../src/message/result.ts'
import type { Ledger } from './ledger.ts'

interface Received {
  readonly device: string | null
  readonly sender: string
  readonly text: string
  readonly gateway: string
  readonly parts: number
  readonly isStranger: boolean
}

let count = 0

/** A text comes in, as the deliver flow would settle it; returns its id. */
export function receive(ledger: Ledger, over: Partial<Received> = {}): string {
  const usual = { device: null, sender: '+4915112345601', text: 'hello', gateway: 'home', parts: 1, isStranger: false }
  const one: Received = { ...usual, ...over }
  const messageId = `came_${++count}`
  const document = {
    id: messageId,
    from: one.sender,
    device: one.device,
    gateway: one.gateway,
    trust: 'number',
    text: one.text,
    received_at: isoTime(ledger.now),
    smsc_at: null,
    parts: one.parts,
    parsed: false,
    encoding: 'gsm7',
  } as const
  ledger.run('settleText', {
    raws: [],
    assembly: null,
    stamp: { scts: null, receivedAt: ledger.now },
    centre: null,
    now: ledger.now,
    incoming: { messageId, ...one, trust: 'number', document },
    state: null,
    carrier: null,
    isStranger: one.isStranger,
    unknown: false,
    heard: null,
    settlements: [],
    learned: {},
    cancels: [],
    window: null,
    events: [],
    delayed: false,
    route: null,
    question: null,
    contradicts: false,
  })
  return messageId
}
