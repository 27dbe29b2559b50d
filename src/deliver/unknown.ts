import type { Device } from '../device/device.ts'
import type { Profile } from '../device/profile/profile.ts'
import type { ReadContext } from '../device/receive/read.ts'
import { makeTrial, type Nearest, type Tried } from '../device/receive/try.ts'
import { asError, inBackground } from '../util/background.ts'
import { type Clock, sleep } from '../util/clock.ts'
import { quoted } from '../util/escape.ts'

/** Where profiles come from; what was read is forgotten again. */
export interface ProfileSource {
  ids(): string[]
  read(id: string): Profile
}

/** A text that nobody could make sense of. */
export interface UnknownText {
  readonly messageId: string
  readonly raws: readonly number[]
  /** null for a number that is no device. */
  readonly device: Device | null
  readonly sender: string
  readonly text: string
  /** The same without secrets. */
  readonly masked: string
  readonly context: ReadContext
  /** The message of the device's profile that fits and that nobody has seen yet. */
  readonly unproven: string | null
}

export interface UnknownDeps {
  readonly profiles: ProfileSource
  readonly clock: Clock
  /** For the log. */
  tell(message: string): void
  /** For the quarantine, and for whoever watches: what was found. */
  found(text: UnknownText, data: Readonly<Record<string, unknown>>): Promise<void>
}

/** Texts that wait for their search: a flood of nonsense shall not keep the hub busy. */
const mostWaiting = 20
/** Kinds of texts that were looked for already. */
const mostKnown = 2_000

/**
 * Texts nobody knows are not dropped: every profile is tried on them, one between two other things that the hub does,
 * and the best or the nearest is named, with the line that adds the device where its number is new.
 */
export class Unknowns {
  readonly #deps: UnknownDeps
  readonly #seen = new Set<string>()
  readonly #waiting: UnknownText[] = []
  #isSearching = false

  constructor(deps: UnknownDeps) {
    this.#deps = deps
  }

  add(text: UnknownText): void {
    // The same sentence with other numbers in it is told once.
    const kind = `${text.device?.id ?? text.sender} ${text.device === null ? '' : text.masked.replace(/\d+/g, '0')}`
    if (this.#seen.has(kind) || this.#waiting.length >= mostWaiting) return
    if (this.#seen.size >= mostKnown) this.#seen.clear()
    this.#seen.add(kind)
    this.#waiting.push(text)
    if (this.#isSearching) return
    this.#isSearching = true
    inBackground(
      () => this.#search(),
      ({ message }) => this.#deps.tell(`the search for a profile failed: ${message}`),
    )
  }

  async #search(): Promise<void> {
    for (let text = this.#waiting.shift(); text !== undefined; text = this.#waiting.shift()) {
      try {
        const { matches, nearest } = await this.#try(text)
        this.#deps.tell(lineFor(text, matches[0], nearest))
        await this.#deps.found(text, dataFor(text, matches, nearest))
      } catch (error) {
        this.#deps.tell(`the search for a profile for ${text.messageId} failed: ${asError(error).message}`)
      }
    }
    this.#isSearching = false
  }

  async #try({ text, context, device }: UnknownText): Promise<Pick<Tried, 'matches' | 'nearest'>> {
    const { profiles, clock } = this.#deps
    const matches: Tried['matches'][number][] = []
    let nearest = null as Nearest | null
    for (const id of profiles.ids()) {
      await sleep(clock, 0)
      const tried = trial(profiles, id, id !== device?.profile.id)?.(text, context)
      if (tried === undefined) continue
      matches.push(...tried.matches)
      if (tried.nearest === null) continue
      // The device's own profile goes before all others.
      const isOwn = id === device?.profile.id
      const closer = nearest === null || tried.nearest.weight > nearest.weight
      if (isOwn || (closer && nearest?.profile !== device?.profile.id)) nearest = tried.nearest
    }
    return { matches, nearest: matches.length > 0 ? null : nearest }
  }
}

/** A profile of the owner's that is broken shall not end the search. */
function trial(profiles: ProfileSource, id: string, isForeign: boolean) {
  try {
    return makeTrial([profiles.read(id)], isForeign)
  } catch {
    return undefined
  }
}

const hintUnproven = 'it is unproven and needs unproven: true on the device'

function lineFor(
  { device, sender, unproven }: UnknownText,
  best: Tried['matches'][number] | undefined,
  nearest: Nearest | null,
): string {
  if (device !== null) {
    if (unproven !== null) return `${device.id} sent a text that its profile knows as "${unproven}": ${hintUnproven}`
    const near =
      nearest === null
        ? 'and no other does'
        : `the nearest is ${nearest.profile} ${nearest.message}, up to character ${nearest.at}: ${nearest.expected.join(' or ')} would follow`
    const other = best === undefined ? near : `${best.profile} knows it as "${best.message}"`
    return `${device.id} sent a text that its profile ${device.profile.id} does not know; ${other}`
  }
  const from = `a text of the unknown number ${quoted(sender)}`
  if (best === undefined) return `${from}, and no profile knows it`
  const line = `devices: { new: { profile: ${best.profile}, number: ${quoted(sender)} } }`
  return `${from}: ${best.profile} knows it as "${best.message}". To add it: ${line}`
}

function dataFor(
  { messageId, device, sender, masked, unproven }: UnknownText,
  matches: Tried['matches'],
  nearest: Nearest | null,
): Record<string, unknown> {
  const names = matches.map((match) => ({
    profile: match.profile,
    message: match.message,
    ...(match.unproven && { unproven: true }),
  }))
  const { weight: _, rest: __, ...near } = nearest ?? { weight: 0, rest: '' }
  return {
    message_id: messageId,
    device: device?.id ?? null,
    ...(device === null && { from: sender }),
    text: masked,
    matches: names,
    // What people write resembles some pattern or other: nothing is guessed of a stranger.
    nearest: nearest === null || device === null ? null : near,
    ...(unproven !== null && { unproven, hint: hintUnproven }),
  }
}
