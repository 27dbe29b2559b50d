import type { Caller } from '../message/caller.ts'

/** Who makes a request, as the interface shows it. */
export const shownCaller = ({ name, via, rights, scopes, perHour }: Caller) => ({
  name,
  via,
  role: rights.role ?? null,
  devices: rights.devices ?? null,
  commands: rights.commands ?? null,
  scopes,
  per_hour: perHour,
})
