import type { Data } from '../api/operation.ts'
import { Fault } from '../message/fault.ts'
import { isObject, readJson, readUtf8 } from '../message/json.ts'
import type { Publication } from '../message/publication.ts'
import type { Publish } from '../message/publish.ts'

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

const largestRequest = 1024 * 1024

/** JSON, or the scalar that it is. Nothing at all asks without data. */
function dataOf(payload: Uint8Array): unknown {
  const text = readUtf8(payload, largestRequest).trim()
  return text === '' ? {} : (readJson(text) ?? text)
}
