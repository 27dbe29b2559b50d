/** An id for a request: sent twice with the same one, it is carried out once. */
export const newId = (): string => {
  // Not randomUUID, which browsers have over TLS only.
  const octets = crypto.getRandomValues(new Uint8Array(16))
  return `page-${[...octets].map((octet) => octet.toString(16).padStart(2, '0')).join('')}`
}
