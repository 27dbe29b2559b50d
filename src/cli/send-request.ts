import { type LoadOptions, loadConfig } from '../config/load.ts'
import { Fault } from '../message/fault.ts'
import { escaped } from '../util/escape.ts'
import { type CliContext, exitCodes, wholeOf } from './context.ts'
import { request } from './control.ts'

/** Options that a text and a command share. */
export interface SendOptions {
  readonly id?: string
  readonly ttl?: string
  /** ISO 8601 with an offset. */
  readonly at?: string
  readonly priority?: string
  readonly gateway?: string
  readonly confirm?: string
  readonly force?: boolean
  /** Of a text: it is shown nowhere. */
  readonly private?: boolean
  /** Seconds to wait for the final result. */
  readonly wait?: string
  readonly json?: boolean
}

interface Queued {
  readonly repeated: boolean
  readonly commands: readonly { readonly id: string }[]
}

interface Result {
  readonly command_id: string
  readonly device: string | null
  readonly status: string
  readonly final: boolean
  readonly ok: boolean | null
  readonly send_at?: string
  readonly reply?: { readonly text: string; readonly parsed: Readonly<Record<string, unknown>> }
  readonly error?: { readonly message: string }
}

/** Duration of one waiting request to the hub. */
const maxWaitSeconds = 60
/** Final statuses of success. */
const good = ['sent', 'delivered', 'replied']

/** `sms send <to> <text>`: a text to a number, contact or group; `-` reads it from standard input. */
export async function sendText(
  context: CliContext,
  to: string,
  words: readonly string[],
  options: SendOptions,
  load: LoadOptions,
): Promise<number> {
  const text = words.join(' ') === '-' ? (await wholeOf(context.stdin)).replace(/\r?\n$/, '') : words.join(' ')
  return ask(context, 'sms/send', { to, text, ...(options.private && { private: true }) }, options, load)
}

/** `command <device> <command> [parameter=value…]`: a command of a device, and its result. */
export async function sendCommand(
  context: CliContext,
  device: string,
  command: string,
  parameters: readonly string[],
  options: SendOptions,
  load: LoadOptions,
): Promise<number> {
  const [alone] = parameters
  const isBare = parameters.length === 1 && alone !== undefined && !alone.includes('=')
  const args = isBare ? alone : Object.fromEntries(parameters.map(pairOf))
  const { wait = options.at === undefined ? '120' : '0' } = options
  return ask(context, 'device/command', { device, command, args }, { ...options, wait }, load)
}

async function ask(
  context: CliContext,
  path: string,
  data: Readonly<Record<string, unknown>>,
  { id, ttl, at, priority, gateway, confirm, force, wait = '0', json = false }: SendOptions,
  load: LoadOptions,
): Promise<number> {
  const seconds = Number(wait)
  if (!(seconds >= 0)) throw new Fault('invalid_payload', `--wait takes seconds, not "${wait}"`)
  const { dataFolder } = loadConfig(load)
  const meta = { id, ttl: ttl === undefined ? undefined : Number(ttl), send_at: at, priority, gateway, confirm, force }
  const { commands } = await request<Queued>(dataFolder, path, { ...data, ...meta })
  const end = context.clock.monotonic() + seconds * 1_000
  const results = await Promise.all(commands.map((one) => outcomeOf(context, dataFolder, one.id, end)))
  for (const result of results) context.stdout.write(`${json ? JSON.stringify(result) : lineOf(result)}\n`)
  const isFine = ({ status, ok, final }: Result) => !final || (good.includes(status) && ok !== false)
  return results.every(isFine) ? exitCodes.ok : exitCodes.failure
}

async function outcomeOf({ clock }: CliContext, dataFolder: string, id: string, end: number): Promise<Result> {
  for (;;) {
    const left = Math.max(0, (end - clock.monotonic()) / 1_000)
    const result = await request<Result>(dataFolder, 'sms/wait', { id, seconds: Math.min(maxWaitSeconds, left) })
    if (result.final || left <= maxWaitSeconds) return result
  }
}

function lineOf({ command_id: id, status, ok, reply, error, send_at: at }: Result): string {
  const refused = ok === false && status === 'replied' ? ['the device refused'] : []
  const values = reply === undefined || Object.keys(reply.parsed).length === 0 ? [] : [JSON.stringify(reply.parsed)]
  const answer = reply === undefined ? [] : [JSON.stringify(reply.text)]
  const later = status === 'queued' && at !== undefined ? [`to be sent at ${at}`] : []
  return [id, status, ...later, ...refused, ...(error === undefined ? [] : [error.message]), ...values, ...answer]
    .map(escaped)
    .join('  ')
}

function pairOf(pair: string): [string, string] {
  const at = pair.indexOf('=')
  if (at < 1) throw new Fault('invalid_payload', `a parameter is written <name>=<value>, not "${pair}"`)
  return [pair.slice(0, at), pair.slice(at + 1)]
}
