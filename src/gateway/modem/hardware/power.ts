import { execFile } from 'node:child_process'
import { Fault } from '../../../message/fault.ts'
import { type Clock, sleep } from '../../../util/clock.ts'
import { bindUsb, rebindMs, unbindUsb, usbOf } from './usb.ts'

/** Of the command of `recover:`. */
const commandTimeoutMs = 60_000

/**
 * The last recovery: runs the user's command, or has the kernel rebind the USB device. Rejects with what to do where
 * neither is possible.
 */
export async function powerCycle(path: string, command: string | undefined, clock: Clock): Promise<void> {
  if (command !== undefined) return run(command, path)
  const usb = usbOf(path)
  if (usb === null)
    throw new Fault('modem_error', `${path} is not a USB device: set a command in recover: under the gateway`)
  try {
    unbindUsb(usb)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new Fault(
      'modem_error',
      `the USB device ${usb.bus} can't be rebound (${code}): run the hub as root, or set a command in recover:`,
    )
  }
  await sleep(clock, rebindMs)
  bindUsb(usb)
}

/** The path of the modem is the shell's `$1`. */
function run(command: string, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile('/bin/sh', ['-c', command, 'recover', path], { timeout: commandTimeoutMs }, (error, _, stderr) => {
      if (error === null) resolve()
      else reject(new Fault('modem_error', `recover: ${stderr.trim().split('\n')[0] || error.message}`))
    })
  })
}
