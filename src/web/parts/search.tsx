import { useEffect, useState } from 'preact/hooks'

/** Typing pauses before the hub is asked. */
const pauseMs = 250

interface SearchProps {
  readonly label: string
  readonly value: string
  readonly onSearch: (text: string) => void
}

/** A search above a list; the hub searches. */
export function Search({ label, value, onSearch }: SearchProps) {
  const [typed, setTyped] = useState(value)
  // Only typing starts a search
  useEffect(() => {
    if (typed === value) return
    const timer = setTimeout(() => onSearch(typed), pauseMs)
    return () => clearTimeout(timer)
  }, [typed])
  return (
    <input
      class="entry search"
      type="search"
      aria-label={label}
      placeholder={label}
      value={typed}
      onInput={(event) => setTyped(event.currentTarget.value)}
    />
  )
}
