import { expect, test } from '@jest/globals'
import type { Brought } from '../../src/carrier/read-webhook.ts'
import { HttpInbox } from '../../src/gateway/http/http-inbox.ts'
import { testClock as clock } from '../support/world.ts'

const text = (id: string): Brought => ({ kind: 'text', id, from: '+4915155000009', text: `text ${id}`, part: null })

test('what is on the disk is not stored again each time the list is asked for; what failed is', async () => {
  const stored: string[] = []
  let isBroken = true
  const ignored = () => undefined
  const inbox = new HttpInbox({
    gateway: 'carrier',
    account: 'me@carrier',
    clock,
    handlers: {
      async received({ body }) {
        if (isBroken) throw new Error('the disk is full')
        stored.push(JSON.parse(body).id)
      },
      deleted: ignored,
      changed: ignored,
      called: ignored,
      log: ignored,
    },
  })
  expect(await inbox.store([text('a'), text('b')], 'list')).toBe(false)
  isBroken = false
  expect(await inbox.store([text('a'), text('b')], 'list')).toBe(true)
  expect(await inbox.store([text('a'), text('b'), text('c')], 'list')).toBe(true)
  expect(await inbox.store([text('a'), text('b'), text('c')], 'list')).toBe(true)
  expect(stored).toEqual(['a', 'b', 'c'])
})
