/** The part of a Home Assistant MQTT device discovery document that matters for changes. */
interface DeviceDocument {
  readonly cmps?: Readonly<Record<string, { readonly p: string }>>
}

/**
 * The document to publish once between two versions, or null where none is needed. Home Assistant keeps the entity of a
 * component that is merely left out; it removes one that has only its platform
 * (https://www.home-assistant.io/integrations/mqtt/#device-discovery-payload). A component whose platform changes is
 * another entity under the same name: the old one is removed first.
 */
export function removalBetween(before: string, now: string): string | null {
  const { cmps: old = {} } = JSON.parse(before) as DeviceDocument
  const document = JSON.parse(now) as DeviceDocument
  const { cmps: next = {} } = document
  const gone = Object.entries(old).filter(([key, { p }]) => next[key]?.p !== p)
  if (gone.length === 0) return null
  const stubs = Object.fromEntries(gone.map(([key, { p }]) => [key, { p }]))
  return JSON.stringify({ ...document, cmps: { ...next, ...stubs } })
}
