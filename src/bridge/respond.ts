import type { Data } from '../api/operation.ts'
import { Fault, hintOf } from '../message/fault.ts'
import type { HubEvent } from '../message/hub-event.ts'
import { isObject, readJson, readUtf8 } from '../message/json.ts'
import type { Publish } from '../message/publish.ts'

/** Carries out the request of a publish and makes its answer. */
export async function respond(
  publish: Publish,
  answer: (path: string, data: unknown) => Promise<Data>,
): Promise<HubEvent<'answer'>> {
  const path = publish.topic.slice('bridge/request/'.length)
  let transaction: unknown
  let answered: Record<string, unknown>
  try {
    if (publish.retained) throw new Fault('retained_command', 'retained requests are not carried out')
    let data = dataOf(publish.payload)
    if (isObject(data)) ({ transaction, ...data } = data)
    answered = { status: 'ok', data: await answer(path, data) }
  } catch (error) {
    const fault = Fault.from(error)
    const hint = hintOf(fault.code)
    answered = { status: 'error', error: fault.message, error_code: fault.code, ...(hint && { hint }), data: {} }
  }
  const { response } = publish
  return {
    kind: 'answer',
    // An unknown path may not be a valid topic for the answer.
    subject: /^[\w-]+(\/[\w-]+)?$/.test(path) ? path : 'unknown',
    data: transaction === undefined ? answered : { ...answered, transaction },
    replyTo: response && { kind: 'mqtt', topic: response.topic, correlation: base64(response.correlation) },
  }
}

const base64 = (octets: Uint8Array | null) => octets && Buffer.from(octets).toString('base64')

const maxRequestOctets = 1024 * 1024

/** JSON or a scalar; an empty payload is a request without data. */
function dataOf(payload: Uint8Array): unknown {
  const text = readUtf8(payload, maxRequestOctets).trim()
  return text === '' ? {} : (readJson(text) ?? text)
}
