import { realpathSync } from 'node:fs'
import { type LoadOptions, loadConfig } from '../config/load.ts'
import { Fault } from '../message/fault.ts'
import type { GatewayDocument } from '../message/gateway-state.ts'
import { escaped } from '../util/escape.ts'
import { request } from './control.ts'

/** The gateways of the running hub; empty when none runs or its configuration can't be read. */
export async function runningGateways(load: LoadOptions): Promise<Readonly<Record<string, GatewayDocument>>> {
  try {
    const { gateways } = await request<{ gateways: (GatewayDocument & { id: string })[] }>(
      loadConfig(load).dataFolder,
      'gateway/list',
    )
    return Object.fromEntries(gateways.map(({ id, ...state }) => [id, state]))
  } catch (error) {
    // Plugged-in modems can be listed without a configuration.
    if (error instanceof Fault) return {}
    throw error
  }
}

/** The gateway with this port, under any of its names. */
export function gatewayAt(path: string, states: Readonly<Record<string, GatewayDocument>>): string | null {
  const real = realOf(path)
  return Object.entries(states).find(([, { port }]) => typeof port === 'string' && realOf(port) === real)?.[0] ?? null
}

function realOf(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

const isKnown = <T>(value: T | null | undefined): value is T => value !== null && value !== undefined

/** A gateway in one line, and its problem in another. */
export function gatewayLines(id: string, state: GatewayDocument): string[] {
  const { status, network, operator, technology, signal_dbm: dbm, storage_used: used, storage_total: total } = state
  const facts = [
    status,
    network ?? '',
    [operator, technology].filter(isKnown).join(' '),
    isKnown(dbm) ? `${dbm} dBm` : '',
    isKnown(total) ? `storage ${used}/${total}` : '',
    `queue ${state.queue}`,
    `sent today ${state.sent_today}`,
    state.spent_30_days === undefined ? '' : `spent ${state.spent_30_days} in 30 days`,
    state.balance ?? '',
    state.port ?? state.address ?? '',
    state.peer ?? '',
    state.binds === undefined
      ? ''
      : `bound ${state.bound?.length ?? 0}/${state.binds.length} (${state.binds.join(', ')})`,
    state.window === undefined ? '' : `under way ${state.under_way}/${state.window}`,
  ]
  const line = `gateway ${id}: ${facts.filter((fact) => fact !== '').join('  ')}`
  return (state.last_error === null ? [line] : [line, `    ${state.last_error}`]).map(escaped)
}
