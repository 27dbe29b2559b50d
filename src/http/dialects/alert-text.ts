/** Three segments of the alphabet of SMS: enough for what is wrong, whatever a monitor has to write about it. */
const maxLength = 459

/** The text of an alert: its lines, without empty ones, cut to a length that costs little. */
export function alertText(paragraphs: readonly string[]): string {
  const text = paragraphs
    .flatMap((paragraph) => paragraph.split('\n'))
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n')
  if (text.length <= maxLength) return text
  const cut = text.slice(0, maxLength - 3)
  // Half a surrogate pair is no character.
  return `${/[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut}...`
}
