// JavaScript as App Builder projects write it, bundled by the project's own esbuild.
import assert from 'node:assert/strict'
import { existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { ask, dev } from './dev.mjs'
import { NPM, project, run } from '../cli/adit.mjs'

const manifest = (actions) => `application:
  runtimeManifest:
    packages:
      p:
        actions:
${Object.entries(actions).map(([name, keys]) => `          ${name}: { runtime: 'nodejs:22', web: 'yes', ${keys} }\n`).join('')}`

const files = {
  'app.config.yaml': manifest({
    ts: 'function: actions/ts.ts', js: 'function: actions/js.js', fails: 'function: actions/fails.ts',
    files: "function: actions/files.js, include: [['data/*.txt', 'text/']]"
  }),
  'package.json': '{"name":"bundles","version":"1.2.3","type":"module"}', '.gitignore': 'node_modules\ndist\n',
  'actions/ts.ts':
    "import cfg from './cfg.json'\nimport { greet, type Who } from '../lib'\nexport default async function (params: Who): Promise<object> {\n  return { body: greet(params) + cfg.sign }\n}\n",
  'actions/cfg.json': '{"sign":"!"}',
  'lib/index.ts':
    'export interface Who { name?: string }\nexport const greet = (who: Who): string => `hello ${who.name ?? "you"}`\n',
  'actions/js.js':
    "import { hi } from './hi'\nimport fetch from 'node-fetch'\nexport const main = () => ({ body: [hi, typeof fetch, import.meta.url.startsWith('file:'), process.env.AIO_CLI_ENV] })\n",
  'actions/hi.js': "export const hi = 'hi'\n",
  'actions/fails.ts':
    "type Params = { a?: { b: number } }\n\nexport const main = async (params: Params) => {\n  return { body: params.a!.b }\n}\n",
  'actions/files.js':
    "import fs from 'fs'\nexport const main = () => ({ body: fs.readFileSync('text/x.txt', 'utf8') + fs.readFileSync(__dirname + '/text/x.txt', 'utf8') })\n",
  'data/x.txt': 'x'
}
const withBundler = (given = files) => {
  const root = project(given)
  symlinkSync(join(NPM, 'node_modules'), join(root, 'node_modules'))
  return root
}
const invoke = async (root, ...args) => {
  const { code, stdout, stderr } = await run(['invoke', ...args], { cwd: root })
  return { code, result: stdout && JSON.parse(stdout), stderr }
}

before(() => assert.ok(existsSync(join(NPM, 'node_modules/esbuild')),
  `esbuild is not in ${NPM}: run tools/install-npm`))

describe('a project with esbuild', () => {
  test('runs TypeScript, a single default export, JSON, and imports without a file extension', async () => {
    const root = withBundler()
    const { code, result, stderr } = await invoke(root, 'ts', '-p', 'name', 'Ada')
    assert.equal(code, 0, stderr)
    assert.equal(result.body, 'hello Ada!')
    assert.deepEqual((await invoke(root, 'js')).result.body, ['hi', 'function', true, 'prod'])
    assert.equal((await invoke(root, 'files')).result.body, 'xx')
    assert.equal((await run(['check'], { cwd: root })).code, 0)
  })

  test('names the line of the source where an error is thrown', async () => {
    const { code, result } = await invoke(withBundler(), 'fails')
    assert.equal(code, 1)
    assert.match(result.error.stack, /actions\/fails\.ts:4:\d+/)
  })

  test('bundles again only what has changed', async () => {
    const root = withBundler()
    assert.match((await invoke(root, 'ts')).stderr, /Bundling p\/ts/)
    const script = join(root, 'dist/.bundle/p/ts/index.cjs')
    const made = statSync(script).ino
    assert.equal((await invoke(root, 'ts')).stderr, '')
    assert.equal(statSync(script).ino, made)
    writeFileSync(join(root, 'lib/index.ts'), files['lib/index.ts'].replace('hello', 'good morning'))
    assert.equal((await invoke(root, 'ts')).result.body, 'good morning you!')
  })

  test('shows the messages of esbuild if bundling fails', async () => {
    const root = withBundler({ ...files, 'actions/ts.ts': "import './absent'\nexport const main = () => ({})\n" })
    const { code, stderr } = await invoke(root, 'ts')
    assert.equal(code, 1)
    assert.match(stderr, /Could not resolve "\.\/absent"/)
    assert.match(stderr, /adit: app\.config\.yaml:6:11: p\/ts cannot be bundled\./)
  })

  test('packs the same bundle', async () => {
    const root = withBundler()
    for (const name of ['ts', 'files']) {
      const { code, stderr } = await run(['package', name, '--target', 'nodejs'], { cwd: root })
      assert.equal(code, 0, stderr)
    }
    const load = createRequire(import.meta.url)
    assert.deepEqual(await load(join(root, 'dist/p/ts-nodejs')).main({}), { body: 'hello you!' })
    assert.equal(readFileSync(join(root, 'dist/p/files-nodejs/text/x.txt'), 'utf8'), 'x')
    assert.ok(!readFileSync(join(root, 'dist/p/ts-nodejs/index.js'), 'utf8').includes('sourceMappingURL'))
    // The project's configuration can name the package.
    writeFileSync(join(root, 'app.config.yaml'),
      'application:\n  runtimeManifest:\n    packages:\n      p:\n        actions:\n          ts:\n            $include: dist/p/ts-nodejs.action.yaml\n')
    assert.equal((await invoke(root, 'ts')).result.body, 'hello you!')
  })

  test('replaces a changed bundle while `adit dev` runs; after a mistake the previous one stays', async () => {
    const root = withBundler()
    const server = await dev(root, ['--http'])
    const url = `${server.origin}/api/v1/web/p/ts`
    assert.equal((await ask(url)).text, 'hello you!')
    writeFileSync(join(root, 'actions/cfg.json'), '{"sign":"?"}')
    await server.seen((line) => line.event === 'swapped')
    assert.equal((await ask(url)).text, 'hello you?')
    writeFileSync(join(root, 'lib/index.ts'), 'export const = 1\n')
    await server.seen((line) => line.event === 'build_failed')
    assert.equal((await ask(url)).text, 'hello you?')
    await server.stop()
  })
})

describe('a project without esbuild', () => {
  test('cannot run TypeScript; the error and `adit check` say what is needed', async () => {
    const root = project(
      { ...files, 'actions/js.js': "import { greet } from '../lib'\nexport const main = () => ({ body: greet({}) })\n" }
    )
    const { code, stderr } = await invoke(root, 'ts')
    assert.equal(code, 2)
    assert.match(stderr, /p\/ts is TypeScript, and the project has no esbuild/)
    const findings = JSON.parse((await run(['check', '--json'], { cwd: root })).stdout)
    const of = (wanted) => findings.filter(({ code }) => code === wanted).map(({ file, line }) => `${file}:${line}`)
    assert.deepEqual(of('unsupported_typescript'), ['app.config.yaml:6', 'app.config.yaml:8'])
    assert.deepEqual(of('import_needs_bundler'), ['actions/js.js:1'])
  })

  test('packs a folder, or a script that loads only modules of Node.js', async () => {
    const root = project({
      'app.config.yaml':
        manifest({ plain: 'function: plain.js', folder: 'function: folder', needs: 'function: needs.js' }),
      'plain.js': "const os = require('node:os')\nexports.main = () => ({ body: typeof os.hostname })\n",
      'folder/index.js': "exports.main = () => ({ body: require('./other') })\n",
      'folder/other.js': 'module.exports = 7\n',
      'needs.js': "const { x } = require('./x')\nexports.main = () => x\n" })
    const load = createRequire(import.meta.url)
    for (const [name, body] of [['plain', 'function'], ['folder', 7]]) {
      const { code, stderr } = await run(['package', name, '--target', 'nodejs'], { cwd: root })
      assert.equal(code, 0, stderr)
      assert.deepEqual(load(join(root, `dist/p/${name}-nodejs`)).main(), { body })
    }
    const { code, stderr } = await run(['package', 'needs', '--target', 'nodejs'], { cwd: root })
    assert.equal(code, 2)
    assert.match(stderr,
      /p\/needs must be bundled because it loads \.\/x, but the project has no esbuild\.\n {2}npm install --save-dev esbuild/)
  })
})
