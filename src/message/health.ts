import type { GatewayState } from './gateway-state.ts'

/** `/healthz`: how the hub is, in a word, in sentences, and part by part. */
export interface Health {
  /** false where the hub does not do its work: a monitor should wake somebody. */
  readonly ok: boolean
  readonly status: 'ok' | 'degraded' | 'failed'
  readonly problems: readonly string[]
  readonly mqtt: boolean
  readonly store: boolean
  readonly gateways: Readonly<Record<string, GatewayState['status']>>
}

export interface HealthParts {
  readonly stopping: boolean
  /** Why the store can't go on; null while it can. */
  readonly storeFault: string | null
  readonly hasRoom: boolean
  /** ms since the broker was last there; null while it is. */
  readonly brokerLostMs: number | null
  /** What keeps the connection to the broker from lasting, in a sentence. */
  readonly brokerTrouble: string | null
  readonly gateways: Readonly<Record<string, GatewayState>>
}

/** A broker that is restarted is back by then. */
const brokerPatienceMs = 120_000

/** What fails takes commands in or keeps them no more; what is degraded keeps them until a modem or broker is back. */
export function healthOf({
  stopping,
  storeFault,
  hasRoom,
  brokerLostMs,
  brokerTrouble,
  gateways,
}: HealthParts): Health {
  const failures: string[] = []
  const others: string[] = []
  if (stopping) failures.push('the hub is stopping')
  if (storeFault !== null) failures.push(`store: ${storeFault}`)
  else if (!hasRoom) failures.push('store: the disk is nearly full, nothing is accepted or sent until there is room')
  if (brokerLostMs !== null) {
    const problem = `mqtt: not connected to the broker for ${Math.round(brokerLostMs / 1000)} s`
    if (brokerLostMs > brokerPatienceMs) failures.push(problem)
    else others.push(problem)
  }
  if (brokerTrouble !== null) failures.push(`mqtt: ${brokerTrouble}`)
  for (const [id, { status, last_error }] of Object.entries(gateways))
    if (status !== 'ready' && status !== 'initializing')
      others.push(`gateway ${id}: ${status}${last_error === null ? '' : `, ${last_error}`}`)
  return {
    ok: failures.length === 0,
    status: failures.length > 0 ? 'failed' : others.length > 0 ? 'degraded' : 'ok',
    problems: [...failures, ...others],
    mqtt: brokerLostMs === null,
    store: storeFault === null && hasRoom,
    gateways: Object.fromEntries(Object.entries(gateways).map(([id, { status }]) => [id, status])),
  }
}
