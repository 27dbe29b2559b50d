/** How well it is proven that a text is from its device, the weakest first. */
export const trustLevels = ['stranger', 'number', 'route', 'secret'] as const
export type TrustLevel = (typeof trustLevels)[number]

/** Levels that can be required: a stranger's text never counts. */
export const trusts = ['number', 'route', 'secret'] as const
export type Trust = (typeof trusts)[number]

export const reaches = (level: TrustLevel, required: Trust): boolean =>
  trustLevels.indexOf(level) >= trustLevels.indexOf(required)

/** Nothing is better proven than what brought it. */
export const weakest = (one: TrustLevel, other: TrustLevel): TrustLevel =>
  trustLevels.indexOf(one) < trustLevels.indexOf(other) ? one : other

export const strictest = (levels: readonly Trust[]): Trust =>
  levels.reduce((a, b) => (reaches(a, b) ? a : b), 'number' as Trust)
