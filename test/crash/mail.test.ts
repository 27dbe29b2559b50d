import { expect, test } from '@jest/globals'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { HubProcess } from '../support/hub-process.ts'
import { TestClient } from '../support/mqtt-client.ts'
import { sendMail, swaks } from '../support/smtp.ts'

test('a mail whose answer was lost, as the hub died behind its commit, is one text when it is repeated', async () => {
  const [broker, port] = [await freePort(), await freePort()]
  const config = `
mqtt: { broker: { listen: 127.0.0.1:${broker} } }
http: { enabled: false }
mail: { listen: 127.0.0.1:${port} }
devices: { camera: { profile: generic/text, number: camera@house.lan } }
`
  const hub = new HubProcess(temporaryFolder('smshub-mail-'))
  const mail = 'Message-ID: <1@camera>\r\nSubject: Motion\r\n\r\nin the yard'
  const send = () => sendMail(port, 'camera@house.lan', 'smshub@hub', mail)
  await hub.start({ config, env: { SMSHUB_FAILPOINT: 'deliver.file:after' } })
  await hub.logged(/mails of devices are taken on/)
  expect(await send()).toBe('')
  await hub.exited()
  await hub.start({ config })
  await hub.logged(/mails of devices are taken on/)
  const client = await TestClient.connect(`mqtt://127.0.0.1:${broker}`)
  expect(await send()).toMatch(/^250/)
  // A client that makes another mail of it each time.
  const other = ['--header', 'Subject: other', '--body', 'in the house']
  expect((await swaks(port, ['--from', 'camera@house.lan', '--to', 'smshub@hub', ...other])).code).toBe(0)
  await client.wait(({ topic, json }) => topic === 'smshub/sms/received' && json.subject === 'other')
  const texts = client.received.filter(({ topic }) => topic === 'smshub/sms/received').map(({ json }) => json.text)
  expect(texts).toEqual(['Motion\nin the yard', 'other\nin the house'])
  await client.close()
  await hub.stop()
})
