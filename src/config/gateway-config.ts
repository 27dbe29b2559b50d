import * as z from 'zod'
import { isUssd } from '../message/ussd-code.ts'
import { pin, roaming, shared } from './gateway-keys.ts'
import { Hilink } from './hilink-config.ts'
import { HttpCarrier } from './http-carrier-config.ts'
import { ModemManager } from './modemmanager-config.ts'
import { key, number } from './scalars.ts'
import { Smpp } from './smpp-config.ts'

/** A USSD code, or a list: a code, and the choices in the menus that follow. */
const Ussd = z
  .union([z.string().transform((code) => [code]), z.array(z.string()).min(1)])
  .refine(isUssd, { error: 'must be a USSD code like *100#, or a list: the code and the choices that follow' })

const Modem = z.strictObject({
  type: key(z.literal('modem'), 'modem: a GSM modem on a serial port or the network', 'modem'),
  path: key(
    z.string().min(1).default('auto'),
    'auto (the modem that is plugged in), a serial device (best under /dev/serial/by-id), or tcp://host:port',
    '/dev/serial/by-id/usb-HUAWEI_Mobile-if00-port0',
  ),
  baud_rate: key(
    number({ min: 300, max: 4_000_000, integer: true }).optional(),
    'Speed of the serial port; without it, it is detected, 115200 first',
    '115200',
  ),
  pin,
  roaming,
  balance: key(
    z
      .union([
        Ussd.transform((ussd) => ({ ussd, every: 24 })),
        z.strictObject({
          ussd: key(Ussd, 'The USSD code, or a list: the code and the choices that follow', '*100#'),
          every: key(number({ min: 1 }).default(24), 'Hours between two requests', '24'),
        }),
      ])
      .optional(),
    'The USSD code that queries the balance of a prepaid SIM; the answer is published on gateway/<id>',
    '*100#',
  ),
  ussd: key(
    z
      .strictObject({
        allow: key(
          z.array(Ussd).default([]),
          'USSD codes that MQTT clients may send, each alone or as a list with the choices that follow; the code of balance is always allowed',
          ['*100#'],
        ),
        per_day: key(number({ min: 0, integer: true }).default(20), 'USSD requests per day by MQTT', '20'),
      })
      .prefault({}),
    'USSD codes that MQTT clients may send; the command line may send any',
    { allow: ['*100#'] },
  ),
  recover: key(
    z.string().min(1).optional(),
    'A command that power-cycles the modem, as the last remedy; $1 is the path of the modem',
    'uhubctl -l 1-1 -p 2 -a cycle',
  ),
  ...shared,
})

const Simulated = z.strictObject({
  type: key(z.literal('simulated'), 'simulated: a simulated modem and network, for trials', 'simulated'),
  ...shared,
})

/** A row of `gateways:`. */
export const Gateway = z.discriminatedUnion('type', [Modem, Smpp, HttpCarrier, Hilink, ModemManager, Simulated])
export type GatewayConfig = z.infer<typeof Gateway>

/** A simulated gateway with nothing but its defaults. */
export const simulatedGateway: GatewayConfig = Simulated.parse({ type: 'simulated' })
