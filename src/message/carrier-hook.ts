/** A call of a carrier, as it has come. */
export interface CarrierHook {
  readonly method: string
  /** The path and query as they came; a gateway puts its own address in front. */
  readonly url: string
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Buffer
}

/** What it is answered with. */
export interface HookAnswer {
  readonly status: number
  readonly type: string
  readonly body: string
}
