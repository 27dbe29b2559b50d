import type { AnnouncedGateway } from '../../src/homeassistant/hub-parts.ts'
import { documentOf } from '../../src/message/gateway-state.ts'
import { readyLink, readyModem } from '../support/ready-state.ts'

const figures = { queue: 0, sent_today: 0 }
const noBalance = { balance: null, balance_at: null }

export const homeModem: AnnouncedGateway = {
  id: 'home',
  fields: Object.keys(documentOf({ ...readyModem, ...figures, ...noBalance })),
  hasCalls: true,
}

export const homeLink: AnnouncedGateway = {
  id: 'home',
  fields: Object.keys(documentOf({ ...readyLink, ...figures })),
  hasCalls: false,
}
