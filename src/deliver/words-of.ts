import type { Device } from '../device/device.ts'
import { readText } from '../device/receive/read.ts'
import type { ReadContext } from '../device/receive/reading.ts'
import type { Answering } from './identify.ts'
import type { WholeText } from './reassemble.ts'

/**
 * What is read of a text: all of it. Of a mail, that is the subject and then the text; or the text alone, where only
 * that is what the profile knows, or what a command waits for, and the subject has no alarm that would be lost.
 */
export async function wordsOf(
  { text, mail }: Pick<WholeText, 'text' | 'mail'>,
  device: Device | null,
  context: ReadContext,
  answering: (text: string) => Answering,
): Promise<string> {
  const all = text ?? ''
  if (device === null || mail === null || mail.subject === null || mail.body === '') return all
  const [whole] = readText(device, all, context)
  if (whole?.reading === 'exact') return all
  const [body] = readText(device, mail.body, context)
  if (whole !== undefined && whole.event !== null && (body?.event ?? null) === null) return all
  if (body?.reading === 'exact') return mail.body
  const answers = await answering(mail.body)(device)
  return answers === 'wording' ? mail.body : all
}
