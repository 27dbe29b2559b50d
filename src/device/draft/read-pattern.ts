import { parseProfile } from '../profile/profile.ts'
import { readText } from '../receive/read.ts'
import { sampleDevice } from '../sample.ts'

const head = {
  format: '1',
  revision: '1',
  manufacturer: 'Unknown',
  family: 'Device',
  kind: 'generic',
}

/** The values that a pattern alone reads in a text; null when it is invalid or does not fit. */
export function readPattern(pattern: string, text: string): object | null {
  try {
    const profile = parseProfile('new/device', { ...head, messages: { message: { text: pattern } } })
    const [reading] = readText(sampleDevice(profile, '', {}), text, { receivedAt: null, scts: null })
    return reading?.values ?? null
  } catch {
    return null
  }
}
