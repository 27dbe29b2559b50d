import { Fault } from '../../message/fault.ts'
import { isGsm7 } from '../../sms/gsm7.ts'
import { segmentText } from '../../sms/segment-text.ts'
import type { SmsLimits } from '../profile/dialect.ts'

/** Fails with `encoding_error` or `text_too_long` if the device can't take this text; it is never changed to fit. */
export function assertFits(command: string, text: string, limits: SmsLimits): void {
  const strange = [...new Set([...text].filter((char) => !isIn(limits.alphabet, char)))]
  if (strange.length > 0) {
    const shown = strange.map((char) => JSON.stringify(char)).join(' ')
    throw new Fault('encoding_error', `${command} would send ${shown}; the device takes ${names[limits.alphabet]}`, {
      command,
      characters: strange,
    })
  }
  if (limits.maxLength !== null && text.length > limits.maxLength) {
    throw new Fault(
      'text_too_long',
      `${command} would send ${text.length} characters; the device takes ${limits.maxLength}`,
      { command },
    )
  }
  const { segments } = segmentText(text)
  if (segments.length > limits.parts) {
    throw new Fault(
      'text_too_long',
      `${command} would take ${segments.length} parts; the device takes ${limits.parts}`,
      { command },
    )
  }
}

const names = { ascii: 'ASCII', gsm7: 'the GSM 7-bit alphabet', ucs2: 'any character' } as const

function isIn(alphabet: SmsLimits['alphabet'], char: string): boolean {
  if (alphabet === 'ucs2') return true
  return isGsm7(char) && (alphabet === 'gsm7' || /^[\x20-\x7e\r\n]$/.test(char))
}
