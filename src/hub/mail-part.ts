import { readFileSync } from 'node:fs'
import { isLoopback } from '../config/broker-config.ts'
import type { Config } from '../config/schema.ts'
import type { SmtpDoor, SmtpDoorDeps } from '../mail/smtp-door.ts'
import { passwordProof } from './door-passwords.ts'

export interface MailPartDeps extends Omit<SmtpDoorDeps, 'settings' | 'prove'> {
  readonly config: Pick<Config, 'mail' | 'mqtt'>
  /** A wrong password was given. */
  unproven(): void
}

/** The door for mails of devices, where it is configured: it brings libraries, which are loaded then. */
export class MailPart {
  readonly #deps: MailPartDeps
  #door: SmtpDoor | null = null

  constructor(deps: MailPartDeps) {
    this.#deps = deps
  }

  /** Whether it listens; null where it is not configured. */
  get isOpen(): boolean | null {
    return this.#deps.config.mail === undefined ? null : (this.#door?.isOpen ?? false)
  }

  async start(): Promise<void> {
    const { config } = this.#deps
    const { mail, mqtt } = config
    if (mail === undefined) return
    const { SmtpDoor } = await import('../mail/smtp-door.ts')
    const { cert, key } = mail.cert === undefined ? { ...mqtt.broker.tls } : mail
    this.#door = new SmtpDoor({
      ...this.#deps,
      settings: {
        listen: mail.listen,
        tls: cert === undefined || key === undefined ? null : { cert: readFileSync(cert), key: readFileSync(key) },
        implicitTls: mail.implicit_tls,
        clearPasswords: mail.clear_passwords || isLoopback(mail.listen.host),
        users: mail.users,
        networks: mail.networks,
        maxOctets: mail.max_octets,
      },
      prove: passwordProof(mail.users, this.#deps),
    })
    await this.#door.start()
  }

  async stop(): Promise<void> {
    await this.#door?.stop()
  }
}
