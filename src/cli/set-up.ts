import { type LoadOptions, loadConfig } from '../config/load.ts'
import type { PlannedStep } from '../device/send/setup.ts'
import { Fault } from '../message/fault.ts'
import { type CliContext, exitCodes, linesOf } from './context.ts'
import { request } from './control.ts'

export interface SetupOptions {
  readonly all?: boolean
  readonly only?: string
  /** The gateway whose number the devices are to store. */
  readonly for?: string
  readonly from?: string
  readonly set?: readonly string[]
  /** Dangerous steps need no confirmation. */
  readonly yes?: boolean
}

interface Result {
  readonly status: string
  readonly ok: boolean | null
  readonly passed: boolean
  readonly reply?: { readonly text: string }
  readonly error?: { readonly message: string }
}

/** Devices that are set up in parallel: each waits for its own answer. */
const maxParallel = 8

/**
 * `devices setup <id>`: guides through the steps that make a device accept the hub; `--all` does all devices
 * unattended.
 */
export async function setUp(
  context: CliContext,
  id: string | undefined,
  options: SetupOptions,
  load: LoadOptions,
): Promise<number> {
  const { dataFolder } = loadConfig(load)
  if (options.all === true) return setUpAll(context, dataFolder, options)
  if (id === undefined) throw new Fault('invalid_config', 'name a device, or --all; smshub devices export lists them')
  return new Walk(context, dataFolder, id, options).walk()
}

class Walk {
  readonly #context: CliContext
  readonly #dataFolder: string
  readonly #id: string
  readonly #options: SetupOptions
  readonly #given: ReadonlyMap<string, string>
  #answers: AsyncGenerator<string> | null = null

  constructor(context: CliContext, dataFolder: string, id: string, options: SetupOptions) {
    this.#context = context
    this.#dataFolder = dataFolder
    this.#id = id
    this.#options = options
    this.#given = pairsOf(options.set ?? [])
  }

  async walk(): Promise<number> {
    const { steps, profile } = await planFor(this.#dataFolder, this.#id, this.#options)
    if (steps.length === 0) {
      this.#print(`${profile} has no set-up: ${this.#id} works as it is, or see its manual`)
      return exitCodes.ok
    }
    const from = Number(this.#options.from ?? 1)
    for (const [i, step] of steps.entries()) {
      if (i + 1 < from) continue
      this.#print(`[${i + 1}/${steps.length}] ${step.says}`)
      if (await this.#take(step)) continue
      this.#print(`stopped at step ${i + 1}; smshub devices setup ${this.#id} --from ${i + 1} continues from here`)
      return exitCodes.failure
    }
    this.#print(`${this.#id} is set up`)
    return exitCodes.ok
  }

  async #take(step: PlannedStep): Promise<boolean> {
    if (step.command === null) {
      await this.#ask('      press Enter when it is done ')
      return true
    }
    if (step.danger !== null && this.#options.yes !== true) {
      const answer = await this.#ask(`      this ${step.danger}. Continue? [y/N] `)
      if (answer === null || !/^y(es)?$/i.test(answer.trim())) {
        this.#print('      not done: answer y, or add --yes')
        return false
      }
    }
    const params: Record<string, string> = { ...step.params }
    for (const { name, accepts } of step.asks) {
      const value = this.#given.get(name) ?? (await this.#ask(`      ${name} (${accepts}): `))
      if (value === null || value === '') {
        this.#print(`      ${name} is needed: type it, or add --set ${name}=…`)
        return false
      }
      params[name] = value
    }
    if (step.sms !== null) this.#print(`      SMS ${JSON.stringify(step.sms)}`)
    const result = await runStep(this.#dataFolder, this.#id, step, params, this.#options)
    this.#print(`      ${outcomeOf(result)}`)
    return result.passed && result.status !== 'unconfirmed' && result.status !== 'in_doubt'
  }

  #print(line: string): void {
    this.#context.stdout.write(`${line}\n`)
  }

  /** A line of input; null at its end. */
  async #ask(question: string): Promise<string | null> {
    this.#context.stdout.write(question)
    this.#answers ??= linesOf(this.#context.stdin)
    const { value, done } = await this.#answers.next()
    if (this.#context.stdin !== process.stdin || done) this.#context.stdout.write('\n')
    return done === true ? null : value
  }
}

/** Every device, several at a time, without questions: those that need one are left out and listed. */
async function setUpAll(context: CliContext, dataFolder: string, options: SetupOptions): Promise<number> {
  const print = (line: string) => {
    context.stdout.write(`${line}\n`)
  }
  const all = await allDevices(dataFolder)
  const waiting = all.map(({ id }) => id)
  const left: string[] = []
  let done = 0
  const given = pairsOf(options.set ?? [])
  const work = async (): Promise<void> => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      const outcome = await setUpOne(dataFolder, id, given, options).catch((error) => Fault.from(error).message)
      done++
      if (outcome !== 'done') left.push(id)
      print(`${done}/${all.length} ${id}: ${outcome}`)
    }
  }
  await Promise.all(Array.from({ length: maxParallel }, work))
  const ready = all.length - left.length
  print(left.length === 0 ? `all ${ready} devices are done` : `${ready} are done; left: ${left.sort().join(', ')}`)
  return left.length === 0 ? exitCodes.ok : exitCodes.failure
}

async function setUpOne(
  dataFolder: string,
  id: string,
  given: ReadonlyMap<string, string>,
  options: SetupOptions,
): Promise<string> {
  const { steps } = await planFor(dataFolder, id, options)
  for (const step of steps) {
    if (step.command === null) return `by hand: ${step.says}`
    if (step.danger !== null && options.yes !== true) return `${step.command} ${step.danger}: add --yes`
    const missing = step.asks.find(({ name }) => !given.has(name))
    if (missing !== undefined) return `${step.command} needs ${missing.name}: add --set ${missing.name}=…`
    const asked = Object.fromEntries(step.asks.map(({ name }) => [name, given.get(name) as string]))
    const result = await runStep(dataFolder, id, step, { ...step.params, ...asked }, options)
    if (!result.passed || result.status === 'unconfirmed' || result.status === 'in_doubt')
      return `${step.command}: ${outcomeOf(result)}`
  }
  return 'done'
}

/** Reads page by page. */
async function allDevices(dataFolder: string): Promise<{ readonly id: string }[]> {
  const all: { readonly id: string }[] = []
  for (let page = 1, pages = 1; page <= pages; page++) {
    const found = await request<{ pages: number; devices: { id: string }[] }>(dataFolder, 'device/list', {
      page,
      limit: 500,
    })
    pages = found.pages
    all.push(...found.devices)
  }
  return all
}

const planFor = (dataFolder: string, id: string, options: SetupOptions) =>
  request<{ steps: PlannedStep[]; profile: string }>(dataFolder, 'setup/plan', {
    id,
    ...(options.only !== undefined && { only: options.only }),
    ...(options.for !== undefined && { for: options.for }),
  })

const runStep = (
  dataFolder: string,
  id: string,
  step: PlannedStep,
  params: Readonly<Record<string, string>>,
  options: SetupOptions,
) =>
  request<Result>(dataFolder, 'setup/step', {
    id,
    number: step.number,
    command: step.command,
    params,
    confirm: step.danger !== null,
    ...(options.for !== undefined && { for: options.for }),
  })

function outcomeOf({ status, ok, passed, reply, error }: Result): string {
  const quoted = reply === undefined ? '' : `: ${JSON.stringify(reply.text)}`
  if (error !== undefined) return error.message
  if (!passed) return `the answer is not the expected one${quoted}`
  if (status === 'replied') return `${ok === null ? 'answered in unknown wording' : 'done'}${quoted}`
  return status === 'delivered' ? 'done: the text was delivered' : `${status}: the device does not answer this`
}

function pairsOf(pairs: readonly string[]): Map<string, string> {
  return new Map(
    pairs.map((pair) => {
      const at = pair.indexOf('=')
      if (at < 1) throw new Fault('invalid_config', `--set takes <parameter>=<value>, not "${pair}"`)
      return [pair.slice(0, at), pair.slice(at + 1)]
    }),
  )
}
