import { TestClient } from './mqtt-client.ts'

/** Topics with something retained, as a client that comes later finds them. What is retained last comes last. */
export async function retained(url: string): Promise<string[]> {
  const late = await TestClient.connect(url)
  await late.publish('zzz/last', 'x', { retain: true })
  await late.publish('test/marker', 'x')
  await late.wait(({ topic }) => topic === 'test/marker')
  await late.close()
  const again = await TestClient.connect(url)
  await again.wait(({ topic, retain }) => topic === 'zzz/last' && retain)
  await again.publish('test/marker', 'x')
  await again.wait(({ topic }) => topic === 'test/marker')
  await again.close()
  return again.received.filter(({ retain, text }) => retain && text !== '').map(({ topic }) => topic)
}
