/** An event of a stream as the HTML standard has it (section 9.2). */
export interface StreamEvent {
  readonly type: string
  readonly data: string
}

/** Cuts the text of a stream into its events. Comments are signs of life only. */
export class StreamReader {
  #rest = ''
  #type = ''
  #data: string[] = []
  #id: string | null = null
  #place: string | null = null

  /** Where to resume: the id of the last event, or of an empty one that only moves it. */
  get place(): string | null {
    return this.#place
  }

  /** Takes the next piece; returns the events that are whole with it. */
  take(piece: string): StreamEvent[] {
    const lines = (this.#rest + piece).split(/\r\n|\n|\r(?=[\s\S])/)
    this.#rest = lines.pop() ?? ''
    const events: StreamEvent[] = []
    for (const line of lines) {
      if (line === '') events.push(...this.#end())
      else this.#field(line)
    }
    return events
  }

  #field(line: string): void {
    const at = line.indexOf(':')
    if (at === 0) return
    const name = at < 0 ? line : line.slice(0, at)
    const value = at < 0 ? '' : line.slice(at + 1).replace(/^ /, '')
    if (name === 'event') this.#type = value
    else if (name === 'data') this.#data.push(value)
    else if (name === 'id' && !value.includes('\0')) this.#id = value
  }

  #end(): StreamEvent[] {
    this.#place = this.#id
    const event = { type: this.#type || 'message', data: this.#data.join('\n') }
    const isEmpty = this.#data.length === 0
    this.#type = ''
    this.#data = []
    return isEmpty ? [] : [event]
  }
}
