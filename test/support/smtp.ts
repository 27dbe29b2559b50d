import { spawn } from 'node:child_process'
import { connect, type Socket } from 'node:net'

/** A mail by swaks, an SMTP client that is not ours. Resolves with its exit code, and the replies of the server. */
export function swaks(port: number, args: readonly string[]): Promise<{ code: number | null; out: string }> {
  const child = spawn('swaks', ['--server', `127.0.0.1:${port}`, '--helo', 'device.lan', ...args])
  let out = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      out += chunk
    })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, out }))
  })
}

/** An SMTP client that sends what no client should. */
export class RawSmtp {
  readonly #socket: Socket
  #text = ''
  #ended = false
  #look: () => void = () => {}

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk) => {
      this.#text += chunk
      this.#look()
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      this.#ended = true
      this.#look()
    })
  }

  /** Connects from an address of this machine, and waits for the greeting. */
  static async open(port: number, from = '127.0.0.1'): Promise<{ smtp: RawSmtp; greeting: string }> {
    const smtp = new RawSmtp(connect({ port, host: '127.0.0.1', localAddress: from }))
    return { smtp, greeting: await smtp.reply() }
  }

  /** The next reply; empty when the server has closed the connection without one. */
  async reply(): Promise<string> {
    for (;;) {
      const [whole] = /^(?:\d{3}-[^\r]*\r\n)*\d{3}(?: [^\r]*)?\r\n/.exec(this.#text) ?? []
      if (whole !== undefined) {
        this.#text = this.#text.slice(whole.length)
        return whole.trimEnd()
      }
      if (this.#ended) return ''
      await new Promise<void>((resolve) => {
        this.#look = resolve
      })
    }
  }

  /** Sends octets as they are. */
  write(octets: string | Buffer): void {
    this.#socket.write(octets)
  }

  /** Sends a line, and resolves with the reply. */
  ask(line: string): Promise<string> {
    this.write(`${line}\r\n`)
    return this.reply()
  }

  /** From the greeting to what follows the mail: the last reply. */
  async mail(from: string, to: readonly string[], octets: string | Buffer): Promise<string> {
    await this.ask('EHLO device.lan')
    await this.ask(`MAIL FROM:<${from}>`)
    for (const one of to) {
      const reply = await this.ask(`RCPT TO:<${one}>`)
      if (!reply.startsWith('250')) return reply
    }
    await this.ask('DATA')
    this.write(octets)
    return this.ask('\r\n.')
  }

  close(): void {
    this.#socket.destroy()
  }
}

/** One mail over a connection of its own. */
export async function sendMail(port: number, from: string, to: string, octets: string | Buffer, address?: string) {
  const { smtp, greeting } = await RawSmtp.open(port, address)
  try {
    return greeting.startsWith('220') ? await smtp.mail(from, [to], octets) : greeting
  } finally {
    smtp.close()
  }
}
