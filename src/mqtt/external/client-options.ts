import type { Clock } from '../../util/clock.ts'

/** What the hub needs to know of somebody else's broker. */
export interface ClientOptions {
  readonly baseTopic: string
  /** Whole topics of other dialects that are commands too, with their place behind the base topic. */
  readonly aliases: Readonly<Record<string, string>>
  readonly server: string
  readonly username: string | undefined
  readonly password: string | undefined
  /** Paths of PEM files. */
  readonly ca: string | undefined
  readonly cert: string | undefined
  readonly key: string | undefined
  /** The version to begin with: 5 unless said otherwise. */
  readonly protocol: 4 | 5 | undefined
  /** Fixed for the life of the installation: the broker's session hangs on it. */
  readonly clientId: string
  /** Filters of topics, beside those of the hub, that a client may name for the answer to its publish. */
  readonly responseTopics: readonly string[]
  /** `topic`: commands are taken below `as/<user>` only, and whoever may publish there is that user. */
  readonly identity: 'none' | 'topic'
  readonly clock: Clock
  /** Leaves nothing behind at the broker, however it ends: no retained message and no session. */
  readonly transient: boolean
  /** What is watched for a while behind the start. */
  readonly watchedLater: readonly string[]
}
