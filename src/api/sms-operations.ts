import * as z from 'zod'
import { acceptText } from '../message/accepted.ts'
import { Fault } from '../message/fault.ts'
import { commandsOf } from './commands-of.ts'
import { one } from './inputs.ts'
import { type Data, request } from './operation.ts'

/** Requests about single texts and commands. */
export const smsRequests = {
  'sms/send': request({
    summary: 'a text to a number or a contact',
    schema: z.looseObject({}),
    async run(payload, rooms, asker) {
      return commandsOf(await rooms.submit(acceptText(asker, payload)))
    },
  }),
  'sms/get': request({
    summary: 'what became of a command or text, by command_id or message_id',
    schema: one,
    async run({ id: name }, { store, now }) {
      return known(await store.run('findCommand', { id: name, now: now() }), name)
    },
  }),
  'sms/cancel': request({
    summary: 'take a command or text out of the queue, as long as it has not left',
    schema: one,
    async run({ id: name }, { store, now }) {
      const found = known(await store.run('cancelCommand', { id: name, now: now() }), name)
      if (found.status !== 'cancelled') throw new Fault('not_allowed', `it is ${found.status} already`, { id: name })
      return found
    },
  }),
}

function known(found: Data | null, name: string): Data {
  if (found === null) throw new Fault('unknown_command', `there is no command or text "${name}"`, { id: name })
  return found
}
