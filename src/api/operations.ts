import * as z from 'zod'
import { wordsOf } from '../config/problems.ts'
import type { Asker } from '../message/accepted.ts'
import { Fault } from '../message/fault.ts'
import { didYouMean } from '../util/nearest.ts'
import { deviceRequests } from './device-operations.ts'
import { gatewayRequests } from './gateway-operations.ts'
import { historyRequests } from './history-operations.ts'
import { hubRequests } from './hub-operations.ts'
import type { Data, Request, RequestRooms } from './operation.ts'
import { queueRequests } from './queue-operations.ts'
import { smsRequests } from './sms-operations.ts'

/** `bridge/request/<path>`: every path with what it takes. Schemas, answers and documentation are made from it. */
export const requests = {
  ...deviceRequests,
  ...smsRequests,
  ...queueRequests,
  ...gatewayRequests,
  ...historyRequests,
  ...hubRequests,
} as const satisfies Readonly<Record<string, Request>>

export const requestPaths: readonly string[] = Object.keys(requests)

/** Carries a request out. Fails with `invalid_payload`, naming what is wrong, and with whatever the act fails with. */
export async function answer(path: string, data: unknown, asker: Asker, rooms: RequestRooms): Promise<Data> {
  if (!Object.hasOwn(requests, path)) {
    const meant = didYouMean(path, requestPaths)
    throw new Fault(
      'unknown_command',
      `there is no request "${path}"${meant || `; there is ${requestPaths.join(', ')}`}`,
    )
  }
  const { schema, run } = requests[path as keyof typeof requests]
  const parsed = schema.safeParse(data)
  if (parsed.success) return run(parsed.data as never, rooms, asker)
  const [issue] = parsed.error.issues
  if (issue === undefined) throw new Fault('invalid_payload', `${path}: is wrong`)
  if (issue.code === 'unrecognized_keys') throw new Fault('invalid_payload', unknownKey(path, issue.keys, schema))
  const { path: at, words } = wordsOf(issue, data)
  throw new Fault('invalid_payload', `${[path, ...at].join('.')}: ${words}`)
}

function unknownKey(path: string, [key = '']: readonly string[], schema: z.ZodType): string {
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  const known = Object.keys(properties)
  return `${path}: unknown key "${key}"${didYouMean(key, known) || `; there is ${known.join(', ') || 'none'}`}`
}
