import { afterEach, expect, test } from '@jest/globals'
import { hasKannel, Kannel } from '../support/kannel.ts'
import { until } from '../support/patience.ts'
import { stopAll } from '../support/smpp-hub.ts'
import { smppServer } from '../support/smpp-server.ts'

const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const undo of cleanUp.splice(0).reverse()) await undo()
  await stopAll()
})

const kannel = async (port: number, more = ''): Promise<Kannel> => {
  const one = await Kannel.start(port, more)
  cleanUp.push(() => one.stop())
  return one
}
const withKannel = hasKannel ? test : test.skip
const person = '+4915155000001'
/** Values of %d: delivered to the phone. */
const delivered = '1'

withKannel('Kannel sends through the hub, short and long, in GSM and UCS-2, and gets the reports', async () => {
  const { smpp, smsc } = await smppServer({ keys: 'per_hour: none' })
  const peer = await kannel(smpp)
  const long = 'a text of many words '.repeat(20).trim()
  const russian = 'Привет, это длинный текст. '.repeat(6).trim()
  const texts = ['Hello @$_{€}', 'Grüße', long]
  for (const text of texts) expect(await peer.send(person, text)).toMatch(/^202 /)
  for (const text of ['Привет', russian]) expect(await peer.send(person, text, { coding: '2' })).toMatch(/^202 /)
  const all = [...texts, 'Привет', russian]
  const reported = () =>
    new Set(peer.called('/dlr').flatMap(({ query }) => (query.type === delivered ? [query.n] : [])))
  await until(() => reported().size === all.length)
  const bySmsc = smsc.accepted.map(({ to, text }) => [to, text])
  const joined = bySmsc.map(([, text]) => text).join('')
  for (const text of all) expect(joined).toContain(text)
  expect(new Set(bySmsc.map(([to]) => to))).toEqual(new Set([person]))
})

withKannel('Kannel gets received texts, long ones whole, and those that came while it was away', async () => {
  const { smpp, smsc } = await smppServer({ keys: 'receives: all', gateway: ', number: "+4915112345600"' })
  await smsc.text('+4915155000009', '+4915112345600', 'while it was away')
  const peer = await kannel(smpp)
  const mo = () => peer.called('/mo').map(({ query }) => [query.from, query.text])
  await until(() => mo().length === 1)
  expect(mo()[0]).toEqual(['+4915155000009', 'while it was away'])
  await smsc.text('+4915155000009', '+4915112345600', 'Hi @ {€}')
  await until(() => mo().length === 2)
  expect(mo()[1]?.[0]).toBe('+4915155000009')
})

withKannel('Kannel sends again what was throttled, nothing is lost, and nothing is sent twice', async () => {
  const { smpp, smsc } = await smppServer({ keys: 'per_hour: none, per_second: 20' })
  const peer = await kannel(smpp)
  const texts = Array.from({ length: 60 }, (_, n) => `text ${n}`)
  for (const text of texts) expect(await peer.send(person, text)).toMatch(/^202 /)
  await until(() => peer.called('/dlr').filter(({ query }) => query.type === delivered).length === texts.length)
  expect(smsc.accepted.map(({ text }) => text).sort()).toEqual([...texts].sort())
})
