import * as z from 'zod'
import type { Device } from '../device/device.ts'
import { passes, planOf } from '../device/send/setup.ts'
import { acceptCommand } from '../message/accepted.ts'
import { Fault } from '../message/fault.ts'
import { isoTime } from '../message/result.ts'
import { id } from './inputs.ts'
import { type ApiDeps, deviceOf, notOverMqtt, operation } from './operation.ts'
import { resultPayload } from './payloads.ts'

/** Enough for an answer and a retry or two; then the latest result is returned. */
const outcomeTimeoutMs = 15 * 60_000

const step = z.strictObject({
  number: z.number().int(),
  do: z.enum(['command', 'hand', 'ring']),
  says: z.string(),
  command: z.string().nullable(),
  params: z.record(z.string(), z.string()),
  asks: z.array(z.strictObject({ name: z.string(), accepts: z.string(), secret: z.boolean() })),
  danger: z.string().nullable(),
  sms: z.string().nullable(),
})

export const setupPlan = z.strictObject({ steps: z.array(step), profile: z.string() })

/** `for`: the gateway whose number the device is to store. */
const gatewayOf = { for: id.optional() }

/** Makes a device accept the hub, step by step. What is to be done by hand may contain secrets: over HTTP they are masked. */
export const setupOperations = {
  'setup/plan': operation({
    summary: 'the set-up steps of a device from its profile, or only those of one command',
    surfaces: notOverMqtt,
    input: z.strictObject({ id, only: z.string().optional(), ...gatewayOf }),
    output: setupPlan,
    async run({ id: name, only = null, for: gateway }, deps, { surface }) {
      const device = addressed(name, gateway, deps)
      const steps = planOf(device, { only, now: isoTime(deps.now()), isMasked: surface !== 'local' }) as z.input<
        typeof step
      >[]
      return { steps, profile: device.profile.id }
    },
  }),
  'setup/step': operation({
    summary: 'carry out a step and wait for its end; passed: the device has confirmed the step',
    surfaces: notOverMqtt,
    input: z.strictObject({
      id,
      number: z.coerce.number().int(),
      command: z.string().min(1),
      params: z.record(z.string(), z.unknown()).default({}),
      confirm: z.boolean().default(false),
      ...gatewayOf,
    }),
    output: resultPayload.extend({ passed: z.boolean() }),
    async run({ id: name, number, command, params, confirm, for: gateway }, deps, asker) {
      const device = addressed(name, gateway, deps)
      const payload = {
        command,
        args: params,
        ...(confirm && { confirm: device.id }),
        ...(gateway !== undefined && { for: gateway }),
      }
      const [queued] = (await deps.submit(acceptCommand(asker, device.id, payload))).commands
      if (queued === undefined) throw new Fault('internal', 'the command was not accepted')
      const result = (await deps.outcome(queued.id, outcomeTimeoutMs)) as z.input<typeof resultPayload>
      return { ...result, passed: result.ok !== false && passes(device, number, result.reply?.text ?? '') }
    },
  }),
}

function addressed(name: string, gateway: string | undefined, { fleet, numberOf }: ApiDeps): Device {
  const device = deviceOf(name, fleet)
  if (gateway === undefined) return device
  const hubNumber = numberOf(gateway)
  if (hubNumber !== null) return { ...device, hubNumber }
  throw new Fault('no_gateway', `the number of gateway "${gateway}" is not known: set gateways.${gateway}.number`)
}
