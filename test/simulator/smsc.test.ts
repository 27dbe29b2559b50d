import { type ChildProcess, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from '@jest/globals'
import { SimulatedDevice } from '../../src/simulator/device/simulated-device.ts'
import { SimulatedNetwork } from '../../src/simulator/network/network.ts'
import { SimulatedSmsc } from '../../src/simulator/smsc/simulated-smsc.ts'
import { carriageOf, join as joinNetwork } from '../../src/simulator/smsc/smsc-carriage.ts'
import { temporaryFolder } from '../support/folder.ts'
import { mainFile } from '../support/hub-process.ts'
import { until } from '../support/patience.ts'
import { smshub } from '../support/run-cli.ts'
import { go, segmentTo, smppClient, stopClients } from '../support/smpp-client.ts'
import { testClock as clock, quick } from '../support/world.ts'

const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  await stopClients()
  for (const undo of cleanUp.splice(0).reverse()) await undo()
})

const number = '+491700000001'
const van = '+4915112345679'

test('a device in the network behind it answers, in parts too, and its receipts are those of the network', async () => {
  const network = new SimulatedNetwork({ clock, behaviour: quick })
  const long = 'pong '.repeat(60)
  const answerer = { answer: (text: string) => [{ text: text === 'ping' ? long : 'what?', afterMs: 0 }] }
  new SimulatedDevice({ network, number: van, answerer })
  const smsc = new SimulatedSmsc({ clock, accounts: { hub: 'secret' }, carry: carriageOf(network, number) })
  joinNetwork(network, number, smsc)
  await smsc.listen()
  cleanUp.push(() => smsc.close())
  const { gateway, received } = smppClient(smsc.port)
  await until(() => gateway.ready)
  expect(await gateway.submit(segmentTo(van, 'ping'), go)).toMatchObject({ outcome: 'sent' })
  await until(() => received.length === 3)
  const texts = received.flatMap((one) => (one.kind === 'text' ? [one.segment] : []))
  expect(texts.map(({ from }) => from)).toEqual(
    texts.map(() => ({ number: van.slice(1), ton: 'international', npi: 1 })),
  )
  const inOrder = [...texts].sort((a, b) => (a.concat?.seq ?? 0) - (b.concat?.seq ?? 0))
  expect(inOrder.map(({ text }) => text).join('')).toBe(long)
  expect(received.find(({ kind }) => kind === 'report')).toMatchObject({ report: { outcome: 'delivered' } })
})

describe('smshub simulate --smsc', () => {
  /** It as a process of its own; its lines on the standard output, and what is written to its standard input. */
  async function simulate(...args: readonly string[]) {
    const cwd = temporaryFolder()
    writeFileSync(join(cwd, 'smshub.yaml'), 'gateways: { home: { type: simulated } }\n')
    const child: ChildProcess = spawn(process.execPath, [mainFile, 'simulate', '--smsc', '--listen', '0', ...args], {
      cwd,
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    cleanUp.push(() => child.kill())
    const output = { stdout: '', stderr: '' }
    child.stdout?.on('data', (chunk) => {
      output.stdout += chunk
    })
    child.stderr?.on('data', (chunk) => {
      output.stderr += chunk
    })
    await until(() => /SMSC on \S+:\d+, .*\n/.test(output.stderr))
    const port = Number(/SMSC on \S+:(\d+)/.exec(output.stderr)?.[1])
    return { port, output, write: (line: string) => child.stdin?.write(`${line}\n`) }
  }

  test('takes texts, has faults and texts by command, and shows what happens', async () => {
    const { port, output, write } = await simulate('--account', 'hub:secret', '--dialect', 'decimal')
    const { gateway, received } = smppClient(port)
    await until(() => gateway.ready)
    expect(await gateway.submit(segmentTo(van), go)).toMatchObject({ outcome: 'sent' })
    await until(() => received.length === 1)
    write(`text ${van} hello`)
    await until(() => received.length === 2)
    expect(received[1]).toMatchObject({ segment: { text: 'hello' } })
    write('fault throttled')
    await until(async () => (await gateway.submit(segmentTo(van), go)).outcome === 'refused')
    write('behave {"window":"many"}')
    write('nonsense')
    await until(() => /"window" is not like/.test(output.stderr) && output.stderr.split('Commands on').length === 3)
    const kinds = output.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).kind)
    expect(kinds).toEqual(expect.arrayContaining(['bound', 'accepted', 'receipt', 'text', 'refused']))
  })

  test.each([
    [['--account', 'nopassword'], 'must be system_id:password'],
    [['--dialect', 'klingon'], 'there is no dialect klingon; there is standard, text'],
  ])('%j is refused with what would do', async (args, words) => {
    const { code, err } = await smshub(['simulate', '--smsc', ...args])
    expect(code).not.toBe(0)
    expect(err).toContain(words)
  })
})
