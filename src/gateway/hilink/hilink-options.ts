export interface HilinkOptions {
  readonly id: string
  readonly address: string
  readonly user: string
  readonly password: string | null
  readonly pollMs: number
  /** For a text, from its request to the end that the box reports. */
  readonly timeoutMs: number
  readonly gapMs: number
}
