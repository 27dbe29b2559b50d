import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, test } from '@jest/globals'
import { SqliteEngine } from '../../src/store/sqlite/sqlite-engine.ts'
import { SqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import { seededRandom } from '../../src/util/random.ts'
import { overviewWritten } from '../support/conversation-scan.ts'
import { type HttpHub, startHttpHub } from '../support/http-hub.ts'
import { accepted } from '../support/world.ts'

/**
 * Lists of a store with a history, as people and programs ask for them, while a modem sends. Figures, never a verdict:
 * machines are noisy. CPU time is that of the thread that reads, where the system tells it (Linux).
 */

const history = 100_000
const runs = 40

const words =
  `the gate is open boiler temperature alarm battery low water level high please call me back tomorrow at noon
  thank you see later arrived home location http maps speed engine stopped`.split(/\s+/)
const random = seededRandom(20261122)
const below = (limit: number) => Math.floor(random() * limit)
const sentence = () => Array.from({ length: 8 + below(14) }, () => words[below(words.length)]).join(' ')
const number = (i: number) => `+4915${String(10_000_000 + i).padStart(9, '0')}`

/** Half of it sent, half received; half with devices, half with people. */
function fill(path: string): void {
  const engine = new SqliteEngine(path, { durable: false })
  engine.begin()
  for (let i = 1; i <= history / 2; i++) {
    const person = number(below(500))
    const device = below(2) === 0 ? null : `device${below(200)}`
    const at = Date.now() - (history - i) * 60_000
    const reply = device === null ? null : JSON.stringify({ text: sentence() })
    const id = String(i).padStart(25, '0')
    engine.run(
      `INSERT INTO submission (command_id, message_id, client, lane, device, verb, recipient, text, status, sms_status,
         final, ok, reply, gateway, sim, parts, parts_delivered, queued_at, sent_at, delivered_at, final_at, digest)
       VALUES (?, ?, 'bench', ?, ?, ?, ?, ?, 'replied', 'delivered', 1, 1, ?, 'home', 'home', 1, 1, ?, ?, ?, ?, ?)`,
      ...[`cmd_x${id}`, `msg_x${id}`, device === null ? `n:${person}` : `d:${device}`, device],
      ...[device === null ? 'text' : 'command', person, sentence(), reply, at, at, at, at, id],
    )
    const text = sentence()
    const document = JSON.stringify({ from: person, text, parts: 1, gateway: 'home', device })
    engine.run(
      `INSERT INTO incoming (message_id, device, sender, gateway, text, document, received_at)
       VALUES (?, ?, ?, 'home', ?, ?, ?)`,
      ...[`msg_y${id}`, device, person, text, document, at + 30_000],
    )
  }
  overviewWritten(engine)
  engine.commit()
  engine.close()
}

let hub: HttpHub
let isSending = true
let sending: Promise<void>

/** The modem always has something to send. */
async function send(): Promise<void> {
  for (let i = 0; isSending; i++) {
    await hub.hub.request('sms/send', { to: number(1_000 + (i % 50)), text: `text ${i}` })
    while (isSending && i - accepted(hub.world.world).length > 3) await pause(2)
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

beforeAll(async () => {
  hub = await startHttpHub({
    hub: {
      makeStore: async ({ storePath: path }, now) => {
        fill(path)
        return SqliteStore.open({ path, now })
      },
    },
  })
}, 300_000)

afterAll(async () => {
  isSending = false
  await sending
  await hub.close()
})

const threads = (): string[] => {
  try {
    return readdirSync('/proc/self/task')
  } catch {
    return []
  }
}

/** ms on a processor. https://docs.kernel.org/scheduler/sched-stats.html, "/proc/<pid>/schedstat" */
const processorMs = (ids: readonly string[]): number =>
  ids.reduce((sum, id) => sum + Number(readFileSync(`/proc/self/task/${id}/schedstat`, 'utf8').split(' ')[0]) / 1e6, 0)

const cases: readonly (readonly [name: string, path: string])[] = [
  ['the newest 50 messages', '/v1/messages'],
  ['a search that finds what is everywhere', '/v1/messages?q=boiler'],
  ['a search that finds a few', '/v1/messages?q=noon+noon+noon'],
  ['a search that finds nothing', '/v1/messages?q=zzqx'],
  ['a search that finds nothing, with letters that are everywhere', '/v1/messages?q=the+gate+is+closed'],
  ['a search by digits that finds nothing', '/v1/messages?q=999999'],
  ['a search by one letter', '/v1/messages?q=e'],
  ['a search by one character that finds nothing', '/v1/messages?q=%23'],
  ['a search by two characters that finds nothing', '/v1/messages?q=zq'],
  ['a search in letters without cases that finds nothing', `/v1/messages?q=${encodeURIComponent('开门')}`],
  ['a search in letters beyond ASCII that finds nothing', `/v1/messages?q=${encodeURIComponent('ворота')}`],
  ['a search for what patterns are made of', `/v1/messages?q=${encodeURIComponent('%_*?[')}`],
  ['a search in the messages of a device', '/v1/messages?device=device7&q=zzqx'],
  ['a filter that fits nothing', '/v1/messages?status=failed'],
  ['a conversation with a number', `/v1/conversations/${encodeURIComponent(number(7))}`],
  ['a conversation with a device', '/v1/conversations/device7'],
  ['all conversations', '/v1/conversations'],
]

test('lists of 100 000 messages while a modem sends', async () => {
  const before = new Set(threads())
  await hub.ask('GET', '/v1/messages')
  // Started by the first list.
  const reader = threads().filter((id) => !before.has(id))
  sending = send()
  const rateOf = async (work: () => Promise<void>) => {
    const [began, sent] = [performance.now(), accepted(hub.world.world).length]
    await work()
    return ((accepted(hub.world.world).length - sent) * 1_000) / (performance.now() - began)
  }
  const alone = await rateOf(async () => void (await pause(5_000)))
  const lines: string[] = []
  const beside = await rateOf(async () => {
    for (const [name, path] of cases) {
      await hub.ask('GET', path)
      const samples = { cpu: [] as number[], wall: [] as number[] }
      let found = 0
      for (let i = 0; i < runs; i++) {
        const [cpu, began] = [processorMs(reader), performance.now()]
        found = (await hub.ask('GET', path)).json.data.length
        samples.wall.push(performance.now() - began)
        samples.cpu.push(processorMs(reader) - cpu)
      }
      lines.push(`${name.padEnd(64)} ${figures(samples.cpu)}   ${figures(samples.wall)}   ${found} found`)
    }
  })
  console.log(
    [
      `${''.padEnd(64)} CPU ms p50  p99     wall ms p50  p99`,
      ...lines,
      `texts sent in a second: ${alone.toFixed(1)} alone, ${beside.toFixed(1)} beside lists`,
    ].join('\n'),
  )
}, 600_000)

function figures(samples: readonly number[]): string {
  const sorted = [...samples].sort((a, b) => a - b)
  const at = (share: number) => (sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN).toFixed(1).padStart(8)
  return `${at(0.5)} ${at(0.99)}`
}
