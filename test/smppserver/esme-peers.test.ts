import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { afterEach, expect, test } from '@jest/globals'
import { until } from '../support/patience.ts'
import { stopAll } from '../support/smpp-hub.ts'
import { smppServer } from '../support/smpp-server.ts'

afterEach(stopAll)

const person = '4915155000001'

test('npm smpp binds, sends, and gets its receipt and a text', async () => {
  const { smpp: port, smsc } = await smppServer({ keys: 'receives: all' })
  const smpp = createRequire(import.meta.url)('smpp')
  const session = smpp.connect({ url: `smpp://127.0.0.1:${port}` })
  const delivered: { esm_class: number; short_message: { message: string } }[] = []
  session.on('deliver_sm', (pdu: (typeof delivered)[number] & { response(): unknown }) => {
    delivered.push(pdu)
    session.send(pdu.response())
  })
  session.on('enquire_link', (pdu: { response(): unknown }) => session.send(pdu.response()))
  const ask = (name: string, body: object) =>
    new Promise<{ command_status: number; message_id: string; system_id: string }>((resolve) =>
      session[name](body, resolve),
    )
  const bound = await ask('bind_transceiver', { system_id: 'acme', password: 'secret12' })
  expect(bound).toMatchObject({ command_status: 0, system_id: 'smshub' })
  const address = { destination_addr: person, dest_addr_ton: 1, dest_addr_npi: 1 }
  const answer = await ask('submit_sm', { ...address, registered_delivery: 1, short_message: 'Zürich' })
  expect(answer).toMatchObject({ command_status: 0, message_id: expect.stringMatching(/^msg-/) })
  await until(() => delivered.length === 1)
  expect(delivered[0]?.esm_class).toBe(4)
  expect(delivered[0]?.short_message.message).toContain(`id:${answer.message_id} `)
  await smsc.text('+4915155000009', '1', 'Привет')
  await until(() => delivered.length === 2)
  expect(delivered[1]?.short_message.message).toBe('Привет')
  expect(await ask('query_sm', { message_id: answer.message_id })).toMatchObject({ command_status: 0 })
  expect(await ask('unbind', {})).toMatchObject({ command_status: 0 })
  session.close()
  expect(smsc.accepted).toHaveLength(1)
})

const perl = `
use strict; use warnings; use Net::SMPP;
my $smpp = Net::SMPP->new_transceiver('127.0.0.1', port => $ARGV[0], system_id => 'acme', password => 'secret12') or die;
$| = 1;
for my $text ('Hi@', 'one after the other') {
  my $resp = $smpp->submit_sm(destination_addr => '${person}', dest_addr_ton => 1, dest_addr_npi => 1,
    data_coding => 1, registered_delivery => 1, short_message => $text) or die;
  print "$resp->{status} $resp->{message_id}\\n";
}
my $found = 0;
while ($found < 2 and my $pdu = $smpp->read_pdu) {
  if ($pdu->{cmd} == 0x05) {
    $found++;
    print "$pdu->{esm_class} $pdu->{short_message}\\n";
    $smpp->deliver_sm_resp(seq => $pdu->{seq}, message_id => '');
  } elsif ($pdu->{cmd} == 0x15) { $smpp->enquire_link_resp(seq => $pdu->{seq}) }
}
$smpp->unbind();
`
const hasPerl = spawnSync('perl', ['-MNet::SMPP', '-e', '1']).status === 0

;(hasPerl ? test : test.skip)('Net::SMPP binds, sends one after the other, and gets its receipts', async () => {
  const { smpp, smsc } = await smppServer()
  const peer = spawn('perl', ['-e', perl, String(smpp)], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  peer.stdout.on('data', (chunk) => {
    output += chunk
  })
  await once(peer, 'exit')
  expect(smsc.accepted.map(({ text }) => text)).toEqual(['Hi@', 'one after the other'])
  const ids = [...output.matchAll(/^0 (msg-\w+)$/gm)].map(([, id]) => id)
  const receipts = [...output.matchAll(/^4 id:(msg-\w+) .* stat:DELIVRD /gm)].map(([, id]) => id)
  expect(ids).toHaveLength(2)
  expect(receipts.sort()).toEqual(ids.sort())
})
