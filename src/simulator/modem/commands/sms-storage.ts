import type { Arguments } from '../equipment/arguments.ts'
import type { Answer, CommandTable } from '../equipment/command-table.ts'
import type { Equipment } from '../equipment/equipment.ts'
import { listLines, readLines } from '../equipment/message-lines.ts'
import { type MessageStatus, type StoredMessage, statusWords } from '../equipment/message-memory.ts'
import { pduIn, pduOfTyped } from '../equipment/pdu-entry.ts'
import { cms } from '../equipment/result-codes.ts'

const all = 4

/** <delflag> of +CMGD (TS 27.005 clause 3.5.4): which other messages are deleted, by their status. */
const deletions: Readonly<Record<number, readonly MessageStatus[]>> = {
  1: [1],
  2: [1, 3],
  3: [1, 2, 3],
  4: [0, 1, 2, 3],
}

/** Messages in the memories: TS 27.005 clauses 3.4.2, 3.4.3, 3.5.3, 3.5.4 and their PDU forms in clause 4. */
export const smsStorageCommands: CommandTable = {
  '+CMGL': {
    needs: 'sim',
    errors: 'cms',
    execute: (me) => list(me, 0),
    set: (me, values) => list(me, isTextMode(me) ? wordIn(values) : values.number(0)),
    test: (me) => (isTextMode(me) ? `(${statusWords.map((word) => `"${word}"`).join(',')})` : '(0-4)'),
  },
  '+CMGR': { needs: 'sim', errors: 'cms', set: (me, values) => read(me, values.number(0)), test: '' },
  '+CMGD': {
    needs: 'sim',
    errors: 'cms',
    set: (me, values) => {
      const memory = memoryToRead(me)
      const index = values.number(0)
      const flag = values.number(1, 0)
      if (flag > 4) values.refuse()
      if (flag === 0 && !memory.has(index)) throw cms(321)
      if (flag === 0) memory.delete(index)
      for (const [slot, { status }] of memory.list()) if (deletions[flag]?.includes(status)) memory.delete(slot)
      me.memoryAvailable()
      return []
    },
    test: (me) =>
      `(${memoryToRead(me)
        .list()
        .map(([index]) => index)
        .join(',')}),(0-4)`,
  },
  '+CMGW': {
    needs: 'sim',
    errors: 'cms',
    execute: async (me, _, dialogue) => {
      if (!isTextMode(me)) throw cms(304)
      return store(me, await pduOfTyped(me, '', null, dialogue), 2)
    },
    set: async (me, values, dialogue) => {
      const text = isTextMode(me)
      const pdu = text
        ? await pduOfTyped(me, values.text(0), values.number(1, 129), dialogue)
        : await pduIn(values.number(0), dialogue)
      return store(me, pdu, statusToStore(values, text ? 2 : 1))
    },
    test: '',
  },
}

function list(me: Equipment, wanted: number): Answer {
  if (wanted > all) throw cms(isTextMode(me) ? 305 : 304)
  if (me.personality.hidesMessages) return []
  const messages = memoryToRead(me)
    .list()
    .filter(([, { status }]) => wanted === all || status === wanted)
  const lines = messages.flatMap(([index, message]) => listLines(index, message, me.settings, me.personality))
  for (const [, message] of messages) markRead(message)
  return lines
}

function read(me: Equipment, index: number): Answer {
  const memory = memoryToRead(me)
  const message = memory.at(index)
  if (!memory.has(index)) throw cms(321)
  if (message) {
    const lines = readLines(message, me.settings, me.personality)
    markRead(message)
    return lines
  }
  if (me.personality.emptySlot === 'error') throw cms(321)
  return me.personality.emptySlot === 'ok' ? [] : '+CMGR: 0,,0'
}

function store(me: Equipment, pdu: string | null, status: MessageStatus): Answer {
  if (pdu === null) return []
  const index = me.memories[me.chosen[1]].put(pdu, status)
  if (index === null) throw cms(322)
  return `+CMGW: ${index}`
}

/** A draft unless the DTE gives a status; a DELIVER can only have been received. */
function statusToStore(values: Arguments, at: number): MessageStatus {
  const stored = values.text(at, '2')
  const word = statusWords.indexOf(stored.toUpperCase() as (typeof statusWords)[number])
  const status = word >= 0 ? word : values.number(at, 2)
  return status < all ? (status as MessageStatus) : values.refuse()
}

function wordIn(values: Arguments): number {
  return statusWords.indexOf(values.oneOf(0, statusWords))
}

function markRead(message: StoredMessage): void {
  if (message.status === 0) message.status = 1
}

function memoryToRead(me: Equipment) {
  return me.memories[me.chosen[0]]
}

function isTextMode({ settings }: Equipment): boolean {
  return settings.numbers['+CMGF'][0] === 1
}
