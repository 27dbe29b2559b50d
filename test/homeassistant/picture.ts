/**
 * What Home Assistant makes of discovery as it comes, by the rules that a real one showed: the first announcement of an
 * entity counts and another topic's is a conflict, an empty message removes what its topic announced, a component that
 * is merely left out stays, and one with nothing but its platform goes.
 */
export class Picture {
  /** Entities by subject, platform and key, with the topic that announced each. */
  readonly entities = new Map<string, string>()
  /** What Home Assistant would write into its log. */
  readonly complaints: string[] = []
  readonly #prefix: string

  constructor(prefix = 'homeassistant') {
    this.#prefix = prefix
  }

  /** Keys of the entities of a device. */
  of(device: string): string[] {
    return [...this.entities.keys()].flatMap((entity) => {
      const [subject = '', , key = ''] = entity.split('|')
      return subject.endsWith(`_${device}`) ? [key] : []
    })
  }

  see({ topic, text }: { readonly topic: string; readonly text: string }): void {
    if (!topic.startsWith(`${this.#prefix}/`)) return this.#seeState(topic, text)
    const levels = topic.slice(this.#prefix.length + 1).split('/')
    if (levels.at(-1) !== 'config') return
    if (text === '') return this.#remove(topic)
    const [kind = '', subject = '', key = ''] = levels
    const document = JSON.parse(text) as { cmps?: Readonly<Record<string, { p: string }>> }
    const components =
      kind === 'device' ? Object.entries(document.cmps ?? {}) : [[key, { p: kind, whole: true }] as const]
    for (const [name, component] of components) {
      const entity = `${subject}|${component.p}|${name}`
      const by = this.entities.get(entity)
      if (by !== undefined && by !== topic) this.complaints.push(`conflicting announcements of ${entity}`)
      else if (Object.keys(component).length === 1) this.entities.delete(entity)
      else this.entities.set(entity, topic)
    }
  }

  #remove(topic: string): void {
    for (const [entity, by] of this.entities) if (by === topic) this.entities.delete(entity)
  }

  /** A state topic that is emptied while its entities are there is an error for each of them. */
  #seeState(topic: string, text: string): void {
    const [, first = '', ...below] = topic.split('/')
    const [device, rest] = first === 'gateway' ? [`gateway_${below[0]}`, below.slice(1)] : [first, below]
    if (text === '' && rest.length === 0 && this.of(device).length > 0)
      this.complaints.push(`${topic} is emptied before its entities are removed`)
  }
}
