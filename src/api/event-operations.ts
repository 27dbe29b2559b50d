import * as z from 'zod'
import { maySee, type PublicEvent } from '../message/public-event.ts'
import { publicTypeNames, selects, typeFilters } from '../message/public-event-types.ts'
import type { Rights } from '../message/rights.ts'
import { didYouMean } from '../util/nearest.ts'
import { id } from './inputs.ts'
import { operation } from './operation.ts'
import { time } from './payloads.ts'

/** Longest time that an answer waits for an event: shorter than proxies wait for one. */
export const maxWaitSeconds = 50
export const maxPageLength = 500

/** Types and beginnings of types, as a list or with commas between them. */
const types = z
  .union([z.string(), z.array(z.string()).max(100)])
  .transform((given) => (typeof given === 'string' ? given.split(',').map((one) => one.trim()) : given))
  .superRefine((filters, context) => {
    for (const filter of filters)
      if (!typeFilters.includes(filter)) {
        const meant = didYouMean(filter, typeFilters) || '; there is message.*, device.*, message.received, …'
        context.addIssue({ code: 'custom', message: `there is no event "${filter}"${meant}` })
      }
  })

const place = z
  .string()
  .regex(/^(?:\d{1,15}|newest)$/, 'must be the "id" of an event, the "next_cursor" of a page, or newest')
  .transform((text): number | 'newest' => (text === 'newest' ? text : Number(text)))

/** What selects events, the same for pages and for a stream. */
const eventFilters = {
  after: place.optional(),
  types: types.optional(),
  device: id.optional(),
}

/** Of a query that has more than these. */
export const streamFilters = z.object(eventFilters)

const eventRow = z.object({
  id: z.string(),
  type: z.enum(publicTypeNames as [string, ...string[]]),
  timestamp: time,
  data: z.looseObject({}),
})

/** A page of events. */
export const eventPage = z.strictObject({
  data: z.array(eventRow),
  next_cursor: z.string(),
  /** Events behind `after` are gone, or it was never one: what is known must be loaded again. */
  reset: z.boolean(),
})

interface Filters {
  readonly types?: readonly string[] | undefined
  readonly device?: string | undefined
}

/** Whether an event is asked for, and may be seen. */
export function isWanted(event: PublicEvent, { types, device }: Filters, rights: Rights | null): boolean {
  return (
    (types === undefined || selects(types, event.type)) &&
    (device === undefined || event.device === device) &&
    maySee(rights, event)
  )
}

export const eventOperations = {
  'event/list': operation({
    summary: 'what has happened since an event, the oldest first, or before one, the newest first',
    // Each event is checked by itself.
    action: () => ({ act: 'see_hub' }),
    surfaces: ['local', 'http'],
    input: z
      .strictObject({
        ...eventFilters,
        /** The newest first, from this one back; without it the oldest first, as far back as they are kept. */
        before: place.optional(),
        limit: z.coerce.number().int().min(1).max(maxPageLength).default(100),
        wait: z.coerce.number().min(0).max(maxWaitSeconds).default(0),
      })
      .superRefine(({ before, after, wait }, context) => {
        const other = after !== undefined ? 'after' : 'wait'
        if (before === undefined || (after === undefined && wait === 0)) return
        const message = `"before" goes back in time, and "${other}" forward: leave one of them out`
        context.addIssue({ code: 'custom', message, path: [other] })
      }),
    output: eventPage,
    async run({ after, before, limit, wait, ...filters }, { liveEvents }, { rights }) {
      const query = {
        limit,
        device: filters.device,
        wanted: (event: PublicEvent) => isWanted(event, filters, rights),
      }
      const { events, next, reset } =
        before === undefined
          ? await liveEvents.page({ ...query, after: after ?? 'oldest', waitMs: wait * 1_000 })
          : { reset: false, ...(await liveEvents.past({ ...query, before })) }
      const data = events.map(({ seq, type, timestamp, data }) => ({ id: String(seq), type, timestamp, data }))
      return { data: data as z.input<typeof eventRow>[], next_cursor: String(next), reset }
    },
  }),
}
