/** Answers and requests of HiLink: flat XML, without attributes or name spaces. */

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

const decoded = (text: string): string =>
  text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(lt|gt|amp|quot|apos));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return entities[String(name).toLowerCase()] ?? whole
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })

const encoded = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** What is within each element with this name, still XML. */
export function elementsOf(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}(?:\\s*/>|>([^]*?)</${name}>)`, 'g'))].map(([, inner = '']) => inner)
}

/** The text of the first element with this name; null where there is none. */
export function valueOfElement(xml: string, name: string): string | null {
  const [inner] = elementsOf(xml, name)
  return inner === undefined ? null : decoded(inner.replace(/^<!\[CDATA\[([\s\S]*)\]\]>$/, '$1'))
}

/** A request. Boxes read its elements in their order, and no white space between them (B525, E8372). */
export function requestOf(elements: readonly (readonly [name: string, text: string | number])[]): string {
  const inner = elements.map(([name, text]) => `<${name}>${encoded(String(text))}</${name}>`).join('')
  return `<?xml version="1.0" encoding="UTF-8"?><request>${inner}</request>`
}

/** The request that sends a text. */
export function sendRequest(to: string, text: string, isUcs2: boolean, at: Date): string {
  const date = at.toISOString().slice(0, 19).replace('T', ' ')
  const plain = requestOf([
    ['Index', -1],
    ['Phones', ''],
    ['Sca', ''],
    ['Content', text],
    ['Length', text.length],
    ['Reserved', isUcs2 ? 0 : 1],
    ['Date', date],
  ])
  return plain.replace('<Phones></Phones>', () => `<Phones><Phone>${encoded(to)}</Phone></Phones>`)
}
