import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { Aedes, type AedesOptions } from 'aedes'
import * as persistences from 'aedes-persistence'
import { temporaryFolder } from './folder.ts'
import { patienceMs } from './patience.ts'

// Its types name no way to make one.
const { default: memory } = persistences as unknown as { default: () => AedesOptions['persistence'] }

/** A broker that is not the hub's own; it can go away and come back on the same port. */
export interface OtherBroker {
  readonly url: string
  stop(): Promise<void>
  start(): Promise<void>
}

const running = new Set<ChildProcess>()
// Of a test that failed.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** Debian's mosquitto, with everything on disk that its clients trust it with. */
export async function mosquitto(port: number): Promise<OtherBroker> {
  const folder = temporaryFolder('smshub-mosquitto-')
  const data = join(folder, 'data')
  mkdirSync(data)
  const file = join(folder, 'mosquitto.conf')
  writeFileSync(
    file,
    `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence true\npersistence_location ${data}/\nautosave_on_changes true\nautosave_interval 1\nmax_queued_messages 0\nuser root\n`,
  )
  let child: ChildProcess | null = null
  const broker: OtherBroker = {
    url: `mqtt://127.0.0.1:${port}`,
    async start() {
      child = spawn('mosquitto', ['-c', file], { stdio: 'ignore' })
      running.add(child)
      await reachable(port)
    },
    async stop() {
      if (child === null) return
      const gone = new Promise((resolve) => child?.once('exit', resolve))
      child.kill('SIGTERM')
      await gone
      running.delete(child)
      child = null
    },
  }
  await broker.start()
  return broker
}

export function hasMosquitto(): boolean {
  return installed('mosquitto', ['-h'])
}

/** Whether a program is on this machine; says so when it is not, for a test that is then passed over. */
export function installed(program: string, args: readonly string[] = ['--version']): boolean {
  const there = spawnSync(program, [...args], { stdio: 'ignore' }).error === undefined
  if (!there) console.warn(`passed over: ${program} is not installed (apt-get install ${program})`)
  return there
}

/** aedes as a broker of its own, in this process: it speaks MQTT 3.1.1 only, which the hub has to fall back to. */
export async function aedes(port: number): Promise<OtherBroker> {
  // What it keeps outlives the broker, as a file does.
  const persistence = memory()
  let broker: Aedes
  let server: Server
  const other: OtherBroker = {
    url: `mqtt://127.0.0.1:${port}`,
    async start() {
      broker = await Aedes.createBroker({ persistence })
      broker.on('clientError', () => {})
      server = createServer((socket) => broker.handle(socket))
      await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    },
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve))
      await new Promise<void>((resolve) => broker.close(resolve))
      await closed
    },
  }
  await other.start()
  return other
}

export async function reachable(port: number): Promise<void> {
  for (let waited = 0; waited < patienceMs; waited += 25) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1')
      socket.once('connect', () => {
        socket.destroy()
        resolve(true)
      })
      socket.once('error', () => resolve(false))
    })
    if (open) return
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error(`nothing listens on port ${port}`)
}
