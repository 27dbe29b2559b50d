import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import Sequencer from '@jest/test-sequencer'

/**
 * Files that take longest, for a clone that knows no durations yet: started last, one of them would run alone at the
 * end. Their size, by which jest goes, says little: a short file may wait much.
 */
const long = [
  'web/scale',
  'flow/hours',
  'crash/crash',
  'crash/durability',
  'web/first-start',
  'web/walk',
  'cli/cli',
  'flow/profiles',
  'flow/brokers-once',
  'http/slow-readers',
  'cli/fleet',
  'modem/soak',
  'modem/hostile',
  'webhooks/chaos',
  'simulator/gammu',
  'flow/brokers',
  'flow/homeassistant',
  'device/try',
  'flow/quotas',
  'flow/results',
  'flow/outage',
  'cli/modem',
  'modem/transcripts',
  'gateway/carrier',
].map((name) => fileURLToPath(new URL(`../${name}.test.ts`, import.meta.url)))

export default class LongFirst extends Sequencer {
  sort(tests) {
    const gone = long.find((path) => !existsSync(path))
    if (gone !== undefined) throw new Error(`there is no ${gone}: take it off the list of long-first.mjs`)
    const place = ({ path }) => (long.includes(path) ? long.indexOf(path) : long.length)
    return super.sort(tests).sort((one, other) => place(one) - place(other))
  }
}
