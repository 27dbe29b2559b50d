import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { afterEach, expect, test } from '@jest/globals'
import { freePort } from '../support/folder.ts'
import { until } from '../support/patience.ts'
import { go, type SmppClient, segmentTo, smppClient, stopClients } from '../support/smpp-client.ts'

const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  await stopClients()
  for (const undo of cleanUp.splice(0).reverse()) await undo()
})

async function exchange({ gateway, received }: SmppClient): Promise<void> {
  await until(() => gateway.ready)
  expect(gateway.state.link?.peer).toBe('PEER')
  expect(await gateway.submit(segmentTo('+4915155000001'), go)).toEqual({ outcome: 'sent', reference: '0A1F' })
  await until(() => received.length === 2)
  expect(received.find(({ kind }) => kind === 'report')).toMatchObject({
    report: { reference: '2591', recipient: '4915155000001', outcome: 'delivered' },
  })
  expect(received.find(({ kind }) => kind === 'text')).toMatchObject({
    segment: { from: { number: '4915155000009', ton: 'international' }, text: 'hello' },
  })
}

const receiptText = 'id:2591 sub:001 dlvrd:001 submit date:2611291200 done date:2611291201 stat:DELIVRD err:000 text:Hi'

test('npm smpp as the SMSC reads what is sent, and its receipts and texts are read', async () => {
  const smpp = createRequire(import.meta.url)('smpp')
  const seen: Record<string, unknown>[] = []
  const server = smpp.createServer((session: any) => {
    for (const name of ['enquire_link', 'unbind'])
      session.on(name, (pdu: { response(): unknown }) => session.send(pdu.response()))
    session.on('error', () => undefined)
    session.on('bind_transceiver', (pdu: { response(body: object): unknown; system_id: string }) => {
      seen.push({ system_id: pdu.system_id })
      session.send(pdu.response({ system_id: 'PEER' }))
    })
    session.on('submit_sm', (pdu: { response(body: object): unknown } & Record<string, unknown>) => {
      seen.push(pdu)
      session.send(pdu.response({ message_id: '0A1F' }))
      const source = { source_addr_ton: 1, source_addr_npi: 1 }
      session.deliver_sm({
        ...source,
        source_addr: '4915155000001',
        esm_class: 4,
        short_message: Buffer.from(receiptText),
        data_coding: 0,
      })
      session.deliver_sm({
        ...source,
        source_addr: '4915155000009',
        short_message: Buffer.from('hello'),
        data_coding: 0,
      })
    })
  })
  const port = await freePort()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  cleanUp.push(() => server.close())
  await exchange(smppClient(port))
  expect(seen).toMatchObject([
    { system_id: 'hub' },
    { destination_addr: '4915155000001', registered_delivery: 1, short_message: { message: 'Hi@€' } },
  ])
})

const perl = `
use strict; use warnings; use Net::SMPP;
my $listener = Net::SMPP->new_listen('127.0.0.1', port => $ARGV[0]) or die $!;
$| = 1; print "listening\\n";
my $smpp = $listener->accept or die $!;
while (my $pdu = $smpp->read_pdu) {
  if ($pdu->{cmd} == 0x09) { $smpp->bind_transceiver_resp(seq => $pdu->{seq}, system_id => 'PEER') }
  elsif ($pdu->{cmd} == 0x15) { $smpp->enquire_link_resp(seq => $pdu->{seq}) }
  elsif ($pdu->{cmd} == 0x06) { $smpp->unbind_resp(seq => $pdu->{seq}); last }
  elsif ($pdu->{cmd} == 0x04) {
    print "$pdu->{destination_addr} ", unpack('H*', $pdu->{short_message}), "\\n";
    $smpp->submit_sm_resp(seq => $pdu->{seq}, message_id => '0A1F');
    my %from = (source_addr_ton => 1, source_addr_npi => 1, destination_addr => '1', async => 1);
    $smpp->deliver_sm(%from, source_addr => '4915155000001', esm_class => 4, short_message => '${receiptText}');
    $smpp->deliver_sm(%from, source_addr => '4915155000009', short_message => 'hello');
  }
}
`
const hasPerl = spawnSync('perl', ['-MNet::SMPP', '-e', '1']).status === 0
const withPerl = hasPerl ? test : test.skip

withPerl('Net::SMPP as the SMSC reads what is sent, and its receipts and texts are read', async () => {
  const port = await freePort()
  const peer = spawn('perl', ['-e', perl, String(port)], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  peer.stdout.on('data', (chunk) => {
    output += chunk
  })
  const ended = once(peer, 'exit')
  cleanUp.push(() => peer.kill())
  await once(peer.stdout, 'data')
  const client = smppClient(port)
  await exchange(client)
  await client.gateway.stop()
  await ended
  expect(output).toContain('4915155000001 4869001b65\n')
})
