import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { webhookSchemas } from '../../src/api/public-events.ts'
import type { PublicEventType } from '../../src/message/public-event-types.ts'
import { hour, minute, second } from '../support/ledger.ts'
import { until } from '../support/patience.ts'
import { accepts, hangs, isSigned, type Received, status } from '../support/receiver.ts'
import { testSecret as secret, WebhookRun } from '../support/webhook-run.ts'

const other = 'whsec_b3RoZXItZmFjdHMtZGVtby1zZWNyZXQtMzJieXRlcyE='

let run: WebhookRun
beforeEach(async () => {
  run = await WebhookRun.start()
})
afterEach(() => run.end())

const receiver = (...of: Parameters<WebhookRun['receiver']>) => run.receiver(...of)
const hook = (...of: Parameters<WebhookRun['hook']>) => run.hook(...of)
const emit = (...devices: string[]) => run.emit(...devices)
const pass = (ms: number) => run.pass(ms)
const deliveriesOf = (webhook: string) => run.deliveriesOf(webhook)

/** Whether a body has the form that is published for its type. */
const fits = (json: Received['json']) => webhookSchemas[json.type as PublicEventType].schema.safeParse(json).success

test('an event is a signed call to each endpoint, which the library of Standard Webhooks verifies', async () => {
  const [panel, backup] = [await receiver(), await receiver()]
  await hook('panel', panel.url)
  await hook('backup', backup.url)
  await emit('gate')
  await pass(second)
  const [call] = panel.calls
  if (call === undefined) throw new Error('nothing was received')
  expect(call.json).toEqual({
    type: 'device.online',
    timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
    data: { device: 'gate', seq: expect.any(Number) },
  })
  expect(fits(call.json)).toBe(true)
  expect([isSigned(call, secret), isSigned(call, other)]).toEqual([true, false])
  expect(call.id).toMatch(/^msg_0_[0-9a-z]{8}_1$/)
  expect(backup.ids).toEqual([call.id])
  expect(await deliveriesOf('panel')).toMatchObject([{ state: 'delivered', attempts: 1, event: call.id }])
})

test('while a secret is replaced, receivers with either of them verify the call', async () => {
  const panel = await receiver()
  await hook('panel', panel.url)
  await run.store.run('rotateWebhook', { id: 'panel', secret: other, now: run.now() })
  await emit('gate')
  await pass(second)
  expect(panel.calls.map((call) => [isSigned(call, secret), isSigned(call, other)])).toEqual([[true, true]])
})

describe('a receiver that', () => {
  test('is down for more than an hour misses nothing, and holds up no other', async () => {
    const [panel, healthy, owner] = [await receiver(), await receiver(), await receiver()]
    const { port } = panel
    await hook('owner', owner.url, { types: ['webhook.failing'] })
    await hook('panel', panel.url)
    await hook('healthy', healthy.url, { types: ['device.*'] })
    await run.down(panel)
    const devices = Array.from({ length: 14 }, (_, i) => `d${i}`)
    for (const device of devices) {
      await emit(device)
      await pass(5 * minute)
    }
    expect(healthy.devices).toEqual(devices)
    expect((await deliveriesOf('healthy')).every(({ attempts }) => attempts === 1)).toBe(true)
    const back = await receiver(accepts, { port })
    await pass(3 * hour)
    expect([...back.devices].sort()).toEqual([...devices].sort())
    expect(new Set(back.ids).size).toBe(devices.length)
    expect((await deliveriesOf('panel')).every(({ state, attempts }) => state === 'delivered' && attempts > 1)).toBe(
      true,
    )
    // Its owner was notified, once.
    expect(run.log).toEqual([expect.stringMatching(/^webhook panel has failed since .*ECONNREFUSED/)])
    expect(owner.calls.map(({ json }) => fits(json))).toEqual([true])
  })

  test('answers 500 is called ten times on the schedule, under one id, and then no more', async () => {
    const times: number[] = []
    const panel = await receiver((response) => {
      times.push(run.clock.monotonic())
      response.writeHead(500).end('no')
    })
    await hook('panel', panel.url)
    await emit('gate')
    await pass(minute)
    await pass(100 * hour)
    const hours = [5 / 3_600, 5 / 60, 0.5, 2, 5, 10, 14, 20, 24]
    expect(times).toHaveLength(10)
    hours.forEach((wait, i) => {
      const waited = ((times[i + 1] as number) - (times[i] as number)) / hour
      // A step of the test's clock at most is added.
      expect(waited).toBeGreaterThanOrEqual(wait * 0.8)
      expect(waited).toBeLessThanOrEqual(wait * 1.2 + 1 / 60 + 1 / 3_600)
    })
    expect(new Set(panel.ids).size).toBe(1)
    expect(new Set(panel.calls.map(({ body }) => body)).size).toBe(1)
    expect(new Set(panel.calls.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(10)
    expect(await deliveriesOf('panel')).toMatchObject([
      { state: 'dead', attempts: 10, answer: { status: 500, text: 'no', error: 'answered 500' } },
    ])
  })

  test('never answers has four calls at most, and neither others nor the clock wait for it', async () => {
    const [hanging, healthy] = [await receiver(hangs), await receiver()]
    await hook('hanging', hanging.url)
    await hook('healthy', healthy.url)
    const devices = Array.from({ length: 40 }, (_, i) => `d${i}`)
    await emit(...devices)
    await until(async () => {
      if (run.inFlight('healthy') === 0) await run.clock.advance(30)
      return healthy.calls.length === 40
    })
    // What the other one gets does not come of its calls being given up.
    expect(run.clock.monotonic()).toBeLessThan(10 * second)
    expect(healthy.devices.sort()).toEqual(devices.sort())
    await until(() => hanging.calls.length === 4)
    expect([hanging.open, hanging.connections]).toEqual([4, 4])
    await run.clock.advance(20 * second)
    await until(async () => {
      await run.clock.advance(30)
      return hanging.calls.length >= 8
    })
    await until(() => hanging.open <= 4)
    expect(run.most.get('hanging')).toBe(4)
    expect(await deliveriesOf('hanging')).toContainEqual(
      expect.objectContaining({ answer: expect.objectContaining({ error: 'no answer within 15 s' }) }),
    )
  })

  test('is gone is disabled, and gets nothing more', async () => {
    const panel = await receiver(status(410))
    await hook('panel', panel.url)
    await emit('a')
    await pass(second)
    await emit('b')
    await pass(hour)
    expect(panel.devices).toEqual(['a'])
    expect(run.log).toEqual([expect.stringMatching(/^webhook panel is disabled: answered 410\. Enable it/)])
  })

  test('asks for fewer calls is left alone for as long as it says, then gets one at a time', async () => {
    let busy = true
    const panel = await receiver((response, call) =>
      (busy ? status(429, { 'retry-after': '600' }) : accepts)(response, call),
    )
    await hook('panel', panel.url)
    await emit(...'abcdefgh')
    await pass(9 * minute)
    const first = panel.calls.length
    expect(first).toBeLessThanOrEqual(4)
    busy = false
    await pass(2 * minute)
    expect(panel.calls.length).toBeGreaterThan(first)
    await pass(20 * minute)
    expect(new Set(panel.devices)).toEqual(new Set('abcdefgh'))
  })

  test('takes events in order gets them so, one at a time, whatever fails', async () => {
    let failures = 2
    const panel = await receiver((response, call) => {
      const isFailure = call.json.data.device === 'b' && failures-- > 0
      ;(isFailure ? status(503) : accepts)(response, call)
    })
    await hook('panel', panel.url, { ordered: true })
    await emit(...'abcde')
    await pass(hour)
    expect(panel.devices.join('')).toBe('abbbcde')
    expect(run.most.get('panel')).toBe(1)
  })
})

describe('what was not settled', () => {
  test('because the hub was stopped is sent again by the next run, under the same id', async () => {
    const panel = await receiver(hangs)
    await hook('panel', panel.url)
    await emit('gate')
    await until(async () => {
      await run.clock.advance(30)
      return panel.calls.length === 1
    })
    await run.close()
    await until(() => panel.open === 0)
    panel.answer = accepts
    await run.open()
    await pass(second)
    expect(panel.ids).toEqual([panel.ids[0], panel.ids[0]])
    expect(await deliveriesOf('panel')).toMatchObject([{ state: 'delivered', attempts: 1 }])
  })

  test('because the hub was stopped for eight days is sent by the next run, and its receiver stays enabled', async () => {
    const panel = await receiver(status(500))
    await hook('panel', panel.url)
    await emit('gate')
    await pass(second)
    // Committed, and nothing more.
    const [, closed] = [await emit('shed'), run.close()]
    await closed
    await run.clock.advance(8 * 24 * hour)
    await run.open()
    await pass(second)
    panel.answer = accepts
    await pass(hour)
    expect(panel.devices.slice(-2).sort()).toEqual(['gate', 'shed'])
    expect((await deliveriesOf('panel')).map(({ state }) => state)).toEqual(['delivered', 'delivered'])
  })

  test('because the store failed is settled later, and not sent again', async () => {
    const panel = await receiver()
    await hook('panel', panel.url)
    run.rejects = 'settleDelivery'
    await emit('gate')
    await until(async () => {
      await run.clock.advance(100)
      return (await deliveriesOf('panel'))[0]?.state === 'delivered'
    })
    await pass(minute)
    expect(panel.devices).toEqual(['gate'])
    expect(run.log).toEqual(['webhook panel: the disk is full'])
  })

  test('because the store could not be asked is sent when it can', async () => {
    const panel = await receiver()
    await hook('panel', panel.url)
    await pass(second)
    run.rejects = 'dueDeliveries'
    await emit('gate')
    await pass(5 * second)
    expect(panel.devices).toEqual(['gate'])
    expect(run.log).toEqual(['deliveries: the disk is full'])
  })
})

describe('a test of an endpoint', () => {
  test('is hub.ping, signed, and answers with what came of it', async () => {
    const panel = await receiver((response) => response.writeHead(202).end('thanks'))
    await hook('panel', panel.url)
    expect(await run.webhooks.ping('panel')).toMatchObject({ status: 202, text: 'thanks', error: null })
    const [call] = panel.calls
    expect(call?.json).toMatchObject({ type: 'hub.ping', data: { webhook: 'panel' } })
    expect(call !== undefined && isSigned(call, secret) && fits(call.json)).toBe(true)
    panel.answer = status(404)
    expect(await run.webhooks.ping('panel')).toMatchObject({ status: 404, error: 'answered 404' })
    await expect(run.webhooks.ping('other')).rejects.toThrow('there is no webhook "other"; there is panel')
  })

  test('is one of four at most', async () => {
    const panel = await receiver(hangs)
    await hook('panel', panel.url)
    const pings = Array.from({ length: 4 }, () => run.webhooks.ping('panel'))
    await expect(run.webhooks.ping('panel')).rejects.toThrow('4 webhooks are being tested already')
    await until(() => panel.calls.length === 4)
    await run.clock.advance(15 * second)
    expect((await Promise.all(pings)).map(({ error }) => error)).toEqual(Array(4).fill('no answer within 15 s'))
  })
})

test('without a webhook, events ask nothing of the store', async () => {
  const asked: string[] = []
  const { store } = run
  const ask = store.run
  store.run = ((name: never, args: never) => {
    asked.push(name)
    return ask.call(store, name, args)
  }) as typeof ask
  await emit('gate')
  await run.clock.advance(second)
  expect(asked).toEqual(['emit'])
})

test('events that come together ask the store once', async () => {
  const panel = await receiver()
  await hook('panel', panel.url, { types: ['message.*'] })
  await pass(second)
  const asked: string[] = []
  const { store } = run
  const ask = store.run
  store.run = ((name: never, args: never) => {
    asked.push(name)
    return ask.call(store, name, args)
  }) as typeof ask
  await Promise.all(Array.from({ length: 50 }, (_, i) => emit(`d${i}`)))
  await run.clock.advance(second)
  expect(asked.filter((name) => name === 'dueDeliveries')).toHaveLength(1)
})
