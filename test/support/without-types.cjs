const { readFileSync } = require('node:fs')
const { transformSync } = require('@swc/core')

/** A file in TypeScript without its types: `code`, and the `map` of its lines. */
exports.withoutTypes = (path) =>
  transformSync(readFileSync(path, 'utf8'), {
    filename: path,
    sourceMaps: true,
    swcrc: false,
    jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
    module: { type: 'es6' },
  })
