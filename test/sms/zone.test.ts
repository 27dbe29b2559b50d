import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { outcome, vectors } from './vectors.ts'

const decode = fileURLToPath(new URL('../../build/sms/decode-pdu.js', import.meta.url))

/** Decodes hex lines from standard input in a fresh process. */
const script = `
  const { decodePdu } = await import(process.argv[1])
  const { readFileSync } = await import('node:fs')
  const lines = readFileSync(0, 'utf8').split('\\n')
  const outcome = (pdu) => { try { return decodePdu(pdu) } catch ({ detail: { error, lenient } }) { return { error, lenient } } }
  process.stdout.write(JSON.stringify(lines.map(outcome)))
`

test('the zone of the machine changes nothing', () => {
  const input = vectors.map(({ pdu }) => pdu).join('\n')
  const here = JSON.parse(JSON.stringify(vectors.map(({ pdu }) => outcome(pdu).seen)))
  for (const zone of ['Pacific/Chatham', 'America/St_Johns', 'UTC']) {
    const options = { input, env: { ...process.env, TZ: zone }, maxBuffer: 1 << 26 }
    const there = execFileSync(process.execPath, ['--input-type=module', '-e', script, decode], options)
    expect(JSON.parse(there.toString())).toEqual(here)
  }
})
