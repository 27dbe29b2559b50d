/** `gateway/<id>` (facts: MQTT, section 5.4): what people and dashboards see of a gateway. */
export interface GatewayState {
  readonly status: 'initializing' | 'ready' | 'degraded' | 'offline' | 'no_sim' | 'sim_locked' | 'error'
  readonly network: 'registered' | 'roaming' | 'searching' | 'denied' | 'not_registered' | 'unknown'
  readonly sim: 'ready' | 'pin' | 'puk' | 'missing' | 'unknown'
  readonly operator: string | null
  readonly technology: string | null
  readonly signal_dbm: number | null
  readonly signal_percent: number | null
  readonly model: string | null
  readonly firmware: string | null
  readonly last_error: string | null
}
