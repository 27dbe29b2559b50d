import type { Device } from '../device/device.ts'
import type { Profile } from '../device/profile/profile.ts'
import type { ReadContext } from '../device/receive/reading.ts'
import { makeTrial, type Nearest, type Tried } from '../device/receive/try.ts'
import { asError, inBackground } from '../util/background.ts'
import { type Clock, sleep } from '../util/clock.ts'
import { quoted } from '../util/escape.ts'

/** Source of profiles, which are not cached. */
export interface ProfileSource {
  ids(): string[]
  read(id: string): Profile
}

/** An unrecognised text. */
export interface UnknownText {
  readonly messageId: string
  readonly raws: readonly number[]
  /** null for an unknown number. */
  readonly device: Device | null
  readonly sender: string
  readonly text: string
  /** The text without secrets. */
  readonly masked: string
  readonly context: ReadContext
  /** The unproven message of the device's profile that fits. */
  readonly unproven: string | null
}

export interface UnknownDeps {
  readonly profiles: ProfileSource
  readonly clock: Clock
  /** For the log. */
  log(message: string): void
  /** Receives the finding, for the quarantine and the event. */
  found(text: UnknownText, data: Readonly<Record<string, unknown>>): Promise<void>
}

/** Texts waiting for their search, so that a flood of nonsense does not load the hub. */
const maxWaiting = 20
/** Kinds of texts that were searched for already. */
const maxKinds = 2_000

/**
 * Searches all profiles for unrecognised texts, one profile at a time between other work, and logs the best or the
 * nearest one, with the configuration line that adds the device where its number is new.
 */
export class Unknowns {
  readonly #deps: UnknownDeps
  readonly #seen = new Set<string>()
  readonly #waiting: UnknownText[] = []
  #isSearching = false
  #isEnded = false

  constructor(deps: UnknownDeps) {
    this.#deps = deps
  }

  add(text: UnknownText): void {
    // The same text with other numbers in it is reported once.
    const kind = `${text.device?.id ?? text.sender} ${text.device === null ? '' : text.masked.replace(/\d+/g, '0')}`
    if (this.#seen.has(kind) || this.#waiting.length >= maxWaiting) return
    if (this.#seen.size >= maxKinds) this.#seen.clear()
    this.#seen.add(kind)
    this.#waiting.push(text)
    if (this.#isSearching) return
    this.#isSearching = true
    inBackground(
      () => this.#search(),
      ({ message }) => this.#deps.log(`the search for a profile failed: ${message}`),
    )
  }

  /** No profile is read any more: there is no store that would take what is found. */
  stop(): void {
    this.#isEnded = true
  }

  async #search(): Promise<void> {
    for (let text = this.#waiting.shift(); text !== undefined; text = this.#waiting.shift()) {
      try {
        const tried = await this.#try(text)
        if (tried === null) return
        const { matches, nearest } = tried
        this.#deps.log(lineFor(text, matches[0], nearest))
        await this.#deps.found(text, dataFor(text, matches, nearest))
      } catch (error) {
        this.#deps.log(`the search for a profile for ${text.messageId} failed: ${asError(error).message}`)
      }
    }
    this.#isSearching = false
  }

  /** null when the search has been ended. */
  async #try({ text, context, device }: UnknownText): Promise<Pick<Tried, 'matches' | 'nearest'> | null> {
    const { profiles, clock } = this.#deps
    const matches: Tried['matches'][number][] = []
    let nearest = null as Nearest | null
    for (const id of profiles.ids()) {
      await sleep(clock, 0)
      if (this.#isEnded) return null
      const tried = trial(profiles, id, id !== device?.profile.id)?.(text, context)
      if (tried === undefined) continue
      matches.push(...tried.matches)
      if (tried.nearest === null) continue
      // The device's own profile has precedence.
      const isOwn = id === device?.profile.id
      const closer = nearest === null || tried.nearest.weight > nearest.weight
      if (isOwn || (closer && nearest?.profile !== device?.profile.id)) nearest = tried.nearest
    }
    return { matches, nearest: matches.length > 0 ? null : nearest }
  }
}

/** An invalid profile of the owner must not end the search. */
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
        ? 'and neither does any other'
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
    // Texts of people resemble some pattern or other: for unknown numbers, the nearest is not guessed.
    nearest: nearest === null || device === null ? null : near,
    ...(unproven !== null && { unproven, hint: hintUnproven }),
  }
}
