import { freePort, temporaryFolder } from '../support/folder.ts'
import { HubProcess } from '../support/hub-process.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { patienceMs } from '../support/patience.ts'
import { accepted, gateNumber, hubNumber, hubYaml, startWorld, type TestWorld, vanNumber } from '../support/world.ts'

/** What one run with a power cut showed. */
export interface CrashReport {
  /** The hub really died where it should. */
  readonly died: boolean
  /** The client's publish was acknowledged before the hub died. */
  readonly acknowledged: boolean
  /** How often the network took the unsafe command. */
  readonly accepted: number
  /** Everything said of the command, and of the text that the tracker sent. */
  readonly results: readonly Record<string, any>[]
  /** What the tracker's text said, as its state shows it; null when it is lost. */
  readonly latitude: number | null
  /** Messages that stayed in the modem's memories when all was settled. */
  readonly leftOnSim: number
}

/**
 * One gate is opened and one tracker texts, while the hub is killed at `failpoint`; then it is started again and
 * everything may settle. `main` is the build under test.
 */
export async function crash(failpoint: string, main?: string): Promise<CrashReport> {
  const { world, path }: TestWorld = await startWorld()
  const port = await freePort()
  const hub = new HubProcess(temporaryFolder('smshub-crash-'))
  const config = hubYaml({ mqtt: `{ broker: { listen: 127.0.0.1:${port} } }`, path })
  const url = `mqtt://127.0.0.1:${port}`
  let observer: TestClient | null = null
  let presser: TestClient | null = null
  let reader: TestClient | null = null
  try {
    await hub.start({ config, env: { SMSHUB_FAILPOINT: failpoint }, ...(main !== undefined && { main }) })
    observer = await TestClient.connect(url, { clientId: 'observer' })
    // mqtt.js sends an unacknowledged publish again on its next connection, as MQTT asks of clients.
    presser = await TestClient.connect(url, { clientId: 'presser', clean: false, reconnectPeriod: 100 }, '')
    let acknowledged = false
    const pressed = presser.publish('smshub/gate/command/open', press).then(() => {
      acknowledged = true
    })
    const text = 'lat: 55.807693 long: 037.730640 speed: 000.0 03/03/13 16:18   bat:F signal:F  imei:358948010446647'
    world.network.text({ from: vanNumber, to: hubNumber, text, delayMs: 150 })
    const exit = await inTime(hub.exited())
    const acknowledgedBefore = acknowledged
    await hub.kill()
    await hub.start({ config, ...(main !== undefined && { main }) })
    await inTime(pressed)
    await settled(world)
    // Who comes later finds the state, and asks for a result with the id: nothing is sent, what is known is told again.
    reader = await TestClient.connect(url, { clientId: 'reader' })
    await presser.publish('smshub/gate/command/open', press)
    const state = await reader
      .wait(({ topic, json }) => topic === 'smshub/van' && json.latitude != null)
      .catch(() => null)
    await reader
      .wait(({ topic, json }) => topic === 'smshub/gate/result' && (json.final || json.in_doubt))
      .catch(() => {})
    // Long enough for a second text to leave, if anything made one.
    await pause(500)
    const { SM, ME } = world.modem.memories
    // What is filed is deleted next: a loaded machine takes its time for it.
    for (let waited = 0; SM.used + ME.used > 0 && waited < patienceMs; waited += 100) await pause(100)
    return {
      died: exit?.signal === 'SIGKILL',
      acknowledged: acknowledgedBefore,
      accepted: accepted(world, gateNumber).length,
      results: [...observer.results('gate'), ...reader.results('gate')],
      latitude: state?.json.latitude ?? null,
      leftOnSim: SM.used + ME.used,
    }
  } finally {
    await Promise.allSettled([observer?.close(), presser?.close(), reader?.close()])
    await hub.kill()
    await world.close()
  }
}

/** Until nothing has happened in the network for a while: every text, report and answer has arrived. */
async function settled(world: TestWorld['world']): Promise<void> {
  for (let seen = -1; seen !== world.network.log.events.length; ) {
    seen = world.network.log.events.length
    await pause(1_500)
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** undefined when it takes too long. No timer is left, which would keep the process from its end. */
async function inTime<T>(promise: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), patienceMs)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

/** With an id, so that its sender can ask what became of it. */
const press = { id: 'press-1' }

/** Promises 1, 2, 3 and 5 of the design, as far as one run can break them. Empty when all hold. */
export function brokenPromises(report: CrashReport): string[] {
  const broken: string[] = []
  const last = report.results.at(-1)
  const ids = new Set(report.results.map((result) => result.command_id))
  const finals = new Set(report.results.filter((result) => result.final).map(({ status, ok }) => `${status} ${ok}`))
  if (report.accepted > 1) broken.push(`the network took the command ${report.accepted} times`)
  if (report.acknowledged && last === undefined) broken.push('an acknowledged command left no trace')
  if (report.acknowledged && !report.results.some((result) => result.final || result.in_doubt))
    broken.push('an acknowledged command has no end')
  if (ids.size > 1) broken.push(`one publish became ${ids.size} commands`)
  if (finals.size > 1) broken.push(`one command ended in several ways: ${[...finals].join(', ')}`)
  if (last?.status === 'replied' && report.accepted !== 1) broken.push('a command is replied that nobody sent')
  if (report.latitude !== 55.807693) broken.push("the tracker's text is lost")
  if (report.leftOnSim > 0) broken.push(`${report.leftOnSim} messages stayed in the modem`)
  return broken
}
