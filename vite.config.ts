import { brotliCompressSync, gzipSync } from 'node:zlib'
import { defineConfig, type Plugin } from 'vite'

/** Smaller files are sent as they are. */
const minOctets = 1024

/** Writes .br and .gz beside each file, which the server sends as they are. */
const compressed: Plugin = {
  name: 'compressed',
  apply: 'build',
  enforce: 'post',
  generateBundle(_options, bundle) {
    for (const [fileName, file] of Object.entries(bundle)) {
      const source = file.type === 'chunk' ? file.code : file.source
      if (source.length < minOctets) continue
      this.emitFile({ type: 'asset', fileName: `${fileName}.br`, source: brotliCompressSync(source) })
      this.emitFile({ type: 'asset', fileName: `${fileName}.gz`, source: gzipSync(source, { level: 9 }) })
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
  },
  plugins: [compressed],
})
