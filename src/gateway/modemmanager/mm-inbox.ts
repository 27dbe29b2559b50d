import type { Filing } from '../filing.ts'
import type { GatewayHandlers } from '../gateway.ts'
import { CallFailure } from './dbus.ts'
import { storedSms } from './decode-mm.ts'
import type { MmLink } from './mm-link.ts'
import { messaging, service } from './mm-values.ts'

/** The messages that ModemManager holds for a modem, from its appearance to its end. */
export class MmInbox {
  readonly #link: MmLink
  readonly #modem: string
  readonly #filing: Filing
  readonly #log: GatewayHandlers['log']
  /** Stored, and not deleted yet. */
  readonly #filed = new Set<string>()
  #isFirst = true

  constructor(link: MmLink, modem: string, filing: Filing, log: GatewayHandlers['log']) {
    this.#link = link
    this.#modem = modem
    this.#filing = filing
    this.#log = log
  }

  /** Stores and deletes all that is complete; rejects where ModemManager does not answer. */
  async collect(): Promise<void> {
    const source = this.#isFirst ? 'listed' : 'storage'
    const { lost } = this.#link
    for (const path of await this.#link.call<string[]>(this.#modem, `${messaging}.List`)) {
      const body = await this.#read(path)
      if (body === null) continue
      if (!this.#filed.has(path) && !(await this.#filing.store(body, source, path))) return
      this.#filed.add(path)
      // The path may be that of another message after a restart.
      if (lost.isFired) return
      if (await this.#delete(path)) this.#filing.deleted(body, source, path)
    }
    this.#isFirst = false
  }

  /** null for what is not complete, was not received, or is deleted meanwhile: texts that are sent are in the list, too. */
  async #read(path: string): Promise<string | null> {
    try {
      return storedSms(await this.#link.propertiesOf(path, `${service}.Sms`))
    } catch (error) {
      if (!(error instanceof CallFailure && error.isAnswered)) throw error
      this.#log('debug', `${path} can't be read: ${error.message}`)
      return null
    }
  }

  async #delete(path: string): Promise<boolean> {
    try {
      await this.#link.call(this.#modem, `${messaging}.Delete`, { signature: 'o', body: [path] })
      this.#filed.delete(path)
      return true
    } catch (error) {
      this.#log('warn', `${path} is stored and can't be deleted yet: ${(error as Error).message}`)
      return false
    }
  }
}
