import { duplexPair } from 'node:stream'
import { expect, test } from '@jest/globals'
import { type BindingMemory, BindingsOfThisRun } from '../../src/gateway/modem/hardware/binding.ts'
import { ModemFinder } from '../../src/gateway/modem/hardware/finder.ts'
import { serialPorts } from '../../src/gateway/modem/hardware/usb.ts'
import type { Port } from '../../src/gateway/modem/line/port.ts'
import { Modem } from '../../src/gateway/modem/modem.ts'
import { SimulatedModem } from '../../src/simulator/modem/simulated-modem.ts'
import { SimulatedNetwork } from '../../src/simulator/network/network.ts'
import { FakeClock } from '../fake-clock.ts'
import { UsbTree } from '../support/usb-tree.ts'
import { portOn, steady, Told } from './bench.ts'

/** A machine with USB devices, as its kernel shows them. */
class Machine extends UsbTree {
  readonly clock = new FakeClock()
  readonly network = new SimulatedNetwork({ clock: this.clock, behaviour: steady })
  /** What is behind a tty. */
  readonly behind = new Map<string, SimulatedModem | ((port: Port) => Port)>()
  readonly written = new Map<string, string>()

  /** As after a restart of the hub, where `bindings` is what another one has left. */
  finder(bindings: BindingMemory = new BindingsOfThisRun(), gateways = ['home', 'barn']): ModemFinder {
    return new ModemFinder({
      clock: this.clock,
      tree: this.tree,
      taken: [],
      gateways,
      bindings,
      log: () => {},
      open: async (path) => this.#open(path),
    })
  }

  modem(imei: string, number: string): SimulatedModem {
    return new SimulatedModem({ network: this.network, number, imei })
  }

  #open(path: string): Port {
    const tty = path.split('/').at(-1) as string
    const thing = this.behind.get(tty)
    const seen = (to: '>' | '<', text: string) => {
      if (to === '>') this.written.set(tty, (this.written.get(tty) ?? '') + text)
    }
    const [here, there] = duplexPair()
    there.on('close', () => here.destroy())
    here.on('close', () => there.destroy())
    if (thing instanceof SimulatedModem) thing.attach(there)
    const port = portOn(here, seen)
    return typeof thing === 'function' ? thing(port) : port
  }
}

const talks = (octets: string) => (port: Port) => ({
  ...port,
  onData: (listener: (data: Uint8Array) => void) => listener(Buffer.from(octets, 'latin1')),
})

/** OK to everything, as the second ports of some modems. */
const nodder = (port: Port): Port => {
  let told: (data: Uint8Array) => void = () => {}
  return {
    ...port,
    write: (data) => {
      for (const _ of data.match(/\r/g) ?? []) void Promise.resolve().then(() => told(Buffer.from('\r\nOK\r\n')))
    },
    onData: (listener) => {
      told = listener
    },
  }
}

function gateway(id: string, machine: Machine, finder: ModemFinder, bindings?: BindingMemory): Modem {
  const modem = new Modem(
    {
      id,
      path: 'auto',
      baudRate: 115_200,
      pin: undefined,
      openingMs: 600_000,
      bindings,
      open: () => finder.find(id, 115_200),
    },
    machine.clock,
  )
  modem.start(new Told())
  return modem
}

async function until(machine: Machine, holds: () => boolean): Promise<void> {
  for (let s = 0; !holds(); s++) {
    if (s > 300) throw new Error('not within five minutes')
    await machine.clock.advance(1_000)
  }
}

test('a stick is found by its interface, whatever its ttys are called; its other ports are left alone', async () => {
  const machine = new Machine()
  const stick = machine.modem('490154203237518', '+491710000001')
  machine.plug('1-1', '2c7c:0125', { 0: 'ttyUSB5', 1: 'ttyUSB6', 2: 'ttyUSB0', 3: 'ttyUSB1' })
  machine.plug('1-2', '1a86:7523', { 0: 'ttyUSB9' })
  machine.behind.set('ttyUSB0', stick)
  const home = gateway('home', machine, machine.finder())
  await until(machine, () => home.ready)
  expect(serialPorts(machine.tree).map(({ path }) => path.split('/').at(-1))).toEqual([
    'ttyUSB0',
    'ttyUSB1',
    'ttyUSB5',
    'ttyUSB6',
    'ttyUSB9',
  ])
  expect([...machine.written.keys()]).toEqual(['ttyUSB0'])
  await home.stop()
})

test('a port that says OK to everything, tells positions or speaks in binary is no modem, and the last two are not written to', async () => {
  const machine = new Machine()
  const stick = machine.modem('490154203237518', '+491710000001')
  machine.plug('1-1', '1546:1102', { 0: 'ttyACM0', 2: 'ttyACM1', 4: 'ttyACM2' })
  machine.plug('1-3', '0e8d:00a1', { 0: 'ttyACM3', 1: 'ttyACM4' })
  machine.behind.set('ttyACM0', nodder)
  machine.behind.set('ttyACM1', talks('$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9*47\r\n'))
  machine.behind.set('ttyACM3', talks('\x1d~\x00\x7e\x7e'))
  machine.behind.set('ttyACM4', talks('\x00~'))
  machine.behind.set('ttyACM2', stick)
  const home = gateway('home', machine, machine.finder())
  await until(machine, () => home.ready)
  for (const tty of ['ttyACM1', 'ttyACM3', 'ttyACM4']) expect(machine.written.get(tty) ?? '').toBe('')
  await home.stop()
})

test('a new plug under another name is the same gateway, by its IMEI; two gateways have a modem each', async () => {
  const machine = new Machine()
  const [one, two] = [machine.modem('490154203237518', '+491'), machine.modem('490154203237526', '+492')]
  machine.plug('1-1', '2c7c:0125', { 2: 'ttyUSB0' })
  machine.plug('1-2', '2c7c:0125', { 2: 'ttyUSB1' })
  machine.behind.set('ttyUSB0', one)
  machine.behind.set('ttyUSB1', two)
  const finder = machine.finder()
  const [home, barn] = [gateway('home', machine, finder), gateway('barn', machine, finder)]
  await until(machine, () => home.ready && barn.ready)
  expect([one.isOpen, two.isOpen]).toEqual([true, true])
  const accounts = [home.account, barn.account]
  // Both fall out of a hub without power, and come back the other way round.
  one.unplug()
  two.unplug()
  machine.pull('1-1', 'ttyUSB0')
  machine.pull('1-2', 'ttyUSB1')
  await until(machine, () => !home.ready && !barn.ready)
  await machine.clock.advance(60_000)
  expect(home.state.last_error).toBe('the modem with IMEI 490154203237518 is not plugged in')
  machine.plug('1-2', '2c7c:0125', { 2: 'ttyUSB0' })
  machine.plug('1-1', '2c7c:0125', { 2: 'ttyUSB2' })
  machine.behind.set('ttyUSB0', two)
  machine.behind.set('ttyUSB2', one)
  one.plugIn()
  two.plugIn()
  await until(machine, () => home.ready && barn.ready)
  expect([home.account, barn.account]).toEqual(accounts)
  expect(machine.written.get('ttyUSB2')).toContain('AT+CMGF=0')
  await Promise.all([home.stop(), barn.stop()])
})

test('a gateway waits for its modem over restarts, and takes another one when it is told to', async () => {
  const machine = new Machine()
  const bindings = new BindingsOfThisRun()
  const [own, other] = [machine.modem('490154203237518', '+491'), machine.modem('490154203237526', '+492')]
  other.sim.iccid = '8949017000000000025'
  machine.plug('1-1', '2c7c:0125', { 2: 'ttyUSB0' })
  machine.behind.set('ttyUSB0', own)
  let home = gateway('home', machine, machine.finder(bindings), bindings)
  await until(machine, () => home.ready)
  await home.stop()
  machine.pull('1-1', 'ttyUSB0')
  machine.plug('1-2', '2c7c:0125', { 2: 'ttyUSB0' })
  machine.behind.set('ttyUSB0', other)
  home = gateway('home', machine, machine.finder(bindings), bindings)
  await machine.clock.advance(60_000)
  expect(home.state).toMatchObject({
    status: 'offline',
    last_error: expect.stringMatching(
      /^the modem with IMEI 490154203237518 is not plugged in; 490154203237526 on .*ttyUSB0 is: smshub modem accept home takes it$/,
    ),
  })
  expect(await home.can.accept()).toBe('home takes the modem and the SIM that it meets next')
  await until(machine, () => home.ready)
  await home.stop()
  // Another hub finds it again, and another gateway does not take it.
  const finder = machine.finder(bindings)
  const barn = gateway('barn', machine, finder, bindings)
  await machine.clock.advance(60_000)
  expect(barn.state.last_error).toContain('it is another gateway’s modem')
  home = gateway('home', machine, finder, bindings)
  await until(machine, () => home.ready)
  await Promise.all([home.stop(), barn.stop()])
})

test('a modem whose gateway was taken out of the configuration is free', async () => {
  const machine = new Machine()
  const bindings = new BindingsOfThisRun()
  await bindings.note('cellar', { modem: '490154203237518', sim: null })
  machine.plug('1-1', '2c7c:0125', { 2: 'ttyUSB0' })
  machine.behind.set('ttyUSB0', machine.modem('490154203237518', '+491'))
  const home = gateway('home', machine, machine.finder(bindings, ['home']), bindings)
  await until(machine, () => home.ready)
  await home.stop()
})

test('an adapter is never opened unasked, and the way to use it is told', async () => {
  const machine = new Machine()
  machine.plug('1-2', '10c4:ea60', { 0: 'ttyUSB9' })
  const home = gateway('home', machine, machine.finder())
  await machine.clock.advance(60_000)
  expect(machine.written.size).toBe(0)
  expect(home.state.last_error).toMatch(/no modem was found; .*ttyUSB9 could be one behind an adapter: set path: /)
  await home.stop()
})
