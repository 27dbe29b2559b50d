import { type Interfaces, modemInterface, textOf } from './mm-values.ts'

/** The modem of a gateway, or why there is none. */
export type Choice =
  | { readonly path: string; readonly interfaces: Interfaces }
  | { readonly path: null; readonly reason: string }

/**
 * The modem with this IMEI, equipment or device id, primary port, or path of its device. Without one, the only modem:
 * which of several is meant is for a person to decide.
 */
export function chosenModem(modems: ReadonlyMap<string, Interfaces>, wanted: string | undefined): Choice {
  const all = [...modems].filter(([, interfaces]) => interfaces[modemInterface] !== undefined)
  const names = all.map(([, interfaces]) => namesOf(interfaces))
  const shown = names.map(([first]) => first).join(', ')
  if (all.length === 0) return { path: null, reason: 'ModemManager has no modem' }
  if (wanted === undefined) {
    const [only, ...others] = all
    if (only !== undefined && others.length === 0) return { path: only[0], interfaces: only[1] }
    return { path: null, reason: `ModemManager has ${all.length} modems (${shown}): set modem: under the gateway` }
  }
  const place = names.findIndex((of) => of.includes(wanted.replace(/^\/dev\//, '')) || of.includes(wanted))
  const [path, interfaces] = all[place] ?? []
  if (path !== undefined && interfaces !== undefined) return { path, interfaces }
  return { path: null, reason: `ModemManager has no modem ${wanted}, but ${shown}` }
}

/** By which it may be named; the first is the best. */
function namesOf(interfaces: Interfaces): string[] {
  const { EquipmentIdentifier, DeviceIdentifier, PrimaryPort, Device } = interfaces[modemInterface] ?? {}
  return [EquipmentIdentifier, DeviceIdentifier, PrimaryPort, Device].map(textOf).filter((name) => name !== null)
}
