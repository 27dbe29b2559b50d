const { register } = require('node:module')
const { fileURLToPath, pathToFileURL } = require('node:url')
const { ModuleMocker } = require('jest-mock')
const { withoutTypes } = require('./without-types.cjs')

/** How many test files this process has run. */
let files = 0

/** For the lines in stacks: a file is transformed once more when an error names it. */
const sourceMaps = {
  get(source) {
    const [file] = source.split('?')
    if (!file.startsWith('file:') || !file.endsWith('.ts')) return undefined
    return `data:application/json;base64,${Buffer.from(withoutTypes(fileURLToPath(file)).map).toString('base64')}`
  },
  *[Symbol.iterator]() {},
}

/**
 * What jest runs a test file in: Node.js itself, not a context of its own. There each file would load the hub once more,
 * which takes a second, and leave it in memory. Here the files of a process share its modules. Nothing may depend on
 * what these keep: counts that only grow (turns of lanes, steps taken), and what is made once, like statements.
 */
class NativeRuntime {
  constructor() {
    if (files++ === 0) register('./native-hooks.mjs', pathToFileURL(__filename))
  }

  setGlobalsForRuntime(globals) {
    globalThis.testGlobals = { ...globals, jest: new ModuleMocker(globalThis) }
  }

  unstable_shouldLoadAsEsm() {
    return true
  }

  unstable_importModule(path) {
    return import(`${pathToFileURL(path)}?${files}`)
  }

  /** The framework, whose state is that of one test file. */
  requireInternalModule(path) {
    delete require.cache[path]
    return require(path)
  }

  requireModule(path) {
    return require(path)
  }

  getSourceMaps() {
    return sourceMaps
  }

  enterTestCode() {}
  leaveTestCode() {}
  getAllCoverageInfoCopy() {}

  teardown() {
    globalThis.testGlobals?.jest.restoreAllMocks()
    delete globalThis.testGlobals
    for (const key of Object.getOwnPropertySymbols(globalThis))
      if (['EVENT_HANDLERS', 'JEST_STATE_SYMBOL'].includes(key.description)) delete globalThis[key]
  }
}

module.exports = { __esModule: true, default: NativeRuntime }
