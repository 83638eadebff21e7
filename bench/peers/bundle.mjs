// Bundles the documentation page's own action (tests/cli/seed) as `aio app build` does: one file for Node.js, with all
// packages in it.
//
// Usage: bundle.mjs NPM_FOLDER OUTPUT_FOLDER
import { createRequire } from 'node:module'
import { writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const [npm, output] = process.argv.slice(2).map((folder) => resolve(folder))
const seed =
  join(dirname(fileURLToPath(import.meta.url)), '../../tests/cli/seed/src/dx-excshell-1/actions/generic/index.js')
const { build } = createRequire(join(npm, 'package.json'))('esbuild')
await build({
  entryPoints: [seed], outfile: join(output, 'index.js'), bundle: true, platform: 'node', target: 'node20',
  format: 'cjs', minify: true,
  nodePaths: [join(npm, 'node_modules')], logLevel: 'error'
})
writeFileSync(join(output, 'package.json'), JSON.stringify({ name: 'generic', version: '1.0.0', main: 'index.js' }))
