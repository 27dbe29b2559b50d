import * as z from 'zod'
import type { Config } from '../config/schema.ts'
import { Fault } from '../message/fault.ts'
import { restartKinds } from '../message/gateway-state.ts'
import { ussdChoice, ussdCode } from '../message/ussd.ts'
import { id, orScalar } from './inputs.ts'
import { type RequestRooms, request } from './operation.ts'

const oneGateway = orScalar('gateway', z.looseObject({ gateway: id }))

const day = 86_400_000
/** When each gateway was asked today by MQTT, of each running hub. */
const asked = new WeakMap<Config, Map<string, number[]>>()

/** A code can send credit away, take out a subscription or forward calls: only what the owner has listed is asked. */
function mayAsk(gateway: string, codes: readonly string[], { config, now }: RequestRooms): void {
  const row = config.gateways[gateway]
  if (row?.type !== 'modem') return
  const listed = [...row.ussd.allow, ...(row.balance === undefined ? [] : [row.balance.ussd])]
  if (!listed.some((one) => one.join() === codes.join()))
    throw new Fault('not_allowed', `gateways.${gateway}.ussd.allow does not list ${JSON.stringify(codes)}`, { gateway })
  const times = asked.get(config) ?? new Map<string, number[]>()
  asked.set(config, times)
  const lately = (times.get(gateway) ?? []).filter((at) => now() - at < day)
  if (lately.length >= row.ussd.per_day)
    throw new Fault('rate_limited', `gateways.${gateway}.ussd.per_day is used up (${row.ussd.per_day})`, { gateway })
  times.set(gateway, [...lately, now()])
}

/** Requests about one gateway. AT commands are for the command line alone: they could do anything to a SIM. */
export const gatewayRequests = {
  'gateway/list': request({
    summary: 'gateways and their states',
    schema: z.looseObject({}),
    async run(_data, { gateways }) {
      const states = await gateways.freshStates()
      return { gateways: Object.entries(states).map(([gateway, state]) => ({ id: gateway, ...state })) }
    },
  }),
  'gateway/signal': request({
    summary: 'a gateway looks at its modem now; its state',
    schema: oneGateway,
    async run({ gateway }, { gateways }) {
      await gateways.able(gateway, 'look')()
      return { ...gateways.states[gateway] }
    },
  }),
  'gateway/restart': request({
    summary: 'start a modem anew: its port, its radio, itself, or its power',
    schema: orScalar('gateway', z.looseObject({ gateway: id, how: z.enum(restartKinds).default('reset') })),
    async run({ gateway, how }, { gateways }) {
      await gateways.able(gateway, 'restart')(how)
      return { gateway, how }
    },
  }),
  'gateway/ussd': request({
    summary: 'ask the network by USSD: a code, and what is chosen in the menus behind it; its last text',
    schema: z.looseObject({
      gateway: id,
      code: z.string().regex(ussdCode, 'must be a USSD code like *100#'),
      menu: z.array(z.coerce.string().regex(ussdChoice, 'must be what is typed in the menu')).max(9).default([]),
    }),
    async run({ gateway, code, menu }, rooms) {
      const { gateways } = rooms
      const ask = gateways.able(gateway, 'ussd')
      mayAsk(gateway, [code, ...menu], rooms)
      return { gateway, text: await ask([code, ...menu]) }
    },
  }),
  'gateway/accept': request({
    summary: 'the modem and the SIM that are there now are meant to be there',
    schema: oneGateway,
    async run({ gateway }, { gateways, log }, asker) {
      await gateways.able(gateway, 'accept')()
      log('info', `the modem and SIM of ${gateway} were accepted (${asker.name})`)
      return { gateway }
    },
  }),
}
