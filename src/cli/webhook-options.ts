export interface Output {
  readonly json?: boolean
}

/** Options of an endpoint as given on the command line. */
export interface WebhookOptions extends Output {
  readonly url?: string
  readonly description?: string
  readonly type?: readonly string[]
  readonly device?: readonly string[]
  readonly ordered?: boolean
  readonly payload?: string
}

export interface DeliveryOptions extends Output {
  readonly status?: string
  readonly since?: string
  readonly until?: string
  readonly limit?: string
}

export interface ReplayOptions {
  readonly id?: string
  readonly since?: string
  readonly until?: string
}
