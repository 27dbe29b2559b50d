import type { Device } from '../device/device.ts'
import type { Profile } from '../device/profile.ts'
import type { ReadContext } from '../device/read.ts'
import { makeTrial, type Nearest, type Tried } from '../device/try.ts'
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
}

export interface UnknownRooms {
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
  readonly #rooms: UnknownRooms
  readonly #seen = new Set<string>()
  readonly #waiting: UnknownText[] = []
  #isSearching = false

  constructor(rooms: UnknownRooms) {
    this.#rooms = rooms
  }

  add(text: UnknownText): void {
    // The same sentence with other numbers in it is told once.
    const kind = `${text.device?.id ?? text.sender} ${text.device === null ? '' : text.masked.replace(/\d+/g, '0')}`
    if (this.#seen.has(kind) || this.#waiting.length >= mostWaiting) return
    if (this.#seen.size >= mostKnown) this.#seen.clear()
    this.#seen.add(kind)
    this.#waiting.push(text)
    if (!this.#isSearching) void this.#search()
  }

  async #search(): Promise<void> {
    this.#isSearching = true
    for (let text = this.#waiting.shift(); text !== undefined; text = this.#waiting.shift()) {
      const { matches, nearest } = await this.#try(text)
      this.#rooms.tell(lineFor(text, matches[0], nearest))
      await this.#rooms.found(text, dataFor(text, matches, nearest)).catch(() => {})
    }
    this.#isSearching = false
  }

  async #try({ text, context, device }: UnknownText): Promise<Pick<Tried, 'matches' | 'nearest'>> {
    const { profiles, clock } = this.#rooms
    const matches: Tried['matches'][number][] = []
    let nearest = null as Nearest | null
    for (const id of profiles.ids()) {
      await sleep(clock, 0)
      const tried = trial(profiles, id)?.(text, context)
      if (tried === undefined) continue
      matches.push(...tried.matches)
      const closer = tried.nearest !== null && (nearest === null || tried.nearest.weight > nearest.weight)
      // Between equals the device's own profile is meant.
      const own = tried.nearest?.weight === nearest?.weight && id === device?.profile.id
      if (closer || own) nearest = tried.nearest
    }
    return { matches, nearest: matches.length > 0 ? null : nearest }
  }
}

/** A profile of the owner's that is broken shall not end the search. */
function trial(profiles: ProfileSource, id: string) {
  try {
    return makeTrial([profiles.read(id)])
  } catch {
    return undefined
  }
}

function lineFor({ device, sender }: UnknownText, best: Tried['matches'][number] | undefined, nearest: Nearest | null) {
  const near =
    nearest === null
      ? 'and no other does'
      : `the nearest is ${nearest.profile} ${nearest.message}, up to character ${nearest.at}: ${nearest.expected.join(' or ')} would follow`
  if (device !== null) {
    const other = best === undefined ? near : `${best.profile} knows it as "${best.message}"`
    return `${device.id} sent a text that its profile ${device.profile.id} does not know; ${other}`
  }
  const profile = best?.profile ?? nearest?.profile ?? 'generic/text'
  const why =
    best === undefined ? `no profile knows the text, ${near}` : `${best.profile} knows it as "${best.message}"`
  return `a text of the unknown number ${quoted(sender)}: ${why}. To add it: devices: { new: { profile: ${profile}, number: ${quoted(sender)} } }`
}

function dataFor(
  { messageId, device, sender, masked }: UnknownText,
  matches: Tried['matches'],
  nearest: Nearest | null,
): Record<string, unknown> {
  const names = matches.map(({ profile, message }) => ({ profile, message }))
  const { weight: _, rest: __, ...near } = nearest ?? { weight: 0, rest: '' }
  return {
    message_id: messageId,
    device: device?.id ?? null,
    ...(device === null && { from: sender }),
    text: masked,
    matches: names,
    nearest: nearest === null ? null : near,
  }
}
