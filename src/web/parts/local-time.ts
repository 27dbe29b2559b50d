/** A time of the browser's zone as its control for date and time has it: `2026-12-24T18:00`. */
export function localOf(time: Date): string {
  const two = (number: number) => String(number).padStart(2, '0')
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`
  return `${day}T${two(time.getHours())}:${two(time.getMinutes())}`
}

/** The instant that is meant, as the hub takes it; null while none is entered. */
export function instantIn(local: string): string | null {
  const time = new Date(local)
  return local === '' || Number.isNaN(time.getTime()) ? null : time.toISOString()
}

/** The next full hour that is at least half an hour away. */
export function soon(now: Date): Date {
  const time = new Date(now)
  time.setHours(now.getHours() + (now.getMinutes() < 30 ? 1 : 2), 0, 0, 0)
  return time
}
