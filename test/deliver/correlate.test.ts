import { expect, test } from '@jest/globals'
import { correlate } from '../../src/deliver/correlate.ts'
import type { OpenCommand } from '../../src/ledger/inbox/open-commands.ts'
import { deviceOf, makeProfile, undated } from '../device/library.ts'

const device = deviceOf(
  makeProfile(`
commands:
  open: { label: Open, text: OPEN, repeat: never, source: manual, proof: printed, reply: { expect: optional, accepted: [ OPENED ] } }
  ask: { label: Ask, text: ASK, repeat: safe, source: manual, proof: printed, reply: { expect: required, accepted: [ "STATE {temperature:decimal}" ], refused: [ "NO" ] } }
`),
)

const t = Date.parse('2026-11-22T12:00:00Z')

function open(change: Partial<OpenCommand> & { readonly name?: string } = {}): OpenCommand {
  const { name = 'open', ...rest } = change
  return {
    seq: 1,
    commandId: 'cmd_1',
    final: false,
    released: false,
    status: 'sent',
    expect: 'optional',
    reason: null,
    writtenAt: t,
    mayAnswerUntil: t + 600_000,
    digest: name,
    spec: {
      command: name,
      params: {},
      afterPendingMs: 0,
      texts: 1,
      withinTextsMs: 0,
      sets: {},
      secrets: {},
      cancels: null,
    },
    reply: null,
    ...rest,
  }
}

const ended = (change: Parameters<typeof open>[0] = {}) =>
  open({ seq: 9, commandId: 'cmd_9', final: true, status: 'unconfirmed', ...change })

interface Row {
  readonly is: string
  readonly text?: string
  /** s from the writing of the command to the text: its reception, and the latest moment of its sending. */
  readonly received: number
  readonly sent?: number
  readonly commands: readonly OpenCommand[]
  readonly verdicts: readonly string[]
  readonly lateFor?: string
}

test.each<Row>([
  { is: 'behind the writing it is the answer', received: 3, commands: [open()], verdicts: ['accepted'] },
  {
    is: 'within a stamp’s second of the writing too',
    received: 1,
    sent: -1.5,
    commands: [open()],
    verdicts: ['accepted'],
  },
  {
    is: 'provably sent before, it answers nothing',
    received: 3,
    sent: -60,
    commands: [open()],
    verdicts: [],
    lateFor: 'cmd_1',
  },
  { is: 'received before, it answers nothing', received: -0.5, commands: [open()], verdicts: [], lateFor: 'cmd_1' },
  {
    is: 'while nothing has left, it answers nothing',
    received: 3,
    commands: [open({ writtenAt: null })],
    verdicts: [],
  },
  { is: 'in other words it answers nothing', text: 'HELLO', received: 3, commands: [open()], verdicts: [] },
  {
    is: 'a refusal',
    text: 'NO',
    received: 3,
    commands: [open({ name: 'ask', expect: 'required' })],
    verdicts: ['refused'],
  },
  { is: 'where none is expected, none is taken', received: 3, commands: [open({ expect: 'none' })], verdicts: [] },
  { is: 'behind the end it is late news', received: 3, commands: [ended()], verdicts: ['late'] },
  {
    is: 'of the open one and of an ended one with another text, it proves neither',
    received: 3,
    commands: [open(), ended({ digest: 'other' })],
    verdicts: ['mismatch'],
  },
  {
    is: 'of the open one and of the same that ended, it is the open one’s',
    received: 3,
    commands: [open(), ended()],
    verdicts: ['accepted'],
  },
  {
    is: 'behind the time of the ended one, it is the open one’s',
    received: 3,
    commands: [open(), ended({ digest: 'other', mayAnswerUntil: t })],
    verdicts: ['accepted'],
  },
  {
    is: 'sent before the open one and behind the ended one, it is the ended one’s',
    received: 3,
    sent: -60,
    commands: [open(), ended({ writtenAt: t - 90_000 })],
    verdicts: ['late'],
  },
])('a text that fits: $is', ({ text = 'OPENED', received, sent = received, commands, verdicts, lateFor }) => {
  const times = { receivedAt: t + received * 1_000, sentAt: t + sent * 1_000 }
  const seen = correlate(device, text, times, undated, commands)
  expect(seen.settlements.map(({ verdict }) => verdict)).toEqual(verdicts)
  expect(seen.lateFor).toBe(lateFor ?? null)
})
