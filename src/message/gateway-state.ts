import type { Publication } from './publication.ts'
import { topicName } from './topics.ts'

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
  /** What is being done about a gateway that does not serve; null while it does. */
  readonly recovering: string | null
  /** How often each of these was done since the hub started. */
  readonly recoveries: Readonly<Record<string, number>>
}

/** What is published of a gateway. */
export function publicationsOf(gateway: string, state: GatewayState): Publication[] {
  const available = state.status === 'ready' || state.status === 'degraded'
  return [
    { topic: topicName('gateway/{gateway}', { gateway }), payload: JSON.stringify(state), retain: true },
    {
      topic: topicName('gateway/{gateway}/availability', { gateway }),
      payload: available ? 'online' : 'offline',
      retain: true,
    },
  ]
}
