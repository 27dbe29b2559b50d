import * as z from 'zod'
import { id } from './inputs.ts'
import { notOverMqtt, operation, thisMachine } from './operation.ts'

/** The line of a modem. AT commands can do anything to a SIM: they are for local users only. */
export const modemOperations = {
  'gateway/at': operation({
    summary: 'an AT command, and the lines of its answer',
    surfaces: thisMachine,
    input: z.strictObject({
      gateway: id,
      text: z.string().regex(/^at[ -~]*$/i, 'must be one AT command, for example AT+CSQ'),
    }),
    output: z.strictObject({
      lines: z.array(z.string()),
      final: z.looseObject({ kind: z.string(), text: z.string().optional() }),
    }),
    async run({ gateway, text }, { gateways }) {
      const { lines, final } = await gateways.able(gateway, 'at')(text)
      return { lines: [...lines], final: { ...final } }
    },
  }),
  'gateway/trace': operation({
    summary: 'the latest traffic on the line of a modem',
    surfaces: notOverMqtt,
    input: z.strictObject({ gateway: id }),
    output: z.strictObject({ trace: z.string() }),
    run: async ({ gateway }, { gateways }) => ({ trace: gateways.able(gateway, 'trace')() }),
  }),
}
