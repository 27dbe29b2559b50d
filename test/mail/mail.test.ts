import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { hashPassword } from '../../src/config/password.ts'
import { Faults, failingStore } from '../support/failing-store.ts'
import { freePort } from '../support/folder.ts'
import { type StartedHub, startHub } from '../support/hub.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { until } from '../support/patience.ts'
import { RawSmtp, sendMail, swaks } from '../support/smtp.ts'
import { accepted, gateNumber, hubYaml, startWorld, type TestWorld } from '../support/world.ts'

const devices = `
devices:
  alarm:
    profile: generic/text
    number: ["${gateNumber}", alarm@house.lan]
    commands:
      on: { text: "ON", repeat: never, sets: { relay: "ON" }, reply: { expect: required, within: 600, reads: relay } }
    messages:
      relay: { text: "Relay {relay:on_off}" }
      fire: { text: "FIRE", event: fire, level: high }
  camera: { profile: generic/text, number: camera@house.lan, messages: { motion: { text: "Motion detected", event: motion } } }
  phone: { profile: generic/phone, number: phone@house.lan }
  twin: { profile: generic/text, number: camera2@house.lan, messages: { motion: { text: "Motion detected", event: motion } } }
`

let world: TestWorld
let started: StartedHub
let client: TestClient
let port: number
const faults = new Faults()

beforeAll(async () => {
  world = await startWorld()
  const broker = await freePort()
  port = await freePort()
  const password = await hashPassword('sesame')
  const mail = `
mail:
  listen: 127.0.0.1:${port}
  networks: [127.0.0.2]
  max_octets: 200000
  users:
    panel: { password: "${password}", devices: [alarm] }
    cameras: { password: "${password}", devices: [camera, twin] }
`
  const yaml = hubYaml({ mqtt: `{ broker: { listen: "127.0.0.1:${broker}" } }`, path: world.path, devices, more: mail })
  started = await startHub(yaml, { makeStore: failingStore(faults) })
  client = await TestClient.connect(`mqtt://127.0.0.1:${broker}`)
  await client.wait(({ topic, text }) => topic === 'smshub/gateway/home/availability' && text === 'online')
})
afterAll(async () => {
  await client.close()
  await started.hub.stop()
  await world.world.close()
})

/** The texts that were published with this subject. */
const texts = (subject: string) =>
  client.received.filter(({ topic, json }) => topic === 'smshub/sms/received' && json.subject === subject)
const text = (subject: string) =>
  client.wait(({ topic, json }) => topic === 'smshub/sms/received' && json.subject === subject).then(({ json }) => json)
const event = (device: string, fits: (json: Record<string, any>) => boolean) =>
  client.wait(({ topic, json }) => topic === `smshub/${device}/event` && fits(json)).then(({ json }) => json)
const login = ['--auth', 'PLAIN', '--auth-user', 'panel', '--auth-password', 'sesame']

const mailOf = (headers: string, body: string) => `${headers}\r\n\r\n${body}`

describe('a mail of a device', () => {
  test('by its user is a text of it, and sets its state', async () => {
    const sent = await swaks(port, [
      ...['--from', 'anything@house.lan', '--to', 'alarm@hub.lan', ...login],
      ...['--header', 'Subject: Report', '--body', 'Relay ON', '--attach-type', 'image/jpeg'],
      ...['--attach-name', 'yard.jpg', '--attach', '@/bin/true'],
    ])
    expect(sent).toMatchObject({ code: 0, out: expect.stringContaining('filed') })
    expect(await text('Report')).toMatchObject({
      via: 'mail',
      gateway: 'mail',
      from: 'anything@house.lan',
      device: 'alarm',
      text: 'Relay ON',
      parsed: true,
      trust: 'secret',
      encoding: 'utf8',
      attachments: [{ name: 'yard.jpg', type: 'image/jpeg', octets: expect.any(Number) }],
    })
    await client.wait(({ topic, json }) => topic === 'smshub/alarm' && json.relay === 'ON')
    expect(started.hub.healthy).toMatchObject({ mail: true })
  })

  test('answers the command that waits, as an SMS does', async () => {
    await client.publish('smshub/alarm/command/on', { id: 'by-mail' })
    await until(() => accepted(world.world, gateNumber).length > 0)
    await swaks(port, ['--from', 'alarm@house.lan', '--to', 'smshub@hub.lan', ...login, '--body', 'Relay ON'])
    const { json } = await client.final('alarm', ({ id }) => id === 'by-mail')
    expect(json).toMatchObject({ status: 'replied', ok: true, reply: { text: 'Relay ON', trust: 'secret' } })
  })

  test('by its address alone may be anybody’s: an unverified event, and no state', async () => {
    const mail = mailOf('Subject: Forged', 'Relay OFF')
    expect(await sendMail(port, 'alarm@house.lan', 'smshub@hub.lan', mail)).toMatch(/^250/)
    expect(await text('Forged')).toMatchObject({ device: 'alarm', trust: 'stranger' })
    expect(await event('alarm', ({ trust }) => trust === 'stranger')).toMatchObject({
      event_type: 'unverified',
      unverified: true,
    })
    expect(client.received.filter(({ topic, json }) => topic === 'smshub/alarm' && json.relay === 'OFF')).toEqual([])
  })

  test('that has somebody’s text in it shows no life of the device either', async () => {
    const mail = (subject: string) => mailOf(`Subject: ${subject}`, 'hello')
    const from = 'From +4915112345999:\nhello'
    expect(await sendMail(port, 'x@y.lan', 'phone@hub.lan', mailOf('X-Any: none', from))).toMatch(/^250/)
    const { json } = await client.wait(({ json }) => json.device === 'phone' && json.text === from)
    expect(json).toMatchObject({ trust: 'stranger', forwarded: { from: '+4915112345999', text: 'hello' } })
    await sendMail(port, 'x@y.lan', 'camera@hub.lan', mail('Behind it'), '127.0.0.2')
    await text('Behind it')
    expect(client.received.filter(({ topic, json }) => topic === 'smshub/phone' && json.last_seen !== null)).toEqual([])
  })

  test('is published sixty times an hour for a device where nothing proves it, whatever its senders', async () => {
    const { smtp } = await RawSmtp.open(port, '127.0.0.20')
    await smtp.ask('EHLO x')
    for (let i = 0; i < 62; i++) {
      for (const line of [`MAIL FROM:<x${i}@y.lan>`, 'RCPT TO:<twin@hub.lan>', 'DATA']) await smtp.ask(line)
      expect(await smtp.ask(`Subject: Flood\r\n\r\nnumber ${i}\r\n.`)).toMatch(/^250/)
    }
    smtp.close()
    await client.wait(({ topic, json }) => topic === 'smshub/bridge/event' && json.type === 'text_flood')
    await sendMail(port, 'x@y.lan', 'twin@hub.lan', mailOf('Subject: Proven', 'Motion detected'), '127.0.0.2')
    expect(await text('Proven')).toMatchObject({ device: 'twin', trust: 'route' })
    expect(texts('Flood')).toHaveLength(60)
  })

  test('from a listed network counts like an SMS by its known route', async () => {
    const mail = mailOf('Subject: Motion', 'Motion detected')
    expect(await sendMail(port, 'x@y.lan', 'camera@hub.lan', mail, '127.0.0.2')).toMatch(/^250/)
    expect(await text('Motion')).toMatchObject({ device: 'camera', trust: 'route', parsed: true })
    expect(await event('camera', () => true)).toMatchObject({ event_type: 'motion' })
  })

  test('has an alarm in its subject even where the text is known', async () => {
    await sendMail(port, 'x@y.lan', 'alarm@hub.lan', mailOf('Subject: SOS from the panel', 'Relay ON'), '127.0.0.2')
    expect(await text('SOS from the panel')).toMatchObject({ text: 'SOS from the panel\nRelay ON', reading: 'partial' })
    await event('alarm', ({ alarm_text: alarm }) => alarm === 'SOS from the panel')
  })

  test('that is repeated, as its answer was lost, is one text', async () => {
    const mail = (id: string, words: string) => mailOf(`Subject: Again\r\nMessage-ID: <${id}@camera>`, words)
    const send = (octets: string, from = 'c@y.lan') => sendMail(port, from, 'camera@hub.lan', octets, '127.0.0.2')
    for (const octets of [mail('a', 'one'), mail('a', 'one'), mail('b', 'one'), mail('a', 'two')])
      expect(await send(octets)).toMatch(/^250/)
    await send(mailOf('Subject: Again', 'last'))
    await client.until(() => texts('Again').some(({ json }) => json.text.endsWith('last')))
    expect(texts('Again').map(({ json }) => json.text)).toEqual(
      ['one', 'one', 'two', 'last'].map((words) => `Again\n${words}`),
    )
  })

  test('to several devices is a text of each', async () => {
    const { smtp } = await RawSmtp.open(port, '127.0.0.2')
    const to = ['camera@a.lan', 'CAMERA@b.lan', 'twin+x@c.lan']
    expect(await smtp.mail('x@y.lan', to, mailOf('Subject: Both', 'Motion detected'))).toMatch(/^250/)
    smtp.close()
    await client.until(() => texts('Both').length === 2)
    expect(
      texts('Both')
        .map(({ json }) => json.device)
        .sort(),
    ).toEqual(['camera', 'twin'])
  })
})

describe('a mail that is not taken', () => {
  const rcpt = async (from: string, to: string, more: readonly string[] = []) =>
    (await swaks(port, ['--from', from, '--to', to, ...more])).out

  test('is refused at its recipient, by name: nothing is passed on', async () => {
    expect(await rcpt('camera@house.lan', 'owner@example.com')).toMatch(/550 .*no device is called "owner"/)
    expect(await rcpt('stranger@house.lan', 'smshub@hub.lan')).toMatch(/550 .*<stranger@house.lan>.*number:/)
    expect(await rcpt('x@y.lan', 'camera@hub.lan', login)).toMatch(/550 .*reports for alarm, not for camera/)
    const cameras = ['--auth', 'PLAIN', '--auth-user', 'cameras', '--auth-password', 'sesame']
    expect(await rcpt('x@y.lan', 'smshub@hub.lan', cameras)).toMatch(/550 .*<x@y.lan>/)
  })

  test('with a wrong password, and guessing is slowed down', async () => {
    const { smtp } = await RawSmtp.open(port, '127.0.0.3')
    await smtp.ask('EHLO x')
    const guess = () => smtp.ask(`AUTH PLAIN ${Buffer.from('\0panel\0hunter2').toString('base64')}`)
    expect(await guess()).toMatch(/^535/)
    const replies = []
    for (let i = 0; i < 5; i++) replies.push(await guess())
    expect(replies.at(-1)).toMatch(/^454/)
    smtp.close()
  })

  test('without words, too big, or while the disk is full', async () => {
    const send = (octets: string) => sendMail(port, 'x@y.lan', 'camera@hub.lan', octets, '127.0.0.2')
    expect(await send(mailOf('Subject: ', ' \r\n'))).toMatch(/^554 .*no text/)
    expect(await send(mailOf('Subject: big', 'x'.repeat(200_001)))).toMatch(/^552/)
    faults.add('file', 'storage_full')
    expect(await send(mailOf('Subject: full', 'words'))).toMatch(/^451/)
    expect(await send(mailOf('Subject: full', 'words'))).toMatch(/^250/)
    await text('full')
  })

  test.each([
    ['Auto-Submitted: auto-replied', 'x@y.lan'],
    ['Precedence: list', 'x@y.lan'],
    ['List-Id: <list.example.com>', 'x@y.lan'],
    ['Content-Type: multipart/report; boundary=x', 'x@y.lan'],
    [Array.from({ length: 31 }, (_, i) => `Received: from host${i}`).join('\r\n'), 'x@y.lan'],
    ['X-Any: none', ''],
  ])('is dropped where it is an answer of a program: %s', async (header, from) => {
    const mail = mailOf(`Subject: Echo\r\n${header}`, 'Motion detected')
    expect(await sendMail(port, from, 'camera@hub.lan', mail, '127.0.0.2')).toMatch(/^250 .*dropped: it/)
    expect(texts('Echo')).toEqual([])
  })

  test('is logged, with the reason', () => {
    const lines = started.log.filter(({ name }) => name === 'mail').map(({ message }) => message)
    expect(lines.join('\n')).toMatch(/refused 127\.0\.0\.1: no device is called "owner"/)
    expect(started.log.map(({ message }) => message).join('\n')).not.toContain('hunter2')
  })

  test('but a report may be automatic', async () => {
    const mail = mailOf('Subject: Automatic\r\nAuto-Submitted: auto-generated\r\nPrecedence: bulk', 'Motion detected')
    await sendMail(port, 'x@y.lan', 'camera@hub.lan', mail, '127.0.0.2')
    expect(await text('Automatic')).toMatchObject({ parsed: true })
  })
})
