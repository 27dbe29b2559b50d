import type * as z from 'zod'
import type { healthPayload, resultPayload } from '../../api/payloads.ts'
import type { Capability } from '../../message/capabilities.ts'
import type { GatewayDocument, RestartKind } from '../../message/gateway-state.ts'
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

export interface Page<T> {
  readonly data: readonly T[]
  readonly next_cursor: string | null
}

export type Gateway = GatewayDocument & { readonly id: string; readonly can: readonly Capability[] }

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
}

/** Messages with one device or number. */
export interface Conversation {
  readonly device: string | null
  readonly number: string | null
  readonly name: string | null
  readonly messages: number
  readonly last: Message
}

/** What became of one text of several. */
export interface SentItem {
  readonly index: number
  readonly status: string
  readonly id?: string
  readonly to: string | null
  readonly error?: { readonly message: string }
}

/** A parameter of a command, as its profile describes it. */
export interface Parameter {
  readonly name: string
  readonly label: string
  readonly type: string
  readonly accepts: string
  readonly min?: number | undefined
  readonly max?: number | undefined
  readonly length?: number | undefined
  readonly options?: readonly string[] | undefined
  readonly optional?: boolean | undefined
  readonly default?: string | undefined
  readonly unit?: string | undefined
  readonly secret?: boolean | undefined
  readonly list?: boolean | undefined
}

export interface Command {
  readonly name: string
  readonly label: string
  readonly danger: string | null
  readonly repeat: 'safe' | 'never'
  readonly unproven: boolean
  readonly params: readonly Parameter[]
}

export interface StateField {
  readonly name: string
  readonly label: string
  readonly type: string
  readonly unit: string | null
}

export interface DeviceRow {
  readonly id: string
  readonly name: string
  readonly profile: string
  readonly model: string
  readonly kind: string
  readonly variant: string
  readonly gateway: string | null
  readonly numbers: readonly string[]
  /** Null where it sends nothing regularly. */
  readonly online: boolean | null
  readonly last_seen: string | null
  readonly removable: boolean
}

export interface Position {
  readonly latitude: number
  readonly longitude: number
  readonly gps_accuracy?: number | null
}

export interface DeviceView extends DeviceRow {
  readonly revision: string
  readonly state: Values
  readonly fields: readonly StateField[]
  readonly commands: readonly Command[]
  readonly location: Position | null
  /** Steps that its profile names to make it accept the hub. */
  readonly setup_steps: number
  readonly paused: boolean
}

export interface QueuedRow {
  readonly command_id: string
  readonly device: string | null
  readonly to: string | null
  readonly command: string | null
  readonly status: string
  readonly priority?: string
  readonly reason?: string | null
  readonly queued_at?: string
}

export interface Pause {
  readonly device?: string | undefined
  readonly gateway?: string | undefined
  readonly since: string
}

export interface Queue {
  readonly commands: readonly QueuedRow[]
  readonly paused: readonly Pause[]
}

export interface Finding {
  readonly severity: 'error' | 'warning' | 'ok'
  readonly finding: string
  readonly fix: string | null
  readonly lines: readonly string[]
}

export interface Key {
  readonly id: string
  readonly label: string
  readonly role: Role | null
  readonly devices: readonly string[] | null
  readonly scopes: readonly Scope[] | null
  readonly made_by: string
  readonly created_at: string
  readonly expires_at: string | null
  readonly is_expired: boolean
  readonly last_used_at: string | null
}

export interface User {
  readonly name: string
  readonly role: Role | null
  readonly removable: boolean
  readonly sessions: number
}

export interface OpenSession {
  readonly id: string
  readonly user: string
  readonly started_at: string
  readonly last_used_at: string
  readonly address: string
  readonly agent: string
}

export interface Webhook {
  readonly id: string
  readonly url: string
  readonly description: string
  readonly types: readonly string[] | null
  readonly devices: readonly string[] | null
  readonly ordered: boolean
  readonly enabled: boolean
  readonly reason: string | null
  readonly succeeded_at: string | null
  readonly failing_since: string | null
  readonly waiting: number
  readonly dead: number
}

export interface Delivery {
  readonly id: string
  readonly type: string
  readonly status: 'waiting' | 'delivered' | 'dead'
  readonly attempts: number
  readonly queued_at: string
  readonly next_at: string | null
  readonly answer: { readonly status: number | null; readonly error: string | null } | null
}

export interface LogLine {
  readonly seq: number
  readonly time: string
  readonly level: 'error' | 'warn' | 'info' | 'debug'
  readonly name: string
  readonly message: string
}

export interface ProfileHead {
  readonly profile: string
  readonly kind: string
  readonly manufacturer: string
  readonly family: string
  readonly models: readonly string[]
}

export interface ProfileView extends ProfileHead {
  readonly variants: readonly { readonly variant: string; readonly label: string; readonly tell: string }[]
  readonly settings: readonly (Parameter & { readonly required: boolean })[]
  readonly commands: readonly string[]
  readonly setup_steps: number
}

export interface SetupStep {
  readonly number: number
  readonly do: 'command' | 'hand' | 'ring'
  readonly says: string
  readonly command: string | null
  readonly params: Readonly<Record<string, string>>
  readonly asks: readonly { readonly name: string; readonly accepts: string; readonly secret: boolean }[]
  readonly danger: string | null
  readonly sms: string | null
}

export interface Tried {
  readonly matches: readonly { readonly profile: string; readonly message: string; readonly values: Values }[]
  readonly nearest: {
    readonly profile: string
    readonly message: string
    readonly at: number
    readonly rest: string
    readonly expected: readonly string[]
  } | null
}

export interface RuleDraft {
  readonly pattern: string
  readonly values: Values
}

export interface ConfigView {
  readonly file: string | null
  readonly data_folder: string
  readonly version: string
  /** As YAML, secrets masked. */
  readonly text: string
}
