import { useRef } from 'preact/hooks'
import { Problem } from '../api/api-problem.ts'

/**
 * Sends a request with an id. Where no answer of the hub has come, the same content keeps its id: tried again, it is
 * carried out once.
 */
export type Once = <T>(content: object, work: (id: string) => Promise<T>) => Promise<T>

export function useOnce(): Once {
  const open = useRef<{ readonly content: string; readonly id: string } | null>(null)
  return async (content, work) => {
    const text = JSON.stringify(content)
    if (open.current?.content !== text) open.current = { content: text, id: newId() }
    try {
      const done = await work(open.current.id)
      open.current = null
      return done
    } catch (error) {
      if (isAnswered(error)) open.current = null
      throw error
    }
  }
}

/** The hub has refused it: the same again is a new request. */
const isAnswered = (error: unknown): boolean => error instanceof Problem && error.status >= 400 && error.status < 500

function newId(): string {
  // Not randomUUID, which browsers have over TLS only.
  const octets = crypto.getRandomValues(new Uint8Array(16))
  return `page-${[...octets].map((octet) => octet.toString(16).padStart(2, '0')).join('')}`
}
