import type { Message } from '../api/answer-types.ts'
import { words } from '../texts/language.ts'
import { Strange } from './strange.tsx'

/** The text of a message; where nobody may see it, that it is private. */
export function MessageText({ message }: { readonly message: Pick<Message, 'text' | 'private'> }) {
  if (message.private) return <em>{words().messages.private}</em>
  return message.text === null ? null : <Strange text={message.text} />
}
