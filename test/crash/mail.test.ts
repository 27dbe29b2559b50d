import { expect, test } from '@jest/globals'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { HubProcess } from '../support/hub-process.ts'
import { until } from '../support/patience.ts'
import { sendMail, swaks } from '../support/smtp.ts'

test('a mail whose answer was lost, as the hub died behind its commit, is one text when it is repeated', async () => {
  const [broker, port, http] = [await freePort(), await freePort(), await freePort()]
  const config = `
mqtt: { broker: { listen: 127.0.0.1:${broker} } }
http: { listen: 127.0.0.1:${http} }
mail: { listen: 127.0.0.1:${port} }
devices: { camera: { profile: generic/text, number: camera@house.lan } }
`
  const hub = new HubProcess(temporaryFolder('smshub-mail-'))
  const mail = 'Message-ID: <1@camera>\r\nSubject: Motion\r\n\r\nin the yard'
  const send = () => sendMail(port, 'camera@house.lan', 'smshub@hub', mail)
  await hub.start({ config, env: { SMSHUB_FAILPOINT: 'deliver.file:after' } })
  await hub.logged(/clients find the broker/)
  expect(await send()).toBe('')
  await hub.exited()
  await hub.start({ config })
  await hub.logged(/clients find the broker/)
  expect(await send()).toMatch(/^250/)
  // A client that makes another mail of it each time.
  const other = ['--header', 'Subject: other', '--body', 'in the house']
  expect((await swaks(port, ['--from', 'camera@house.lan', '--to', 'smshub@hub', ...other])).code).toBe(0)
  const texts = async () => {
    const answer = (await (await fetch(`http://127.0.0.1:${http}/v1/inbox`)).json()) as { data: { text: string }[] }
    return answer.data.map(({ text }) => text)
  }
  // The newest first: what was read is in its order.
  await until(async () => (await texts()).includes('other\nin the house'))
  expect(await texts()).toEqual(['other\nin the house', 'Motion\nin the yard'])
  await hub.stop()
})
