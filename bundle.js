// Makes the program of dist from the modules in build: a few files, as Node.js takes half a second to find and load a
// thousand.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'rolldown'

/** Names of files with the text of a licence. */
const licenceFiles = ['LICENSE', 'LICENSE.md', 'LICENSE.txt', 'license']

/** The licences of the packages in the bundle go with every copy of it. */
const licences = {
  name: 'licences',
  generateBundle(_options, bundle) {
    const modules = Object.values(bundle).flatMap((file) => (file.type === 'chunk' ? Object.keys(file.modules) : []))
    const folders = modules.flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0] ?? [])
    const texts = [...new Set(folders)].sort().map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
      const file = licenceFiles.find((one) => existsSync(join(folder, one)))
      const text = file === undefined ? `Licence: ${license}` : readFileSync(join(folder, file), 'utf8').trim()
      return `${name} ${version}\n\n${text}\n`
    })
    this.emitFile({ type: 'asset', fileName: 'LICENSES.txt', source: texts.join(`\n${'-'.repeat(80)}\n\n`) })
  },
}

await build({
  input: {
    main: 'build/main.js',
    // Threads and a process of the store, each of which has its own file.
    worker: 'build/store/sqlite/worker.js',
    'reader-thread': 'build/store/sqlite/reader-thread.js',
    'copy-process': 'build/store/sqlite/copy-process.js',
  },
  platform: 'node',
  external: [
    // They have native code.
    'better-sqlite3',
    'serialport',
    // Fastify loads them only where it is given no compilers, and to be asked without a network.
    '@fastify/ajv-compiler',
    '@fastify/fast-json-stringify-compiler',
    'light-my-request',
  ],
  plugins: [licences],
  // A copy of the module of Node.js for browsers and older versions.
  resolve: { alias: { 'readable-stream': 'node:stream' } },
  output: {
    dir: 'dist',
    cleanDir: true,
    chunkFileNames: '[name].js',
    comments: false,
    // V8 keeps the text of each file, in two octets a character unless all of them are Latin.
    charset: 'ascii',
    // Names of classes and functions are in messages and stacks.
    keepNames: true,
  },
})
