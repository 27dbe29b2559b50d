import { words } from '../texts/language.ts'
import { Time } from './time.tsx'

interface WantedProps {
  readonly status: string
  readonly at: string | null | undefined
}

/** When something that waits is to be sent, where it is not at once. */
export function Wanted({ status, at }: WantedProps) {
  if (status !== 'queued' || at === null || at === undefined) return null
  return (
    <span>
      {words().later.wanted} <Time at={at} as="clock" />
    </span>
  )
}
