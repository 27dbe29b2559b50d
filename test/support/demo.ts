import { type ChildProcess, spawn } from 'node:child_process'
import { mainFile } from './hub-process.ts'

/** The demo as `npm run demo` starts it: its page is at the address that it prints. */
export async function startDemo(): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [mainFile, '--demo'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const url = await new Promise<string>((resolve, reject) => {
    let printed = ''
    child.stdout?.on('data', (piece: Buffer) => {
      printed += piece.toString()
      const found = /http:\/\/127\.0\.0\.1:\d+\//.exec(printed)
      if (found !== null) resolve(found[0])
    })
    child.once('exit', (code) => reject(new Error(`the demo ended with ${code}: ${printed}`)))
  })
  return { child, url }
}
