import { Worker } from 'node:worker_threads'
import { afterEach, test } from '@jest/globals'
import { Carrier, CarrierGateway } from '../support/carrier.ts'
import { hubWith, stopAll } from '../support/carrier-hub.ts'
import { testClock } from '../support/world.ts'

/**
 * What the hub itself can send: gateways in memory, a queue that is full before they open, a durable store, and nobody
 * who reads. Figures, never a verdict: machines are noisy. What does not depend on the machine stands beside the rate.
 */

/** Messages between the threads of the store, and transactions that were committed with something to answer. */
const counted = { posts: 0, answers: 0, commits: 0 }
const { postMessage, emit } = Worker.prototype
Worker.prototype.postMessage = function (this: Worker, ...args: Parameters<typeof postMessage>) {
  counted.posts++
  return postMessage.apply(this, args)
} as typeof postMessage
Worker.prototype.emit = function (this: Worker, name: string, ...args: unknown[]) {
  const [message] = args as [{ answers?: { kind: string }[] } | undefined]
  if (name === 'message') {
    counted.answers++
    if (message?.answers?.some(({ kind }) => kind === 'committed')) counted.commits++
  }
  return (emit as (...all: unknown[]) => boolean).call(this, name, ...args)
} as typeof emit

afterEach(stopAll)

interface Setting {
  readonly gateways: number
  readonly window: number
  /** ms that a gateway takes for a text. */
  readonly answerMs: number
  readonly texts: number
}

async function drained(name: string, { gateways: count, window, answerMs, texts }: Setting): Promise<void> {
  const made = Array.from({ length: count }, (_, i) => {
    const carrier = new Carrier(testClock, { answerMs: () => answerMs, reportMs: () => 3_600_000 })
    return { carrier, gateway: new CarrierGateway(`g${i}`, carrier, window) }
  })
  const { client, send } = await hubWith(Object.fromEntries(made.map(({ gateway }) => [gateway.id, gateway])), {
    clock: testClock,
    limits: ', client_queue: 1000000',
    watches: false,
  })
  for (const { gateway } of made) gateway.close()
  for (let from = 0; from < texts; from += 500) await send(from, Math.min(texts, from + 500))
  await client.close()
  const accepted = () => made.reduce((sum, { carrier }) => sum + carrier.accepted.length, 0)
  const before = { ...counted }
  const cpu = process.cpuUsage()
  const began = performance.now()
  for (const { gateway } of made) gateway.open()
  while (accepted() < texts) await new Promise((resolve) => setTimeout(resolve, 2))
  const seconds = (performance.now() - began) / 1000
  const { user, system } = process.cpuUsage(cpu)
  const ideal = answerMs === 0 ? null : (count * window * 1000) / answerMs
  const each = (of: keyof typeof counted) => ((counted[of] - before[of]) / texts).toFixed(2)
  const rate = texts / seconds
  console.log(
    `${name.padEnd(40)} ${Math.round(rate)} a second${ideal === null ? '' : `, ${Math.round((rate / ideal) * 100)} % of ideal`}; ` +
      `a text: ${each('posts')} posts to the store's thread, ${each('answers')} back, ${each('commits')} commits, ${((user + system) / texts).toFixed(0)} µs of CPU`,
  )
}

test.each([1, 8, 32, 64])('%i gateways of 20 ms', async (gateways) => {
  await drained(`${gateways} gateways of 20 ms`, {
    gateways,
    window: 1,
    answerMs: 20,
    texts: Math.max(300, 60 * gateways),
  })
})

test('an instant gateway of window 1, 5 000 queued', async () => {
  await drained('instant, window 1, 5 000 queued', { gateways: 1, window: 1, answerMs: 0, texts: 5_000 })
})

test('a carrier of window 500, 5 000 queued', async () => {
  await drained('instant, window 500, 5 000 queued', { gateways: 1, window: 500, answerMs: 0, texts: 5_000 })
})
