import { stateKeysOf } from '../../src/device/describe/state-fields.ts'
import { commandsOf, type Device, messagesOf } from '../../src/device/device.ts'
import { publicValues } from '../../src/device/mask.ts'
import { readAnswer } from '../../src/device/receive/answer.ts'
import { readText } from '../../src/device/receive/read.ts'
import type { Reading } from '../../src/device/receive/reading.ts'
import { composeCommand } from '../../src/device/send/compose-command.ts'
import { stateOf } from '../../src/ledger/devices/devices.ts'
import type { Values } from '../../src/message/values.ts'

const now = '2026-11-22T12:00:00Z'

/** What the texts of the profile's examples say, by the same steps that the hub takes. */
export function readingsOf(device: Device): Reading[] {
  return Object.values(messagesOf(device)).flatMap(({ examples }) =>
    examples.flatMap(({ text, scts = now }) => readText(device, text, { receivedAt: scts, scts }).slice(0, 1)),
  )
}

/** Values that the answers to the examples of commands bring, with what holds once they are accepted. */
export function answersOf(device: Device): { command: string; values: Values }[] {
  return Object.entries(commandsOf(device)).flatMap(([name, { examples }]) =>
    examples
      .filter(({ variant = device.dialect.variant }) => variant === device.dialect.variant)
      .flatMap(({ params, reply, settings, scts = now }) => {
        const { counter = '0', ...given } = params
        const asked: Device = { ...device, settings: { ...device.settings, ...settings } }
        const {
          texts,
          command,
          params: taken,
          sets,
        } = composeCommand(asked, name, given, { now: scts, counter: Number(counter) })
        return reply.map((text) => {
          const last = texts.at(-1)
          const open = { command: last?.command ?? command, params: last?.params ?? taken, text: last?.text ?? '' }
          const answer = readAnswer(asked, open, text, { receivedAt: scts, scts })
          const holds = answer.verdict === 'accepted' && !answer.any ? sets : {}
          return { command: name, values: { ...publicValues(answer), ...holds } }
        })
      }),
  )
}

/** Payloads of the device's state topic: before anything was heard, and after each of its texts and answers. */
export function statesOf(device: Device): { values: Values; payload: string }[] {
  const fields = stateKeysOf(device)
  const all: Values[] = [{}, ...readingsOf(device).map(publicValues), ...answersOf(device).map(({ values }) => values)]
  return all.map((values) => ({ values, payload: JSON.stringify(stateOf(values, fields, null)) }))
}
