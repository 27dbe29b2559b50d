import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { installed } from '../support/brokers.ts'
import { freePort, temporaryFolder } from '../support/folder.ts'
import { HubProcess } from '../support/hub-process.ts'
import { smshub } from '../support/run-cli.ts'

const mqtt = async () => `mqtt: { broker: { listen: 127.0.0.1:${await freePort()} } }\nhttp: { enabled: false }`

/** Locks on these files are refused, as on a file system that has none. */
const refusing = (error: string, files: readonly string[]) => [
  ...['strace', '-f', '-qq', '-o', '/dev/null', ...files.flatMap((file) => ['-P', file])],
  ...['-e', 'trace=fcntl', '-e', `inject=fcntl:error=${error}`],
]

test.each(['ENOLCK', 'EOPNOTSUPP'])(
  'a file system that answers locks with %s is named, and not another hub',
  async (error) => {
    if (!installed('strace', ['-V'])) return
    const hub = new HubProcess(temporaryFolder())
    const lock = join(hub.folder, 'data', 'smshub.db-lock')
    hub.launch({ config: await mqtt(), under: refusing(error, [lock, `${lock}-trial`]) })
    await hub.exited()
    expect(hub.stderr).toMatch(/smshub\.db can't be locked: its file system has no POSIX locks/)
    expect(hub.stderr).not.toMatch(/in use/)
  },
)

test('a backup on such a file system fails with the same words', async () => {
  if (!installed('strace', ['-V'])) return
  const hub = new HubProcess(temporaryFolder())
  await hub.start({ config: await mqtt() })
  await hub.stop()
  const target = join(hub.folder, 'copy')
  hub.launch({
    config: await mqtt(),
    under: refusing('ENOLCK', [join(target, 'smshub.db')]),
    args: ['backup', target],
  })
  await hub.exited()
  expect(hub.stderr).toMatch(/copy\/smshub\.db can't be locked: its file system has no POSIX locks/)
  expect((await smshub(['backup', join(hub.folder, 'other'), '--config', `${hub.folder}/smshub.yaml`])).code).toBe(0)
})
