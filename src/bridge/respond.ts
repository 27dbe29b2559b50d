import { Fault } from '../message/fault.ts'
import type { Publication } from '../message/publication.ts'
import type { Publish } from '../message/publish.ts'
import type { Data } from './requests/request.ts'

/** Carries the request of a publish out and makes its answer: on the response topic, and where MQTT 5 names another. */
export async function respond(
  publish: Publish,
  answer: (path: string, data: unknown) => Promise<Data>,
): Promise<Publication[]> {
  const path = publish.topic.slice('bridge/request/'.length)
  let transaction: unknown
  let answered: Record<string, unknown>
  try {
    if (publish.retained) throw new Fault('retained_command', 'a retained request is not carried out')
    let data = dataOf(publish.payload)
    if (isObject(data)) ({ transaction, ...data } = data)
    answered = { status: 'ok', data: await answer(path, data) }
  } catch (error) {
    const fault = Fault.from(error)
    answered = { status: 'error', error: fault.message, error_code: fault.code, data: {} }
  }
  const payload = JSON.stringify(transaction === undefined ? answered : { ...answered, transaction })
  // A path that nobody knows may be no topic to answer on.
  const topic = /^[\w-]+(\/[\w-]+)?$/.test(path) ? `bridge/response/${path}` : 'bridge/response/unknown'
  const { response } = publish
  if (response === null) return [{ topic, payload, retain: false }]
  const correlation = response.correlation && Buffer.from(response.correlation).toString('base64')
  return [
    { topic, payload, retain: false },
    { topic: response.topic, payload, retain: false, absolute: true, correlation },
  ]
}

/** JSON, or the scalar that it is. Nothing at all asks without data. */
function dataOf(payload: Uint8Array): unknown {
  if (payload.length > 1024 * 1024) throw new Fault('invalid_payload', 'a request has at most 1 MiB')
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(payload).trim()
  } catch {
    throw new Fault('invalid_payload', 'the payload is not UTF-8')
  }
  if (text === '') return {}
  try {
    return JSON.parse(text)
  } catch {
    if (/^[[{]/.test(text)) throw new Fault('invalid_payload', 'the payload begins like JSON and is none')
    return text
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
