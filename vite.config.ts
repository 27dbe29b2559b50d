import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { defineConfig, type Plugin } from 'vite'

/** Smaller files are sent as they are. */
const minOctets = 1024

/** Writes .br and .gz beside each file, which the server sends as they are. The last step: until then files change. */
const compressed: Plugin = {
  name: 'compressed',
  apply: 'build',
  writeBundle({ dir = '' }, bundle) {
    for (const fileName of Object.keys(bundle)) {
      const file = join(dir, fileName)
      const octets = readFileSync(file)
      if (octets.length < minOctets) continue
      writeFileSync(`${file}.br`, brotliCompressSync(octets))
      writeFileSync(`${file}.gz`, gzipSync(octets, { level: 9 }))
    }
  },
}

/** The page. Its addresses are relative: it works below any path. */
export default defineConfig({
  root: 'src/web',
  base: './',
  logLevel: 'warn',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../../dist/web',
    emptyOutDir: true,
    target: 'es2022',
    // No inline script: the policy of the page forbids it.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  plugins: [compressed],
})
