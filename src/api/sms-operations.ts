import * as z from 'zod'
import { acceptText } from '../message/accepted.ts'
import { Fault } from '../message/fault.ts'
import type { Action } from '../message/rights.ts'
import { assertMay } from './assert-may.ts'
import { one } from './inputs.ts'
import { type Data, operation, thisMachine } from './operation.ts'
import { queued } from './outputs.ts'
import { resultPayload } from './payloads.ts'
import { queuedCommand } from './queued-command.ts'

const maxWaitSeconds = 900

/** Single texts and commands. */
export const smsOperations = {
  'sms/send': operation({
    summary: 'a text to a number or a contact',
    surfaces: ['mqtt', 'local'],
    input: z.looseObject({}),
    output: queued,
    run: async (payload, { submit }, asker) => queuedCommand(await submit(acceptText(asker, payload))),
  }),
  'sms/get': operation({
    summary: 'the latest result of a command or text, by command_id or message_id',
    action: () => ({ act: 'see_hub' }),
    input: one,
    output: resultPayload,
    async run({ id: name }, { store, now }, asker) {
      const found = known(await store.run('findCommand', { id: name, now: now() }), name)
      assertMay(asker, seeing(found), `see ${name}`)
      return found
    },
  }),
  'sms/cancel': operation({
    summary: 'cancel a command or text that is not sent yet',
    action: () => ({ act: 'see_hub' }),
    input: one,
    output: resultPayload,
    async run({ id: name }, { store, now }, asker) {
      const { device } = known(await store.run('findCommand', { id: name, now: now() }), name)
      assertMay(asker, device === null ? { act: 'text' } : { act: 'command', device }, `cancel ${name}`)
      const found = known(await store.run('cancelCommand', { id: name, now: now() }), name)
      if (found.status !== 'cancelled') throw new Fault('conflict', `it is ${found.status} already`, { id: name })
      return found
    },
  }),
  'sms/wait': operation({
    summary: 'the final result of a command or text, or the latest one when the time is up',
    surfaces: thisMachine,
    input: z.strictObject({
      id: z.string().min(1).max(64),
      seconds: z.coerce.number().min(0).max(maxWaitSeconds).default(60),
    }),
    output: resultPayload,
    run: async ({ id, seconds }, { outcome }) => (await outcome(id, seconds * 1_000)) as z.input<typeof resultPayload>,
  }),
}

/** The right to see a result: of a device, or of a text to a person. */
const seeing = ({ device }: { readonly device: string | null }): Action =>
  device === null ? { act: 'see_texts' } : { act: 'see', device }

function known(found: Data | null, name: string): z.input<typeof resultPayload> {
  if (found === null) throw new Fault('unknown_command', `there is no command or text "${name}"`, { id: name })
  return found as z.input<typeof resultPayload>
}
