import { stretchesOf } from './hostile.ts'

/** A text of a stranger: text nodes only, nothing of it is live, and nothing in it is hidden or turns its surroundings. */
export function Strange({ text }: { readonly text: string }) {
  return (
    <bdi class="strange">
      {stretchesOf(text).map(({ text, mark }, at) =>
        mark ? (
          // A text never changes
          <code class="unseen-mark" key={at}>
            {text}
          </code>
        ) : (
          text
        ),
      )}
    </bdi>
  )
}
