import { readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** The USB device of a serial port. */
export interface UsbPlace {
  /** Four hex digits each. */
  readonly vendor: string
  readonly product: string
  readonly serial: string | null
  readonly name: string | null
  /** bInterfaceNumber of this port; null where the device has one only. */
  readonly interface: number | null
  /** bInterfaceClass, SubClass and Protocol in hex, as `ff/02/12`. */
  readonly kind: string
  /** Where the kernel keeps the device, for example `1-1.4`. */
  readonly bus: string
  readonly folder: string
}

/** A serial port of this machine. */
export interface TtyPort {
  readonly path: string
  readonly usb: UsbPlace | null
}

/** Where Linux lists its devices; tests use another tree. */
export interface DeviceTree {
  readonly sys: string
  readonly dev: string
}

export const treeIn = (root: string): DeviceTree => ({ sys: join(root, 'sys'), dev: join(root, 'dev') })

export const thisMachine: DeviceTree = treeIn('/')

/** Between unbinding and binding a device. */
export const rebindMs = 2_000

/** Serial ports that may have a device, in the order of their names. */
export function serialPorts(tree: DeviceTree = thisMachine): TtyPort[] {
  return names(join(tree.sys, 'class/tty'))
    .filter((name) => /^(tty(USB|ACM|AMA|S|HS|MSM|WWAN)|cdc-wdm)\d+$/i.test(name))
    .filter((name) => hasDevice(tree, name))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .map((name) => ({ path: join(tree.dev, name), usb: usbBehind(tree, name) }))
}

/** The USB device of a path, however it is written: /dev/ttyUSB0 or /dev/serial/by-id/…. */
export function usbOf(path: string, tree: DeviceTree = thisMachine): UsbPlace | null {
  return usbBehind(tree, basename(realName(path)))
}

/** The path without its links; as it is where there is no such file. */
export function realName(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

/** Unbinds the device from its driver; `bindUsb` binds it again, `rebindMs` later. Needs root. */
export function unbindUsb({ bus }: UsbPlace, tree: DeviceTree = thisMachine): void {
  writeFileSync(join(tree.sys, 'bus/usb/drivers/usb/unbind'), bus)
}

export function bindUsb({ bus }: UsbPlace, tree: DeviceTree = thisMachine): void {
  writeFileSync(join(tree.sys, 'bus/usb/drivers/usb/bind'), bus)
}

function usbBehind(tree: DeviceTree, name: string): UsbPlace | null {
  let folder: string
  try {
    folder = realpathSync(join(tree.sys, 'class/tty', name, 'device'))
  } catch {
    return null
  }
  let port: string | null = null
  for (let depth = 0; depth < 6 && folder !== dirname(folder); depth++, folder = dirname(folder)) {
    if (port === null && text(folder, 'bInterfaceNumber') !== null) port = folder
    const vendor = text(folder, 'idVendor')
    const product = text(folder, 'idProduct')
    if (vendor === null || product === null) continue
    const number = port === null ? null : text(port, 'bInterfaceNumber')
    const kind = ['bInterfaceClass', 'bInterfaceSubClass', 'bInterfaceProtocol']
      .map((file) => (port === null ? null : text(port, file)) ?? '')
      .join('/')
    return {
      vendor: vendor.toLowerCase(),
      product: product.toLowerCase(),
      serial: text(folder, 'serial'),
      name: [text(folder, 'manufacturer'), text(folder, 'product')].filter((one) => one !== null).join(' ') || null,
      interface: number === null ? null : Number.parseInt(number, 16),
      kind,
      bus: basename(folder),
      folder,
    }
  }
  return null
}

export interface UsbDevice {
  /** Four hex digits each. */
  readonly vendor: string
  readonly product: string
  /** Its folder in sysfs. */
  readonly folder: string
}

/** USB devices, with a serial port or without. */
export function usbDevices({ sys }: DeviceTree = thisMachine): UsbDevice[] {
  const folder = join(sys, 'bus/usb/devices')
  return names(folder).flatMap((name) => {
    const vendor = text(join(folder, name), 'idVendor')
    const product = text(join(folder, name), 'idProduct')
    if (vendor === null || product === null) return []
    return [{ vendor: vendor.toLowerCase(), product: product.toLowerCase(), folder: join(folder, name) }]
  })
}

/** On-board UARTs without hardware have no driver of their own (8250 shows dozens). */
function hasDevice({ sys }: DeviceTree, name: string): boolean {
  try {
    const driver = basename(realpathSync(join(sys, 'class/tty', name, 'device', 'driver')))
    return driver !== 'serial8250'
  } catch {
    return false
  }
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function text(folder: string, file: string): string | null {
  try {
    const content = readFileSync(join(folder, file), 'utf8').trim()
    return content === '' ? null : content
  } catch {
    return null
  }
}
