import { expect } from '@jest/globals'
import { day, hour, Ledger, minute, noFilter, second } from '../../support/ledger.ts'
import type { Rules } from './rule.ts'

const error = { code: 'modem_error', message: 'CMS 38', retryable: true } as const
const key = { client: 'client', messageId: 1, connection: 'one', duplicate: false, hash: 'h' }
const at = (ledger: Ledger, seq: number) => ({ seq, part: 1, gateway: 'home', account: 'home', now: ledger.now })
const isThere = (ledger: Ledger, id: string) => ledger.row(id).status === 'queued'

export const outboxRules = {
  recover: {
    'a segment without its mark was never sent and goes again; one with it may have been': (ledger) => {
      const [unwritten, written] = [ledger.queue({ lane: 'n:1' }), ledger.queue({ lane: 'n:2' })]
      ledger.claim()
      ledger.write()
      ledger.restart()
      expect(ledger.row(unwritten)).toMatchObject({ status: 'queued', in_doubt: 0 })
      expect(ledger.row(written)).toMatchObject({ in_doubt: 1 })
    },
    'counts the runs of the hub, and remembers when the first one was': (ledger) => {
      const args = {
        now: ledger.now + day,
        machineBoot: null,
        machine: null,
        gateways: [],
        owner: 'hub',
        isAlone: true,
      }
      expect(ledger.run('recover', args)).toMatchObject({ epoch: 2, installedAt: ledger.now })
    },
  },
  enqueue: {
    'a publish that comes again makes nothing new and tells the same command': (ledger) => {
      const id = ledger.queue({}, { key })
      const args = { ref: null, items: [ledger.item()], now: ledger.now }
      const limits = { perLane: 9, perClient: 9, clientPerHour: null, devicePerDay: null }
      expect(ledger.run('enqueue', { ...args, limits, key: { ...key, duplicate: true } })).toMatchObject({
        repeated: true,
        commands: [{ id, status: 'queued' }],
      })
      expect(ledger.count('submission')).toBe(1)
    },
    'forgets what a client has acknowledgements for, whatever another store has of one of its name': (ledger) => {
      const publish = (to: Ledger, messageId: number, ago: number) =>
        to.queue({}, { key: { ...key, messageId }, now: to.now - ago })
      publish(ledger, 1, 10 * second)
      publish(new Ledger(), 1, 0)
      publish(ledger, 2, 0)
      expect(ledger.engine.all('SELECT message_id FROM publish_key')).toEqual([{ message_id: 2 }])
    },
    'a private text is in a place of its own until it may have left, and the place is used again': (ledger) => {
      const places = () => ledger.engine.all<{ used: number; filling: string }>('SELECT used, filling FROM secret')
      const code = (text: string) => ledger.queue({ private: true, text: null, segments: [text] })
      const one = code('code 481516')
      expect(places()).toMatchObject([{ used: 1 }])
      const first = ledger.claim()
      expect(first.segments).toEqual(['code 481516'])
      // Not sent: it is needed again.
      ledger.run('requeue', { ...at(ledger, first.seq as number), ...ledger.owner, retryAt: ledger.now, error })
      expect(ledger.claim().segments).toEqual(['code 481516'])
      ledger.run('requeue', { ...at(ledger, first.seq as number), ...ledger.owner, retryAt: ledger.now, error })
      const seq = ledger.write()
      ledger.sent(seq, 1)
      expect(ledger.row(one)).toMatchObject({ status: 'sent', final: 0, text: null, private: 1 })
      const empty = places()
      expect(empty).toEqual([{ used: 0, filling: expect.stringMatching(/^=+$/) }])
      const [doubtful, cancelled] = [code('code 2342'), code('€'.repeat(160))]
      expect(places().map(({ filling }) => filling.length)).toEqual([640, 640])
      ledger.doubt(ledger.write())
      expect(ledger.row(doubtful)).toMatchObject({ in_doubt: 1 })
      expect(places().map(({ used }) => used)).toEqual([0, 1])
      ledger.run('cancelCommand', { id: cancelled, now: ledger.now })
      expect(places()).toEqual([...empty, ...empty])
      const stored = ['submission', 'segment', 'event', 'lane'].map((table) =>
        ledger.engine.all(`SELECT * FROM ${table}`),
      )
      expect(JSON.stringify(stored)).not.toMatch(/481516|2342|€€/)
      const shown = { filter: noFilter, place: null, limit: 9 }
      expect(ledger.read('messages', shown).entries).toMatchObject(
        Array.from({ length: 3 }, () => ({ text: null, private: true })),
      )
    },
    'an id that is for a while counts from its first use, and a clock that was set back does not prolong it': (
      ledger,
    ) => {
      const ref = { scope: 'client', ref: 'mine', hash: 'h', forMs: 3 * minute }
      const made = () => {
        const before = ledger.count('submission')
        ledger.queue({ ref: 'mine' }, { ref })
        return ledger.count('submission') - before
      }
      expect([made(), made()]).toEqual([1, 0])
      ledger.now += 2 * minute
      expect(made()).toBe(0)
      ledger.now += minute
      expect([made(), made()]).toEqual([1, 0])
      ledger.now -= hour
      expect([made(), made()]).toEqual([1, 0])
    },
    'an id that was used for something else is refused, with the command that it was used for': (ledger) => {
      const [first, second] = ['one', 'other'].map((hash) =>
        ledger.queue({ ref: 'mine' }, { ref: { scope: 'client', ref: 'mine', hash } }),
      ) as [string, string]
      expect(ledger.row(second)).toMatchObject({ status: 'rejected', error: expect.stringContaining(first) })
    },
    'a full lane takes no more, nor does a client with too much': (ledger) => {
      const limits = { perLane: 1, perClient: 2, clientPerHour: null, devicePerDay: null }
      const queued = ['n:1', 'n:1', 'n:2', 'n:3'].map((lane) => ledger.queue({ lane }, { limits }))
      expect(queued.map((id) => ledger.row(id).status)).toEqual(['queued', 'rejected', 'queued', 'rejected'])
    },
  },
  counters: {
    'knows the last number of each device, whatever became of its commands': (ledger) => {
      ledger.command({ counter: 7 })
      ledger.command({ counter: 9 })
      ledger.run('purgeQueue', { device: null, until: ledger.now, limit: 9, now: ledger.now })
      expect(ledger.run('counters', undefined)).toEqual([['gate', 9]])
    },
  },
  claim: {
    'takes the most urgent, then the oldest of a lane, and nothing more of it until that is done': (ledger) => {
      const [first, urgent, last] = [ledger.queue(), ledger.queue({ priority: 2 }), ledger.queue()]
      for (const id of [urgent, first, last]) {
        const { seq, commandId } = ledger.claim()
        expect(commandId).toBe(id)
        expect(ledger.claim().seq).toBeUndefined()
        ledger.run('giveUp', { ...ledger.owner, ...at(ledger, seq as number), status: 'failed', error })
      }
    },
    'ends what came too late instead of sending it': (ledger) => {
      const id = ledger.queue({ expiresAt: ledger.now + minute })
      ledger.now += minute
      expect(ledger.claim().seq).toBeUndefined()
      expect(ledger.row(id)).toMatchObject({ status: 'expired', final: 1 })
    },
  },
  reportWaiting: {
    'tells what waits for a gateway that is away what it waits for, once': (ledger) => {
      const id = ledger.queue({ route: 'away' })
      const args = { route: 'away', gateway: 'away', gateways: 'away (no_sim)', now: ledger.now }
      expect(ledger.run('reportWaiting', args)).toBe(false)
      const told = ledger.published('sms/status').length
      expect(ledger.row(id).reason).toContain('away (no_sim)')
      ledger.run('reportWaiting', args)
      expect(ledger.published('sms/status')).toHaveLength(told)
    },
    'tells nothing of a gateway that is paused: that is why it waits': (ledger) => {
      const id = ledger.queue({ route: 'away' })
      ledger.run('pauseQueue', { gateway: 'away', now: ledger.now })
      ledger.run('reportWaiting', { route: 'away', gateway: 'away', gateways: 'away (no_sim)', now: ledger.now })
      expect(ledger.row(id).reason).toBeNull()
    },
  },
  markWritten: {
    'lets a segment go that is in time and this gateway’s, and no other': (ledger) => {
      ledger.queue({ expiresAt: ledger.now + minute })
      const seq = ledger.claim().seq as number
      const mark = (over: object = {}) =>
        ledger.run('markWritten', { ...ledger.owner, ...at(ledger, seq), validFor: 60, ...over })
      expect(mark({ gateway: 'away' })).toBe('stop')
      expect(mark({ seq: 99 })).toBe('stop')
      expect(mark({ now: ledger.now + minute })).toBe('expired')
      expect(ledger.row(seq).written_at).toBeNull()
      expect(mark()).toBe('go')
      expect(ledger.row(seq).written_at).toBe(ledger.now)
    },
  },
  markSent: {
    'the submission is sent with its last segment, and each has its reference': (ledger) => {
      const id = ledger.queue({ segments: ['a', 'b'] })
      const seq = ledger.write(2)
      expect(ledger.row(id).status).toBe('sending')
      ledger.sent(seq, 8, 2)
      expect(ledger.row(id).status).toBe('sent')
      const references = ledger.engine.all('SELECT reference FROM segment ORDER BY part')
      expect(references).toEqual([{ reference: '1' }, { reference: '8' }])
    },
    'a report that overtook it finds its segment then': (ledger) => {
      const id = ledger.queue()
      const seq = ledger.write()
      expect(ledger.report(8)).toBe(false)
      ledger.sent(seq, 8)
      expect(ledger.row(id).sms_status).toBe('delivered')
    },
  },
  requeue: {
    'puts it back and lets its lane rest until then': (ledger) => {
      const id = ledger.queue()
      const seq = ledger.claim().seq as number
      ledger.run('requeue', { ...ledger.owner, ...at(ledger, seq), retryAt: ledger.now + minute, error })
      expect(isThere(ledger, id)).toBe(true)
      expect(ledger.claim().seq).toBeUndefined()
      ledger.pass(minute)
      expect(ledger.claim().seq).toBe(seq)
    },
  },
  giveUp: {
    'ends it with the error, and what is behind it goes': (ledger) => {
      const [first, second] = [ledger.queue(), ledger.queue()]
      ledger.run('giveUp', { ...ledger.owner, ...at(ledger, ledger.claim().seq as number), status: 'failed', error })
      expect(ledger.row(first)).toMatchObject({ status: 'failed', final: 1, error: JSON.stringify(error) })
      expect(ledger.claim().commandId).toBe(second)
    },
  },
  doubt: {
    'says that nobody knows, and a report may still tell': (ledger) => {
      const id = ledger.queue()
      ledger.doubt(ledger.write())
      expect(ledger.row(id)).toMatchObject({ in_doubt: 1, reason: 'CMS 500' })
      ledger.report(8)
      expect(ledger.row(id)).toMatchObject({ status: 'delivered' })
    },
  },
  sweep: {
    'ends what is over and says when the next wait ends': (ledger) => {
      const ids = [minute, hour].map((ms, i) => ledger.queue({ lane: `n:${i}`, expiresAt: ledger.now + ms }))
      ledger.now += minute
      expect(ledger.run('sweep', { now: ledger.now, hold: false })).toEqual({
        more: false,
        next: ledger.now + hour - minute,
      })
      expect(ids.map((id) => ledger.row(id).status)).toEqual(['expired', 'queued'])
    },
    'ends nothing unsafe while the clock is not to be trusted': (ledger) => {
      const [safe, unsafe] = [true, false].map((safe, i) =>
        ledger.queue({ lane: `n:${i}`, safe, expiresAt: ledger.now + minute }),
      )
      ledger.run('sweep', { now: ledger.now + hour, hold: true })
      expect([safe, unsafe].map((id) => ledger.row(id as string).status)).toEqual(['expired', 'queued'])
    },
    'takes no more than a bite at once, and says that there is more': (ledger) => {
      for (let i = 0; i < 201; i++) ledger.queue({ lane: `n:${i}`, expiresAt: ledger.now + minute })
      ledger.now += minute
      expect(ledger.run('sweep', { now: ledger.now, hold: false }).more).toBe(true)
      expect(ledger.count('submission', `status = 'queued'`)).toBe(1)
    },
  },
  endConnection: {
    'forgets the publishes of a client that said goodbye': (ledger) => {
      ledger.queue({}, { key })
      ledger.run('endConnection', { client: 'client', clean: true, lastHeard: ledger.now, now: ledger.now })
      expect(ledger.count('publish_key')).toBe(0)
    },
    'keeps those whose acknowledgement a client that was cut off may not have': (ledger) => {
      for (const [messageId, age] of [
        [1, 10 * second],
        [2, second],
      ] as const)
        ledger.queue({}, { key: { ...key, messageId, connection: `c${messageId}` }, now: ledger.now - age })
      ledger.run('endConnection', { client: 'client', clean: false, lastHeard: ledger.now, now: ledger.now })
      expect(ledger.engine.all('SELECT message_id FROM publish_key')).toEqual([{ message_id: 2 }])
    },
  },
  cancelCommand: {
    'takes back what is queued; of what is on its way it says so': (ledger) => {
      const [first, second] = [ledger.queue(), ledger.queue()]
      ledger.claim()
      const cancel = (id: string) => ledger.run('cancelCommand', { id, now: ledger.now })
      expect(cancel(second)).toMatchObject({ status: 'cancelled', final: true })
      expect(cancel(first)).toMatchObject({ status: 'sending', final: false })
      expect(cancel('nothing')).toBeNull()
    },
  },
  findCommand: {
    'knows a command by either of its ids': (ledger) => {
      const id = ledger.queue()
      const find = (by: string) => ledger.run('findCommand', { id: by, now: ledger.now })
      expect(find(id)).toMatchObject({ command_id: id, status: 'queued' })
      expect(find(ledger.row(id).message_id as string)).toMatchObject({ command_id: id })
      expect(find('nothing')).toBeNull()
    },
  },
  reviewScheduled: {
    'cancels what was made for a device or a contact as it is no longer: of those asked about, or of all': (ledger) => {
      const made = (subject: string, print: string) =>
        ledger.command({ sendAt: ledger.now + hour, madeFor: { subject, print } })
      const ids = [made('gate', 'old'), made('gate', 'new'), made('van', 'old'), made('gone', 'old')]
      const others = [ledger.queue({ sendAt: ledger.now + hour }), ledger.command()]
      const left = () => [...ids, ...others].map((id) => ledger.row(id).status === 'queued')
      const held = { gate: ['new', 'number'] }
      expect(ledger.run('reviewScheduled', { held, only: true, now: ledger.now })).toBe(1)
      expect(left()).toEqual([false, true, true, true, true, true])
      expect(ledger.published('gate/result').at(-1)).toMatchObject({
        status: 'cancelled',
        reason: expect.stringMatching(/^gate was changed since/),
      })
      // Passwords are short: with its end, nothing is kept by which one could be guessed.
      expect(ledger.row(ids[0] as string)).toMatchObject({ made_for: null, made_from: null })
      const all = { ...held, van: ['old'] }
      expect(ledger.run('reviewScheduled', { held: all, only: false, now: ledger.now })).toBe(1)
      expect(left()).toEqual([false, true, true, false, true, true])
    },
  },
  queueOverview: {
    'shows what has not ended, the oldest first, of all or of one device': (ledger) => {
      const [ended, text, command] = [ledger.queue(), ledger.queue(), ledger.command()]
      ledger.run('cancelCommand', { id: ended, now: ledger.now })
      const shown = (device: string | null, limit = 9) =>
        ledger.run('queueOverview', { device, limit }).map(({ command_id }) => command_id)
      expect(shown(null)).toEqual([text, command])
      expect(shown(null, 1)).toEqual([text])
      expect(shown('gate')).toEqual([command])
    },
  },
  purgeQueue: {
    'cancels what waits and was there by then, of one device or of all, and calls nothing back': (ledger) => {
      const [sending, queued, command] = [ledger.queue(), ledger.queue(), ledger.command({ priority: 0 })]
      ledger.claim()
      const until = ledger.now
      ledger.now += second
      const later = ledger.queue()
      const purge = (device: string | null) => ledger.run('purgeQueue', { device, until, limit: 9, now: ledger.now })
      expect(purge('gate')).toBe(1)
      expect(ledger.row(command).status).toBe('cancelled')
      expect(purge(null)).toBe(1)
      expect([sending, queued, later].map((id) => ledger.row(id).status)).toEqual(['sending', 'cancelled', 'queued'])
    },
  },
  pauseQueue: {
    'lets nothing new out: of a device, to a gateway, or at all': (ledger) => {
      const pause = (scope: object) => ledger.run('pauseQueue', { ...scope, now: ledger.now })
      const [command, text] = [ledger.command(), ledger.queue()]
      pause({ device: 'gate' })
      expect(ledger.claim().commandId).toBe(text)
      expect(ledger.claim().seq).toBeUndefined()
      ledger.run('resumeQueue', { device: 'gate', now: ledger.now })
      pause({ gateway: 'home' })
      expect(ledger.claim().seq).toBeUndefined()
      expect(ledger.claim('away').commandId).toBe(command)
      ledger.queue({ lane: 'n:2' })
      pause({})
      expect(ledger.claim('away').seq).toBeUndefined()
    },
    'is an event where it changes something, and so is its end': (ledger) => {
      for (const scope of [{ device: 'gate' }, { device: 'gate' }, {}])
        ledger.run('pauseQueue', { ...scope, now: ledger.now })
      for (const scope of [{ device: 'gate' }, { device: 'gate' }, { gateway: 'home' }])
        ledger.run('resumeQueue', { ...scope, now: ledger.now })
      expect(ledger.published('bridge/event')).toEqual([
        { type: 'queue_paused', data: { device: 'gate' } },
        { type: 'queue_paused', data: {} },
        { type: 'queue_resumed', data: { device: 'gate' } },
      ])
    },
    'holds over a restart': (ledger) => {
      ledger.run('pauseQueue', { now: ledger.now })
      ledger.queue()
      ledger.restart()
      expect(ledger.claim().seq).toBeUndefined()
    },
  },
  resumeQueue: {
    'ends this pause and no other': (ledger) => {
      for (const scope of [{}, { device: 'gate' }]) ledger.run('pauseQueue', { ...scope, now: ledger.now })
      const id = ledger.command()
      ledger.run('resumeQueue', { now: ledger.now })
      expect(ledger.claim().seq).toBeUndefined()
      expect(ledger.run('resumeQueue', { device: 'gate', now: ledger.now })).toEqual([])
      expect(ledger.claim().commandId).toBe(id)
    },
  },
  pauses: {
    'names each pause and its beginning, the widest first': (ledger) => {
      for (const scope of [{ gateway: 'home' }, { device: 'gate' }, {}])
        ledger.run('pauseQueue', { ...scope, now: ledger.now })
      const since = ledger.now
      ledger.now += minute
      ledger.run('pauseQueue', { now: ledger.now })
      expect(ledger.run('pauses', undefined)).toEqual([
        { since },
        { device: 'gate', since },
        { gateway: 'home', since },
      ])
    },
  },
} satisfies Rules
