import { Writable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { makeLogger } from '../../src/cli/logger.ts'
import { withSafeOutputs } from '../../src/cli/terminal.ts'
import { escaped, escapedLines, quoted } from '../../src/util/escape.ts'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { HubProcess } from '../support/hub-process.ts'
import { connectPacket, publishPacket, RawClient, subscribePacket, text } from '../support/raw-client.ts'
import { testClock } from '../support/world.ts'

/** Everything that moves a cursor, hides, reorders or breaks a line. */
const hostile = [
  ['line feed', '\n'],
  ['carriage return', '\r'],
  ['escape', '\u001b[2J'],
  ['a C1 control', '\u009b2J'],
  ['next line', '\u0085'],
  ['delete', '\u007f'],
  ['right-to-left override', '\u202e'],
  ['isolate', '\u2066'],
  ['zero width space', '\u200b'],
  ['byte order mark', '\ufeff'],
  ['soft hyphen', '\u00ad'],
  ['line separator', '\u2028'],
  ['paragraph separator', '\u2029'],
  ['a tag', '\u{e0041}'],
  ['half a character', '\ud800'],
] as const
const raw = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u

describe('what strangers choose', () => {
  test.each(hostile)('%s is escaped and stays readable', (_, one) => {
    expect(escaped(`a${one}b`)).not.toMatch(raw)
    expect(escaped(`a${one}b`)).toMatch(/^a\\.*b$/)
    expect(escapedLines(`x\ny\tz${one.replace('\n', '')}`).replaceAll(/[\n\t]/g, '')).not.toMatch(raw)
    expect(JSON.parse(quoted(`a"${one}b`))).toBe(`a"${one}b`)
    expect(parse(`{ number: ${quoted(`A"${one} B`)} }`)).toEqual({ number: `A"${one} B` })
  })

  test('letters of every script, emoji and combining marks are shown as they are', () => {
    const plain = 'Grüße, Ελλάδα, שלום, 你好 👍 e\u0301'
    expect(escaped(plain)).toBe(plain)
  })

  test.each(['pretty', 'json'] as const)('a log line for %s is one line without control characters', (format) => {
    let out = ''
    const stderr = new Writable({
      write(chunk, _encoding, done) {
        out += chunk
        done()
      },
    })
    const context = { env: {}, cwd: '/', stdin: process.stdin, stdout: stderr, stderr, clock: testClock }
    const safe = withSafeOutputs({ ...context, version: 'test', ended: new Promise(() => {}) })
    const { log } = makeLogger(safe, { level: 'info', format })
    for (const [, one] of hostile) log('warn', `gateway.${one}`, `from ${one} end`)
    const lines = out.split('\n')
    expect(lines).toHaveLength(hostile.length + 1)
    for (const line of lines) expect(line).not.toMatch(raw)
    if (format === 'json')
      for (const [n, [, one]] of hostile.entries()) expect(JSON.parse(lines[n] as string).msg).toBe(`from ${one} end`)
  })
})

describe.each(['pretty', 'json'])('the log of a hub whose clients are hostile, %s', (format) => {
  const hub = new HubProcess(temporaryFolder())
  let port: number

  beforeAll(async () => {
    port = await freePort()
    const user = `scrypt:15:8:1:${'a'.repeat(22)}:${'b'.repeat(43)}`
    const users = { owner: { password: user, role: 'reader' } }
    const broker = { listen: `127.0.0.1:${port}`, users }
    hub.launch({
      config: `${JSON.stringify({ mqtt: { broker }, http: { enabled: false }, log: { format } })}\n`,
    })
    await hub.logged(/connected: /)
  })
  afterAll(() => hub.kill())

  test('holds their ids, user names, topics and filters escaped, before and after the login', async () => {
    for (const [n, [, one]] of hostile.slice(0, -1).entries()) {
      const forged = `x${one}[2026-11-29 22:00:00] info: hub: forged ${n}`
      for (const packet of [
        connectPacket({ id: forged, user: forged, password: 'x' }),
        connectPacket({ id: `id${n}`, user: forged, password: 'x' }),
        connectPacket({ id: `will${n}`, will: { topic: `${forged}/#`, payload: 'x' } }),
        publishPacket(forged, 'x'),
        subscribePacket([[`${forged}#`, 0]]),
        Buffer.concat([Buffer.from([0x10]), text(forged)]),
      ]) {
        const client = await RawClient.open(port)
        client.send(packet)
        await client.closed()
      }
    }
    await hub.logged(/wrong user name or password/)
    for (const line of hub.stderr.split('\n')) {
      expect(line).not.toMatch(raw)
      expect(line).not.toMatch(/^\[2026-11-29 22:00:00\]/)
    }
  })
})
