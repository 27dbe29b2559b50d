import type { Profile } from '../device/profile.ts'
import type { ReadContext } from '../device/read.ts'
import { makeTrial, type Tried } from '../device/try.ts'

/** Where profiles come from. */
export interface ProfileSource {
  ids(): string[]
  get(id: string): Profile
}

/** Numbers that were told already: one line each is enough. */
const mostTold = 1_000

/** Texts of unknown numbers: tells the owner which profile fits and the line that would add the device. */
export class Strangers {
  readonly #profiles: ProfileSource
  readonly #tell: (message: string) => void
  readonly #told = new Set<string>()
  #trial: ((text: string, context: ReadContext) => Tried) | null = null

  constructor(profiles: ProfileSource, tell: (message: string) => void) {
    this.#profiles = profiles
    this.#tell = tell
  }

  texted(sender: string, text: string, context: ReadContext): void {
    if (this.#told.has(sender) || this.#told.size >= mostTold) return
    this.#told.add(sender)
    // Every profile is read here, once, and only when a stranger texts.
    this.#trial ??= makeTrial(this.#profiles.ids().map((id) => this.#profiles.get(id)))
    const best = this.#trial(text, context).matches[0]
    const profile = best?.profile ?? 'generic/text'
    const why = best === undefined ? 'no profile knows the text' : `${best.profile} knows it as "${best.message}"`
    this.#tell(
      `a text of the unknown number ${sender}: ${why}. To add it: devices: { new: { profile: ${profile}, number: "${sender}" } }`,
    )
  }
}
