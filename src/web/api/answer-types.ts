import type * as z from 'zod'
import type { conversationSchema } from '../../api/conversation-operations.ts'
import type { DescribedParameter } from '../../api/described-parameter.ts'
import type { deviceRow, deviceView } from '../../api/device-view.ts'
import type { eventPage } from '../../api/event-operations.ts'
import type { finding, gatewayHistory } from '../../api/gateway-operations.ts'
import type { logPage, ownMap } from '../../api/hub-operations.ts'
import type { shownKey } from '../../api/key-operations.ts'
import type { messageDetailSchema } from '../../api/message-schema.ts'
import type { pauses } from '../../api/outputs.ts'
import type { gatewayPayload, healthPayload, resultPayload } from '../../api/payloads.ts'
import type { profileHead, profileView } from '../../api/profile-operations.ts'
import type { queuedRow } from '../../api/queue-operations.ts'
import type { quotaSchema } from '../../api/quota-operations.ts'
import type { ruleDraft, unknownGroups, unknownSender } from '../../api/rule-operations.ts'
import type { sentItem } from '../../api/send-operations.ts'
import type { setupPlan } from '../../api/setup-operations.ts'
import type { tried } from '../../api/trial-operations.ts'
import type { listedUser, openSession } from '../../api/user-operations.ts'
import type { delivery, pinged, webhook } from '../../api/webhook-outputs.ts'
import type { Capability } from '../../message/capabilities.ts'
import type { RestartKind } from '../../message/gateway-state.ts'
import type { Message } from '../../message/message-document.ts'
import type { PublicEvent } from '../../message/public-event.ts'
import type { Role } from '../../message/rights.ts'
import type { Scope } from '../../message/scopes.ts'
import type { Value, Values } from '../../message/values.ts'

/** What the interface answers, in the hub's own types: the page does not compile where they differ. */
export type { Capability, Message, RestartKind, Role, Scope, Value, Values }

export type Result = z.output<typeof resultPayload>
export type Health = z.output<typeof healthPayload>
export type LiveEvent = Pick<PublicEvent, 'type' | 'timestamp' | 'data'>
export type Gateway = z.output<typeof gatewayPayload> & { readonly id: string; readonly can: readonly Capability[] }
export type MessageDetail = z.output<typeof messageDetailSchema>
export type Conversation = z.output<typeof conversationSchema>
export type DeviceRow = z.output<typeof deviceRow>
export type DeviceView = z.output<typeof deviceView>
export type Command = DeviceView['commands'][number]
export type StateField = DeviceView['fields'][number]
export type Position = NonNullable<DeviceView['location']>
export type Parameter = DescribedParameter
export type ProfileHead = z.output<typeof profileHead>
export type ProfileView = z.output<typeof profileView>
export type SetupPlan = z.output<typeof setupPlan>
export type SetupStep = SetupPlan['steps'][number]
export type Tried = z.output<typeof tried>
export type RuleDraft = z.output<typeof ruleDraft>
export type UnknownSender = z.output<typeof unknownSender>
export type UnreadGroups = z.output<typeof unknownGroups>
export type UnreadGroup = UnreadGroups['groups'][number]
export type QueuedRow = z.output<typeof queuedRow>
export type GatewayHistory = z.output<z.ZodObject<typeof gatewayHistory>>
export type Quota = z.output<typeof quotaSchema>
export type Pause = z.output<typeof pauses>[number]
export type Finding = z.output<typeof finding>
export type LogPage = z.output<typeof logPage>
export type OwnMap = z.output<typeof ownMap>
export type LogLine = LogPage['lines'][number]
export type Key = z.output<typeof shownKey>
export type User = z.output<typeof listedUser>
export type SentItem = z.output<typeof sentItem>
export type EventPage = z.output<typeof eventPage>
export type Webhook = z.output<typeof webhook>
export type Delivery = z.output<typeof delivery>
export type Pinged = z.output<typeof pinged>
export type OpenSession = z.output<typeof openSession>

export interface Page<T> {
  readonly data: readonly T[]
  readonly next_cursor: string | null
  /** All that there are, of lists that are counted. */
  readonly total?: number
}

/** Who makes the requests. */
export interface Person {
  readonly name: string
  readonly via: 'key' | 'session' | 'loopback' | 'ingress'
  readonly role: Role | null
}

export interface Session {
  /** Null where somebody has to sign in. */
  readonly caller: Person | null
  /** Nobody has a password yet: only the machine of the hub reaches it. */
  readonly password_needed: boolean
  readonly hint: string | null
  /** In Home Assistant: its user who is here, while none of them is an administrator of the hub. */
  readonly admin_needed?: string | null
}

/** What the owner has set of a device, and what can be set; `device/options` leaves both open. */
export interface DeviceOptions {
  readonly options: { readonly settings?: Readonly<Record<string, string>> }
  readonly settings: Readonly<
    Record<string, { readonly label?: string; readonly secret?: boolean; readonly default?: string }>
  >
}
