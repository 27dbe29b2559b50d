import * as z from 'zod'
import type { Config } from '../config/schema.ts'
import { capabilitiesOf, capabilityNames } from '../message/capabilities.ts'
import { Fault } from '../message/fault.ts'
import { findingCodes } from '../message/finding-codes.ts'
import { type GatewayDocument, restartKinds } from '../message/gateway-state.ts'
import { isoTime } from '../message/result.ts'
import { ussdChoice, ussdCode } from '../message/ussd-code.ts'
import { id, orScalar } from './inputs.ts'
import { type ApiDeps, notOverMqtt, operation } from './operation.ts'
import { nothing } from './outputs.ts'
import { gatewayPayload } from './payloads.ts'

const oneGateway = orScalar('gateway', z.looseObject({ gateway: id }))

export const finding = z.strictObject({
  severity: z.enum(['error', 'warning', 'ok']),
  /** Names the finding for programs; null where its words are those of a port or of the system. */
  code: z.enum(findingCodes).nullable(),
  finding: z.string(),
  fix: z.string().nullable(),
  lines: z.array(z.string()),
})

/** What is shown of a gateway over time. */
export const gatewayHistory = {
  /** Readings since the hub started; null where there was no network. */
  signal: z.array(z.strictObject({ at: z.iso.datetime(), percent: z.number().nullable() })),
  /** By the beginning of the hour: segments sent, retries included, and texts received. */
  hours: z.array(z.strictObject({ at: z.iso.datetime(), sent: z.int(), received: z.int() })),
}

const dayMs = 86_400_000
/** Times of today's requests by MQTT to each gateway, by running hub. */
const asked = new WeakMap<Config, Map<string, number[]>>()

/** A code can transfer credit, order a subscription or forward calls: only those that the owner has listed are sent. */
function mayAsk(gateway: string, codes: readonly string[], { config, now }: ApiDeps): void {
  const row = config.gateways[gateway]
  // Nothing that a simulated network does costs anything, or lasts.
  if (row?.type === 'simulated') return
  if (row?.type !== 'modem') throw new Fault('not_allowed', `only gateways of type modem list USSD codes`, { gateway })
  const listed = [...row.ussd.allow, ...(row.balance === undefined ? [] : [row.balance.ussd])]
  if (!listed.some((one) => one.join() === codes.join()))
    throw new Fault('not_allowed', `gateways.${gateway}.ussd.allow does not list ${JSON.stringify(codes)}`, { gateway })
  const times = asked.get(config) ?? new Map<string, number[]>()
  asked.set(config, times)
  const lately = (times.get(gateway) ?? []).filter((at) => now() - at < dayMs)
  if (lately.length >= row.ussd.per_day)
    throw new Fault('rate_limited', `gateways.${gateway}.ussd.per_day is used up (${row.ussd.per_day})`, { gateway })
  times.set(gateway, [...lately, now()])
}

/** One gateway. */
export const gatewayOperations = {
  'gateway/list': operation({
    summary: 'gateways and their states',
    action: () => ({ act: 'see_hub' }),
    input: z.looseObject({}),
    output: z.strictObject({ gateways: z.array(gatewayPayload.extend({ id, can: z.array(z.enum(capabilityNames)) })) }),
    async run(_data, { gateways }) {
      const rows = Object.entries(await gateways.freshDocuments())
      return { gateways: rows.map(([id, document]) => ({ id, ...document, can: capabilitiesOf(gateways.find(id)) })) }
    },
  }),
  'gateway/history': operation({
    summary: 'the signal and the traffic of a gateway in the last 24 hours',
    surfaces: notOverMqtt,
    action: () => ({ act: 'see_hub' }),
    input: oneGateway,
    output: z.strictObject(gatewayHistory),
    async run({ gateway }, { gateways, store, now }) {
      const signal = gateways.signalOf(gateway)
      const hours = await store.read('gatewayTraffic', { gateway, now: now() })
      return {
        signal: signal.map(({ at, percent }) => ({ at: isoTime(at), percent })),
        hours: hours.map(({ at, ...counts }) => ({ at: isoTime(at), ...counts })),
      }
    },
  }),
  'gateway/signal': operation({
    summary: 'check a gateway now; its state',
    input: oneGateway,
    output: gatewayPayload,
    async run({ gateway }, { gateways }) {
      await gateways.able(gateway, 'look')()
      return { ...(gateways.documents[gateway] as GatewayDocument) }
    },
  }),
  'gateway/restart': operation({
    summary: 'restart a modem: its port, its radio, the modem, or its power',
    input: orScalar('gateway', z.looseObject({ gateway: id, how: z.enum(restartKinds).default('reset') })),
    output: z.strictObject({ gateway: id, how: z.enum(restartKinds) }),
    async run({ gateway, how }, { gateways }) {
      await gateways.able(gateway, 'restart')(how)
      return { gateway, how }
    },
  }),
  'gateway/ussd': operation({
    summary: 'query the network by USSD: a code, and the choices in the menus that follow; its last text',
    input: z.looseObject({
      gateway: id,
      code: z.string().regex(ussdCode, 'must be a USSD code like *100#'),
      menu: z.array(z.coerce.string().regex(ussdChoice, 'must be a choice in the menu')).max(9).default([]),
    }),
    output: z.strictObject({ gateway: id, text: z.string() }),
    async run({ gateway, code, menu }, deps, { surface }) {
      const { gateways } = deps
      const ask = gateways.able(gateway, 'ussd')
      // Local users have access to the SIM anyway.
      if (surface !== 'local') mayAsk(gateway, [code, ...menu], deps)
      return { gateway, text: await ask([code, ...menu]) }
    },
  }),
  'gateway/doctor': operation({
    summary: 'examine a gateway: what keeps it from working, and what to do about it',
    surfaces: notOverMqtt,
    input: oneGateway,
    output: z.strictObject({ findings: z.array(finding) }),
    async run({ gateway }, { gateways }) {
      const found = await gateways.able(gateway, 'examine')()
      return { findings: found.map((one) => ({ ...one, lines: [...one.lines] })) }
    },
  }),
  'gateway/pin': operation({
    summary:
      'the PIN of a SIM, until the hub ends: it is entered once, within half a minute, while more than one try is left',
    surfaces: notOverMqtt,
    input: z.strictObject({ gateway: id, pin: z.string().regex(/^\d{4,8}$/, 'must be 4 to 8 digits') }),
    output: nothing,
    async run({ gateway, pin }, { gateways, log }, asker) {
      await gateways.able(gateway, 'unlock')(pin)
      log('info', `a PIN for the SIM of ${gateway} was given (${asker.name})`)
      return {}
    },
  }),
  'gateway/accept': operation({
    summary: 'accept the present modem and SIM',
    input: oneGateway,
    output: z.strictObject({ gateway: id, accepted: z.string() }),
    async run({ gateway }, { gateways, log }, asker) {
      const accepted = await gateways.able(gateway, 'accept')()
      log('info', `the modem and SIM of ${gateway} were accepted (${asker.name})`)
      return { gateway, accepted }
    },
  }),
}
