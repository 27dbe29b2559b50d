/** What became of a call to an endpoint. */
export interface EndpointAnswer {
  /** Null when there was no answer. */
  readonly status: number | null
  /** The beginning of the body. */
  readonly text: string
  /** Why it is no success; null for a 2xx answer. */
  readonly error: string | null
  readonly tookMs: number
}

/** What operations need of those who call the endpoints. */
export interface WebhookDesk {
  newId(): string
  newSecret(): string
  /** What is wrong with the URL of an endpoint; null when nothing is. */
  problemOf(url: string): string | null
  /** Sends a test. Fails for an unknown endpoint, or when too many are being tested. */
  ping(id: string): Promise<EndpointAnswer>
}
