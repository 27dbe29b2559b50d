import { eventsAfter, eventsBefore } from '../events/event-log.ts'
import { unread } from '../read-marks.ts'
import { spending } from '../spending.ts'
import type { Rows } from '../tx.ts'
import { deliveries } from '../webhooks/delivery-list.ts'
import { webhooks } from '../webhooks/webhook-list.ts'
import { conversations } from './conversation-list.ts'
import { deviceSight, presences, silentDevices } from './device-sight.ts'
import { gatewayTraffic } from './gateway-traffic.ts'
import { history } from './history.ts'
import { message } from './message-detail.ts'
import { messages } from './message-list.ts'
import { recentTexts, unreadTexts } from './recent-texts.ts'

/** What is read for people and programs: beside the writer, of what is committed, in one snapshot each. */
export const lists = {
  history,
  messages,
  message,
  recentTexts,
  unreadTexts,
  conversations,
  unread,
  deviceSight,
  presences,
  silentDevices,
  gatewayTraffic,
  spending,
  eventsAfter,
  eventsBefore,
  webhooks,
  deliveries,
} as const

export type Lists = typeof lists
export type ListName = keyof Lists
export type ListArgs<K extends ListName> = Lists[K] extends (rows: Rows, args: infer A) => unknown ? A : never
export type ListOf<K extends ListName> = ReturnType<Lists[K]>

export const readList = (rows: Rows, name: ListName, args: unknown): unknown =>
  (lists[name] as (rows: Rows, args: unknown) => unknown)(rows, args)
