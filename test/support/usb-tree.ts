import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type DeviceTree, treeIn } from '../../src/gateway/modem/hardware/usb.ts'
import { temporaryFolder } from './folder.ts'

/** USB devices, as the kernel of a machine shows them. What is behind a tty is in `dev`, or the test's own. */
export class UsbTree {
  readonly root = temporaryFolder()
  readonly tree: DeviceTree = treeIn(this.root)

  constructor() {
    for (const path of ['sys/class/tty', 'sys/bus/usb-serial/drivers/option1', 'dev'])
      mkdirSync(join(this.root, path), { recursive: true })
  }

  /** Plugs a device in; `ttys` by interface number. */
  plug(bus: string, ids: string, ttys: Readonly<Record<number, string>>): void {
    const { sys } = this.tree
    const [idVendor = '', idProduct = ''] = ids.split(':')
    const device = join(sys, 'devices', bus)
    mkdirSync(device, { recursive: true })
    for (const [name, text] of Object.entries({ idVendor, idProduct, product: 'Stick' }))
      writeFileSync(join(device, name), `${text}\n`)
    for (const [number, tty] of Object.entries(ttys)) {
      const port = join(device, `${bus}:1.${number}`, tty)
      mkdirSync(port, { recursive: true })
      writeFileSync(join(port, '..', 'bInterfaceNumber'), `0${number}\n`)
      symlinkSync(join(sys, 'bus/usb-serial/drivers/option1'), join(port, 'driver'))
      mkdirSync(join(sys, 'class/tty', tty), { recursive: true })
      symlinkSync(port, join(sys, 'class/tty', tty, 'device'))
    }
  }

  pull(bus: string, ...ttys: readonly string[]): void {
    for (const tty of ttys) rmSync(join(this.tree.sys, 'class/tty', tty), { recursive: true })
    rmSync(join(this.tree.sys, 'devices', bus), { recursive: true })
  }
}
