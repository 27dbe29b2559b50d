import * as z from 'zod'
import { pin, roaming, shared } from './gateway-keys.ts'
import { key } from './scalars.ts'

export const ModemManager = z.strictObject({
  type: key(z.literal('modemmanager'), 'modemmanager: a modem that ModemManager has, by D-Bus', 'modemmanager'),
  modem: key(
    z.string().min(1).optional(),
    'Which of its modems: the IMEI, or another equipment id, device id, primary port or device path as mmcli shows it; without it, the only one',
    '490154203237518',
  ),
  bus: key(
    z
      .string()
      .regex(/^(unix|tcp):\w+=/, 'must be an address of D-Bus like unix:path=/run/dbus/system_bus_socket')
      .default('unix:path=/run/dbus/system_bus_socket'),
    'Address of the message bus',
    'unix:path=/var/run/dbus/system_bus_socket',
  ),
  pin,
  roaming,
  ...shared,
})
