import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { until } from './patience.ts'

export interface StreamedEvent {
  readonly id: string
  readonly event: string
  readonly data: any
}

/** What a client of text/event-stream remembers, as the HTML Standard has it for EventSource: no code of the hub. */
export class EventClient {
  readonly #url: string
  readonly #headers: Readonly<Record<string, string>>
  readonly #socketPath: string | undefined
  #request: ClientRequest | null = null
  response: IncomingMessage | null = null
  readonly events: StreamedEvent[] = []
  readonly comments: string[] = []
  lastEventId = ''
  retryMs: number | null = null
  /** Octets of the connection that is open. */
  octets = ''
  isOpen = false
  #rest = ''

  /** With a path it connects to the Unix socket there, whatever host the URL names. */
  constructor(url: string, headers: Readonly<Record<string, string>> = {}, socketPath?: string) {
    this.#url = url
    this.#headers = headers
    this.#socketPath = socketPath
  }

  /** Connects, and again with the last id; resolves with the status. */
  open(): Promise<number> {
    this.#rest = ''
    this.octets = ''
    return new Promise((resolve, reject) => {
      const headers = {
        accept: 'text/event-stream',
        ...(this.lastEventId !== '' && { 'last-event-id': this.lastEventId }),
        ...this.#headers,
      }
      this.#request = request(this.#url, { headers, agent: false, socketPath: this.#socketPath }, (response) => {
        this.response = response
        this.isOpen = true
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => this.#read(chunk))
        const closed = () => {
          this.isOpen = false
        }
        response.on('close', closed)
        response.on('error', closed)
        resolve(response.statusCode ?? 0)
      })
      this.#request.on('error', (error) => {
        this.isOpen = false
        reject(error)
      })
      this.#request.end()
    })
  }

  #read(chunk: string): void {
    this.octets += chunk
    const blocks = (this.#rest + chunk).split('\n\n')
    this.#rest = blocks.pop() ?? ''
    for (const block of blocks) this.#dispatch(block)
  }

  #dispatch(block: string): void {
    let event = 'message'
    const data: string[] = []
    for (const line of block.split('\n')) {
      if (line.startsWith(':')) this.comments.push(line.slice(1).trim())
      const [, field = '', value = ''] = /^([^:]+)(?:: ?(.*))?$/s.exec(line) ?? []
      if (field === 'id') this.lastEventId = value
      if (field === 'event') event = value
      if (field === 'data') data.push(value)
      if (field === 'retry') this.retryMs = Number(value)
    }
    if (data.length > 0) this.events.push({ id: this.lastEventId, event, data: JSON.parse(data.join('\n')) })
  }

  /** Waits until so many events have come, over all connections. */
  async has(count: number): Promise<readonly StreamedEvent[]> {
    await until(
      () => this.events.length >= count,
      () => `${this.events.length} of ${count} events`,
    )
    return this.events
  }

  async closed(): Promise<void> {
    await until(() => !this.isOpen)
  }

  /** Takes no more octets, as a program that hangs does. */
  hang(): void {
    this.response?.pause()
  }

  goOn(): void {
    this.response?.resume()
  }

  close(): void {
    this.#request?.destroy()
    this.isOpen = false
  }
}
