import * as z from 'zod'
import { acceptText } from '../message/accepted.ts'
import { Fault } from '../message/fault.ts'
import { one } from './inputs.ts'
import { type Data, operation } from './operation.ts'
import { queued } from './outputs.ts'
import { resultPayload } from './payloads.ts'

const maxWaitSeconds = 900

/** Single texts and commands. */
export const smsOperations = {
  'sms/send': operation({
    summary: 'a text to a number or a contact',
    input: z.looseObject({}),
    output: queued,
    async run(payload, { submit }, asker) {
      const { repeated, commands } = await submit(acceptText(asker, payload))
      return { repeated, commands: [...commands] }
    },
  }),
  'sms/get': operation({
    summary: 'the latest result of a command or text, by command_id or message_id',
    input: one,
    output: resultPayload,
    async run({ id: name }, { store, now }) {
      return known(await store.run('findCommand', { id: name, now: now() }), name)
    },
  }),
  'sms/cancel': operation({
    summary: 'cancel a command or text that is not sent yet',
    input: one,
    output: resultPayload,
    async run({ id: name }, { store, now }) {
      const found = known(await store.run('cancelCommand', { id: name, now: now() }), name)
      if (found.status !== 'cancelled') throw new Fault('not_allowed', `it is ${found.status} already`, { id: name })
      return found
    },
  }),
  'sms/wait': operation({
    summary: 'the final result of a command or text, or the latest one when the time is up',
    surfaces: ['local', 'http'],
    input: z.strictObject({
      id: z.string().min(1).max(64),
      seconds: z.coerce.number().min(0).max(maxWaitSeconds).default(60),
    }),
    output: resultPayload,
    run: async ({ id, seconds }, { outcome }) => (await outcome(id, seconds * 1_000)) as z.input<typeof resultPayload>,
  }),
}

function known(found: Data | null, name: string): z.input<typeof resultPayload> {
  if (found === null) throw new Fault('unknown_command', `there is no command or text "${name}"`, { id: name })
  return found as z.input<typeof resultPayload>
}
