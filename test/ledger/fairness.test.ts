import { describe, expect, test } from '@jest/globals'
import type { Claim } from '../../src/ledger/outbox/claim.ts'
import { Turns } from '../../src/ledger/outbox/turns.ts'
import { hour, Ledger } from '../support/ledger.ts'

/** Serves `count` submissions as one gateway does; answers what each was. */
function served(ledger: Ledger, count: number): { level: number; client: string }[] {
  const turns = new Turns()
  return Array.from({ length: count }, () => {
    const { claims } = ledger.claims(1, 'home', { turns: turns.state })
    if (claims.length === 0) throw new Error('nothing to claim')
    const [claim] = claims as [Claim]
    turns.served(claim)
    return { level: claim.level, client: claim.client }
  })
}

const fill = (ledger: Ledger, count: number, of: { priority?: number; client?: string }) => {
  for (let i = 0; i < count; i++) {
    const number = `+49151${1_000_000 + ledger.count('submission')}`
    ledger.queue({ expiresAt: ledger.now + 72 * hour, ...of, lane: `n:${number}`, recipient: number })
  }
}

describe('a gateway', () => {
  test('is shared by the priorities as 8:3:1', () => {
    const ledger = new Ledger()
    for (const priority of [0, 1, 2]) fill(ledger, 30, { priority })
    const levels = served(ledger, 24).map(({ level }) => level)
    expect([2, 1, 0].map((level) => levels.filter((one) => one === level).length)).toEqual([16, 6, 2])
  })

  test('serves clients in turn, however much one of them has queued', () => {
    const ledger = new Ledger()
    fill(ledger, 50, { client: 'a' })
    fill(ledger, 2, { client: 'b' })
    fill(ledger, 2, { client: 'c' })
    expect(served(ledger, 7).map(({ client }) => client)).toEqual(['a', 'b', 'c', 'a', 'b', 'c', 'a'])
  })
})

describe('a gateway with room for many', () => {
  test('gets them at once, shared as if it had asked for each', () => {
    const ledger = new Ledger()
    for (const priority of [0, 1, 2]) fill(ledger, 30, { priority })
    const levels = ledger.claims(24).claims.map(({ level }) => level)
    expect([2, 1, 0].map((level) => levels.filter((one) => one === level).length)).toEqual([16, 6, 2])
  })

  test('gets as many as there are, each of another lane', () => {
    const ledger = new Ledger()
    for (let i = 0; i < 3; i++) ledger.queue()
    fill(ledger, 2, {})
    const { claims, blockedUntil } = ledger.claims(500)
    expect(new Set(claims.map(({ recipient }) => recipient)).size).toBe(3)
    expect(claims).toHaveLength(3)
    expect(blockedUntil).toBeNull()
  })

  test('gets what its quota leaves, and learns when it frees', () => {
    const ledger = new Ledger()
    fill(ledger, 12, {})
    const { claims, blockedUntil } = ledger.claims(500, 'home', { limits: { minute: null, day: 10, month: null } })
    expect(claims).toHaveLength(8)
    expect(blockedUntil).toBeGreaterThan(ledger.now)
  })
})

describe('the quota of a gateway', () => {
  const limits = { minute: null, day: 10, month: null }

  test('keeps its last fifth for priority high, and frees a day later', () => {
    const ledger = new Ledger()
    fill(ledger, 12, {})
    const claim = () => ledger.claim('home', { limits }).seq
    for (let i = 0; i < 8; i++) expect(claim()).toBeDefined()
    expect(claim()).toBeUndefined()
    fill(ledger, 3, { priority: 2 })
    expect([claim(), claim(), claim()].map((seq) => seq !== undefined)).toEqual([true, true, false])
    ledger.now += 22 * hour
    expect(claim()).toBeUndefined()
    ledger.now += 2 * hour
    expect(claim()).toBeDefined()
  })
})
