import { closeSync, fdatasyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, test } from '@jest/globals'
import Database from 'better-sqlite3'
import { encodePdu } from '../../src/sms/encode-pdu.ts'
import { Statements } from '../../src/store/sqlite/statements.ts'
import { overviewWritten } from '../support/conversation-scan.ts'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { HubProcess } from '../support/hub-process.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { gateNumber, vanNumber } from '../support/world.ts'

/**
 * Figures, never a verdict: machines are noisy. Each line is p50 / p99 over the runs, in ms, beside what the disk
 * takes for one fdatasync at the same time.
 */
const figures: string[] = []

function report(name: string, samples: readonly number[], unit = 'ms'): void {
  const sorted = [...samples].sort((a, b) => a - b)
  const at = (share: number) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN).toFixed(2)
  const line = `${name.padEnd(64)} p50 ${at(0.5)}  p99 ${at(0.99)} ${unit}  (${sorted.length})`
  figures.push(line)
  console.log(line)
}

function note(name: string, value: string): void {
  const line = `${name.padEnd(64)} ${value}`
  figures.push(line)
  console.log(line)
}

/** What the disk takes for a durable write of one commit's size: some 16 pages at the end of a growing file. */
async function disk(runs = 200): Promise<number[]> {
  const file = openSync(join(temporaryFolder(), 'fsync'), 'w')
  const samples: number[] = []
  for (let i = 0; i < runs; i++) {
    await pause(4)
    const pages = Buffer.alloc(16 * 4096, i)
    const start = performance.now()
    writeSync(file, pages)
    fdatasyncSync(file)
    samples.push(performance.now() - start)
  }
  closeSync(file)
  return samples
}

/**
 * A modem that answers at once, or after `answerMs`, and tells when AT+CMGS came: as little of a simulator as will do.
 */
class InstantModem {
  readonly #server = createServer((socket) => this.#serve(socket))
  answerMs = 0
  sent = 0
  onSubmit: (at: number) => void = () => {}
  onAnswer: (at: number) => void = () => {}
  #socket: Socket | null = null

  listen(): Promise<number> {
    return new Promise((resolve) =>
      this.#server.listen(0, '127.0.0.1', () => resolve((this.#server.address() as { port: number }).port)),
    )
  }

  emit(text: string): void {
    this.#socket?.write(text)
  }

  close(): void {
    this.#socket?.destroy()
    this.#server.close()
  }

  #serve(socket: Socket): void {
    socket.setNoDelay(true)
    this.#socket = socket
    let line = ''
    let inPdu = false
    socket.on('error', () => {})
    socket.on('data', (data) => {
      const now = performance.now()
      for (const octet of data) {
        const character = String.fromCharCode(octet)
        if (inPdu) {
          if (octet !== 0x1a) continue
          inPdu = false
          const answer = () => {
            this.sent++
            this.onAnswer(performance.now())
            socket.write(`\r\n+CMGS: ${this.sent & 0xff}\r\n\r\nOK\r\n`)
          }
          if (this.answerMs === 0) answer()
          else setTimeout(answer, this.answerMs)
        } else if (character === '\r') {
          const command = line.replace(/^[\x1b\n]+/, '')
          line = ''
          if (command.startsWith('AT+CMGS=')) {
            this.onSubmit(now)
            inPdu = true
            socket.write('\r\n> ')
          } else socket.write(`\r\n${answerTo(command)}OK\r\n`)
        } else line += character
      }
    })
  }
}

function answerTo(command: string): string {
  const answers: Record<string, string> = {
    'AT+CMEE?': '+CMEE: 1',
    'AT+CPIN?': '+CPIN: READY',
    'AT+CFUN?': '+CFUN: 1',
    'AT+CCID': '+CCID: 8949000000000000000',
    'AT+CGSN': '490154203237518',
    'AT+CREG?': '+CREG: 1,1',
    'AT+CPMS=?': '+CPMS: ("SM"),("SM"),("SM")',
    'AT+CNMI?': '+CNMI: 2,1,0,1,0',
    'AT+CSQ': '+CSQ: 20,99',
  }
  const answer = answers[command]
  return answer === undefined ? '' : `${answer}\r\n\r\n`
}

const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const undo of cleanUp.splice(0).reverse()) await undo()
})

async function startHub(
  options: { modems?: number; folder?: string; devices?: string; env?: Record<string, string> } = {},
) {
  const modems = await Promise.all(
    Array.from({ length: options.modems ?? 1 }, async () => {
      const modem = new InstantModem()
      cleanUp.push(() => modem.close())
      return { modem, port: await modem.listen() }
    }),
  )
  const port = await freePort()
  const gateways = modems.map(({ port: at }, i) => `  m${i}: { type: modem, path: "tcp://127.0.0.1:${at}" }`).join('\n')
  const config = `
mqtt: { broker: { listen: 127.0.0.1:${port} } }
gateways:
${gateways}
devices:
  gate: { profile: king-pigeon/rtu5024, variant: classic, number: "${gateNumber}" }
  van: { profile: coban/tk103, number: "${vanNumber}" }
${options.devices ?? ''}
sms: { destinations: any }
limits: { client_per_hour: none, device_per_day: none, gateway_per_day: none, client_queue: 10000000, device_queue: 1000000 }
http: { enabled: false }
`
  const hub = new HubProcess(options.folder ?? temporaryFolder('smshub-bench-'))
  cleanUp.push(() => hub.kill())
  const begun = performance.now()
  await hub.start({ config, ...(options.env && { env: options.env }) })
  const startMs = performance.now() - begun
  const client = await TestClient.connect(`mqtt://127.0.0.1:${port}`, {}, 'smshub/#')
  cleanUp.push(() => client.close())
  await client.wait(
    ({ topic, text }) => topic === `smshub/gateway/m${modems.length - 1}/availability` && text === 'online',
    60_000,
  )
  return {
    hub,
    client,
    port,
    startMs,
    modems: modems.map(({ modem }) => modem),
    modem: modems[0]?.modem as InstantModem,
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

async function publishToWire(
  name: string,
  { client, modem }: Awaited<ReturnType<typeof startHub>>,
  runs = 300,
): Promise<void> {
  const samples: number[] = []
  for (let i = 0; i < runs; i++) {
    const asked = new Promise<number>((resolve) => {
      modem.onSubmit = resolve
    })
    const start = performance.now()
    client.client.publish(`smshub/sms/send/4915${10_000_000 + i}`, `text ${i}`, { qos: 1 })
    samples.push((await asked) - start)
    await pause(4)
  }
  report(name, samples)
}

/** Position texts that differ, as +CMT. */
function incoming(i: number): { pdu: string; length: number } {
  const { pdu, tpduLength } = encodePdu({
    type: 'deliver',
    smsc: null,
    address: { number: vanNumber.slice(1), ton: 'international', npi: 1 },
    scts: `${new Date(Date.now()).toISOString().slice(0, 19)}+00:00`,
    text: `lat: 55.${100000 + i} long: 037.730640 speed: 000.0 03/03/13 16:18   bat:F signal:F  imei:358948010446647`,
  })
  return { pdu, length: tpduLength }
}

describe('bench', () => {
  test('latency', async () => {
    report('the disk alone: 64 KiB written and fdatasync', await disk())
    const hub = await startHub()
    await publishToWire('publish -> first octet of AT+CMGS', hub)
    const samples: number[] = []
    for (let i = 0; i < 300; i++) {
      const { pdu, length } = incoming(i)
      const told = new Promise<void>((resolve) => {
        const listener = (topic: string, payload: Buffer) => {
          if (topic !== 'smshub/sms/received' || !payload.includes(`55.${100000 + i}`)) return
          hub.client.client.off('message', listener)
          resolve()
        }
        hub.client.client.on('message', listener)
      })
      const start = performance.now()
      hub.modem.emit(`\r\n+CMT: ,${length}\r\n${pdu}\r\n`)
      await told
      samples.push(performance.now() - start)
      await pause(4)
    }
    report('+CMT -> sms/received at a client', samples)
    report('the disk alone: 64 KiB written and fdatasync', await disk())
  })

  test('throughput', async () => {
    const { client, modem } = await startHub()
    const runs = 3_000
    const start = performance.now()
    await Promise.all(
      Array.from({ length: runs }, (_, i) => client.publish(`smshub/sms/send/4915${10_000_000 + i}`, `text ${i}`)),
    )
    note('durable publishes taken in', `${Math.round((runs / (performance.now() - start)) * 1000)} a second`)
    while (modem.sent < runs) await pause(20)
    note(
      'durable messages through one instant modem, publishing included',
      `${Math.round((runs / (performance.now() - start)) * 1000)} a second`,
    )
  })

  test('a busy modem', async () => {
    const { client, modem } = await startHub()
    modem.answerMs = 3_000
    const gaps: number[] = []
    let answered = 0
    modem.onAnswer = (at) => {
      answered = at
    }
    modem.onSubmit = (at) => {
      if (answered > 0) gaps.push(at - answered)
    }
    for (let i = 0; i < 8; i++) await client.publish(`smshub/sms/send/4915${10_000_000 + i}`, `text ${i}`)
    while (modem.sent < 8) await pause(50)
    report('gap between +CMGS and the next AT+CMGS, network of 3 s', gaps)
  })

  test('64 modems', async () => {
    const { hub, client, modems } = await startHub({ modems: 64 })
    for (const modem of modems) modem.answerMs = 500
    const before = cpuSeconds(hub.pid as number)
    const runs = 64 * 20
    const start = performance.now()
    await Promise.all(
      Array.from({ length: runs }, (_, i) => client.publish(`smshub/sms/send/4915${10_000_000 + i}`, `text ${i}`)),
    )
    const total = () => modems.reduce((sum, { sent }) => sum + sent, 0)
    while (total() < runs) await pause(50)
    const seconds = (performance.now() - start) / 1000
    const counts = modems.map(({ sent }) => sent)
    note(
      '64 modems of 0.5 s each',
      `${Math.round(runs / seconds)} a second of 128 possible, each ${Math.min(...counts)} to ${Math.max(...counts)}, ${(((cpuSeconds(hub.pid as number) - before) / seconds) * 100).toFixed(0)} % of a core`,
    )
  })

  test('a quiet hub', async () => {
    const { hub, client } = await startHub()
    await client.close()
    // V8 tidies up half a minute behind the start: that is not idling.
    await pause(45_000)
    const seconds = 60
    const before = cpuSeconds(hub.pid as number)
    await pause(seconds * 1000)
    note(
      'idle',
      `${(((cpuSeconds(hub.pid as number) - before) / seconds) * 100).toFixed(3)} % of a core, ${residentMegabytes(hub.pid as number)} MB resident`,
    )
  })

  test('a million stored messages', async () => {
    const folder = temporaryFolder('smshub-million-')
    const empty = await startHub({ folder })
    note('start with an empty store', `${Math.round(empty.startMs)} ms`)
    await publishToWire('publish -> AT+CMGS, empty store', empty, 200)
    await empty.hub.stop()
    fill(join(folder, 'data/smshub.db'), 1_000_000)
    const full = await startHub({ folder })
    note('start with a million messages', `${Math.round(full.startMs)} ms`)
    await publishToWire('publish -> AT+CMGS, a million messages', full, 200)
  }, 600_000)

  test('ten thousand devices', async () => {
    const devices = Array.from(
      { length: 10_000 },
      (_, i) => `  d${i}: { profile: coban/tk103, number: "+4916${10_000_000 + i}" }`,
    ).join('\n')
    const { startMs } = await startHub({ devices })
    note('start with 10 000 devices', `${Math.round(startMs)} ms`)
  })
})

/** A history of that many texts in and out, by copying what the hub itself wrote. */
function fill(path: string, rows: number): void {
  const db = new Database(path)
  db.pragma('journal_mode = WAL')
  const columns = (table: string, key: string) =>
    (db.prepare(`PRAGMA table_info(${table})`).all() as { name: string }[])
      .map(({ name }) => name)
      .filter((name) => name !== key)
  const others = columns('submission', 'seq').filter((name) => name !== 'command_id' && name !== 'message_id')
  const count = (db.prepare('SELECT COUNT(*) AS n FROM submission').get() as { n: number }).n
  const half = rows / 2
  db.exec(`
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${half})
    INSERT INTO submission (command_id, message_id, ${others.join()})
    SELECT 'cmd_' || i, 'msg_' || i, ${others.join()} FROM n JOIN submission ON submission.seq = 1 + (i % ${count}) ORDER BY i;
    UPDATE submission SET status = 'sent', sms_status = 'sent', final = 1, open = 0, deadline = NULL WHERE command_id LIKE 'cmd\\__%' ESCAPE '\\' AND length(command_id) < 20;
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${half})
    INSERT INTO incoming (message_id, device, sender, gateway, text, document, received_at)
    SELECT 'in_' || i, 'van', '${vanNumber}', 'm0', 'lat: 55.1 long: 37.1', '{}', ${Date.now()} FROM n;
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${half})
    INSERT INTO raw (gateway, sim, source, hash, state, received_at) SELECT 'm0', 'sim', 'storage', 'hash' || i, 'done', ${Date.now()} FROM n;
  `)
  overviewWritten(new Statements(db))
  db.close()
}

/** User and system time of a process so far (proc(5), fields 14 and 15). */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / 100
}

function residentMegabytes(pid: number): number {
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024)
}
