import type { GatewayState } from '../../src/message/gateway-state.ts'

/** Of a gateway that works, and has no more to report. */
const ready = { status: 'ready', last_error: null, recovering: null, recoveries: {} } as const

export const readyModem: GatewayState = {
  ...ready,
  modem: {
    network: 'registered',
    sim: 'ready',
    unaccepted: null,
    operator: null,
    technology: null,
    signal_dbm: null,
    signal_percent: null,
    storage_used: null,
    storage_total: null,
    port: null,
    model: null,
    firmware: null,
  },
}

export const readyLink: GatewayState = {
  ...ready,
  link: { address: 'smsc.example:2775', peer: 'SMSC', connected_at: '2026-01-01T00:00:00.000Z' },
}
