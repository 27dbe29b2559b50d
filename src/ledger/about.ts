/** A device and numbers; without either, all devices and numbers. */
export interface Subject {
  readonly device: string | null
  readonly numbers: readonly string[]
}

/** Whom the requester may see: the devices, all where null, and texts of people. */
export interface Sight {
  readonly devices: readonly string[] | null
  readonly people: boolean
}

/** Whether there is anything of people that the requester may see. */
export const seesPeople = ({ devices, people }: Sight): boolean => people && devices === null

export const seesAll: Sight = { devices: null, people: true }
