import type { PortTrouble } from '../line/port-trouble.ts'
import type { TtyPort, UsbDevice, UsbPlace } from './usb.ts'

interface KnownModem {
  readonly vendor: string
  /** Absent: every product of the vendor. */
  readonly products?: readonly string[]
  readonly name: string
  /** Interfaces that answer AT, the best first; by `bInterfaceNumber`, not by the order of the ttys. */
  readonly at?: readonly number[]
  /** Where the interfaces differ by model: class, subclass and protocol of the best one. */
  readonly kind?: RegExp
}

/** USB ids of modems and where they take AT commands. Only these are opened unasked. */
export const knownModems: readonly KnownModem[] = [
  { vendor: '12d1', name: 'Huawei', kind: /^ff\/0[12]\/(02|12)$/ },
  { vendor: '1e0e', products: ['9001'], name: 'SIMCom SIM7000/7100/7600', at: [2, 3] },
  { vendor: '1e0e', products: ['9205', '9206'], name: 'SIMCom SIM7070/7080', at: [2] },
  { vendor: '1e0e', products: ['9011'], name: 'SIMCom A7600', at: [4] },
  {
    vendor: '2c7c',
    products: ['0121', '0125', '0191', '0195', '0296', '0306', '0512', '0800', '0801'],
    name: 'Quectel',
    at: [2, 3],
  },
  { vendor: '2c7c', products: ['0128'], name: 'Quectel EM060K', at: [5] },
  { vendor: '1199', products: ['9071', '9079', '9091'], name: 'Sierra Wireless', at: [3] },
  { vendor: '1199', products: ['c001'], name: 'Sierra Wireless HL7812', at: [0] },
  { vendor: '1546', products: ['1010'], name: 'u-blox TOBY-L4', at: [6] },
  { vendor: '1546', products: ['1102', '1107', '110a'], name: 'u-blox', at: [0, 2, 4] },
  { vendor: '1e2d', products: ['0061'], name: 'Cinterion PLS8', at: [2, 0] },
  { vendor: '1e2d', products: ['005b', '005d', '0069', '006f'], name: 'Cinterion', at: [0, 2] },
  { vendor: '1bc7', products: ['1003', '1004'], name: 'Telit UC864', at: [0, 2, 3] },
  { vendor: '1bc7', products: ['1031', '1201', '1040'], name: 'Telit LE910/LE922', at: [4, 5] },
  { vendor: '1bc7', products: ['1204', '1041'], name: 'Telit LE910/LE922', at: [5, 6] },
  { vendor: '1bc7', products: ['7010'], name: 'Telit LE910S1', at: [4] },
  { vendor: '1bc7', products: ['1101'], name: 'Telit ME910', at: [1, 2] },
  { vendor: '19d2', products: ['0001'], name: 'ZTE', at: [0, 2] },
  { vendor: '19d2', products: ['0002', '0012'], name: 'ZTE', at: [2, 4] },
  { vendor: '19d2', products: ['0003', '0004', '0005', '0006', '0007', '0008', '000a'], name: 'ZTE', at: [0, 1] },
  { vendor: '19d2', products: ['0015'], name: 'ZTE', at: [1, 3] },
  { vendor: '1782', products: ['4d10'], name: 'Fibocom', at: [0] },
  { vendor: '1782', products: ['4d11'], name: 'Fibocom', at: [2] },
  { vendor: '2cb7', products: ['0104', '0106'], name: 'Fibocom', at: [1, 2] },
  { vendor: '1508', products: ['1001'], name: 'Fibocom', at: [1, 2, 3] },
  { vendor: '0e8d', products: ['00a1', '00a2'], name: 'MediaTek', at: [0, 1] },
  { vendor: '0e8d', products: ['00a5', '00a7'], name: 'MediaTek', at: [2, 3] },
  { vendor: '413c', products: ['81d7', '81e0'], name: 'Dell', at: [2, 3] },
  { vendor: '1bbb', products: ['0000'], name: 'Alcatel', at: [3, 1] },
  { vendor: '1c9e', products: ['9605'], name: 'Longcheer', at: [3, 1] },
]

/** Adapters for anything: a modem, an Arduino, a Zigbee stick. They are opened only when configured. */
export const adapters: readonly {
  readonly vendor: string
  readonly products?: readonly string[]
  readonly name: string
}[] = [
  { vendor: '1a86', name: 'CH340 adapter' },
  { vendor: '10c4', products: ['ea60', 'ea70', 'ea71'], name: 'CP210x adapter' },
  { vendor: '0403', name: 'FTDI adapter' },
  { vendor: '067b', name: 'PL2303 adapter' },
]

/** USB devices that are modems, and show no serial port as they are. */
const modesWithoutPort: readonly {
  readonly vendor: string
  readonly products: readonly string[]
  readonly finding: string
  readonly fix: string
}[] = [
  {
    vendor: '12d1',
    products: ['14db', '14dc'],
    finding: 'a Huawei stick in HiLink mode: it is a network card and has no serial port',
    fix: 'flash its stick firmware (21.x), or use another modem',
  },
  {
    vendor: '12d1',
    products: ['1446', '1f01', '14d1', '1505', '1520'],
    finding: 'a Huawei stick in mass storage mode: it shows its installation disk',
    fix: 'sudo apt install usb-modeswitch, and plug it in again',
  },
  {
    vendor: '19d2',
    products: ['2000', '0083', '0120'],
    finding: 'a ZTE stick in mass storage mode: it shows its installation disk',
    fix: 'sudo apt install usb-modeswitch, and plug it in again',
  },
]

/** Modems that are plugged in and have no serial port as they are. */
export function withoutPort(devices: readonly UsbDevice[]): (PortTrouble & { readonly usb: string })[] {
  return devices.flatMap(({ vendor, product, folder }) => {
    const mode = modesWithoutPort.find((row) => row.vendor === vendor && row.products.includes(product))
    if (mode === undefined) return []
    const usb = `${vendor}:${product}`
    return [{ usb, finding: mode.finding, fix: mode.fix, lines: [`${folder}: ${usb}`] }]
  })
}

export type PortUse =
  | { readonly what: 'modem'; readonly name: string; readonly rank: number }
  /** Another port of a modem: data, diagnosis, positions. */
  | { readonly what: 'other'; readonly name: string }
  | { readonly what: 'adapter'; readonly name: string }
  | { readonly what: 'unknown' }

/** What a serial port is for, by its USB ids alone: nothing is opened. */
export function useOf({ usb }: TtyPort): PortUse {
  if (usb === null) return { what: 'unknown' }
  const fits = (row: { readonly vendor: string; readonly products?: readonly string[] }) =>
    row.vendor === usb.vendor && (row.products?.includes(usb.product) ?? true)
  const modem = knownModems.find(fits)
  if (modem !== undefined) {
    const rank = rankOf(modem, usb)
    return rank < 0 ? { what: 'other', name: modem.name } : { what: 'modem', name: modem.name, rank }
  }
  const adapter = adapters.find(fits)
  return adapter === undefined ? { what: 'unknown' } : { what: 'adapter', name: adapter.name }
}

function rankOf({ at, kind }: KnownModem, usb: UsbPlace): number {
  if (kind !== undefined) return kind.test(usb.kind) ? 0 : -1
  return usb.interface === null ? 0 : (at ?? []).indexOf(usb.interface)
}

/** Ports that may be opened unasked, the best of each modem first. */
export function candidates(ports: readonly TtyPort[]): readonly TtyPort[] {
  return ports
    .flatMap((port) => {
      const use = useOf(port)
      return use.what === 'modem' ? [{ port, rank: use.rank }] : []
    })
    .sort((a, b) => a.rank - b.rank)
    .map(({ port }) => port)
}
