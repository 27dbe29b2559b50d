import { describe, expect, test } from '@jest/globals'
import { Framer, type Token } from '../../src/gateway/modem/line/framer.ts'
import { lineEnds, promptShapes } from '../../src/simulator/modem/equipment/faults.ts'
import { seededRandom } from '../../src/util/random.ts'

const pdu = '07915121551532F4040B915155214365F700006211227124430005E8329BFD06'

/** Tokens as one can read them: `>` is the prompt. */
function tokens(...chunks: readonly (string | Uint8Array)[]): string[] {
  const framer = new Framer()
  return chunks.flatMap((chunk) => named(framer.push(typeof chunk === 'string' ? latin1(chunk) : chunk)))
}

const named = (found: readonly Token[]) => found.map((token) => (token.kind === 'prompt' ? '>' : token.text))
const latin1 = (text: string) => Buffer.from(text, 'latin1')

describe('lines', () => {
  test.each(Object.entries(lineEnds))('an answer with the line ends %s is its lines', (_, { head, tail }) => {
    const said = `${head}+CSQ: 18,99${tail}${head}OK${tail}`
    expect(tokens(said)).toEqual(['+CSQ: 18,99', 'OK'])
  })

  test.each([
    ['blank lines inside', '\r\n\r\n\r\nA\r\n\r\n\r\n\r\nB\r\n', ['A', 'B']],
    ['NULs in front', '\0\0\r\n\0OK\r\n', ['OK']],
    ['blanks around', '\r\n   +CPIN: READY  \r\n', ['+CPIN: READY']],
    ['XON and XOFF', '\x11\r\nO\x13K\r\n', ['OK']],
    ['the Ctrl-Z of an echo', `${pdu}\x1a\r\n`, [pdu]],
    ['the ESC of an echo', '\x1b\r\nOK\r\n', ['OK']],
    ['octets beyond ASCII', '\r\n\xfc\xff\r\n', ['\xfc\xff']],
    ['a line that has not ended', '\r\nOK\r\n+CMG', ['OK']],
  ])('%s', (_, said, lines) => {
    expect(tokens(said)).toEqual(lines)
  })

  test.each([
    ['a listing behind a PDU', `${pdu}+CMGL: 2,1,,27\r\n`, [pdu, '+CMGL: 2,1,,27']],
    ['OK behind a PDU', `${pdu}OK\r\n`, [pdu, 'OK']],
    ['chatter behind a PDU', `${pdu}^RSSI:18\r\n`, [pdu, '^RSSI:18']],
    ['an announcement behind a PDU', `${pdu}+CMTI: "SM",3\r\n`, [pdu, '+CMTI: "SM",3']],
    ['an announcement behind OK', 'OK+CMTI: "SM",3\r\n', ['OK', '+CMTI: "SM",3']],
    ['an announcement behind an answer', '+CMGS: 1+CMTI: "SM",4\r\n', ['+CMGS: 1', '+CMTI: "SM",4']],
    ['two announcements', '+CDSI: "SR",4+CMTI: "SM",4\r\n', ['+CDSI: "SR",4', '+CMTI: "SM",4']],
    ['a report behind an answer', `+CSQ: 1,99+CDS: 25\r\n${pdu}\r\n`, ['+CSQ: 1,99', '+CDS: 25', pdu]],
    ['a text in quotes', '+CMGL: 1,0,"a +CMTI: b",24\r\n', ['+CMGL: 1,0,"a +CMTI: b",24']],
    ['a short hex word', 'ABCD+X\r\n', ['ABCD+X']],
  ])('what is glued is cut: %s', (_, said, lines) => {
    expect(tokens(said)).toEqual(lines)
  })
})

describe('prompts', () => {
  test.each(Object.entries(promptShapes))('the prompt %s is one, at once, whatever follows', (_, shape) => {
    expect(tokens(shape)).toEqual(['>'])
    expect(tokens(shape, '\r\n+CMGS: 1\r\n')).toEqual(['>', '+CMGS: 1'])
    expect(tokens(`AT+CMGS=24\r${shape}${pdu}\x1a\r\n`)).toEqual(['AT+CMGS=24', '>', pdu])
  })

  test('a > inside a line is none', () => {
    expect(tokens('\r\n+CUSD: 0,"1 > 0",15\r\nx >\r\n')).toEqual(['+CUSD: 0,"1 > 0",15', 'x >'])
  })
})

describe('chunks', () => {
  const streams = [
    ...Object.values(promptShapes).map((shape) => `\r\nOK\r\n${shape}\r\n+CMGS: 1\r\n\r\nOK\r\n`),
    ...Object.values(lineEnds).map(({ head, tail }) => `${head}+CMGL: 1,0,,24${tail}${pdu}${tail}${head}OK${tail}> `),
    `${pdu}+CMGL: 2,1,,27\r\n> +CMTI: "SM",1\r\n>>\r\n > \0>x\r\n${'y'.repeat(5_000)}\r\n>`,
    `>${'>'.repeat(50)}${' '.repeat(6_000)}z\r\n`,
  ]

  test.each(streams)('octet by octet %j gives the same tokens as at once', (stream) => {
    expect(tokens(...[...latin1(stream)].map((octet) => Uint8Array.of(octet)))).toEqual(tokens(stream))
  })

  test('in random pieces a random stream gives the same tokens as at once', () => {
    const random = seededRandom(7)
    const words = ['\r', '\n', '\r\n', '>', '> ', ' ', 'OK', pdu, '+CMTI: "SM",1', '\0', '"', '\x1a', 'a'.repeat(3_000)]
    for (let round = 0; round < 500; round++) {
      const stream = Array.from({ length: 40 }, () => words[Math.floor(random() * words.length)]).join('')
      const chunks: string[] = []
      for (let at = 0; at < stream.length; ) {
        const length = 1 + Math.floor(random() * 200)
        chunks.push(stream.slice(at, at + length))
        at += length
      }
      expect(tokens(...chunks)).toEqual(tokens(stream))
    }
  })
})

describe('garbage', () => {
  test('a line without an end is not kept, and the next one is heard', () => {
    const framer = new Framer()
    for (let i = 0; i < 1_000; i++) expect(framer.push(latin1('x'.repeat(10_000)))).toEqual([])
    expect(named(framer.push(latin1('>\r\nOK\r\n')))).toEqual(['OK'])
  })

  test('an overlong line is thrown away whole, however it came', () => {
    expect(tokens(`${'x'.repeat(5_000)}\r\nOK\r\n`)).toEqual(['OK'])
    expect(tokens('x'.repeat(4_000), 'x'.repeat(1_000), '\r\nOK\r\n')).toEqual(['OK'])
  })

  test('random octets give lines of bounded length', () => {
    const random = seededRandom(3)
    const framer = new Framer()
    let longest = 0
    for (let i = 0; i < 300; i++) {
      const octets = Uint8Array.from({ length: 1_000 }, () => Math.floor(random() * 256))
      for (const token of framer.push(octets)) if (token.kind === 'line') longest = Math.max(longest, token.text.length)
    }
    expect(longest).toBeGreaterThan(0)
    expect(longest).toBeLessThanOrEqual(4_096)
  })

  test('half a line is forgotten on demand', () => {
    const framer = new Framer()
    framer.push(latin1('half a l'))
    framer.reset()
    expect(named(framer.push(latin1('OK\r\n')))).toEqual(['OK'])
  })
})
