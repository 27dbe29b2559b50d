import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { startHub } from '../support/hub.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { until } from '../support/patience.ts'
import { accepted, gateNumber, hubYaml, startWorld } from '../support/world.ts'

/** Node-RED's own program; null where it is not installed. */
function nodeRed(): string | null {
  try {
    return createRequire(import.meta.url).resolve('node-red/red.js')
  } catch {
    const elsewhere = join(process.env.NODE_RED ?? '', 'node_modules/node-red/red.js')
    if (existsSync(elsewhere)) return elsewhere
    console.warn('passed over: node-red is not installed (npm ci)')
    return null
  }
}

const program = nodeRed()
let child: ChildProcess | null = null
const cleanUp: (() => unknown)[] = []
afterAll(async () => {
  child?.kill('SIGKILL')
  for (const undo of cleanUp.splice(0).reverse()) await undo()
})

/** Stock nodes and no code: what somebody draws who has read the table of topics. */
function flow(port: number): object[] {
  const mqtt = { z: 'tab', broker: 'broker', qos: '1' }
  const listen = (id: string, topic: string, next: string) => {
    return { id, type: 'mqtt in', ...mqtt, topic, datatype: 'json', inputs: 0, wires: [[next]] }
  }
  const send = (id: string, topic: string) => ({ id, type: 'mqtt out', ...mqtt, topic, retain: 'false', wires: [] })
  return [
    { id: 'tab', type: 'tab', label: 'smshub' },
    {
      id: 'broker',
      type: 'mqtt-broker',
      broker: '127.0.0.1',
      port: String(port),
      clientid: 'node-red',
      autoConnect: true,
      protocolVersion: '4',
      keepalive: '60',
      cleansession: true,
    },
    listen('start', 'test/press', 'press'),
    send('press', 'smshub/gate/command/open'),
    listen('result', 'smshub/gate/result', 'branch'),
    {
      id: 'branch',
      type: 'switch',
      z: 'tab',
      property: 'payload.status',
      propertyType: 'msg',
      rules: [
        { t: 'eq', v: 'replied', vt: 'str' },
        { t: 'eq', v: 'rejected', vt: 'str' },
      ],
      checkall: 'false',
      wires: [['opened'], ['refused']],
    },
    send('opened', 'test/opened'),
    send('refused', 'test/refused'),
    listen('ask', 'test/ask', 'get'),
    send('get', 'smshub/van/get'),
    listen('telemetry', 'smshub/van', 'battery'),
    {
      id: 'battery',
      type: 'change',
      z: 'tab',
      rules: [{ t: 'set', p: 'payload', pt: 'msg', to: 'payload.battery', tot: 'msg' }],
      wires: [['level']],
    },
    send('level', 'test/battery'),
  ]
}

const runnable = program === null ? test.skip : test

runnable('a flow of Node-RED’s own nodes commands, branches on the result and receives telemetry', async () => {
  const world = await startWorld()
  cleanUp.push(() => world.world.close())
  const port = await freePort()
  const started = await startHub(hubYaml({ mqtt: `{ broker: { listen: 127.0.0.1:${port} } }`, path: world.path }))
  cleanUp.push(() => started.hub.stop())
  const client = await TestClient.connect(`mqtt://127.0.0.1:${port}`)
  cleanUp.push(() => client.close())
  await client.wait(({ topic, text }) => topic === 'smshub/gateway/home/availability' && text === 'online')
  const folder = temporaryFolder('smshub-node-red-')
  writeFileSync(join(folder, 'flows.json'), JSON.stringify(flow(port)))
  writeFileSync(
    join(folder, 'settings.js'),
    'module.exports = { flowFile: "flows.json", httpAdminRoot: false, httpNodeRoot: false, uiHost: "127.0.0.1", logging: { console: { level: "info" } } }',
  )
  const node = spawn(process.execPath, [program ?? '', '--userDir', folder, '-p', String(await freePort())], {
    env: { ...process.env, NODE_OPTIONS: '' },
  })
  child = node
  let said = ''
  for (const stream of [node.stdout, node.stderr])
    stream?.on('data', (chunk) => {
      said += chunk
    })
  await until(
    () => /Connected to broker/.test(said),
    () => said,
  )
  // Retained: Node-RED says that it is connected before it is subscribed.
  const say = (topic: string, payload: string) => client.publish(topic, payload, { retain: true })
  await say('test/press', '{"id": "node-red-1"}')
  const opened = await client.wait(({ topic }) => topic === 'test/opened')
  expect(opened.json).toMatchObject({ id: 'node-red-1', status: 'replied', ok: true })
  expect(accepted(world.world, gateNumber).map(({ text }) => text)).toEqual(['1234CC'])
  await say('test/press', '{"id": "node-red-1", "seconds": 5}')
  const refused = await client.wait(({ topic }) => topic === 'test/refused')
  expect(refused.json.error.code).toMatch(/duplicate|out_of_range|invalid_payload/)
  await say('test/ask', '{}')
  const battery = await client.wait(({ topic, text }) => topic === 'test/battery' && text === '100')
  expect(battery.text).toBe('100')
})
