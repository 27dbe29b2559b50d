import { expect, test } from '@jest/globals'
import { KeyedQueue } from '../../src/util/keyed-queue.ts'

/** Work that ends when it is told to. */
function gate(): { readonly open: () => void; readonly opened: Promise<void> } {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { open, opened }
}

test('work under one key waits for what is before it, under another it does not', async () => {
  const queue = new KeyedQueue()
  const first = gate()
  const order: string[] = []
  const work = (name: string, wait: Promise<void>) => async () => {
    await wait
    order.push(name)
  }
  const all = [
    queue.run('a', work('a1', first.opened)),
    queue.run('a', work('a2', Promise.resolve())),
    queue.run('b', work('b1', Promise.resolve())),
  ]
  await all[2]
  expect(order).toEqual(['b1'])
  first.open()
  await Promise.all(all)
  expect(order).toEqual(['b1', 'a1', 'a2'])
})

test('a failure is for the one who asked; what is behind it has its turn', async () => {
  const queue = new KeyedQueue()
  const failed = queue.run('a', () => Promise.reject(new Error('no')))
  const behind = queue.run('a', async () => 'yes')
  await expect(failed).rejects.toThrow('no')
  expect(await behind).toBe('yes')
})
