import { expect, test } from '@jest/globals'
import { Esme, stopEsmes } from '../support/esme.ts'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { HubProcess } from '../support/hub-process.ts'
import { smshub } from '../support/run-cli.ts'

test('a password that is chosen for SMPP is the one to bind with, and who is bound is shown everywhere', async () => {
  const { code, out } = await smshub(['hash-password', '--smpp'])
  const [password = '', hash = ''] = out.split('\n')
  expect([code, password]).toEqual([0, expect.stringMatching(/^[a-zA-Z2-9]{8}$/)])
  const [mqtt, http, smpp] = [await freePort(), await freePort(), await freePort()]
  const hub = new HubProcess(temporaryFolder('smshub-smpp-clients-'))
  const config = `mqtt: { broker: { listen: 127.0.0.1:${mqtt} } }
http: { listen: 127.0.0.1:${http} }
smppserver: { listen: 127.0.0.1:${smpp}, users: { acme: { password: "${hash}" }, other: { password: "${hash}" } } }
`
  try {
    await hub.start({ config })
    await hub.logged(/clients bind by SMPP/)
    await Esme.bound(smpp, 'acme', password)
    const list = await smshub(['smpp', 'list'], hub.folder)
    expect(list.out.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['system_id', 'bound', 'from', 'since', 'submitted', 'refused', 'delivered', 'waiting'],
      ['acme', 'transceiver', '127.0.0.1', expect.stringMatching(/Z$/), '0', '0', '0', '0'],
      ['other', '-', '-', '-', '0', '0', '0', '0'],
      [''],
    ])
    const rows = (await smshub(['smpp', 'list', '--json'], hub.folder)).out.trim().split('\n')
    const { data } = (await (await fetch(`http://127.0.0.1:${http}/v1/smpp/clients`)).json()) as { data: unknown }
    expect(rows.map((row) => JSON.parse(row))).toEqual(data)
    const metrics = await (await fetch(`http://127.0.0.1:${http}/metrics`)).text()
    expect(metrics).toContain('smshub_smpp_binds{system_id="acme"} 1')
    expect(metrics).toContain('smshub_smpp_requests_total{system_id="acme",outcome="submitted"} 0')
    expect(await (await fetch(`http://127.0.0.1:${http}/healthz`)).json()).toMatchObject({ smpp: true })
  } finally {
    stopEsmes()
    await hub.stop()
  }
})
