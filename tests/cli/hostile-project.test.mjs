// A cloned repository that attacks its user: its files must not send the user's secrets anywhere, run anything, or
// change anything outside of it. Every command is run in it, with the user's credentials in the environment.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, readlinkSync, rmSync, symlinkSync,
  writeFileSync
} from 'node:fs'
import { createServer } from 'node:http'
import { dirname, join } from 'node:path'
import { after, before, beforeEach, describe, test } from 'node:test'
import { base64, jwtEnv, keys, run, start, temporaryFolder, toDotenv } from './adit.mjs'

const random = () => Math.random().toString(36).slice(2) + Math.random().toString(36).slice(2)
const adobes = [
  'https://ims-na1.adobelogin.com', 'https://ims-na1-stg1.adobelogin.com', 'https://analytics.adobe.io',
  'https://api.adobe.io', 'https://adobeioruntime.net'
]

// The user's secrets. A token is recognised by its payload.
const token =
  `eyJhbGciOiJSUzI1NiJ9.${Buffer.from(JSON.stringify({ client_id: 'mine', id: random() })).toString('base64url')}.c2ln`
const secrets = {
  client: 'p8e-' + random(), runtime: `${random()}:${random()}`, header: random(), password: random(),
  token: token.split('.')[1]
}
const oauth = {
  IMS_OAUTH_S2S_CLIENT_ID: 'mine', IMS_OAUTH_S2S_CLIENT_SECRET: secrets.client, IMS_OAUTH_S2S_ORG_ID: 'MINE@AdobeOrg',
  IMS_OAUTH_S2S_SCOPES: 'openid', AIO_runtime_auth: secrets.runtime
}
const ownJwt = jwtEnv({ JWT_CLIENT_ID: 'mine', JWT_CLIENT_SECRET: secrets.client })

// The attacker's server. It accepts every request, and pretends to be whatever is expected.
let thief, adobe
const stolen = []
const connected = []
before(async () => {
  const listen = (server) => new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
  thief = await listen(createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    stolen.push(
      `${request.method} ${request.url} ${JSON.stringify(request.headers)} ${decodeURIComponent(body.replaceAll('+', ' '))}`
    )
    const now = Date.now()
    const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const made = [
      part({ alg: 'RS256' }),
      part({ created_at: String(now), expires_in: '86400000', client_id: 'mine', type: 'access_token' }), 'c2ln'
    ].join('.')
    response.writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify(
        { emulator: 'adit', valid: true, access_token: made, token_type: 'bearer', expires_in: 86399, keys: [] }
      ))
  }))
  thief.on('connect',
    (request, socket) => { stolen.push(`CONNECT ${request.url} ${JSON.stringify(request.headers)}`); socket.destroy() })
  thief.on('clientError', (error, socket) => { stolen.push(String(error.rawPacket)); socket.destroy() })
  thief.origin = `http://127.0.0.1:${thief.address().port}`
  // The user's proxy: requests for Adobe's hosts end here, so that no test needs a network.
  adobe = await listen(createServer((_, response) => response.writeHead(502).end()))
  adobe.on('connect',
    (request, socket) => { connected.push(request.url); socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n') })
  adobe.origin = `http://127.0.0.1:${adobe.address().port}`
})
after(() => { for (const server of [thief, adobe]) { server.close(); server.closeAllConnections() } })

// Describes everything below a folder: its kind, its mode and its content.
function snapshot (folder, at = '') {
  const found = {}
  for (const name of readdirSync(join(folder, at)).sort()) {
    const path = join(at, name)
    if (path === join('.cache', 'adit')) continue // adit's own
    const stat = lstatSync(join(folder, path))
    const mode = (stat.mode & 0o7777).toString(8)
    if (stat.isSymbolicLink()) found[path] = `link to ${readlinkSync(join(folder, path))}`
    else if (stat.isDirectory()) Object.assign(found, { [path]: `folder ${mode}` }, snapshot(folder, path))
    else if (stat.isFile()) found[path] = `${mode} ${readFileSync(join(folder, path), 'utf8')}`
    else found[path] = `something ${mode}`
  }
  return found
}

const manifest = `application:
  hooks:
    pre-app-build: touch HOOK_RAN
    post-app-run: touch HOOK_RAN
  runtimeManifest:
    packages:
      p:
        actions:
          a:
            function: a.js
            runtime: nodejs:22
            web: 'yes'
            annotations: {include-ims-credentials: true}
            inputs:
              SECRET: $IMS_OAUTH_S2S_CLIENT_SECRET
              JWT_PRIVATE_KEY: $JWT_PRIVATE_KEY
          c:
            function: c
            runtime: cpp
            inputs: {SECRET: $IMS_OAUTH_S2S_CLIENT_SECRET}
`
const files = {
  'app.config.yaml': manifest,
  'a.js': 'exports.main = () => ({ ran: true })\n',
  'c/CMakeLists.txt': 'cmake_minimum_required(VERSION 3.25)\nproject(c NONE)\n',
  'package.json': JSON.stringify({ name: 'hostile', version: '1.0.0', scripts: {
    preinstall: 'touch ../outside/PWNED', build: 'touch ../outside/PWNED'
  } })
}

// Makes the user's home, a folder next to the repository, and the repository.
function clone (contents, { links = {}, git = false } = {}) {
  const top = temporaryFolder()
  const root = join(top, 'repository')
  const home = join(top, 'home')
  const outside = join(top, 'outside')
  for (const folder of [root, home, outside, join(home, '.cache')]) mkdirSync(folder)
  writeFileSync(join(outside, 'private.key'), keys.privateKey, { mode: 0o644 })
  writeFileSync(join(outside, 'settings'), `SECRET_OF_ANOTHER=${secrets.password}\n`)
  chmodSync(join(outside, 'settings'), 0o644)
  writeFileSync(join(home, '.bashrc'), '# mine\n')
  writeFileSync(
    join(home, 'credential.json'),
    JSON.stringify({ CLIENT_ID: 'mine', CLIENT_SECRETS: [secrets.client], ORG_ID: 'MINE@AdobeOrg', SCOPES: ['openid'] })
  )
  for (const [path, text] of Object.entries(contents)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text, { mode: 0o600 })
  }
  for (const [path, target] of Object.entries(links)) symlinkSync(target, join(root, path))
  if (git)
    execFileSync('sh',
      [
        '-c',
        'git init -q . && git -c user.name=a -c user.email=a@b add -A && git -c user.name=a -c user.email=a@b commit -qm x'
      ],
      { cwd: root, env: { PATH: process.env.PATH, HOME: home } })
  return { top, root, home, outside, before: { home: snapshot(home), outside: snapshot(outside) } }
}

const user = (place, env = oauth) => ({
  HOME: place.home, HTTPS_PROXY: adobe.origin, ADIT_TOKEN_TIMEOUT: '0.2', ADIT_TIMEOUT: '2', ADIT_CONSOLE_ORG: '1',
  ADIT_CONSOLE_CREDENTIAL: '2', ...env
})

function assertNothingHappened (place, what) {
  const key = keys.privateKey.split('\n')[5]
  for (const record of stolen) {
    for (const [name, value] of Object.entries({ ...secrets, key }))
      assert.ok(!record.includes(value), `${what}: the ${name} left: ${record}`)
    assert.doesNotMatch(record, /client_secret|jwt_token|authorization/i,
      `${what}: something was sent in the user's name`)
  }
  for (const host of connected)
    assert.match(host, /\.(adobe\.io|adobelogin\.com):443$|^(adobeioruntime\.net|elsewhere\.example):443$/, what)
  assert.deepEqual(snapshot(place.home), place.before.home, what)
  assert.deepEqual(snapshot(place.outside), place.before.outside, what)
}

// Every command with arguments, in each form that reads a project.
const commands = {
  token: [
    ['token'], ['token', '--fresh'], ['token', '--ims', 'prod', '--fresh'], ['token', '--status'], ['token', '--clear'],
    ['token', '--grant', 'jwt']
  ],
  call: [['call', 'https://analytics.adobe.io/x'], ['call', 'https://analytics.adobe.io/x', '--ims', 'prod'],
    ['call', 'https://analytics.adobe.io/x', '-H', `Authorization: Bearer ${secrets.header}`],
    ['call', 'https://elsewhere.example/x', '-H', `X-Api-Key: ${secrets.header}`], ['call', 'THIEF/x']],
  check: [
    ['check'], ['check', '--strict', '--json'], ['check', '--online'], ['check', '--online', '--ims', 'prod'],
    ['check', '--online', '--api', 'THIEF/x'], ['check', '--fix', '--yes']
  ],
  ims: [['ims', 'validate', token], ['ims', 'validate', '-', '--ims', 'prod'], ['ims', 'validate', '-'],
    ['ims', 'validate'], ['ims', 'invalidate'], ['ims', 'invalidate', token], ['ims', 'profile', token],
    ['ims', 'profile'],
    ['ims', 'organizations', token], ['ims', 'keys'], ['ims', 'secrets', 'list'], ['ims', 'secrets', 'add'],
    ['ims', 'secrets', 'remove', 'x'], ['ims', 'secrets', 'rotate', '--wait', '0']],
  jwt: [['jwt', 'sign'], ['jwt', 'verify', token], ['jwt', 'decode', token]],
  key: [['key', 'show'], ['key', 'decode'], ['key', 'encode', '.env'], ['key', 'generate', '--out', 'made']],
  migrate: [['migrate', '--dry-run'], ['migrate']],
  import: [['import', 'HOME/credential.json', '--replace'], ['import', 'HOME/credential.json', '--dry-run']],
  invoke: [['invoke', 'a'], ['invoke', 'a', '--ims', 'prod'], ['invoke', 'a', '-p', 'TOKEN', token], ['invoke', 'c']],
  build: [['build']],
  package: [['package', 'c', '--target', 'native']],
  new: [['new', 'fresh']],
  deploy: [['deploy', '--yes'], ['deploy', '--dry-run'], ['deploy', '--yes', '--to', 'local'], [
    'deploy', '--yes', '--ims', 'prod'
  ]],
  undeploy: [['undeploy', '--yes']],
  info: [['info'], ['info', '--json']],
  logs: [['logs'], ['logs', 'a']],
  activation: [['activation', 'list'], ['activation', 'get', '--last'], ['activation', 'logs', '--last']],
  fire: [['fire', 't', '-p', 'TOKEN', token]],
  run: [['run', '--', 'true'], ['run', '--env-file', '.env', '--', 'env']],
  completion: [['completion', 'bash'], ['__complete', 'adit', 'invoke', '']],
  version: [['version'], ['--version'], ['--help'], ['token', '--help']],
  // Servers, which are stopped when they listen.
  dev: [['dev', '--http', '--port', '0'], ['dev', '--http', '--port', '0', '--ims', 'prod']],
  emulator: [['emulator', '--port', '0'], ['emulator', '--port', '0', '--env-file', '.env']]
}

async function serve (args, options) {
  const child = start(args, options)
  let output = ''
  await new Promise((resolve) => {
    const timer = setTimeout(resolve, 60_000)
    const take = (data) => { output += data; if (/listening|http:\/\/localhost:\d+/.test(output)) resolve() }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    child.on('close', resolve).on('close', () => clearTimeout(timer))
  })
  const url = /http:\/\/localhost:\d+/.exec(output)
  if (url && args[0] === 'dev')
    await fetch(`${url[0]}/api/v1/web/p/a`, { headers: { authorization: 'Bearer x' } }).catch(() => {})
  if (child.exitCode === null) await new Promise((resolve) => { child.on('close', resolve); child.kill('SIGINT') })
}

// Commands that build or run the project's code, and therefore its hooks and its bundler.
const codeRunning = ['invoke', 'build', 'package', 'dev', 'deploy']

// Runs every command in a new copy of the repository. `env` is the environment that the user has exported.
async function runAll (make, env) {
  for (const [name, forms] of Object.entries(commands)) {
    const place = make() // values that `adit import` writes to .env belong to the project from then on
    for (const form of forms) {
      const args = form.map((word) => word.replace('THIEF', thief.origin).replace('HOME', place.home))
      const options = {
        cwd: place.root, env: user(place, env), input: form.includes('-') ? token + '\n' : '', timeout: 60_000
      }
      if (name === 'dev' || name === 'emulator') await serve(args, options)
      else await run(args, options)
      assertNothingHappened(place, `adit ${args.join(' ')}`)
      if (!codeRunning.includes(name))
        assert.ok(!existsSync(join(place.root, 'HOOK_RAN')), `adit ${args.join(' ')} ran a hook`)
      rmSync(join(place.root, 'fresh'), { recursive: true, force: true })
    }
  }
}

beforeEach(() => { stolen.length = connected.length = 0 })

describe('in a repository that the user has cloned', () => {
  test('every command is tested', async () => {
    const { stdout } = await run(['--help'])
    const listed = [...stdout.split(/^Commands:/m)[1].matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name)
    assert.ok(listed.length > 10, stdout)
    assert.deepEqual(listed.filter((name) => !(name in commands)), [])
  })

  test('a secret that is sent is noticed, so that these tests can fail', async () => {
    const place = clone(files)
    const { stdout } =
      await run(['token', '--ims', thief.origin, '--store', 'memory:'], { cwd: place.root, env: user(place) })
    assert.match(stdout, /^eyJ/)
    assert.ok(stolen.some((record) => record.includes(secrets.client)))
  })

  test('its bundler is run only by commands that build or run its code', { timeout: 1_200_000 }, async () => {
    const ran = []
    for (const [name, forms] of Object.entries(commands)) {
      const place = clone({ ...files, 'node_modules/.bin/esbuild': '#!/bin/sh\ntouch BUNDLER_RAN\nexit 1\n' })
      chmodSync(join(place.root, 'node_modules/.bin/esbuild'), 0o755)
      for (const form of forms) {
        const args = form.map((word) => word.replace('THIEF', thief.origin).replace('HOME', place.home))
        const options = {
          cwd: place.root, env: user(place), input: form.includes('-') ? token + '\n' : '', timeout: 60_000
        }
        if (name === 'dev' || name === 'emulator') await serve(args, options)
        else await run(args, options)
        rmSync(join(place.root, 'fresh'), { recursive: true, force: true })
      }
      if (existsSync(join(place.root, 'BUNDLER_RAN'))) ran.push(name)
    }
    assert.ok(ran.includes('invoke') && ran.includes('build') && ran.includes('dev'), ran.join())
    assert.deepEqual(ran.filter((name) => !codeRunning.includes(name)), [])
  })

  // Settings in .env that decide where a secret is sent. The user's credentials are exported.
  const everywhere = () => adobes.map((host) => `${host}=${thief.origin}`).join(',')
  const destinations = {
    'another IMS': () => ({ ADIT_IMS: thief.origin }),
    'routes to another server': () => ({ ADIT_ENDPOINTS: everywhere() }),
    'more hosts that get tokens': () => ({ ADIT_API_HOSTS: thief.origin }),
    'another token store': () => ({ ADIT_TOKEN_STORE: thief.origin.replace('http', 'redis') + '/0' }),
    'proxies, authorities and folders': (place) => ({
      HTTPS_PROXY: thief.origin, https_proxy: thief.origin, HTTP_PROXY: thief.origin, ALL_PROXY: thief.origin,
      NO_PROXY: '', SSL_CERT_FILE: join(place.outside, 'private.key'), XDG_CACHE_HOME: place.outside,
      XDG_CONFIG_HOME: place.outside, HOME: place.outside, TMPDIR: place.outside
    }),
    'another host of the runtime, and stage': () =>
      ({ AIO_runtime_apihost: thief.origin, AIO_CLI_ENV: 'stage', __OW_NAMESPACE: 'development-1' })
  }
  const all = (place) => Object.assign({}, ...Object.values(destinations).map((make) => make(place)))
  const parts = {
    IMS_OAUTH_S2S_CLIENT_ID: 'theirs', IMS_OAUTH_S2S_ORG_ID: 'THEIRS@AdobeOrg', IMS_OAUTH_S2S_SCOPES: 'openid',
    JWT_CLIENT_ID: 'theirs', JWT_TECHNICAL_ACCOUNT_ID: 'T@techacct.adobe.com', JWT_IMS_ORG: 'THEIRS@AdobeOrg',
    JWT_METASCOPES: 'ent_x'
  }
  for (const [what, make] of Object.entries({ ...destinations, 'all of these': all })) {
    test(`no command sends the user's secrets where .env says: ${what}`, { timeout: 1_200_000 }, async () => {
      await runAll(() => {
        const place = clone(files)
        writeFileSync(join(place.root, '.env'), toDotenv({ ...parts, ...make(place) }), { mode: 0o600 })
        return place
      },
      what === 'all of these' ? {
        IMS_OAUTH_S2S_CLIENT_SECRET: secrets.client, JWT_CLIENT_SECRET: secrets.client,
        JWT_PRIVATE_KEY: base64(keys.privateKey), AIO_runtime_auth: secrets.runtime
      } : oauth)
    })
  }

  test("no command sends a JWT credential there if any part of it is the user's", { timeout: 1_200_000 }, async () => {
    const parts = ['JWT_CLIENT_SECRET', 'JWT_PRIVATE_KEY']
    for (const own of [parts, ...parts.map((part) => [part])]) {
      const place = clone(files)
      const theirs = {
        ...ownJwt, JWT_CLIENT_SECRET: 'theirs', JWT_PRIVATE_KEY: base64(keys.privateKey), ADIT_IMS: thief.origin
      }
      writeFileSync(join(place.root, '.env'), toDotenv(theirs), { mode: 0o600 })
      const env = user(place,
        Object.fromEntries(own.map((part) =>
          [part, part === 'JWT_PRIVATE_KEY' ? join(place.outside, 'private.key') : ownJwt[part]])))
      for (const args of [
        ['token'], ['jwt', 'sign'], ['check', '--online'], ['call', 'https://analytics.adobe.io/x'], ['ims', 'profile'],
        ['ims', 'invalidate', token]
      ]) {
        const { code, stdout, stderr } = await run(args, { cwd: place.root, env })
        assert.notEqual(code, 0, args.join(' '))
        assert.match(stdout + stderr, /ADIT_IMS in this file would decide\s+where JWT_\w+/, args.join(' '))
        assertNothingHappened(place, args.join(' '))
      }
    }
  })

  test('the refusal names both places and how to allow it, which works', async () => {
    const place = clone({ ...files, '.env': `# theirs\nADIT_IMS=${thief.origin}\n` })
    const options = { cwd: place.root, env: user(place) }
    const { code, stderr } = await run(['token', '--store', 'memory:'], options)
    assert.equal(code, 2)
    assert.match(stderr,
      /\.env:2: ADIT_IMS in this file would decide where IMS_OAUTH_S2S_CLIENT_SECRET, from the environment, goes\./)
    assert.match(stderr, /name the IMS with --ims, or set ADIT_IMS in the environment; otherwise remove the line/)
    const piped = await run(['ims', 'validate', '-'], { ...options, input: token })
    assert.match(piped.stderr,
      /\.env:2: ADIT_IMS in this file would decide where the token, from standard input, goes\./)
    assert.equal((await run(['token', '--store', 'memory:', '--ims', thief.origin], options)).code, 0)
    assert.equal(
      (await run(['token', '--store', 'memory:'],
        { ...options, env: { ...options.env, ADIT_IMS: thief.origin } })).code,
      0
    )
  })

  test("a deployment does not put the user's own secrets into a namespace of the repository", async () => {
    const theirs = {
      AIO_runtime_auth: 'their:key', AIO_runtime_namespace: 'theirs', ...parts,
      IMS_OAUTH_S2S_CLIENT_SECRET: 'theirs'
    }
    const withoutC = manifest.replace(/ {10}c:[^]*/, '').replace('annotations: {include-ims-credentials: true}', '')
    const place = clone({ ...files, 'app.config.yaml': withoutC, '.env': toDotenv(theirs) })
    const env = user(place, { JWT_PRIVATE_KEY: base64(keys.privateKey) })
    for (const to of [[], ['--to', 'adobe'], ['--to', 'https://elsewhere.example']]) {
      const { code, stderr } = await run(['deploy', '--yes', '--no-hooks', ...to], { cwd: place.root, env })
      assert.equal(code, 2, stderr)
      assert.match(stderr, /in this file would decide where JWT_PRIVATE_KEY, from the environment, goes/)
      assertNothingHappened(place, 'a deployment')
    }
  })

  test('a command that refuses does not announce before that requests go there', async () => {
    for (const setting of [`ADIT_ENDPOINTS=${everywhere()}`, `ADIT_IMS=${thief.origin}`]) {
      const place = clone({ ...files, '.env': `${setting}\n` })
      for (const args of [
        ['token'], ['check', '--online'], ['call', 'https://analytics.adobe.io/x'], ['ims', 'profile'],
        ['ims', 'validate', token], ['ims', 'secrets', 'list'], ['invoke', 'a'], ['dev', '--http', '--port', '0']
      ]) {
        const { code, stdout, stderr } = await run(args, { cwd: place.root, env: user(place) })
        assert.notEqual(code, 0, args.join(' '))
        assert.match(stdout + stderr, /in this file would decide\s+where/, args.join(' '))
        assert.doesNotMatch(stderr, /go there|go to/, args.join(' '))
      }
    }
    const open = clone(
      { ...files, '.env': toDotenv({ ...oauth, ADIT_ENDPOINTS: 'https://ims-na1.adobelogin.com=http://ims.example' }) }
    )
    const { stderr } = await run(['token', '--store', 'memory:'], { cwd: open.root, env: user(open, {}) })
    assert.match(stderr, /plain http would expose them/)
    assert.doesNotMatch(stderr, /go to/)
  })

  test('a header on the command line is sent to the URL, unless .env would redirect it', async () => {
    const args = (url) => ['call', url, '-H', `Authorization: Bearer ${secrets.header}`]
    const place = clone({ ...files, '.env': toDotenv({ ADIT_ENDPOINTS: `https://api.example=${thief.origin}` }) })
    const options = { cwd: place.root, env: user(place, {}) }
    const { code, stderr } = await run(args('https://api.example/x'), options)
    assert.equal(code, 2)
    assert.match(stderr,
      /\.env:1: ADIT_ENDPOINTS in this file would decide where the header Authorization, from the command line, goes/)
    assertNothingHappened(place, 'a routed call')
    assert.equal((await run(args(`${thief.origin}/x`), options)).code, 0)
    assert.ok(stolen.some((record) => record.includes(secrets.header)))
  })

  test('--ims takes precedence over ADIT_ENDPOINTS in a file, and the command says so', async () => {
    const place = clone({ ...files, '.env': toDotenv({ ...oauth, ADIT_ENDPOINTS: everywhere() }) })
    const { stderr } =
      await run(['token', '--ims', 'prod', '--store', 'memory:'], { cwd: place.root, env: user(place, {}) })
    assert.match(stderr, /ADIT_ENDPOINTS of \.env:6 is ignored, because --ims is given/)
    assert.deepEqual(stolen, [])
    assert.deepEqual([...new Set(connected)], ['ims-na1.adobelogin.com:443'])
  })

  test('a project whose .env contains its own credentials may decide where they are sent', async () => {
    for (const settings of [{ ADIT_IMS: thief.origin }, { ADIT_ENDPOINTS: everywhere() }]) {
      stolen.length = 0
      const place = clone({ ...files, '.env': toDotenv({ ...oauth, ...settings }) })
      const options = { cwd: place.root, env: user(place, {}) }
      assert.match((await run(['token', '--store', 'memory:'], options)).stdout, /^eyJ/)
      assert.ok(stolen.some((record) => record.includes(secrets.client)))
      const { code, stderr } = await run(['invoke', 'a'], options)
      assert.equal(code, 0, stderr)
      assert.equal((await run(['call', 'https://analytics.adobe.io/x', '--store', 'memory:'], options)).code, 0)
    }
  })

  test('.env may select the emulator inside adit for the user\'s own credentials', async () => {
    const place = clone({ ...files, '.env': 'ADIT_IMS=local\n' })
    const { code, stdout, stderr } = await run(['token', '--store', 'memory:'], { cwd: place.root, env: user(place) })
    assert.equal(code, 0, stderr)
    assert.match(stdout, /^eyJ/)
    assert.equal((await run(['invoke', 'a'], { cwd: place.root, env: user(place) })).code, 0)
  })

  test('only a server on this machine is treated as an emulator', async () => {
    const place = clone({ ...files, '.env': toDotenv(oauth) })
    const { stderr } = await run(['token', '--ims', 'https://ims.example', '--store', 'memory:'],
      { cwd: place.root, env: user(place, {}) })
    assert.doesNotMatch(stderr, /is an adit emulator/)
    const own =
      await run(['token', '--ims', thief.origin, '--store', 'memory:'], { cwd: place.root, env: user(place, {}) })
    assert.match(own.stderr, /is an adit emulator/)
  })

  test('a credential is not imported into a .env that sends it elsewhere', async () => {
    for (const setting of [
      'ADIT_IMS=https://ims.example', 'ADIT_ENDPOINTS=https://ims-na1.adobelogin.com=https://ims.example',
      'ADIT_API_HOSTS=api.example', 'ADIT_TOKEN_STORE=redis://example/0', 'aio_runtime_APIHOST=runtime.example',
      'ADIT_IMS=nonsense'
    ]) {
      const place = clone({ '.env': `${setting}\n` })
      const options = { cwd: place.root, env: user(place, {}) }
      const { code, stderr } = await run(['import', join(place.home, 'credential.json')], options)
      assert.equal(code, 2, setting)
      assert.match(stderr, /\.env:1: \w+ in this file would decide where the credential, from .*credential\.json, goes/)
      assert.equal(readFileSync(join(place.root, '.env'), 'utf8'), `${setting}\n`)
      assert.equal((await run(['import', join(place.home, 'credential.json'), '--yes'], options)).code, 0, setting)
    }
    for (const setting of [
      'ADIT_IMS=local', 'ADIT_IMS=prod', 'ADIT_IMS=http://127.0.0.1:9001',
      'ADIT_ENDPOINTS=https://ims-na1.adobelogin.com=http://127.0.0.1:1', 'ADIT_TOKEN_STORE=memory:',
      'ADIT_TOKEN_STORE=redis://localhost', 'ADIT_API_HOSTS=http://127.0.0.1:1',
      'AIO_runtime_apihost=https://adobeioruntime.net'
    ]) {
      const place = clone({ '.env': `${setting}\n` })
      assert.equal(
        (await run(['import', join(place.home, 'credential.json')], { cwd: place.root, env: user(place, {}) })).code, 0,
        setting
      )
    }
  })
})

describe('paths in the files of a repository', () => {
  // The whole credential is the repository's, except the key, which is elsewhere.
  const theirs = (key) => toDotenv({ ...jwtEnv(), JWT_PRIVATE_KEY: key, ADIT_IMS: thief.origin })
  test('a key outside of it is not used', { timeout: 1_200_000 }, async () => {
    const withKey = (key) => {
      const place = clone({ ...files, 'app.config.yaml': manifest.replace('{include-ims-credentials: true}', '{}') },
        { links: { 'link.key': '../outside/private.key', folder: '../outside' } })
      writeFileSync(join(place.root, '.env'), theirs(key(place)), { mode: 0o600 })
      return place
    }
    await runAll(() => withKey((place) => join(place.outside, 'private.key')), {})
    for (const key of ['../outside/private.key', 'link.key', 'folder/private.key', '"folder/private.key"']) {
      const place = withKey(() => key)
      for (const args of [
        ['token'], ['jwt', 'sign'], ['key', 'show'], ['check', '--online'], ['invoke', 'a'], ['ims', 'profile']
      ]) {
        const { code, stdout, stderr } = await run(args, { cwd: place.root, env: user(place, {}) })
        assert.notEqual(code, 0, args.join(' '))
        assert.match(stdout + stderr, /JWT_PRIVATE_KEY names a file\s+outside of the project/, args.join(' '))
        assertNothingHappened(place, `${args.join(' ')} with ${key}`)
      }
    }
    const place = clone({ '.env': theirs('../outside/private.key') })
    const { code, stderr } = await run(['token', '--store', 'memory:'], { cwd: place.root, env: user(place, {}) })
    assert.equal(code, 2)
    assert.match(stderr, /\.env:6: JWT_PRIVATE_KEY names a file outside of the project\.[^]*in the environment/)
  })

  test('a key that the user names may be anywhere, and one that the repository names inside it', async () => {
    const place = clone({ '.env': theirs('keys/private.key'), 'keys/private.key': keys.privateKey })
    const options = { cwd: place.root, env: user(place, {}) }
    assert.equal((await run(['token', '--store', 'memory:'], options)).code, 0)
    const named = { ...options.env, JWT_PRIVATE_KEY: join(place.outside, 'private.key'), ADIT_IMS: thief.origin }
    assert.equal((await run(['token', '--store', 'memory:'], { ...options, env: named })).code, 0)
  })

  const action = (members) =>
    `application:\n  runtimeManifest:\n    packages:\n      p:\n        actions:\n          a: {runtime: 'nodejs:22', ${members}}\n`
  const manifests = {
    'an $include': 'application:\n  $include: ../outside/settings\n',
    'an $include of an absolute path': (place) => `application:\n  $include: ${place.outside}/settings\n`,
    'an $include behind a link': 'application:\n  $include: folder/settings\n',
    'a function': action('function: ../outside/settings'),
    'a function behind a link': action('function: folder/settings'),
    'files to include': action("function: a.js, include: [['../outside/*', x]]"),
    'the actions': 'application:\n  actions: ../outside\n',
    'the web sources': 'application:\n  web: folder\n',
    'what is built': 'application:\n  dist: ../outside/dist\n'
  }
  for (const [what, text] of Object.entries(manifests)) {
    test(`${what} must not be outside of the repository`, async () => {
      const place = clone({ 'a.js': '', '.env': 'A=b\n' }, { links: { folder: '../outside' } })
      writeFileSync(join(place.root, 'app.config.yaml'), typeof text === 'string' ? text : text(place))
      const options = { cwd: place.root, env: user(place) }
      const checked = await run(['check', '--json'], options)
      assert.ok(JSON.parse(checked.stdout).some((finding) => finding.code === 'outside_project' && finding.line > 0),
        checked.stdout)
      for (const args of [['invoke', 'a'], ['build'], ['dev', '--http', '--port', '0'], ['migrate'], [
        'package', 'a', '--target', 'native'
      ]]) {
        const { code, stderr } = await run(args, options)
        assert.equal(code, 2, args.join(' ') + stderr)
        assert.match(stderr, /app\.config\.yaml:\d+:\d+: .* lies outside of the project/, args.join(' '))
        assert.ok(!stderr.includes(secrets.password))
      }
      assertNothingHappened(place, what)
    })
  }

  test('a token store outside of the repository is not used', async () => {
    for (const store of [
      'file:../outside/tokens', 'file:folder/tokens', 'unix:../outside/redis.sock',
      'rediss://127.0.0.1:1?ca=../outside/private.key',
      'rediss://127.0.0.1:1?cert=folder/private.key&key=folder/private.key'
    ]) {
      const place = clone({ ...files, '.env': toDotenv({ ...oauth, ADIT_TOKEN_STORE: store, ADIT_IMS: 'local' }) },
        { links: { folder: '../outside' } })
      for (const args of [['token'], ['token', '--status'], ['token', '--clear'], ['invoke', 'a']]) {
        const { code, stderr } = await run(args, { cwd: place.root, env: user(place, {}) })
        assert.equal(code, 2, stderr)
        assert.match(stderr, /\.env:\d: The token store names .*, which lies outside of the project/)
      }
      assertNothingHappened(place, store)
    }
  })
})

describe('links and git\'s settings of a repository', () => {
  const hostile = {
    ...files, '.env.a;touch PWNED': 'X=1\n', '.env.$(touch PWNED)': 'X=1\n', '.gitattributes': '* filter=x diff=x\n'
  }
  const forms = [['check'], ['check', '--fix', '--yes'], ['migrate'], ['import', 'HOME/credential.json', '--replace'], [
    'ims', 'secrets', 'rotate', '--ims', 'local', '--wait', '0'
  ]]
  const runForms = async (place) => {
    for (const form of forms) {
      const args = form.map((word) => word.replace('HOME', place.home))
      await run(args, { cwd: place.root, env: user(place, {}) })
      assertNothingHappened(place, args.join(' '))
      assert.ok(!existsSync(join(place.root, 'PWNED')) && !existsSync(join(place.top, 'PWNED')), args.join(' '))
    }
  }

  test('do not make git run a program', async () => {
    const place = clone(hostile, { git: true })
    const canary = join(place.outside, 'PWNED')
    for (const [key, value] of Object.entries({
      'core.fsmonitor': `touch ${canary}; false`, 'core.hooksPath': '.', 'core.pager': `touch ${canary}`,
      'core.sshCommand': `touch ${canary}`, 'filter.x.clean': `touch ${canary}`, 'filter.x.process': `touch ${canary}`,
      'diff.external': `touch ${canary}`, 'core.excludesFile': join(place.home, '.bashrc')
    })) {
      execFileSync('git', ['config', key, value],
        { cwd: place.root, env: { PATH: process.env.PATH, HOME: place.home } })
    }
    await runForms(place)
  })

  test('do not make adit use a bare repository inside the project', async () => {
    const place = clone(hostile, { git: true })
    for (const folder of ['objects', 'refs']) mkdirSync(join(place.root, folder))
    writeFileSync(join(place.root, 'HEAD'), 'ref: refs/heads/main\n')
    writeFileSync(join(place.root, 'config'),
      `[core]\n\trepositoryformatversion = 0\n\tbare = false\n\tworktree = .\n\tfsmonitor = "touch ${join(place.outside, 'PWNED')}; false"\n`)
    rmSync(join(place.root, '.git'), { recursive: true })
    await runForms(place)
  })

  test('do not make a command write outside of the repository', async () => {
    for (const link of [
      { '.gitignore': '../home/.bashrc' }, { '.env': '../outside/settings' }, { '.env': '../outside/missing' },
      { '.env.backup': '../outside/settings' }, { '.env.jwt-backup': '../outside/missing' }
    ]) {
      const place = clone(hostile, { links: link, git: true })
      if (!('.env' in link)) writeFileSync(join(place.root, '.env'), toDotenv(jwtEnv()), { mode: 0o644 })
      await runForms(place)
    }
  })
})
