interface Node<T> {
  readonly children: Map<string, Node<T>>
  readonly values: Map<string, T>
}

/**
 * Values by topic or by filter, with a node per level: the cost of a look-up depends on the depth of the topic, not on
 * the number of values. Each value of a topic has its own key.
 */
export class TopicTree<T> {
  readonly #root: Node<T> = node()
  #size = 0

  get size(): number {
    return this.#size
  }

  set(topic: string, key: string, value: T): void {
    let at = this.#root
    for (const level of topic.split('/')) {
      let next = at.children.get(level)
      if (next === undefined) {
        next = node()
        at.children.set(level, next)
      }
      at = next
    }
    if (!at.values.has(key)) this.#size++
    at.values.set(key, value)
  }

  get(topic: string, key: string): T | undefined {
    let at: Node<T> | undefined = this.#root
    for (const level of topic.split('/')) at = at?.children.get(level)
    return at?.values.get(key)
  }

  /** Removes a value, and its branch when that is empty. */
  delete(topic: string, key: string): boolean {
    const path: [Node<T>, string][] = []
    let at = this.#root
    for (const level of topic.split('/')) {
      const next = at.children.get(level)
      if (next === undefined) return false
      path.push([at, level])
      at = next
    }
    if (!at.values.delete(key)) return false
    this.#size--
    for (const [parent, level] of path.reverse()) {
      const child = parent.children.get(level) as Node<T>
      if (child.values.size > 0 || child.children.size > 0) break
      parent.children.delete(level)
    }
    return true
  }

  /** For a tree of filters: those that match the topic, the widest first. */
  *filtersFor(topic: string): Generator<T> {
    yield* takers(this.#root, topic.split('/'), 0, topic.startsWith('$'))
  }

  /** For a tree of topics: those that the filter matches, and null for each branch visited on the way. */
  *walk(filter: string): Generator<T | null> {
    yield* taken(this.#root, filter.split('/'), 0)
  }
}

function node<T>(): Node<T> {
  return { children: new Map(), values: new Map() }
}

function* takers<T>(at: Node<T>, levels: readonly string[], depth: number, hidden: boolean): Generator<T> {
  if (!hidden) yield* at.children.get('#')?.values.values() ?? []
  if (depth === levels.length) {
    yield* at.values.values()
    return
  }
  const single = hidden ? undefined : at.children.get('+')
  if (single !== undefined) yield* takers(single, levels, depth + 1, false)
  const exact = at.children.get(levels[depth] as string)
  if (exact !== undefined) yield* takers(exact, levels, depth + 1, false)
}

function* taken<T>(at: Node<T>, levels: readonly string[], depth: number): Generator<T | null> {
  yield null
  if (depth === levels.length) {
    yield* at.values.values()
    return
  }
  const level = levels[depth] as string
  if (level === '#') {
    yield* everything(at, depth === 0)
    return
  }
  if (level !== '+') {
    const next = at.children.get(level)
    if (next !== undefined) yield* taken(next, levels, depth + 1)
    return
  }
  for (const [name, next] of at.children) if (depth > 0 || !name.startsWith('$')) yield* taken(next, levels, depth + 1)
}

function* everything<T>(at: Node<T>, front: boolean): Generator<T | null> {
  yield null
  yield* at.values.values()
  for (const [name, next] of at.children) if (!front || !name.startsWith('$')) yield* everything(next, false)
}
