import * as z from 'zod'
import { resultPayload } from './payloads.ts'

const time = z.iso.datetime({ offset: true })

/** A command or text that a request has queued. */
export const queued = z.strictObject({
  /** The request is a repetition: nothing new is sent. */
  repeated: z.boolean(),
  commands: z.array(z.strictObject({ id: z.string(), status: z.string() })),
  /** The command as it is now, where it was requested by HTTP. */
  result: resultPayload.optional(),
})

/** Pauses; one without a device and a gateway is for the whole queue. */
export const pauses = z.array(
  z.strictObject({ device: z.string().optional(), gateway: z.string().optional(), since: time }),
)

export const erasure = z.strictObject({
  commands: z.number().int(),
  received: z.number().int(),
  raw: z.number().int(),
  published: z.number().int(),
  unfinished: z.number().int(),
  backups: z.array(z.string()),
})

export const nothing = z.strictObject({})
