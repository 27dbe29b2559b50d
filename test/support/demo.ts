import { type ChildProcess, spawn } from 'node:child_process'
import { mainFile } from './hub-process.ts'

/** The demo as `npm run demo` starts it: its page is at the address that it prints, with what it has printed until then. */
export async function startDemo(): Promise<{ child: ChildProcess; url: string; printed: string }> {
  const child = spawn(process.execPath, [mainFile, '--demo'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const found = await new Promise<{ url: string; printed: string }>((resolve, reject) => {
    let printed = ''
    child.stdout?.on('data', (piece: Buffer) => {
      printed += piece.toString()
      const [url] = /http:\/\/127\.0\.0\.1:\d+\//.exec(printed) ?? []
      if (url !== undefined) resolve({ url, printed })
    })
    child.once('exit', (code) => reject(new Error(`the demo ended with ${code}: ${printed}`)))
  })
  return { child, ...found }
}
