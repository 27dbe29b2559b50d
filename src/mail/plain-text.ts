/** HTML beyond this is not looked at. */
const maxHtmlLength = 200_000

/** Elements whose content is no text. */
const hidden = ['style', 'script', 'head', 'title']
/** Elements that begin a line. */
const lines = ['br', 'p', 'div', 'tr', 'li', 'table', 'ul', 'ol', 'hr', 'h1', 'h2', 'h3', 'h4', 'blockquote', 'pre']

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }

/** The text of a mail that has none but in HTML, in one pass. */
export function textOfHtml(html: string): string {
  const [first = '', ...tags] = html.slice(0, maxHtmlLength).split('<')
  const found = [first]
  let within: string | null = null
  for (const tag of tags) {
    const [, slash = '', name = ''] = /^(\/?)([a-z0-9]{1,10})/i.exec(tag) ?? []
    const element = name.toLowerCase()
    if (slash !== '' && element === within) within = null
    else if (within === null && slash === '' && hidden.includes(element)) within = element
    if (within === null) {
      if (lines.includes(element)) found.push('\n')
      if (['td', 'th'].includes(element)) found.push(' ')
      // Line breaks of the source are blanks.
      found.push(tag.slice(tag.indexOf('>') + 1).replace(/\s+/g, ' '))
    }
  }
  return found.join('').replace(/&(#\d{1,7}|#x[\da-f]{1,6}|[a-z]{2,4});/gi, (whole, name: string) => {
    const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1))
    if (name.startsWith('#')) return code <= 0x10ffff ? String.fromCodePoint(code) : whole
    return entities[name.toLowerCase()] ?? whole
  })
}

/** A text as a profile reads it: lines without what cannot be seen, and without a signature (RFC 3676, 4.3). */
export function plainText(text: string): string {
  const seen = text
    .replace(/\r\n?/g, '\n')
    .replace(/[\u00a0\u2000-\u200a\u202f\u3000\t]/g, ' ')
    .replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]/g, '')
    .split('\n')
  const signature = seen.indexOf('-- ')
  const own = signature > 0 ? seen.slice(0, signature) : seen
  return own
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}
