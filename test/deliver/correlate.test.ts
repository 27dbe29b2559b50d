import { expect, test } from '@jest/globals'
import { correlate } from '../../src/deliver/correlate.ts'
import type { OpenCommand } from '../../src/ledger/inbox/open-commands.ts'
import { deviceOf, makeProfile, undated } from '../device/library.ts'

const device = deviceOf(
  makeProfile(`
commands:
  open: { label: Open, text: OPEN, repeat: never, source: manual, proof: printed, reply: { expect: optional, accepted: [ OPENED ] } }
  ask: { label: Ask, text: ASK, repeat: safe, asks: [ temperature ], source: manual, proof: printed, reply: { expect: required, accepted: [ "STATE {temperature:decimal}" ], refused: [ "NO" ] } }
  slow: { label: Slow, text: SLOW, repeat: never, source: manual, proof: printed, reply: { expect: required, pending: [ SOON ], accepted: [ DONE ] } }
  rumour: { label: Rumour, text: RUMOUR, repeat: never, proof: unproven, reply: { expect: optional, accepted: [ HEARD ], refused: [ NEVER ] } }
  wonder: { label: Wonder, text: WONDER, repeat: safe, asks: [ humidity ], proof: unproven, reply: { expect: required, reads: [ seen, thought ] } }
  mute: { label: Mute, text: MUTE, repeat: never, source: manual, proof: printed, reply: { expect: optional, any_text: true } }
messages:
  seen: { text: "HUM {humidity:decimal}", source: manual, proof: printed }
  thought: { text: "ABOUT {humidity:decimal}", proof: unproven }
`),
)

const t = Date.parse('2026-11-22T12:00:00Z')

function open(change: Partial<OpenCommand> & { readonly name?: string; readonly texts?: number } = {}): OpenCommand {
  const { name = 'open', texts = 1, ...rest } = change
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
      afterPendingMs: 1,
      texts,
      withinTextsMs: 2,
      sets: { gate: name },
      secrets: { password: '9' },
      cancels: `${name} alarm`,
    },
    reply: null,
    ...rest,
  }
}

type Change = Parameters<typeof open>[0]
const ended = (change: Change = {}) =>
  open({ seq: 9, commandId: 'cmd_9', final: true, status: 'unconfirmed', ...change })
/** In doubt and without its lane: others may have left since. */
const released = (change: Change = {}) => open({ seq: 8, commandId: 'cmd_8', released: true, ...change })
/** The first of two texts has come. */
const begun = (change: Change = {}) =>
  open({ texts: 2, expect: 'required', reason: 'partial', reply: { texts: 1 }, ...change })
/** Another one whose text was the same SMS. */
const beside = (change: Change = {}) => open({ seq: 2, commandId: 'cmd_2', ...change })
const other = { digest: 'other' } as const

interface Cell {
  readonly is: string
  readonly text?: string
  /** s from the writing of the command to the text: its reception, and the latest moment of its sending. */
  readonly received?: number
  readonly sent?: number
  readonly commands: readonly OpenCommand[]
  /** What becomes of which command: `cmd_1 accepted`. */
  readonly verdicts: readonly string[]
  readonly lateFor?: string
}

const [one, two] = ['cmd_1', 'cmd_2']

/** By time: when the command left, and when the text did. */
const byTime: readonly Cell[] = [
  { is: 'behind the writing of a command is its answer', commands: [open()], verdicts: [`${one} accepted`] },
  {
    is: 'within a second of the writing, as stamps are whole seconds, is the answer too',
    received: 1,
    sent: -1.5,
    commands: [open()],
    verdicts: [`${one} accepted`],
  },
  { is: 'provably sent before the command answers nothing', sent: -60, commands: [open()], verdicts: [], lateFor: one },
  { is: 'received before the command answers nothing', received: -0.5, commands: [open()], verdicts: [], lateFor: one },
  { is: 'that comes while nothing has left answers nothing', commands: [open({ writtenAt: null })], verdicts: [] },
  {
    is: 'sent before the open command and behind an ended one is the ended one’s',
    sent: -60,
    commands: [open(), ended({ writtenAt: t - 90_000 })],
    verdicts: ['cmd_9 late'],
  },
  { is: 'for which no command waits answers nothing', commands: [], verdicts: [] },
]

/** By words: what the profile of the command says to them. */
const byWords: readonly Cell[] = [
  { is: 'in other words answers nothing', text: 'HELLO', commands: [open()], verdicts: [] },
  {
    is: 'in the words of a refusal refuses',
    text: 'NO',
    commands: [open({ name: 'ask' })],
    verdicts: [`${one} refused`],
  },
  {
    is: 'that promises an answer is pending',
    text: 'SOON',
    commands: [open({ name: 'slow' })],
    verdicts: [`${one} pending`],
  },
  {
    is: 'of a device that answers in any words is the answer, whatever it says',
    text: 'HELLO',
    commands: [open({ name: 'mute' })],
    verdicts: [`${one} accepted`],
  },
  { is: 'where no answer is expected is none', commands: [open({ expect: 'none' })], verdicts: [] },
  {
    is: 'of a command whose profile is not known any more answers nothing',
    commands: [open({ spec: null })],
    verdicts: [],
  },
  {
    is: 'that is the first of two begins the answer',
    commands: [open({ texts: 2 })],
    verdicts: [`${one} partial`],
  },
  { is: 'that is the last of two ends the answer', commands: [begun()], verdicts: [`${one} accepted`] },
  {
    is: 'that refuses in the middle of an answer refuses',
    text: 'NO',
    commands: [begun({ name: 'ask' })],
    verdicts: [`${one} refused`],
  },
]

/** By what else it could answer. */
const byRivals: readonly Cell[] = [
  { is: 'behind the end of its command is late news', commands: [ended()], verdicts: ['cmd_9 late'] },
  {
    is: 'behind the end of two commands is late news of the newer one',
    commands: [ended({ seq: 5, commandId: 'cmd_5' }), ended()],
    verdicts: ['cmd_9 late'],
  },
  {
    is: 'that fits two that have ended is of the one that was sent last, whichever was asked for first',
    commands: [ended(), ended({ seq: 5, commandId: 'cmd_5', writtenAt: t + 1_000 })],
    verdicts: ['cmd_5 late'],
  },
  {
    is: 'in any words is no late news',
    text: 'HELLO',
    commands: [ended({ name: 'mute' })],
    verdicts: [],
  },
  {
    is: 'that fits the open command and an ended one with another text proves neither',
    commands: [open(), ended(other)],
    verdicts: [`${one} mismatch`],
  },
  {
    is: 'that fits the open command and the same one that ended is the open one’s',
    commands: [open(), ended()],
    verdicts: [`${one} accepted`],
  },
  {
    is: 'behind the time of the ended one is the open one’s',
    commands: [open(), ended({ ...other, mayAnswerUntil: t })],
    verdicts: [`${one} accepted`],
  },
  {
    is: 'that fits the open command and one in doubt with another text proves neither',
    commands: [open(), released(other)],
    verdicts: [`${one} mismatch`],
  },
  {
    is: 'that fits the open command and the same one in doubt is the open one’s',
    commands: [open(), released()],
    verdicts: [`${one} accepted`],
  },
  {
    is: 'that fits one in doubt only is the answer to that',
    commands: [open({ name: 'ask' }), released(other)],
    verdicts: ['cmd_8 accepted'],
  },
  {
    is: 'known word for word is not the open command’s that takes any words, but the ended one’s',
    commands: [open({ name: 'mute' }), ended()],
    verdicts: ['cmd_9 late'],
  },
  {
    is: 'in any words is no rival of one that is known word for word',
    commands: [open(), released({ name: 'mute', digest: 'mute' })],
    verdicts: [`${one} accepted`],
  },
  {
    is: 'that may be any words of two commands proves neither',
    text: 'HELLO',
    commands: [open({ name: 'mute' }), released({ name: 'mute', digest: 'other' })],
    verdicts: [`${one} mismatch`],
  },
  {
    is: 'that goes on with an answer is of that, whatever was sent since',
    text: 'STATE 21.5',
    commands: [open({ seq: 7, commandId: 'cmd_7', name: 'mute' }), begun({ name: 'ask', released: true })],
    verdicts: [`${one} accepted`],
  },
]

/** By what shared its SMS. */
const together: readonly Cell[] = [
  {
    is: 'to one of two commands that shared an SMS answers that one',
    text: 'STATE 21.5',
    commands: [open(), beside({ name: 'ask' })],
    verdicts: [`${two} accepted`],
  },
  {
    is: 'to two commands that shared an SMS answers each by its line',
    text: 'OPENED\nSTATE 21.5',
    commands: [open(), beside({ name: 'ask' })],
    verdicts: [`${one} accepted`, `${two} accepted`],
  },
  {
    is: 'that says the same twice answers two of the same that shared an SMS',
    text: 'OPENED\nOPENED',
    commands: [open(), beside()],
    verdicts: [`${one} accepted`, `${two} accepted`],
  },
  {
    is: 'that accepts one and refuses the other of two that shared an SMS says so of each',
    text: 'OPENED\nNO',
    commands: [open(), beside({ name: 'ask' })],
    verdicts: [`${one} accepted`, `${two} refused`],
  },
  {
    is: 'in any words is of the first that takes them of those that shared an SMS',
    text: 'HELLO',
    commands: [open({ name: 'mute' }), beside({ name: 'mute' })],
    verdicts: [`${one} accepted`],
  },
  {
    is: 'that fits none of those that shared an SMS answers nothing',
    text: 'HELLO',
    commands: [open(), beside({ name: 'ask' })],
    verdicts: [],
  },
]

const correlated = ({ text = 'OPENED', received = 3, sent = received, commands }: Omit<Cell, 'is' | 'verdicts'>) =>
  correlate(device, text, { receivedAt: t + received * 1_000, sentAt: t + sent * 1_000 }, undated, commands)

test.each([...byTime, ...byWords, ...byRivals, ...together])('a text $is', ({ verdicts, lateFor, ...cell }) => {
  const seen = correlated(cell)
  const idOf = (seq: number) => cell.commands.find((command) => command.seq === seq)?.commandId
  expect(seen.settlements.map(({ seq, verdict }) => `${idOf(seq)} ${verdict}`)).toEqual(verdicts)
  expect(seen.lateFor).toBe(lateFor ?? null)
})

interface Consequence {
  readonly is: string
  readonly text?: string
  readonly commands: readonly OpenCommand[]
  readonly holds: boolean
  readonly ok: boolean | null
  readonly answered: 'question' | 'act' | null
  readonly waitMs?: number
}

/** What else follows: what the command sets, ends and teaches holds, or it does not. */
test.each<Consequence>([
  { is: 'that accepts makes hold what the command is for', commands: [open()], holds: true, ok: true, answered: 'act' },
  {
    is: 'that answers a question proves where it came from',
    text: 'STATE 21.5',
    commands: [open({ name: 'ask' })],
    holds: true,
    ok: true,
    answered: 'question',
  },
  {
    is: 'that refuses changes nothing',
    text: 'NO',
    commands: [open({ name: 'ask' })],
    holds: false,
    ok: false,
    answered: 'question',
  },
  {
    is: 'that promises an answer changes nothing, and has the time for it',
    text: 'SOON',
    commands: [open({ name: 'slow' })],
    holds: false,
    ok: true,
    answered: 'act',
    waitMs: 1,
  },
  {
    is: 'in any words changes nothing: nobody knows whether it worked',
    text: 'HELLO',
    commands: [open({ name: 'mute' })],
    holds: false,
    ok: null,
    answered: null,
  },
  {
    is: 'that proves neither of two changes nothing',
    commands: [open(), ended(other)],
    holds: false,
    ok: true,
    answered: null,
  },
])('a text $is', ({ text = 'OPENED', commands, holds, ok, answered, waitMs = 1 }) => {
  const seen = correlated({ text, commands })
  const [settlement] = seen.settlements
  const [{ spec }] = commands as [OpenCommand]
  expect(seen.sets).toEqual(holds ? spec?.sets : {})
  expect(seen.cancels).toEqual(holds ? [spec?.cancels] : [])
  expect(settlement?.learned).toEqual(holds ? { password: { value: '9', over: '' } } : {})
  expect(settlement).toMatchObject({ ok, waitMs })
  expect(seen.answered).toBe(answered)
})

test('the first of two texts teaches no setting before the last one has come, and has the time for that', () => {
  const { settlements } = correlated({ commands: [open({ texts: 2 })] })
  expect(settlements).toMatchObject([{ verdict: 'partial', learned: {}, waitMs: 2 }])
})

test('the answer to a command that is unproven ends it without success, sets nothing and changes no secret', () => {
  const given = (text: string) =>
    correlate(device, text, { receivedAt: t, sentAt: t }, undated, [open({ name: 'rumour' })])
  expect(given('HEARD')).toMatchObject({
    settlements: [{ verdict: 'accepted', ok: null, learned: {} }],
    sets: {},
    cancels: [],
  })
  expect(given('NEVER')).toMatchObject({ settlements: [{ verdict: 'refused', ok: false }] })
})

test('a question that is unproven is answered by a message that is proven, and not by another', () => {
  const allowing = { ...device, unproven: true }
  const given = (text: string) =>
    correlate(allowing, text, { receivedAt: t, sentAt: t }, undated, [open({ name: 'wonder' })])
  expect(given('HUM 60.5')).toMatchObject({ settlements: [{ verdict: 'accepted', ok: true }] })
  expect(given('ABOUT 60.5')).toMatchObject({ settlements: [{ verdict: 'accepted', ok: null }] })
})
