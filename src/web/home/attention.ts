import type { Gateway, Health } from '../api/answer-types.ts'
import { type Trouble, troubleOf } from '../gateways/trouble.ts'
import { hashOf } from '../page-place.ts'

/** What waits for a person. */
export interface Waiting {
  readonly kind: Trouble | 'paused' | 'clock' | 'store'
  /** The gateway, or what is paused. */
  readonly subject: string
  /** Where it can be ended. */
  readonly href: string
}

export function attentionOf(health: Health, gateways: readonly Gateway[]): Waiting[] {
  const ofGateways = gateways.flatMap((gateway): Waiting[] => {
    const kind = troubleOf(gateway)
    return kind === null ? [] : [{ kind, subject: gateway.id, href: hashOf(['gateways', gateway.id]) }]
  })
  const paused = health.paused.map(
    ({ device, gateway }): Waiting => ({ kind: 'paused', subject: device ?? gateway ?? '', href: '#/queue' }),
  )
  return [
    ...(health.store_trouble === null
      ? []
      : [{ kind: 'store', subject: health.store_trouble, href: '#/settings' } as const]),
    ...(health.clock === 'behind' ? [{ kind: 'clock', subject: '', href: '#/settings' } as const] : []),
    ...ofGateways,
    ...paused,
  ]
}
