import type { Cause } from '../message/submit-outcome.ts'

/** What becomes of a text that a carrier answers with this code. */
export type CodeMeaning = Cause['next'] | 'doubt' | 'sent'

export type ReportState = 'delivered' | 'trying' | 'failed' | 'expired'

/** Where values are in a document: keys with dots, `[0]` for an element, `[*]` for each. */
type Path = string

/** Values by path that must all be as listed; an empty list requires that there is one. */
export type Conditions = Readonly<Record<Path, readonly string[]>>

/** A JSON value whose texts may have places to fill in, like `{to}`. */
export type Template = string | number | boolean | null | readonly Template[] | { readonly [key: string]: Template }

export interface RequestForm {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  /** One of these at most. */
  readonly form?: Readonly<Record<string, string>> | undefined
  readonly json?: Template | undefined
}

export type Auth =
  | { readonly by: 'none' }
  | { readonly by: 'basic' }
  | { readonly by: 'bearer' }
  | { readonly by: 'header'; readonly name: string; readonly value: string }
  /** RFC 7616, with MD5. */
  | { readonly by: 'digest' }
  /** A request that answers a token, which is shown like that of `bearer` until it is refused. */
  | { readonly by: 'login'; readonly request: RequestForm; readonly token: Path }

/** How its webhooks prove that they are the carrier's. The secret is that of the row, `signing_secret`, else `secret`. */
export type Signature =
  | { readonly scheme: 'none' }
  | { readonly scheme: 'twilio' }
  | { readonly scheme: 'plivo_v3' }
  | { readonly scheme: 'vonage' }
  | {
      readonly scheme: 'jwt'
      readonly header: string
      readonly issuer?: string | undefined
      /** Without it the body is not signed, only that its sender has the secret. */
      readonly body_claim?: string | undefined
      readonly url_claim?: string | undefined
    }
  | { readonly scheme: 'ed25519'; readonly header: string; readonly timestamp: string; readonly over: string }
  | {
      readonly scheme: 'hmac'
      readonly header: string
      readonly encoding: 'hex' | 'base64'
      /** With `{body}`, `{timestamp}`, `{nonce}`, `{method}`, `{url}` and `{body_md5}`. */
      readonly over: string
      readonly timestamp?: string | undefined
      readonly nonce?: string | undefined
    }

interface Notice {
  readonly when: Conditions
  /** Where the list of them is; the document itself without it. */
  readonly list?: Path | undefined
}

export interface ReportForm extends Notice {
  readonly id: Path
  readonly recipient?: Path | undefined
  /** The hub's own name of the text, where the carrier repeats it. */
  readonly ref?: Path | undefined
  readonly state: Path
  readonly code?: Path | undefined
  readonly states: Readonly<Record<ReportState, readonly string[]>>
}

export interface TextForm extends Notice {
  /** What no other text has: several values where none of them is unique, as a place in a memory is used again. */
  readonly id: Path | readonly Path[]
  readonly from: Path
  readonly text: Path
  /** When it came to the carrier. */
  readonly time?: Path | undefined
  /** Parts that the carrier does not join. */
  readonly parts?: { readonly ref: Path; readonly total: Path; readonly seq: Path } | undefined
}

/** Asked for where the carrier can't reach the hub. */
export interface PollForm {
  readonly request: RequestForm
  /** Seconds. */
  readonly every: number
  /** As `reads` of the interface, for the answer to this question. */
  readonly reads?: string | undefined
  /** The greatest value of this path so far, and 0 at first, is `{after}` of the next question. */
  readonly cursor?: Path | undefined
  /** Deletes a text, by the first value of its `id` as `{id}`: asked for when the text is on the disk. */
  readonly remove?: RequestForm | undefined
  readonly report?: ReportForm | undefined
  readonly text?: TextForm | undefined
}

/** A webhook as the documentation of a carrier shows it. */
export interface HookExample {
  readonly method: 'GET' | 'POST'
  readonly query: string
  readonly type: string
  readonly body: string
}

/** What the documentation of a carrier shows, by which its description is checked and played. */
export interface CarrierExamples {
  readonly answers: readonly {
    readonly status: number
    readonly body: string
    readonly outcome: 'sent' | 'in_doubt' | Cause['next']
  }[]
  readonly reports: readonly (HookExample & { readonly state: ReportState })[]
  readonly texts: readonly HookExample[]
  /** Answers to the questions of `poll`, in their order. */
  readonly polls: readonly {
    readonly body: string
    readonly texts: readonly { readonly from: string; readonly text: string }[]
    readonly reports: readonly { readonly id: string; readonly state: ReportState }[]
  }[]
}

/** The HTTP interface of a carrier. */
export interface CarrierApi {
  readonly name: string
  /** Parts for which no documentation of the carrier was found. */
  readonly unproven: readonly string[]
  readonly base: string
  readonly auth: Auth
  /** How numbers are written: with a plus, as digits, or with two zeros in front. */
  readonly number: 'plus' | 'digits' | 'zeros'
  readonly send: RequestForm
  /** Seconds for which it may try to deliver, least and most; null where it can't be given that. */
  readonly validity: readonly [number, number] | null
  readonly max_characters: number
  readonly ok: { readonly status: readonly number[]; readonly where: Conditions }
  /**
   * A regular expression with named groups for answers that are no JSON: the document is then the list of its matches.
   */
  readonly reads?: string | undefined
  /** Absent where it names no texts; `{ref}` or `{ref_number}` where it takes the hub's own name. */
  readonly id?: Path | undefined
  readonly error: { readonly code?: Path | undefined; readonly text?: Path | undefined }
  readonly codes: Readonly<Record<string, CodeMeaning>>
  /** The same by HTTP status, where the answer has none of these codes. */
  readonly statuses: Readonly<Record<string, CodeMeaning>>
  /** Messages at once where its row has no window: a box with one SIM sends one after the other. */
  readonly window?: number | undefined
  readonly report?: ReportForm | undefined
  readonly text?: TextForm | undefined
  /** What webhooks are answered with. */
  readonly answer: { readonly type: string; readonly body: string }
  readonly signature: Signature
  readonly poll: readonly PollForm[]
  readonly examples?: CarrierExamples | undefined
}
