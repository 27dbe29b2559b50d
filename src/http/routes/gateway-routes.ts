import * as z from 'zod'
import { finding, gatewayHistory } from '../../api/gateway-operations.ts'
import { id } from '../../api/inputs.ts'
import { pauses } from '../../api/outputs.ts'
import { gatewayPayload } from '../../api/payloads.ts'
import { smppClient } from '../../api/smpp-operations.ts'
import { capabilityNames } from '../../message/capabilities.ts'
import { restartKinds } from '../../message/gateway-state.ts'
import type { Route } from '../route.ts'

const params = z.object({ gateway: id })
const can = z.array(z.enum(capabilityNames))
const Gateway = gatewayPayload.extend({ id, can }).meta({ id: 'Gateway' })
const SmppClient = smppClient.meta({ id: 'SmppClient' })
const Pauses = z.object({ paused: pauses }).meta({ id: 'GatewayPauses' })

/** What is asked of one gateway. */
const act = (action: string, name: string, operation: string, rest: Pick<Route, 'answer'> & Partial<Route>): Route => ({
  method: 'POST',
  path: `/gateways/:gateway/${action}`,
  name,
  tag: 'gateways',
  scope: 'gateways:manage',
  operation,
  params,
  ...rest,
})

export const gatewayRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/smpp/clients',
    name: 'listSmppClients',
    tag: 'gateways',
    scope: 'gateways:read',
    operation: 'smpp/list',
    shows: ({ clients }) => ({ data: clients, next_cursor: null }),
    answer: z.object({ data: z.array(SmppClient), next_cursor: z.null() }).meta({ id: 'SmppClientList' }),
  },
  {
    method: 'GET',
    path: '/gateways',
    name: 'listGateways',
    tag: 'gateways',
    scope: 'gateways:read',
    operation: 'gateway/list',
    shows: ({ gateways }) => ({ data: gateways, next_cursor: null }),
    answer: z.object({ data: z.array(Gateway), next_cursor: z.null() }).meta({ id: 'GatewayList' }),
  },
  {
    method: 'GET',
    path: '/gateways/:gateway/history',
    name: 'getGatewayHistory',
    tag: 'gateways',
    scope: 'gateways:read',
    operation: 'gateway/history',
    params,
    answer: z.object(gatewayHistory).meta({ id: 'GatewayHistory' }),
  },
  act('pause', 'pauseGateway', 'queue/pause', { answer: Pauses }),
  act('resume', 'resumeGateway', 'queue/resume', { answer: Pauses }),
  act('accept', 'acceptGateway', 'gateway/accept', {
    answer: z.object({ gateway: id, accepted: z.string() }).meta({ id: 'AcceptedSim' }),
  }),
  act('restart', 'restartGateway', 'gateway/restart', {
    body: z.strictObject({ how: z.enum(restartKinds).optional() }).optional(),
    answer: z.object({ gateway: id, how: z.enum(restartKinds) }).meta({ id: 'Restarted' }),
  }),
  act('signal', 'checkGateway', 'gateway/signal', { answer: gatewayPayload.meta({ id: 'GatewayState' }) }),
  act('doctor', 'examineGateway', 'gateway/doctor', {
    answer: z.object({ findings: z.array(finding.meta({ id: 'Finding' })) }).meta({ id: 'Findings' }),
  }),
  act('pin', 'unlockSim', 'gateway/pin', {
    body: z.strictObject({ pin: z.string() }),
    status: 204,
    answer: z.object({}),
  }),
  {
    method: 'GET',
    path: '/gateways/:gateway/trace',
    name: 'getTrace',
    tag: 'gateways',
    scope: 'gateways:manage',
    operation: 'gateway/trace',
    params,
    answer: z.object({ trace: z.string() }).meta({ id: 'Trace' }),
  },
  act('ussd', 'queryUssd', 'gateway/ussd', {
    body: z.strictObject({ code: z.string(), menu: z.array(z.string()).max(9).optional() }),
    answer: z.object({ gateway: id, text: z.string() }).meta({ id: 'UssdAnswer' }),
  }),
]
