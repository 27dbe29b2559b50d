import type { GatewayState } from '../../src/message/gateway-state.ts'

/** Of a gateway that works, and tells nothing more of itself. */
export const readyState: GatewayState = {
  status: 'ready',
  network: 'registered',
  sim: 'ready',
  operator: null,
  technology: null,
  signal_dbm: null,
  signal_percent: null,
  storage_used: null,
  storage_total: null,
  port: null,
  model: null,
  firmware: null,
  last_error: null,
  recovering: null,
  recoveries: {},
}
