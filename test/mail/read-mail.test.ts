import { expect, test } from '@jest/globals'
import { textOfHtml } from '../../src/mail/plain-text.ts'
import { readMail } from '../../src/mail/read-mail.ts'

const read = (...octets: readonly (string | Buffer)[]) => readMail(Buffer.concat(octets.map((one) => Buffer.from(one))))
const withType = (type: string, encoding: string, body: string | Buffer) =>
  read(`Content-Type: ${type}\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n`, body)

test.each([
  ['UTF-8', 'text/plain; charset=utf-8', '8bit', 'Tür öffnet', 'Tür öffnet'],
  ['Latin-1', 'text/plain; charset=iso-8859-1', '8bit', Buffer.from('T\xfcr', 'latin1'), 'Tür'],
  ['a Windows page', 'text/plain; charset="windows-1251"', '8bit', Buffer.from([0xd2, 0xe5, 0xf1, 0xf2]), 'Тест'],
  ['Chinese', 'text/plain; charset=gb2312', 'base64', Buffer.from([0xb1, 0xa8, 0xbe, 0xaf]).toString('base64'), '报警'],
  ['a wrong character set', 'text/plain; charset=klingon', '8bit', 'Zone 1', 'Zone 1'],
  ['a set that it is not', 'text/plain; charset=us-ascii', '8bit', 'Tür', 'Tür'],
  ['quoted printable', 'text/plain; charset=utf-8', 'quoted-printable', 'T=C3=BCr =\r\noffen=20', 'Tür offen'],
  ['broken quoted printable', 'text/plain; charset=utf-8', 'quoted-printable', 'a=ZZ b=', 'a=ZZ b'],
  [
    'flowed lines',
    'text/plain; format=flowed',
    '7bit',
    'Zone 1 \r\nis open\r\nBattery: 12 V',
    'Zone 1 is open\nBattery: 12 V',
  ],
  ['a signature', 'text/plain', '7bit', 'Alarm\r\n-- \r\nSent by panel', 'Alarm'],
  ['a line of dashes, which is none', 'text/plain', '7bit', 'Alarm\r\n--\r\nZone 1', 'Alarm\n--\nZone 1'],
  [
    'hard blanks and empty lines',
    'text/plain; charset=utf-8',
    '8bit',
    '\r\nA\u00a0B \r\n\r\n\r\n\r\nC\r\n',
    'A B\n\nC',
  ],
])('%s', async (_name, type, encoding, body, text) => {
  expect(await withType(type, encoding, body)).toMatchObject({ body: text, isCut: false })
})

test('the plain part is the text; HTML only where there is none', async () => {
  const html =
    '<html><head><title>x</title><style>p { a }</style></head><body><p>Zone&nbsp;1<br>is &lt;open&gt;</p></body>'
  const both = `--b\r\nContent-Type: text/plain\r\n\r\nplain\r\n--b\r\nContent-Type: text/html\r\n\r\n${html}\r\n--b--\r\n`
  expect((await withType('multipart/alternative; boundary=b', '7bit', both)).body).toBe('plain')
  expect((await withType('text/html', '7bit', html)).body).toBe('Zone 1\nis <open>')
})

test('HTML without an end is text as far as it goes, in linear time', () => {
  expect(textOfHtml('a<b')).toBe('ab')
  expect(textOfHtml('<script>x<script>y</script>z')).toBe('z')
  expect(textOfHtml('&#65;&#x42;&#9999999;&nope;&amp;lt;')).toBe('AB&#9999999;&nope;&lt;')
  for (const piece of ['<style>', '<', '<!--', '&', '<p'])
    expect(textOfHtml(piece.repeat(100_000)).length).toBeLessThanOrEqual(700_000)
})

test('the subject is decoded, and one line', async () => {
  const { subject } = await read('Subject: =?utf-8?B?w5xiZXJmYWxs?=\r\n =?iso-8859-1?Q?_T=FCr?=\r\n\r\nx')
  expect(subject).toBe('Überfall Tür')
  expect((await read('\r\nx')).subject).toBeNull()
})

test('the date is that of the header, readable or not', async () => {
  expect((await read('Date: Fri 32 Foo 26 25:61\r\n\r\nx')).date).toBe('Fri 32 Foo 26 25:61')
  expect((await read('Subject: x\r\n\r\nx')).date).toBeNull()
})

test('a mail in a mail is a file of it', async () => {
  const inner = 'Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\nSOS'
  const mail = await withType('multipart/mixed; boundary=b', '7bit', `--b\r\n\r\nouter\r\n--b\r\n${inner}\r\n--b--\r\n`)
  expect(mail).toMatchObject({ body: 'outer', attachments: [{ name: null, type: 'message/rfc822' }] })
})
