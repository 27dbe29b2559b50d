/** An error of the interface as RFC 9457 has it, or the lack of an answer. */
export class Problem extends Error {
  readonly status: number
  readonly code: string
  readonly hint: string | null
  readonly retryable: boolean
  /** Places in the request that are wrong. */
  readonly places: readonly Place[]
  readonly details: Readonly<Record<string, unknown>>

  constructor(document: ProblemDocument) {
    super(document.detail)
    this.name = 'Problem'
    this.status = document.status
    this.code = document.code
    this.hint = document.hint ?? null
    this.retryable = document.retryable ?? false
    this.places = document.errors ?? []
    this.details = document.details ?? {}
  }

  /** Any thrown value as a problem. */
  static from(error: unknown): Problem {
    if (error instanceof Problem) return error
    const detail = error instanceof Error ? error.message : String(error)
    return new Problem({ status: 0, code: 'page', detail })
  }
}

interface Place {
  readonly pointer?: string
  readonly parameter?: string
  readonly detail: string
}

export interface ProblemDocument {
  readonly status: number
  readonly code: string
  readonly detail: string
  readonly hint?: string
  readonly retryable?: boolean
  readonly errors?: readonly Place[]
  readonly details?: Readonly<Record<string, unknown>>
}
