import type { GatewayLimits } from '../../message/readings.ts'
import type { Quota } from '../quota.ts'

/**
 * The key of the day is only the gateway's name, as before other windows existed. It is also counted without a limit,
 * for display.
 */
export function gatewayQuotas(gateway: string, limits: GatewayLimits): (Quota & { window: keyof GatewayLimits })[] {
  return [
    { key: `gateway-minute:${gateway}`, window: 'minute', limit: limits.minute },
    { key: `gateway:${gateway}`, window: 'day', limit: limits.day ?? Number.POSITIVE_INFINITY },
    { key: `gateway-month:${gateway}`, window: 'month', limit: limits.month },
  ]
}
