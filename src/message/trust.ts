/** How well it is proven that a text is its device's own, the weakest first. */
export const trustLevels = ['stranger', 'number', 'route', 'secret'] as const
export type TrustLevel = (typeof trustLevels)[number]

/** What may be asked for: a stranger's text never counts. */
export const trusts = ['number', 'route', 'secret'] as const
export type Trust = (typeof trusts)[number]

export const reaches = (level: TrustLevel, required: Trust): boolean =>
  trustLevels.indexOf(level) >= trustLevels.indexOf(required)

export const strictest = (levels: readonly Trust[]): Trust =>
  levels.reduce((a, b) => (reaches(a, b) ? a : b), 'number' as Trust)
