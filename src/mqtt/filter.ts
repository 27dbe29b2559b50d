/** Topic filters of MQTT 3.1.1, section 4.7. */

/** Whether a filter matches a topic. Leading wildcards never match a topic that begins with `$`. */
export function matches(filter: string, topic: string): boolean {
  return covers(filter, topic)
}

/** Whether `granted` matches everything that `wanted` matches. */
export function covers(granted: string, wanted: string): boolean {
  if (wanted.startsWith('$') && /^[+#]/.test(granted)) return false
  const mine = granted.split('/')
  const theirs = wanted.split('/')
  for (const [i, level] of mine.entries()) {
    if (level === '#') return true
    const other = theirs[i]
    // "a/#" matches "a" too, so it is not covered by "a/+" or "a/b"
    if (other === undefined || other === '#') return false
    if (level !== '+' && level !== other) return false
  }
  return mine.length === theirs.length
}

/** Whether a filter is well-formed: `#` alone and last, `+` alone. */
export function isFilter(filter: string): boolean {
  const levels = filter.split('/')
  return (
    filter !== '' &&
    !filter.includes('\u0000') &&
    levels.every((level, i) =>
      level.includes('#') ? level === '#' && i === levels.length - 1 : !level.includes('+') || level === '+',
    )
  )
}

/** Whether there is a topic that both filters match. */
export function overlap(one: string, other: string): boolean {
  const [mine, theirs] = [one.split('/'), other.split('/')]
  for (let i = 0; i < Math.max(mine.length, theirs.length); i++) {
    const [a, b] = [mine[i], theirs[i]]
    // "a/#" matches "a" too.
    if (a === '#' || b === '#') return true
    if (a === undefined || b === undefined) return false
    if (a !== '+' && b !== '+' && a !== b) return false
  }
  return true
}

/** The narrowest filter that covers two others. */
export function union(one: string, other: string): string {
  const [mine, theirs] = [one.split('/'), other.split('/')]
  const levels: string[] = []
  for (let i = 0; i < Math.max(mine.length, theirs.length); i++) {
    const [a, b] = [mine[i], theirs[i]]
    if (a === undefined || b === undefined || a === '#' || b === '#') return [...levels, '#'].join('/')
    levels.push(a === b ? a : '+')
  }
  return levels.join('/')
}
