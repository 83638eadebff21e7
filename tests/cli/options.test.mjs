// What all commands have in common: --quiet, --verbose, --no-color, --yes, and the user's configuration file; and `adit
// version`.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { basename, dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import { ADIT, emulator, jwtEnv, project, run, secret, temporaryFolder, toDotenv } from './adit.mjs'
import { onTerminal } from './terminal.mjs'

const manifest =
  "runtimeManifest:\n  packages:\n    p:\n      actions:\n        a:\n          function: a.js\n          runtime: nodejs:22\n          inputs:\n            NAME: $NAME\n"
const simple = (changes = {}) => ({
  'ext.config.yaml': manifest, 'a.js': 'exports.main = () => ({ fine: true })\n', '.env': toDotenv(jwtEnv()), ...changes
})
const configured = (text) => {
  const home = temporaryFolder()
  mkdirSync(join(home, 'adit'))
  writeFileSync(join(home, 'adit', 'config'), text)
  return { XDG_CONFIG_HOME: home }
}

describe('--quiet and --verbose', () => {
  test('may be before or after the command', async () => {
    const root = project(simple())
    for (const args of [['--quiet', 'invoke'], ['invoke', '--quiet'], ['invoke', '-q']]) {
      const { code, stdout, stderr } = await run(args, { cwd: root })
      assert.deepEqual({ code, result: JSON.parse(stdout), stderr }, { code: 0, result: { fine: true }, stderr: '' })
    }
    for (const args of [['-v', 'invoke'], ['invoke', '--verbose']])
      assert.match((await run(args, { cwd: root })).stderr, /inputs mapped .* ms /)
  })

  test('--verbose prints the steps of other commands, too', async () => {
    const { code, stderr } =
      await run(['token', '--ims', 'local', '--store', 'memory:', '-v'], { cwd: project(simple()) })
    assert.equal(code, 0, stderr)
    assert.match(stderr, / ms /)
    assert.ok(!stderr.includes(secret))
  })

  test('--quiet does not hide errors', async () => {
    const { code, stderr } = await run(['invoke', '-q', 'b'], { cwd: project(simple()) })
    assert.equal(code, 2)
    assert.match(stderr, /^adit: There is no action 'b'/)
  })
})

test('--no-color disables colours on a terminal, and so does NO_COLOR in the configuration file', async () => {
  const root = project(simple())
  // eslint-disable-line no-control-regex
  const coloured =
    async (args, env) => (await onTerminal(args, { cwd: root, env }).ended).output.match(/\x1b\[[\d;]*m/) !== null
  assert.equal(await coloured(['check']), true)
  assert.equal(await coloured(['check', '--no-color']), false)
  assert.equal(await coloured(['--no-color', 'check']), false)
  assert.equal(await coloured(['check'], configured('NO_COLOR=1\n')), false)
  assert.equal(await coloured(['invoke', '-v', '--no-color']), false)
})

test('--yes answers all questions', async () => {
  const root = project({
    ...simple(), 'c.json': JSON.stringify({ CLIENT_ID: 'new', CLIENT_SECRETS: ['s'], ORG_ID: 'o', SCOPES: ['x'] }),
    '.env': 'IMS_OAUTH_S2S_CLIENT_ID=old\n'
  })
  const { code, stderr } = await run(['import', 'c.json', '--yes'], { cwd: root })
  assert.equal(code, 0, stderr)
  assert.match(readFileSync(join(root, '.env'), 'utf8'), /^IMS_OAUTH_S2S_CLIENT_ID=new$/m)
  assert.equal(readFileSync(join(root, '.env.backup'), 'utf8'), 'IMS_OAUTH_S2S_CLIENT_ID=old\n')
})

test('shows on a terminal that something takes longer than a second', async () => {
  // The action ends when the terminal shows the message; with --quiet, after a fixed time.
  const leave = join(temporaryFolder(), 'leave')
  const script = `const { existsSync } = require('fs')
exports.main = ({ file, ms }) => new Promise((resolve) => file
  ? setInterval(() => existsSync(file) && resolve({ fine: true }), 20).unref()
  : setTimeout(resolve, ms, { fine: true }))
`
  const root = project(simple({ 'a.js': script }))
  const running = onTerminal(['invoke', '-p', 'file', leave], { cwd: root })
  await running.until(/Running p\/a … \d s/)
  writeFileSync(leave, '')
  const { code, output } = await running.ended
  assert.equal(code, 0, output)
  // When the result arrives, the message is erased, and the result is on its own line.
  assert.match(output, /\r\x1b\[K\{/) // eslint-disable-line no-control-regex
  assert.ok(
    !(await onTerminal(['invoke', '--quiet', '-p', 'ms', '2500'], { cwd: root }).ended).output.includes('Running')
  )
})

test('shows on a terminal that checking a project or fetching keys takes longer than a second', async () => {
  const root = project(simple())
  execFileSync('git', ['init', '-q'], { cwd: root })
  // A git that is as slow as in a large repository, until the message is shown.
  const bin = temporaryFolder()
  const leave = join(bin, 'leave')
  writeFileSync(join(bin, 'git'), `#!/bin/sh\nuntil [ -e '${leave}' ]; do sleep 0.05; done\nexit 1\n`, { mode: 0o755 })
  const checking = onTerminal(['check'], { cwd: root, env: { PATH: `${bin}:${process.env.PATH}` } })
  await checking.until(/Looking through the project … \d s/)
  writeFileSync(leave, '')
  await checking.ended
  let answer
  const slow = createServer((_, response) => { answer = () => response.end('{"keys":[]}') })
  await new Promise((resolve) => slow.listen(0, '127.0.0.1', resolve))
  try {
    const verifying = onTerminal(
      ['jwt', 'verify', 'eyJhbGciOiJSUzI1NiJ9.e30.e30', '--keys', `http://127.0.0.1:${slow.address().port}/`],
      { cwd: root }
    )
    await verifying.until(/Fetching the keys … \d s/)
    answer()
    await verifying.ended
  } finally { slow.close() }
})

describe("the user's configuration file", () => {
  test('is used if option, environment and .env have no value', async () => {
    const root = project(simple())
    const inEnv = project(simple({ '.env': toDotenv({ ...jwtEnv(), ADIT_IMS: 'http://127.0.0.1:3' }) }))
    const env = configured('# mine\nADIT_IMS=http://127.0.0.1:4\n')
    const ims = async (cwd, args = [], more = {}) =>
      JSON.parse((await run(['token', '--status', '--json', ...args], { cwd, env: { ...env, ...more } })).stdout).ims
    assert.equal(await ims(root), 'http://127.0.0.1:4')
    assert.equal(await ims(inEnv), 'http://127.0.0.1:3')
    assert.equal(await ims(inEnv, [], { ADIT_IMS: 'http://127.0.0.1:2' }), 'http://127.0.0.1:2')
    assert.equal(await ims(inEnv, ['--ims', 'http://127.0.0.1:1'], { ADIT_IMS: 'http://127.0.0.1:2' }),
      'http://127.0.0.1:1')
  })

  test('is found in ~/.config, and may have Windows line ends', async () => {
    const home = temporaryFolder()
    mkdirSync(join(home, '.config', 'adit'), { recursive: true })
    writeFileSync(join(home, '.config', 'adit', 'config'), '\ufeffADIT_LOG=error\r\nADIT_TOKEN_STORE=memory:\r\n')
    const { stdout, stderr } =
      await run(['token', '--status', '--json', '--ims', 'local'], { cwd: project(simple()), env: { HOME: home } })
    assert.equal(JSON.parse(stdout).store, 'memory:', stderr)
  })

  test('sets the level of the log', async () => {
    const args = ['invoke']
    const root = project(simple())
    assert.match((await run(args, { cwd: root })).stderr, /NAME, which is not set/)
    assert.doesNotMatch((await run(args, { cwd: root, env: configured('ADIT_LOG=error\n') })).stderr, /not set/)
    assert.match((await run(args, { cwd: root, env: { ...configured('ADIT_LOG=error\n'), ADIT_LOG: 'info' } })).stderr,
      /NAME, which is not set/)
  })

  test('can redirect requests to an emulator', async () => {
    const ims = await emulator(['--env-file', join(project({ '.env': toDotenv(jwtEnv()) }), '.env')])
    const env = configured(`ADIT_ENDPOINTS=https://ims-na1.adobelogin.com=${ims.origin}\n`)
    const { code, stdout, stderr } = await run(['token', '--store', 'memory:'], { cwd: project(simple()), env })
    assert.equal(code, 0, stderr)
    assert.match(stdout, /^eyJ/)
  })

  test('reports a mistake with its line, except for --help and completion', async () => {
    for (const [text, message] of [
      ['ADIT_LOG=error\nADIT_ISM=stage\n', /config:2: ADIT_ISM is not a setting[^]*Did you mean ADIT_IMS\?/],
      ['\n\nuse stage\n', /config:3: This line is neither NAME=value/],
      ['ADIT_LOG=loud\n', /config:1: ADIT_LOG is a value of 4 characters, which is not a log level/]]) {
      const env = configured(text)
      const { code, stderr } = await run(['token'], { cwd: project(simple()), env })
      assert.equal(code, 2)
      assert.match(stderr, message)
      assert.equal((await run(['token', '--help'], { env })).code, 0)
    }
  })
})

// Returns the functions that a program or an archive defines.
const functions = (file) => new Set(
  execFileSync('nm', ['-g', '--defined-only', file],
    { encoding: 'utf8', maxBuffer: 1e9, stdio: ['ignore', 'pipe', 'ignore'] })
  .split('\n').map((line) => line.split(' ')).filter(([, kind]) => kind === 'T').map(([, , name]) => name))

describe('adit version', () => {
  test('names every library that the command contains', async () => {
    const linked = readFileSync(join(dirname(ADIT), 'build.ninja'), 'utf8').match(/^build adit: [^]*?\n\n/m)[0]
    const held = functions(ADIT)
    const archives = [...new Set(linked.match(/\/\S+\/lib[\w+-]+\.a\b/g))].filter((archive) => {
      // The linker gets more archives than it uses; an unused one has only a few functions in common with the command.
      const its = functions(archive)
      return [...its].filter((name) => held.has(name)).length > its.size / 20
    }).map((archive) => basename(archive, '.a').slice(3))
    const parts = { ssl: 'openssl', crypto: 'openssl', z: 'zlib', archive: 'libarchive' }
    const details = JSON.parse((await run(['version', '--json'])).stdout)
    // A build with a sanitizer uses the system's shared libraries.
    assert.ok(archives.includes('crypto') || /\/libcrypto\.so\b/.test(linked))
    assert.deepEqual(
      archives.filter((name) => !details[parts[name] ?? name.replace(/^boost_.*/, 'boost').replace(/^brotli.*/,
        'brotli')]),
      []
    )
  })

  test('names the compiler and the versions of the libraries', async () => {
    const { stdout } = await run(['version'])
    assert.match(stdout, /^adit \d+\.\d+\.\d+\n/)
    for (const part of ['compiler', 'openssl', 'curl', 'libarchive', 'boost', 'yaml-cpp', 'hiredis', 'cli11'])
      assert.match(stdout, new RegExp(`^${part} +.*\\d`, 'm'))
    assert.equal((await run(['--version'])).stdout, stdout)
    const details = JSON.parse((await run(['version', '--json'])).stdout)
    assert.match(details.version, /^\d+\.\d+\.\d+$/)
    assert.match(details.openssl, /^3\./)
    assert.match(details.boost, /^1\.\d+\.\d+$/)
    for (const [library, module] of [
      ['openssl', 'openssl'], ['curl', 'libcurl'], ['nghttp2', 'libnghttp2'], ['nghttp3', 'libnghttp3'],
      ['brotli', 'libbrotlicommon'], ['zlib', 'zlib'], ['zstd', 'libzstd'], ['libarchive', 'libarchive'],
      ['yaml-cpp', 'yaml-cpp'], ['hiredis', 'hiredis']
    ]) {
      if (details[library])
        assert.equal(details[library],
          execFileSync('pkg-config', ['--modversion', module], { encoding: 'utf8' }).trim(), library)
    }
  })
})
