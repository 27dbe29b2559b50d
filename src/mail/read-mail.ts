import { type ParsedMail, simpleParser } from 'mailparser'
import { Fault } from '../message/fault.ts'
import type { Attachment } from '../message/incoming.ts'
import { plainText, textOfHtml } from './plain-text.ts'

export interface ReadMail {
  readonly subject: string | null
  readonly body: string
  readonly isCut: boolean
  readonly attachments: readonly Attachment[]
  readonly messageId: string | null
  /** The words of its header, which may be unreadable. */
  readonly date: string | null
  /** Why it is from a program that answers mails, or goes in a circle; null for what a device reports. */
  readonly echo: string | null
}

const maxParts = 200
/** Lines of a mail: those of twenty MiB in base64. */
const maxLines = 300_000
const maxHeaderOctets = 64 * 1024
const maxSubjectLength = 500
/** Of the text; the rest is cut off. */
const maxTextLength = 10_000
/** Of the text as it came, with its blanks. */
const maxReadLength = 100_000
const maxAttachments = 20
const maxNameLength = 200
/** Servers that a mail has passed, above which it goes in a circle (RFC 5321, 6.3). */
const maxHops = 30

/** Rejects with `invalid_payload` for what can't be read. */
export async function readMail(octets: Buffer): Promise<ReadMail> {
  if (hasMoreLines(octets)) throw new Fault('invalid_payload', `the mail has more than ${maxLines} lines`)
  const mail = await simpleParser(octets, {
    maxChildNodes: maxParts,
    maxHeadSize: maxHeaderOctets,
    ignoreEmbedded: true,
    checksumAlgo: false,
    skipHtmlToText: true,
    skipTextToHtml: true,
    skipImageLinks: true,
  }).catch((error: Error) => {
    throw new Fault('invalid_payload', `the mail can't be read: ${error.message}`)
  })
  const subject = plainText(mail.subject ?? '').replaceAll('\n', ' ')
  const { text = '', html } = mail
  const plain = plainText(text.slice(0, maxReadLength))
  const body = plain === '' ? plainText(textOfHtml(html || '')) : plain
  return {
    subject: subject === '' ? null : subject.slice(0, maxSubjectLength),
    body: body.slice(0, maxTextLength),
    isCut: body.length > maxTextLength || text.length > maxReadLength,
    attachments: mail.attachments.slice(0, maxAttachments).map(({ filename, contentType, size }) => ({
      name: filename === undefined ? null : plainText(filename).slice(0, maxNameLength),
      type: contentType.slice(0, maxNameLength),
      octets: size,
    })),
    messageId: mail.messageId ?? null,
    date: valuesOf(mail, 'date')[0] ?? null,
    echo: echoOf(mail),
  }
}

function hasMoreLines(octets: Buffer): boolean {
  let count = 0
  for (let at = octets.indexOf(10); at >= 0 && count <= maxLines; at = octets.indexOf(10, at + 1)) count++
  return count > maxLines
}

/** The headers of a name, as they were sent. */
const valuesOf = ({ headerLines }: ParsedMail, name: string): string[] =>
  headerLines.filter(({ key }) => key === name).map(({ line }) => line.slice(name.length + 1).trim())

/**
 * Reports of devices may be `auto-generated` and of precedence `bulk`; what answers a mail, or comes from a list, is
 * never one (RFC 3834, 5.1).
 */
function echoOf(mail: ParsedMail): string | null {
  const values = (name: string) => valuesOf(mail, name).map((value) => value.toLowerCase())
  if (values('auto-submitted').some((value) => value.startsWith('auto-replied'))) return 'it is an automatic answer'
  if (values('precedence').some((value) => /list|junk|auto_reply/.test(value)) || values('list-id').length > 0)
    return 'it is of a mailing list'
  if (values('content-type').some((value) => value.startsWith('multipart/report'))) return 'it reports about a mail'
  return values('received').length > maxHops ? 'it goes in a circle' : null
}
