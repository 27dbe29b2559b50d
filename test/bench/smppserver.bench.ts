import { expect, test } from '@jest/globals'
import { Esme, stopEsmes } from '../support/esme.ts'
import { until } from '../support/patience.ts'
import { stopAll } from '../support/smpp-hub.ts'
import { smppServer } from '../support/smpp-server.ts'

const texts = 4_000
const window = 100

/** A client, the hub and the SMSC in one process: submissions that are on the disk, sent on, and their receipts back. */
test('submissions of an SMPP client through an SMPP gateway', async () => {
  const world = await smppServer({ gateway: ', window: 100' })
  const esme = await Esme.bound(world.smpp)
  const began = performance.now()
  let next = 0
  const submit = async () => {
    while (next < texts) {
      const i = next++
      const answer = await esme.submit(`+49151${String(55_000_000 + i)}`, `text ${i}`, { registered_delivery: 1 })
      expect(answer?.status).toBe(0)
    }
  }
  await Promise.all(Array.from({ length: window }, submit))
  const submitted = performance.now() - began
  await until(
    () => esme.delivered.length === texts,
    () => `${esme.delivered.length} receipts`,
  )
  const reported = performance.now() - began
  process.stdout.write(
    `${Math.round((texts / submitted) * 1_000)} submissions/s; all receipts after ${Math.round(reported)} ms: ${Math.round((texts / reported) * 1_000)} texts/s\n`,
  )
  stopEsmes()
  await stopAll()
})
