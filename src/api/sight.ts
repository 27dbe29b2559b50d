import { type Sight, seesAll } from '../ledger/about.ts'
import type { Asker, Surface } from '../message/accepted.ts'
import { type Action, sees, shownDevices } from '../message/rights.ts'

/** Lists of messages are for everybody with a role: each shows what the requester sees. They are too long for a topic. */
export const ofMessages: { readonly surfaces: readonly Surface[]; readonly action: () => Action } = {
  surfaces: ['local', 'http'],
  action: () => ({ act: 'see_hub' }),
}

export const sightOf = ({ rights }: Asker): Sight =>
  rights === null ? seesAll : { devices: shownDevices(rights), people: sees(rights, null) }
