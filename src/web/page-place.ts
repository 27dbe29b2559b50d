/** Where a reader is: the path behind the # of the address, cut at its slashes, and its parameters. */
export interface Place {
  readonly path: readonly string[]
  readonly query: Readonly<Record<string, string>>
}

/** The place of a hash like `#/devices/gate?tab=map`. */
export function placeOf(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2)
  return {
    path: path.split('/').filter(Boolean).map(decoded),
    query: Object.fromEntries(new URLSearchParams(query)),
  }
}

/** The hash of a place; parameters without a value are left out. */
export function hashOf(path: readonly string[], query: Readonly<Record<string, string | undefined>> = {}): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => (entry[1] ?? '') !== '')
  const parameters = new URLSearchParams(given).toString()
  return `#/${path.map(encodeURIComponent).join('/')}${parameters === '' ? '' : `?${parameters}`}`
}

function decoded(level: string): string {
  try {
    return decodeURIComponent(level)
  } catch (error) {
    // A percent sign that somebody typed.
    if (error instanceof URIError) return level
    throw error
  }
}
