import { type ChildProcess, spawn } from 'node:child_process'
import { constants, openSync, writeFileSync, writeSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { ReadStream } from 'node:tty'
import { afterAll, describe, expect, test } from '@jest/globals'
import { personalities } from '../../src/simulator/modem/personalities.ts'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { HubProcess, mainFile } from '../support/hub-process.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { until } from '../support/patience.ts'
import { smshub } from '../support/run-cli.ts'

const launched: ChildProcess[] = []
// Of a test that failed.
afterAll(() => {
  for (const child of launched) child.kill('SIGKILL')
})

/** `smshub simulate` as a process of its own, until it is closed. */
async function simulate(...args: readonly string[]): Promise<{ path: string; close: () => Promise<void> }> {
  const child = spawn(process.execPath, [mainFile, 'simulate', '--listen', '127.0.0.1:0', ...args], {
    cwd: temporaryFolder(),
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  launched.push(child)
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  let said = ''
  const path = await new Promise<string>((resolve, reject) => {
    child.stderr.on('data', (chunk) => {
      said += chunk
      const found = /tcp:\/\/\S+:\d+/.exec(said)?.[0]
      if (found !== undefined) resolve(found)
    })
    child.once('exit', () => reject(new Error(said)))
  })
  const close = () => {
    child.kill()
    return ended
  }
  return { path, close }
}

/** A hub on this modem that has sent a text; its trace. */
async function traceOf(path: string): Promise<string> {
  const port = await freePort()
  const hub = new HubProcess(temporaryFolder())
  try {
    await hub.start({
      config: `
mqtt: { broker: { listen: "127.0.0.1:${port}" } }
gateways: { home: { type: modem, path: "${path}" } }
sms: { destinations: any }
http: { enabled: false }
`,
    })
    const client = await TestClient.connect(`mqtt://127.0.0.1:${port}`)
    await client.wait(({ topic, json }) => topic === 'smshub/gateway/home' && json.status === 'ready')
    await client.publish('smshub/sms/send', { to: '+4915112345678', text: 'hello' })
    await client.wait(({ topic, json }) => topic === 'smshub/sms/status' && json.status === 'sent')
    await client.close()
    return (await smshub(['modem', 'trace', 'home'], hub.folder)).out
  } finally {
    await hub.stop()
  }
}

/** Asks on a stream until OK comes. */
async function asked(stream: NodeJS.ReadWriteStream, command: string): Promise<string> {
  let said = ''
  await new Promise<void>((resolve, reject) => {
    stream.on('error', reject)
    stream.on('close', () => reject(new Error(`closed: ${said}`)))
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString('latin1')
      if (said.includes('OK')) resolve()
    })
    stream.write(`${command}\r`)
  })
  return said
}

describe('simulate', () => {
  test('is on TCP and on a pty at once', async () => {
    const link = join(temporaryFolder(), 'tty')
    const modem = await simulate('--pty', link)
    const file = openSync(link, constants.O_RDWR | constants.O_NOCTTY)
    const serial = new ReadStream(file)
    const [, host, port] = /tcp:\/\/(.*):(\d+)/.exec(modem.path) ?? []
    const socket = connect(Number(port), host)
    try {
      expect(await asked(socket, 'AT+CSQ')).toContain('+CSQ: ')
      let heard = ''
      serial.on('data', (chunk: Buffer) => {
        heard += chunk.toString('latin1')
      })
      writeSync(file, 'AT+CMGF = 1\r')
      await until(() => /CMGF = 1[\s\S]*OK/.test(heard))
      expect(await asked(socket, 'AT+CMGF?')).toContain('+CMGF: 1')
    } finally {
      socket.destroy()
      serial.destroy()
      await modem.close()
    }
  })

  test.each(['huawei_e1750', 'quectel_ec25', 'huawei_mc509'] as const)(
    'is a %s when it is told to be',
    async (make) => {
      const modem = await simulate('--make', make)
      const { manufacturer, model } = personalities[make]
      expect(await smshub(['modem', 'probe', modem.path])).toMatchObject({
        code: 0,
        out: expect.stringContaining(`${manufacturer} ${model}`),
      })
      await modem.close()
    },
  )

  test('lists the makes that it knows, and refuses another', async () => {
    const { out } = await smshub(['simulate', '--help'])
    for (const make of Object.keys(personalities)) expect(out.replace(/\s+/g, ' ')).toContain(`"${make}"`)
    expect(await smshub(['simulate', '--make', 'nokia'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('huawei_e1750'),
    })
  })

  test('plays the trace of a hub back: it identifies itself, answers and sends as then', async () => {
    const modem = await simulate('--make', 'simcom_sim7670g')
    const probed = await smshub(['modem', 'probe', modem.path])
    const trace = await traceOf(modem.path)
    await modem.close()
    expect(probed.out).toContain('SIMCOM_SIM7670G')
    const file = join(temporaryFolder(), 'trace.txt')
    writeFileSync(file, trace)

    const replayed = await simulate('--replay', file)
    const again = await smshub(['modem', 'probe', replayed.path])
    expect(again.out.replaceAll(replayed.path, 'path')).toBe(probed.out.replaceAll(modem.path, 'path'))
    await replayed.close()

    // From the beginning: a hub starts up on it and sends its text, whatever it reads out and looks at meanwhile.
    const second = await simulate('--replay', file)
    const heard = (text: string) =>
      text
        .split('\n')
        .filter((line) => /^> AT\+(CGMI|CGSN|CPIN|CMGF|CNMI=|CPMS=|CSCA|CMGS)/.test(line))
        // How often it looks into the storages goes by the time that has passed.
        .filter((line, i, lines) => line.startsWith('> AT+CMGS') || lines.indexOf(line) === i)
        .sort()
    const other = await traceOf(second.path)
    expect(heard(other)).toEqual(heard(trace))
    await second.close()
  })

  test('reports a missing trace, and an invalid line', async () => {
    expect(await smshub(['simulate', '--replay', '/no/such/trace'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('there is no file /no/such/trace: smshub modem trace makes one'),
    })
    const file = join(temporaryFolder(), 'trace.txt')
    writeFileSync(file, '> AT␍\nwhat?\n')
    expect(await smshub(['simulate', '--replay', file])).toMatchObject({
      code: 1,
      err: expect.stringContaining('line 2 is not a line of a trace: what?'),
    })
  })
})
