// JavaScript actions under `adit invoke`: the one of Adobe's documentation, with Adobe's packages, and ones that fail.
import assert from 'node:assert/strict'
import { cpSync, existsSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { ask, dev } from './dev.mjs'
import {
  base64, emulator, HERE, jwtEnv, keys, NPM, project, run, secret, temporaryFolder, toDotenv
} from '../cli/adit.mjs'

const hidden = [secret, base64(keys.privateKey).slice(40, 100), 'eyJ']

const giveEnv = (root, changes) => writeFileSync(join(root, '.env'), toDotenv(jwtEnv(changes)), { mode: 0o600 })

describe('an action of the project', () => {
  const manifest = (action) =>
    `application:\n  runtimeManifest:\n    packages:\n      p:\n        actions:\n          a:\n            runtime: nodejs:22\n            web: 'yes'\n${action.map((line) => `            ${line}\n`).join('')}`
  const bodyOf = async (root) => {
    const { code, stdout, stderr } = await run(['invoke', 'a'], { cwd: root })
    assert.equal(code, 0, stderr)
    return JSON.parse(stdout).body
  }

  test('finds the files of `include` next to its script or by a relative path', async () => {
    const include = "include: [['data/*.txt', 'text/'], ['data/y.json']]"
    const files = { 'data/x.txt': 'hello include', 'data/y.json': '{"y":1}' }
    const script = project({ ...files, 'app.config.yaml': manifest(['function: actions/a/index.js', include]),
      'actions/a/index.js':
        "const fs = require('fs')\nexports.main = () => ({ body: fs.readFileSync('text/x.txt', 'utf8') + fs.readFileSync('y.json') })\n" })
    assert.equal(await bodyOf(script), 'hello include{"y":1}')
    const folder = project({ ...files, 'app.config.yaml': manifest(['function: actions/a', include]),
      'actions/a/index.js':
        "const fs = require('fs')\nexports.main = () => ({ body: fs.readFileSync(__dirname + '/text/x.txt', 'utf8') + require('./y.json').y })\n" })
    assert.equal(await bodyOf(folder), 'hello include1')
    writeFileSync(join(folder, 'data/x.txt'), 'another')
    assert.equal(await bodyOf(folder), 'another1')
  })

  test('imports files without an extension, folders and JSON, as with App Builder\'s bundler', async () => {
    const root = project({ 'app.config.yaml': manifest(['function: a/index.js']),
      'package.json': '{"name":"m","version":"1.0.0","type":"module"}',
      'a/index.js':
        "import { hi } from '../utils'\nimport { there } from './lib'\nimport cfg from './cfg.json'\nexport const main = async () => ({ body: hi() + there + cfg.x })\n",
      'a/cfg.json': '{"x":1}', 'a/lib/index.js': "export const there = ' there '\n",
      'utils.js': "export const hi = () => 'hi'\n" })
    assert.equal(await bodyOf(root), 'hi there 1')
  })

  test('gives an ES module what webpack gives it, without a warning', async () => {
    const of = async (action, files = {}, more = '') => {
      const root = project({ 'app.config.yaml': manifest(['function: a.js']), 'package.json': `{"name":"x"${more}}`,
        'a.js': action, 'data.json': '{"n":1,"a-b":2,"default":3}', ...files })
      const { stdout, stderr } = await run(['invoke', 'a'], { cwd: root })
      assert.equal(stderr, '')
      return JSON.parse(stdout).body
    }
    // Names in JSON.
    assert.equal(await of("import { n } from './data.json'\nexport const main = () => ({ body: n })"), 1)
    assert.deepEqual(
      await of("import * as d from './data.json'\nexport const main = () => ({ body: [d.n, d.default.n] })"), [1, 1])
    // A folder with a package.json, also in an import() after the action was loaded.
    const folder = { 'lib/package.json': '{"main":"./src/first"}', 'lib/src/first.js': 'exports.v = 7' }
    assert.equal(await of("import { v } from './lib'\nexport const main = () => ({ body: v })", folder), 7)
    assert.equal(
      await of("export const main = async () => ({ body: (await import('./lib')).default.v })", folder), 7)
    // Names of CommonJS that Node.js does not find.
    const utils = { 'utils.js': "const x = 1\nmodule.exports = { hi: () => 'hi', x, ...{ late: 2 } }" }
    const three = "import { hi, x as y, late } from './utils'\nexport const main = () => ({ body: [hi(), y, late] })"
    assert.deepEqual(await of(three, utils), ['hi', 1, 2])
    assert.equal(
      await of("import all, * as u from './utils.js'\nexport const main = () => ({ body: all.hi() + u.late })", utils),
      'hi2')
    // require, __dirname and __filename, while the module is loaded and later, also in a module that it imports.
    const names = "import './b.js'\nexport const main = () => ({ body: [require('./data.json').n, __filename.slice(__dirname.length)] })"
    const b = { 'b.js': "export const c = require('./data.json')" }
    assert.deepEqual(await of(names, b), [1, '/a.js'])
    assert.deepEqual(await of(names, b, ',"type":"module"'), [1, '/a.js'])
    assert.equal(await of("import { createRequire } from 'node:module'\nconst require = createRequire(import.meta.url)\nexport const main = () => ({ body: require('./data').n })"), 1)
  })

  test('imports JSON even if all other imports have an extension', async () => {
    const root = project({ 'app.config.yaml': manifest(['function: a/index.js']),
      'package.json': '{"name":"m","version":"1.0.0","type":"module"}',
      'a/index.js': "import cfg from './cfg.json'\nexport const main = async () => ({ body: cfg })\n",
      'a/cfg.json': '{"x":1}' })
    assert.deepEqual(await bodyOf(root), { x: 1 })
  })

  test('gets the array that the previous component of a sequence returned', async () => {
    const root = project({ 'app.config.yaml': `application:
  runtimeManifest:
    packages:
      p:
        actions:
          list: { function: list.js, runtime: 'nodejs:22' }
          sum: { function: sum.js, runtime: 'nodejs:22', inputs: { mine: 1 } }
        sequences:
          both: { actions: 'list, sum', web: 'yes' }
`,
    'list.js': 'exports.main = () => [1, 2, 3]\n',
    'sum.js':
      'exports.main = (params) => ({ body: { isArray: Array.isArray(params), sum: params.reduce((a, b) => a + b, 0) } })\n'
  })
    const server = await dev(root, ['--http'])
    const answer = await ask(`${server.origin}/api/v1/web/p/both`)
    assert.deepEqual(answer.json(), { isArray: true, sum: 6 })
    await server.stop()
  })
})

describe('the action of Adobe\'s documentation, with Adobe\'s packages from npm', { concurrency: false }, () => {
  let root
  before(() => {
    assert.ok(existsSync(join(NPM, 'node_modules/@adobe/aio-sdk')),
      `@adobe/aio-sdk is not in ${NPM}: run tools/install-npm`)
    root = temporaryFolder()
    cpSync(join(HERE, 'seed'), root, { recursive: true })
    symlinkSync(join(NPM, 'node_modules'), join(root, 'node_modules'))
    giveEnv(root)
  })

  test('returns the report from the local emulator', async () => {
    const { code, stdout, stderr } = await run(['invoke', 'generic', '--ims', 'local'], { cwd: root })
    assert.equal(code, 0, stderr)
    const { statusCode, body } = JSON.parse(stdout)
    assert.equal(statusCode, 200)
    assert.ok(body.rows.length > 0)
    assert.match(stderr, /nodejs:16, which Adobe I\/O Runtime has retired/)
    for (const text of hidden) assert.ok(!(stdout + stderr).includes(text))
  })

  test('prints its exchange and its call with --verbose', async () => {
    const { code, stderr } = await run(['invoke', 'generic', '--ims', 'local', '--verbose'], { cwd: root })
    assert.equal(code, 0, stderr)
    assert.match(stderr, /token received.*POST https:\/\/ims-na1\.adobelogin\.com\/ims\/exchange\/jwt/)
    assert.match(stderr, /API called.*POST https:\/\/analytics\.adobe\.io\/\S+ -> 200/)
  })

  test('makes one exchange and one call, in the forms that IMS and Analytics require', async () => {
    const ims = await emulator(['--env-file', join(root, '.env')])
    const { code, stderr } = await run(['invoke', 'generic', '--ims', ims.origin], { cwd: root })
    assert.equal(code, 0, stderr)
    const stats = await (await fetch(ims.origin + '/__adit/stats')).json()
    assert.deepEqual([stats.exchanges.jwt, stats.api_calls, stats.rejected], [1, 1, 0])
  })

  test('returns its own error if IMS refuses', async () => {
    const ims = await emulator(['--env-file', join(root, '.env')])
    const { code, stdout, stderr } =
      await run(['invoke', 'generic', '--ims', ims.origin], { cwd: root, env: { JWT_CLIENT_SECRET: 'wrong' } })
    assert.equal(code, 1, stdout)
    assert.deepEqual(JSON.parse(stdout), { error: { statusCode: 500, body: { error: 'server error' } } })
    assert.match(stderr, /500: server error/)
  })

  test('finds the projects\' packages and not adit\'s', async () => {
    const bare = temporaryFolder()
    cpSync(join(HERE, 'seed'), bare, { recursive: true })
    giveEnv(bare)
    const { code, stdout } = await run(['invoke', 'generic', '--ims', 'local'], { cwd: bare })
    assert.equal(code, 1)
    // Debian's Node.js finds the node-fetch that belongs to npm.
    assert.match(stdout, /Cannot find module '(node-fetch|@adobe\/aio-sdk)'/)
  })
})

const nodeProject = (script, { limits = {}, files = {} } = {}) => project({
  'ext.config.yaml': JSON.stringify({
    runtimeManifest: { packages: { tests: { actions: { act: { function: 'act.js', runtime: 'nodejs:22', limits } } } } }
  }),
  'act.js': script,
  '.env': toDotenv(jwtEnv()),
  ...files
})

describe('connections of a Node.js action', () => {
  // Each of these sends the same request to Adobe's hosts in another way. All must reach the emulator.
  const ways = {
    'the global fetch': 'const get = async (url) => { const r = await fetch(url); return [r.status, await r.text()] }',
    'https.get with a URL':
      `const get = (url) => new Promise((resolve, reject) => require('https').get(url, async (r) => resolve([r.statusCode, Buffer.concat(await r.toArray()).toString()])).on('error', reject))`,
    'https.request with options and an agent that keeps connections': `const https = require('https')
const agent = new https.Agent({ keepAlive: true })
const get = (url) => new Promise((resolve, reject) => https.request({ host: new URL(url).hostname, path: new URL(url).pathname, agent, method: 'GET' }, async (r) => resolve([r.statusCode, Buffer.concat(await r.toArray()).toString()])).on('error', reject).end())`,
    'an ES module\'s import of https': null
  }
  const ask = `
exports.main = async () => {
  const answers = []
  for (const url of ['https://ims-na1.adobelogin.com/ims/keys', 'https://ims-na1.adobelogin.com/ims/keys']) answers.push(await get(url))
  return { answers }
}`
  const esModule = `import { get as httpsGet } from 'https'
const get = (url) => new Promise((resolve, reject) => httpsGet(url, async (r) => resolve([r.statusCode, Buffer.concat(await r.toArray()).toString()])).on('error', reject))
export async function main () { return { answers: [await get('https://ims-na1.adobelogin.com/ims/keys')] } }`

  for (const [name, way] of Object.entries(ways)) {
    test(`by ${name} reach the emulator instead of Adobe`, async () => {
      const root =
        nodeProject(way ? way + ask : esModule, way ? {} : { files: { 'package.json': '{"type":"module"}' } })
      const { code, stdout, stderr } = await run(['invoke', 'act', '--ims', 'local'], { cwd: root })
      assert.equal(code, 0, stdout + stderr)
      for (const [status, text] of JSON.parse(stdout).answers) {
        assert.equal(status, 200)
        assert.equal(JSON.parse(text).keys[0].kty, 'RSA')
      }
    })
  }

  test('to other hosts are not redirected', async () => {
    const server =
      createServer((request, response) => response.end('the test\'s own: ' + request.headers.host)).listen(0,
        '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    try {
      const host = `127.0.0.1:${server.address().port}`
      const root = nodeProject(`exports.main = async () => ({ text: await (await fetch('http://${host}/')).text() })`)
      const { code, stdout, stderr } = await run(['invoke', 'act', '--ims', 'local'], { cwd: root })
      assert.equal(code, 0, stdout + stderr)
      assert.equal(JSON.parse(stdout).text, 'the test\'s own: ' + host)
    } finally {
      server.close()
      server.closeAllConnections()
    }
  })
})

describe('a Node.js action that fails', () => {
  const processesWith = (text) => readdirSync('/proc').filter((entry) => {
    try {
      return /^\d+$/.test(entry) && readFileSync(`/proc/${entry}/environ`, 'latin1').includes(text)
    } catch {
      return false // the process has ended
    }
  })
  let number = 0
  const fails = async (script, says, options) => {
    const marker = `node-action-${process.pid}-${++number}`
    const { code, stdout, stderr } =
      await run(['invoke', 'act'], { cwd: nodeProject(script, options), env: { ADIT_TEST_MARKER: marker } })
    assert.equal(code, 1, stdout + stderr)
    assert.match(JSON.stringify(JSON.parse(stdout).error), says)
    assert.deepEqual(processesWith(marker), [])
    return stderr
  }

  test('throws', async () => {
    const stderr =
      await fails("exports.main = () => { throw new Error('told to') }", /An error has occurred: Error: told to/)
    assert.match(stderr, /act\.js:1:/, 'the place in the user\'s file')
  })
  test('rejects', () => fails("exports.main = async () => { throw new Error('told to') }", /"message":"told to"/))
  test('never resolves', () => fails('exports.main = () => new Promise(() => {})', /time limits of 10000 milliseconds/,
    { limits: { timeout: 10000 } }))
  test('loops without end', () => fails('exports.main = () => { while (true) {} }', /time limits of 10000 milliseconds/,
    { limits: { timeout: 10000 } }))
  test('exits', () => fails('exports.main = () => process.exit(3)', /exited unexpectedly/))
  test('fills memory',
    () => fails('exports.main = () => { const all = []; while (true) all.push(Buffer.alloc(1 << 20, 1)) }',
      /exhausted its memory and was aborted/, { limits: { memory: 128 } }))
  test('leaves a program running', () => fails(
    "exports.main = () => { require('child_process').spawn('sleep', ['1000'], { detached: false }); return { error: 'but it ends' } }",
    /but it ends/
  ))
  test('leaves a program in another session running', () => fails(
    "exports.main = () => { require('child_process').spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' }).unref(); return { error: 'but it ends' } }",
    /but it ends/
  ))
  test('has a syntax error', () => fails('exports.main = (', /SyntaxError/))
  test('exports no main', () => fails('exports.other = () => {}', /'main' is not a function/))

  test('leaves no file behind', async () => {
    const home = temporaryFolder()
    await run(['invoke', 'act'], { cwd: nodeProject('exports.main = () => process.exit(3)'), env: { TMPDIR: home } })
    assert.deepEqual(readdirSync(home), [])
  })

  test('throws what JSON cannot express',
    () => fails("exports.main = async () => { throw Symbol('told to') }", /Symbol\(told to\)/))
  test('returns half of a surrogate pair', async () => {
    const { code, stdout } =
      await run(['invoke', 'act'], { cwd: nodeProject("exports.main = () => ({ a: 'x\\ud800y', b: '\\\\ud800' })") })
    assert.equal(code, 0, stdout)
    assert.deepEqual(JSON.parse(stdout), { a: 'x\ufffdy', b: '\\ud800' })
  })
  test('prints far more than a pipe can hold, and loses none of it', async () => {
    const { code, stderr } = await run(['invoke', 'act'],
      { cwd: nodeProject("exports.main = () => { console.log('z'.repeat(20e6)); return {} }") })
    assert.equal(code, 0)
    assert.equal(stderr.length, 20e6 + 1)
  })

  test('accepts a megabyte', async () => {
    const root = nodeProject('exports.main = ({ big }) => ({ size: big.length })')
    writeFileSync(join(root, 'big.json'), JSON.stringify({ big: 'x'.repeat(1 << 20) }))
    const { code, stdout, stderr } = await run(['invoke', 'act', '-P', 'big.json'], { cwd: root })
    assert.equal(code, 0, stderr)
    assert.equal(JSON.parse(stdout).size, 1 << 20)
  })
})
