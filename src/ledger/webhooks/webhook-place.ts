import { closeOutlet, openOutlet, webhookOutlet } from '../events/outlets.ts'
import type { Tx } from '../tx.ts'

/**
 * Events wait for webhooks while there is an enabled one: without any, an event costs nothing more. To be called after
 * each change of endpoints.
 */
export function placed(tx: Tx): void {
  if (hasEnabled(tx)) openOutlet(tx, webhookOutlet)
  else closeOutlet(tx, webhookOutlet)
  tx.ring('webhooks')
}

export const hasEnabled = (tx: Tx): boolean => tx.one('SELECT id FROM webhook WHERE enabled = 1 LIMIT 1') !== undefined
