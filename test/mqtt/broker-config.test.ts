import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { loadConfig } from '../../src/config/load.ts'
import { isPassword } from '../../src/config/password.ts'
import { temporaryFolder } from '../support/folder.ts'
import { mainFile } from '../support/hub-process.ts'

function complaint(broker: string): string {
  const file = join(temporaryFolder(), 'smshub.yaml')
  writeFileSync(file, `mqtt: { broker: ${broker} }\n`)
  try {
    loadConfig({ config: file, env: {}, cwd: '/' })
    return ''
  } catch (error) {
    return (error as Error).message
  }
}

test.each([
  ['{ listen: 0.0.0.0:1883 }', /0\.0\.0\.0 can be reached from outside: add users:/],
  ['{ websocket: { listen: 192.168.1.4:9001 } }', /192\.168\.1\.4 can be reached from outside/],
  ['{ users: { me: { password: secret, role: admin } } }', /smshub hash-password/],
  [`{ users: { me: { password: "scrypt:15:8:1:${'a'.repeat(22)}:${'b'.repeat(43)}" } } }`, /needs role:/],
  [
    `{ users: { me: { password: "scrypt:15:8:1:${'a'.repeat(22)}:${'b'.repeat(43)}", write: ["a/#/b"] } } }`,
    /topic filter/,
  ],
  ['{ limits: { packet: 1 } }', /from 1024/],
])('%s is refused with what mends it', (broker, expected) => {
  expect(complaint(broker)).toMatch(expected)
})

test('users open the broker to the network', () => {
  const hash = `scrypt:15:8:1:${'a'.repeat(22)}:${'b'.repeat(43)}`
  expect(complaint(`{ listen: 0.0.0.0:1883, users: { me: { password: "${hash}", role: admin } } }`)).toBe('')
})

test('hash-password makes what users: takes', async () => {
  const { stdout, status } = spawnSync(process.execPath, [mainFile, 'hash-password'], {
    input: 'open sesame\n',
    encoding: 'utf8',
  })
  expect(status).toBe(0)
  await expect(isPassword('open sesame', stdout.trim())).resolves.toBe(true)
  await expect(isPassword('open sesame ', stdout.trim())).resolves.toBe(false)
  expect(spawnSync(process.execPath, [mainFile, 'hash-password'], { input: '' }).status).toBe(2)
})
