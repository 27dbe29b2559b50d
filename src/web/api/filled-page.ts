import type { Page } from './answer-types.ts'

/**
 * The page from a place on. A search looks at a limited number of messages for each answer: an empty one that is not the
 * last is followed by those of older messages, which `onOlder` is called for.
 */
export async function filledPage<T>(
  read: (cursor: string | null) => Promise<Page<T>>,
  from: string | null,
  onOlder: () => void,
): Promise<Page<T>> {
  let page = await read(from)
  while (page.data.length === 0 && page.next_cursor !== null) {
    onOlder()
    page = await read(page.next_cursor)
  }
  return page
}
