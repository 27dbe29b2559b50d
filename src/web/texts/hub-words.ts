import type { ParameterType } from '../../device/schema/command.ts'
import type { FaultCode } from '../../message/fault.ts'
import type { FindingCode } from '../../message/finding-codes.ts'
import type { Scope } from '../../message/scopes.ts'
import type { ReportMeaning } from '../../sms/tp-status.ts'

/** Codes of the interface itself. `test/web/texts.test.ts` holds that they are all of them. */
type HttpCode =
  | 'malformed_request'
  | 'unauthenticated'
  | 'insufficient_scope'
  | 'foreign_origin'
  | 'foreign_host'
  | 'unknown_route'
  | 'method_not_allowed'
  | 'request_timeout'
  | 'precondition_failed'
  | 'payload_too_large'
  | 'unsupported_media_type'
  | 'too_many_streams'
  | 'precondition_required'
  | 'headers_too_large'

/** Types of parameters without values of their own; a bool and a choice are lists to choose from. */
type WordedType = Exclude<ParameterType, 'enum' | 'bool' | 'bits' | 'name_or_number'>

interface ValueWords {
  readonly types: Readonly<Record<WordedType, string>>
  /** Before the words of each value of a list. */
  readonly list: string
  readonly characters: string
  readonly least: (min: number) => string
  readonly most: (max: number) => string
  readonly between: (min: number, max: number) => string
}

interface FindingWords {
  readonly is: string
  /** What to do about it; nothing where all is well. */
  readonly fix?: string
}

/**
 * The words of the hub are English. Here they are in another language, by the hub's codes; what has no code, such as the
 * words of a network or of a profile, stays as it is.
 */
export interface HubWords {
  /** What has failed. The hub's own words, with names and figures, stand below. */
  readonly faults: Readonly<Record<FaultCode | HttpCode, string>>
  /** What to do about it. */
  readonly hints: Readonly<Partial<Record<FaultCode, string>>>
  readonly findings: Readonly<Record<FindingCode, FindingWords>>
  /** What networks report of a text. */
  readonly reports: Readonly<Record<ReportMeaning, string>>
  readonly scopes: Readonly<Record<Scope, string>>
  /** What parameters of commands take. */
  readonly values: ValueWords
  /** Kinds of devices. */
  readonly kinds: Readonly<Record<string, string>>
}
