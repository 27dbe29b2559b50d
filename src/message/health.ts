import type { CommonState } from './gateway-state.ts'

/** `/healthz`: the health of the hub as a word, as sentences, and part by part. */
export interface Health {
  /** false where the hub does not do its work: a monitor should raise an alarm. */
  readonly ok: boolean
  readonly status: 'ok' | 'degraded' | 'failed'
  readonly problems: readonly string[]
  readonly mqtt: boolean
  readonly store: boolean
  /** Whether mails are taken; absent where they are not configured. */
  readonly mail?: boolean
  /** Whether clients can bind by SMPP; absent where that is not configured. */
  readonly smpp?: boolean
  readonly gateways: Readonly<Record<string, CommonState['status']>>
}

export interface HealthParts {
  readonly stopping: boolean
  /** Why the store has failed; null while it works. */
  readonly storeFault: string | null
  readonly hasRoom: boolean
  /** Time since the broker was last connected; null while it is. */
  readonly brokerLostMs: number | null
  /** Why the connection to the broker does not last. */
  readonly brokerTrouble: string | null
  /** Whether mails are taken; null where they are not configured. */
  readonly takesMail: boolean | null
  /** Whether clients can bind by SMPP; null where that is not configured. */
  readonly takesBinds: boolean | null
  readonly gateways: Readonly<Record<string, CommonState>>
}

/** Time in which a restarted broker is back. */
const brokerPatienceMs = 120_000

/** Failed: commands are no longer accepted or stored. Degraded: they are stored until a modem or the broker is back. */
export function healthOf({
  stopping,
  storeFault,
  hasRoom,
  brokerLostMs,
  brokerTrouble,
  takesMail,
  takesBinds,
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
  if (takesMail === false) others.push('mail: no mails are taken')
  if (takesBinds === false) others.push('smpp: no client can bind')
  for (const [id, { status, last_error }] of Object.entries(gateways))
    if (status !== 'ready' && status !== 'initializing')
      others.push(`gateway ${id}: ${status}${last_error === null ? '' : `, ${last_error}`}`)
  return {
    ok: failures.length === 0,
    status: failures.length > 0 ? 'failed' : others.length > 0 ? 'degraded' : 'ok',
    problems: [...failures, ...others],
    mqtt: brokerLostMs === null,
    store: storeFault === null && hasRoom,
    ...(takesMail !== null && { mail: takesMail }),
    ...(takesBinds !== null && { smpp: takesBinds }),
    gateways: Object.fromEntries(Object.entries(gateways).map(([id, { status }]) => [id, status])),
  }
}
