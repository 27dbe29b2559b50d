import * as z from 'zod'
import type { Pause, PauseScope } from '../ledger/lanes/pause.ts'
import { Fault } from '../message/fault.ts'
import { isoTime } from '../message/result.ts'
import { id, orScalar } from './inputs.ts'
import { type ApiDeps, deviceOf, operation } from './operation.ts'
import { pauses } from './outputs.ts'

/** A scalar is the device. Strict: with a misspelt key the request must not apply to the whole queue. */
const about = <T extends z.ZodRawShape>(shape: T) => orScalar('device', z.strictObject(shape))
const scope = about({ device: id.optional(), gateway: id.optional() })

/** A pending command or text. */
export const queuedRow = z.looseObject({
  command_id: z.string(),
  device: z.string().nullable(),
  to: z.string().nullable(),
  command: z.string().nullable(),
  status: z.string(),
  /** Why it waits. */
  reason: z.string().nullable(),
  gateway: z.string().nullable(),
  /** ms since 1970. */
  queued_at: z.number(),
  send_at: z.number().nullable(),
})

/** Commands cancelled in one commit: others are served in between. */
const batchSize = 100

/** The queue. */
export const queueOperations = {
  'queue/list': operation({
    summary: 'pending commands, the oldest first, and pauses',
    action: () => ({ act: 'see_texts' }),
    input: z.object({ device: id.optional(), limit: z.coerce.number().int().min(1).max(500).default(100) }),
    output: z.strictObject({ commands: z.array(queuedRow), paused: pauses }),
    async run({ device, limit }, { store }) {
      const commands = await store.run('queueOverview', { device: device ?? null, limit })
      return { commands: commands.map((one) => ({ ...one })), paused: shown(await store.run('pauses', undefined)) }
    },
  }),
  'queue/pause': operation({
    summary: 'send nothing new, over restarts too: from the whole queue, to a device, or through a gateway',
    role: 'home_assistant',
    input: scope,
    output: z.strictObject({ paused: pauses }),
    run: (data, deps, asker) => changePause('pauseQueue', data, deps, asker.name),
  }),
  'queue/resume': operation({
    summary: 'end the pause of the same scope; narrower ones stay and are in the answer',
    role: 'home_assistant',
    input: scope,
    output: z.strictObject({ paused: pauses }),
    run: (data, deps, asker) => changePause('resumeQueue', data, deps, asker.name),
  }),
  'queue/purge': operation({
    summary: 'cancel everything that is queued and not sent, of a device or all; each has its final result',
    input: about({ device: id.optional() }),
    output: z.strictObject({ cancelled: z.number().int() }),
    async run({ device }, deps, asker) {
      const { store, now, log } = deps
      assertKnown({ device }, deps)
      const until = now()
      let cancelled = 0
      for (let last = batchSize; last === batchSize; cancelled += last)
        last = await store.run('purgeQueue', { device: device ?? null, until, limit: batchSize, now: now() })
      log('warn', `cancelled in the queue${wordsOf({ device })}: ${cancelled} (${asker.name})`)
      return { cancelled }
    },
  }),
}

async function changePause(operation: 'pauseQueue' | 'resumeQueue', data: PauseScope, deps: ApiDeps, asker: string) {
  assertKnown(data, deps)
  const paused = await deps.store.run(operation, { ...data, now: deps.now() })
  deps.log('warn', `the queue${wordsOf(data)} is ${operation === 'pauseQueue' ? 'paused' : 'resumed'} (${asker})`)
  await deps.pauseChanged()
  return { paused: shown(paused) }
}

function assertKnown({ device, gateway }: PauseScope, { fleet, gateways }: ApiDeps): void {
  if (device !== undefined && gateway !== undefined)
    throw new Fault('invalid_payload', 'name a device or a gateway, not both')
  if (device !== undefined) deviceOf(device, fleet)
  if (gateway !== undefined) gateways.find(gateway)
}

const wordsOf = ({ device, gateway }: PauseScope): string =>
  device !== undefined ? ` of ${device}` : gateway !== undefined ? ` of gateway ${gateway}` : ''

/** Pauses as published; one without a device and a gateway is for the whole queue. */
export const shown = (found: readonly Pause[]): z.input<typeof pauses> =>
  found.map(({ since, ...of }) => ({ ...of, since: isoTime(since) }))
