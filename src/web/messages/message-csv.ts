import type { Message } from '../api/answer-types.ts'

const columns = ['at', 'direction', 'from', 'to', 'device', 'gateway', 'status', 'command', 'text'] as const

/** Messages as CSV (RFC 4180), with a line of names. */
export function csvOf(messages: readonly Message[]): string {
  const lines = messages.map((message) => columns.map((column) => cellOf(message[column] ?? '')).join(','))
  return `${[columns.join(','), ...lines].join('\r\n')}\r\n`
}

/** Programs for tables take what begins like a formula for one: a text of a stranger must not be one. */
function cellOf(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) && !/^\+\d+$/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain
}
