import type { Clock } from '../../util/clock.ts'

/** Options for an external broker. */
export interface ClientOptions {
  readonly baseTopic: string
  /** Full topics of other dialects that are commands too, with their equivalent below the base topic. */
  readonly aliases: Readonly<Record<string, string>>
  readonly server: string
  readonly username: string | undefined
  readonly password: string | undefined
  /** Paths of PEM files. */
  readonly ca: string | undefined
  readonly cert: string | undefined
  readonly key: string | undefined
  /** The version to try first; 5 by default. */
  readonly protocol: 4 | 5 | undefined
  /** Fixed for the life of the installation, as it identifies the broker's session. */
  readonly clientId: string
  /** Filters of further response topics that a client may use. */
  readonly responseTopics: readonly string[]
  /** `topic`: commands are accepted below `as/<user>` only, where publishers are that user. */
  readonly identity: 'none' | 'topic'
  readonly clock: Clock
  /** Leaves nothing at the broker, however it ends: no retained message and no session. */
  readonly transient: boolean
  /** Filters that are watched for a while after the start. */
  readonly watchedLater: readonly string[]
}
