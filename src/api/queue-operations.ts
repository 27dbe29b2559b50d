import * as z from 'zod'
import type { Pause, PauseScope } from '../ledger/lanes/pause.ts'
import { Fault } from '../message/fault.ts'
import { isoTime } from '../message/result.ts'
import { id, orScalar } from './inputs.ts'
import { type Data, deviceOf, type RequestRooms, request } from './operation.ts'

/** A scalar is the device. Strict: a misspelt key must not widen it to the whole queue. */
const about = <T extends z.ZodRawShape>(shape: T) => orScalar('device', z.strictObject(shape))
const scope = about({ device: id.optional(), gateway: id.optional() })

/** Cancelled in one commit: others are served between the bites. */
const bite = 100

/** `bridge/request/queue/…` */
export const queueRequests = {
  'queue/list': request({
    summary: 'what waits, the oldest first, and what is paused',
    schema: z.object({ device: id.optional(), limit: z.coerce.number().int().min(1).max(500).default(100) }),
    async run({ device, limit }, { store }) {
      const commands = await store.run('queueOverview', { device: device ?? null, limit })
      return { commands, paused: shown(await store.run('pauses', undefined)) }
    },
  }),
  'queue/pause': request({
    summary: 'let nothing new out of the queue, over restarts too: all of it, of a device, or through a gateway',
    schema: scope,
    run: (data, rooms, asker) => changePause('pauseQueue', data, rooms, asker.name),
  }),
  'queue/resume': request({
    summary: 'end the pause of the same scope; narrower ones stay, and the answer tells them',
    schema: scope,
    run: (data, rooms, asker) => changePause('resumeQueue', data, rooms, asker.name),
  }),
  'queue/purge': request({
    summary: 'cancel what waits and has not left, all of it or of a device; each has its final result',
    schema: about({ device: id.optional() }),
    async run({ device }, rooms, asker) {
      const { store, now, log } = rooms
      assertKnown({ device }, rooms)
      const until = now()
      let cancelled = 0
      for (let last = bite; last === bite; cancelled += last)
        last = await store.run('purgeQueue', { device: device ?? null, until, limit: bite, now: now() })
      log('warn', `${cancelled} commands are taken out of the queue${wordsOf({ device })} (${asker.name})`)
      return { cancelled }
    },
  }),
}

async function changePause(
  operation: 'pauseQueue' | 'resumeQueue',
  data: PauseScope,
  rooms: RequestRooms,
  asker: string,
): Promise<Data> {
  assertKnown(data, rooms)
  const paused = await rooms.store.run(operation, { ...data, now: rooms.now() })
  const isPause = operation === 'pauseQueue'
  rooms.log('warn', `the queue${wordsOf(data)} ${isPause ? 'is paused' : 'goes on'} (${asker})`)
  await rooms.pauseChanged(isPause ? 'queue_paused' : 'queue_resumed', data)
  return { paused: shown(paused) }
}

function assertKnown({ device, gateway }: PauseScope, { fleet, gateways }: RequestRooms): void {
  if (device !== undefined && gateway !== undefined)
    throw new Fault('invalid_payload', 'name a device or a gateway, not both')
  if (device !== undefined) deviceOf(device, fleet)
  if (gateway !== undefined) gateways.find(gateway)
}

const wordsOf = ({ device, gateway }: PauseScope): string =>
  device !== undefined ? ` of ${device}` : gateway !== undefined ? ` of gateway ${gateway}` : ''

/** Pauses as they are told: one without a device and a gateway is of the whole queue. */
export const shown = (pauses: readonly Pause[]): Data[] =>
  pauses.map(({ since, ...of }) => ({ ...of, since: isoTime(since) }))
