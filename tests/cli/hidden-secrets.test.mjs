// A secret in the wrong place is not shown: every place in which a user can put a value gets a canary, and no output
// contains it. Text from others does not control the terminal: names, messages of servers, members of archives.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { createServer as createHttpServer } from 'node:http'
import { createServer } from 'node:net'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { assertion, emulator, jwtEnv, project, run, toDotenv } from './adit.mjs'
import { onTerminal } from './terminal.mjs'
import { zip } from '../platform/zip.mjs'

const canary = 'p8e-' + randomBytes(12).toString('base64url')
const action = (lines = '') => ({
  'app.config.yaml':
    `application:\n  runtimeManifest:\n    packages:\n      p:\n        actions:\n          a:\n            function: a.js\n            runtime: nodejs:22\n${lines}`,
  'a.js': 'exports.main = () => ({})\n'
})
const oauth = {
  IMS_OAUTH_S2S_CLIENT_ID: 'c', IMS_OAUTH_S2S_CLIENT_SECRET: 's', IMS_OAUTH_S2S_ORG_ID: 'o@AdobeOrg',
  IMS_OAUTH_S2S_SCOPES: 'openid'
}
const nowhere = 'http://127.0.0.1:1'

// [what, arguments, { env, files, input }]
const places = [
  // In the place of a command or an option.
  ['a command', [canary]],
  ['a subcommand', ['ims', canary]],
  ['an argument too many', ['token', canary]],
  ['an argument too many of check', ['check', canary]],
  ['a short option', ['token', '-z' + canary]],
  ['the value of an unknown option', ['token', '--secret=' + canary]],
  // In the values of options.
  ...[
    '--port', '--max-body', '--max-header', '--max-connections', '--http-port', '--token-lifetime', '--idle-timeout',
    '--request-timeout', '--token-rate', '--api-rate', '--fault'
  ].map((option) => [option, ['emulator', option, canary]]),
  ['--fault with members', ['emulator', '--fault', `status=${canary}`]],
  ['--fault with another member', ['emulator', '--fault', `status=503,${canary}=1`]],
  ['--fault with a delay', ['emulator', '--fault', `latency=${canary}`]],
  ['--fault of run', ['run', '--fault', `latency=${canary}`, '--', 'true']],
  ['the program of run', ['run', '--', canary]],
  ['HTTPS_PROXY of run', ['run', '--', 'true'], { env: { HTTPS_PROXY: `socks5://u:${canary}@127.0.0.1:1` } }],
  ['--port of dev', ['dev', '--port', canary]],
  ['--host of dev', ['dev', '--http', '--host', `${canary}.invalid`, '--port', '0'], {
    may: canary + '.invalid', files: action()
  }],
  ['-H without a colon', ['call', nowhere, '-H', 'Authorization Bearer ' + canary]],
  ['-H with nothing before the colon', ['call', nowhere, '-H', ': ' + canary]],
  ['-H with an invalid name', ['call', nowhere, '-H', `Authorization Bearer ${canary}: x`]],
  ['-H with a line end', ['call', nowhere, '-H', `Authorization: ${canary}\nx`]],
  ['-X', ['call', nowhere, '-X', canary]],
  ['--retry', ['call', nowhere, '--retry', canary]],
  ['--max-time', ['call', nowhere, '--max-time', canary]],
  ['--api-host', ['call', nowhere, '--api-host', canary + '/x']],
  ['--api-host with userinfo', ['call', nowhere, '--api-host', `https://u:${canary}@api.example.com`]],
  ['userinfo of a URL', ['call', `http://u:${canary}@127.0.0.1:1/`, '--retry', '0']],
  ['the query of a URL', ['call', `http://127.0.0.1:1/?token=${canary}`, '--retry', '0']],
  ['a text that is not a URL', ['call', canary]],
  ['a URL with a blank', ['call', `http://127.0.0.1:1/ ${canary}`]],
  ['a URL with a wrong port', ['call', `http://u:${canary}/x@127.0.0.1/`]],
  ['two -d of which one is a file', ['call', nowhere, '-d', '@missing', '-d', canary]],
  ['--store', ['token', '--store', canary], { env: oauth }],
  ['--store with a colon', ['token', '--store', canary + ':x'], { env: oauth }],
  ...[
    'redis://u:CANARY@127.0.0.1:x', 'redis://:CANARY@[::1', 'redis://:CANARY@127.0.0.1:1/x',
    'redis://:CANARY%@127.0.0.1', 'redis://127.0.0.1?CANARY=1', 'rediss://127.0.0.1?cert=CANARY',
    'redis://u:CANARY@127.0.0.1:1'
  ].map(
    (store) => [`--store ${store}`, ['token', '--store', store.replace('CANARY', canary), '--ims', nowhere], {
      env: { ...oauth, ADIT_TIMEOUT: '1', ADIT_TOKEN_TIMEOUT: '1' }
    }]
  ),
  ['--min-ttl', ['token', '--min-ttl', canary], { env: oauth }],
  ['--grant', ['token', '--grant', canary], { env: oauth }],
  ['--ims', ['token', '--ims', canary], { env: oauth }],
  ['--ims with userinfo', ['token', '--ims', `https://u:${canary}@ims.example.com`], { env: oauth }],
  ['--ims with a slash in the password', ['token', '--ims', `https://u:${canary}/x@ims.example.com`], { env: oauth }],
  ['--ims with a query', ['token', '--ims', `https://ims.example.com?x=${canary}`], { env: oauth }],
  ['--alg of sign', ['jwt', 'sign', '--alg', canary, '--key', 'k'], {}],
  ['--alg of verify', ['jwt', 'verify', assertion(), '--alg', canary]],
  ['--claim', ['jwt', 'sign', '--claim', canary], { env: jwtEnv() }],
  ['--claim without a name', ['jwt', 'sign', '--claim', '=' + canary], { env: jwtEnv() }],
  ['--header of sign', ['jwt', 'sign', '--header', canary], { env: jwtEnv() }],
  ['--claims', ['jwt', 'sign', '--claims', canary], { env: jwtEnv() }],
  ['--claims that are cut off', ['jwt', 'sign', '--claims', `{"a": "${canary}`], { env: jwtEnv() }],
  ['--expires-in', ['jwt', 'sign', '--expires-in', canary], { env: jwtEnv() }],
  ['--keys with userinfo', ['jwt', 'verify', assertion(), '--keys', `http://u:${canary}@127.0.0.1:1/keys?k=${canary}`]],
  ['a token to decode', ['jwt', 'decode', canary]],
  ['a token to verify', ['jwt', 'verify', canary]],
  ['a token with parts', ['jwt', 'decode', `${canary}.${canary}.${canary}`]],
  ['a token to validate', ['ims', 'validate', canary, '--ims', nowhere], {
    env: { ADIT_TIMEOUT: '1', ADIT_TOKEN_TIMEOUT: '1' }
  }],
  ['--subject', ['key', 'generate', '--subject', `CN=a, ${canary}`]],
  ['--subject with a backslash', ['key', 'generate', '--subject', `CN=a\\z${canary}`]],
  ['--bits', ['key', 'generate', '--bits', canary]],
  ['--days', ['key', 'generate', '--days', canary]],
  ['a key on stdin', ['key', 'encode', '-'], { input: canary }],
  ['a key on stdin that is cut off', ['key', 'encode', '-'], { input: `-----BEGIN PRIVATE KEY-----\n${canary}\n` }],
  ['-p without a value', ['invoke', 'a', '-p', canary], { files: action() }],
  ['-p in curl\'s form', ['invoke', 'a', '-p', `PASSWORD=${canary}`], { files: action() }],
  ['--target', ['package', 'a', '--target', canary], { files: action() }],
  ['--template', ['new', 'x', '--template', canary]],
  ['--org', ['ims', 'secrets', 'list', '--org', canary, '--ims', nowhere], {
    env: { ...oauth, ADIT_TIMEOUT: '1', ADIT_TOKEN_TIMEOUT: '1' }
  }],
  ['--wait', ['ims', 'secrets', 'rotate', '--wait', canary, '--ims', nowhere], {
    env: { ...oauth, ADIT_TIMEOUT: '1', ADIT_TOKEN_TIMEOUT: '1' }
  }],
  ['--credential of import', ['import', 'c.json', '--credential', canary], {
    files: { 'c.json': JSON.stringify({ project: { org: { ims_org_id: 'o' }, workspace: { details: { credentials: [
      { name: 'x', oauth_server_to_server: { client_id: 'i', client_secrets: ['s'], scopes: [] } },
      { name: 'y', oauth_server_to_server: { client_id: 'j', client_secrets: ['s'], scopes: [] } }
    ] } } } }) }
  }],

  // In settings, in the environment and in .env.
  ...[
    'ADIT_TIMEOUT', 'ADIT_CONNECT_TIMEOUT', 'ADIT_IMS', 'ADIT_ENDPOINTS', 'ADIT_API_HOSTS', 'ADIT_TOKEN_STORE',
    'ADIT_LOG', 'ADIT_CONSOLE_ORG', 'AIO_CLI_ENV', 'JWT_METASCOPES', 'JWT_PRIVATE_KEY', 'JWT_TECHNICAL_ACCOUNT_ID',
    'JWT_IMS_ORG', 'HTTPS_PROXY', 'HTTP_PROXY', 'ADIT_CA_FILE', 'SSL_CERT_FILE'
  ].flatMap(
    (name) =>
    [['token'], ['call', nowhere], ['check'], ['invoke', 'a']].map((args) => [`${name} at ${args[0]}`, args, {
      env: { ...jwtEnv(), ADIT_IMS: nowhere, ADIT_TIMEOUT: '1', ADIT_TOKEN_TIMEOUT: '1', [name]: canary },
      files: action()
    }])),
  ...['ADIT_IMS', 'ADIT_ENDPOINTS', 'ADIT_API_HOSTS', 'HTTP_PROXY'].map((name) => [`userinfo in ${name}`, ['token'], {
    env: {
      ...oauth, ADIT_IMS: nowhere, ADIT_TIMEOUT: '1', ADIT_TOKEN_TIMEOUT: '1', [name]: `https://u:${canary}@127.0.0.1:1`
    },
    files: action()
  }]),
  ['a pair of routes', ['token', '--ims', nowhere], { env: {
    ...oauth, ADIT_TIMEOUT: '1', ADIT_TOKEN_TIMEOUT: '1',
    ADIT_ENDPOINTS: `https://ims-na1.adobelogin.com=http://u:${canary}@127.0.0.1:1`
  } }],
  ['a setting of time in .env', ['token'], {
    files: { ...action(), '.env': toDotenv({ ...oauth, ADIT_IMS: nowhere, ADIT_TIMEOUT: canary }) }
  }],
  ['a line of .env that is not a setting', ['check'], { files: { ...action(), '.env': `${canary}\nA=1\n` } }],
  ['metascopes of other forms', ['check'], { files: {
    ...action('            inputs: { JWT_METASCOPES: $JWT_METASCOPES }\n'),
    '.env': toDotenv(jwtEnv({ JWT_METASCOPES: `https://x/${canary},${canary},s/${canary}` }))
  } }],
  ['the user\'s own file', ['token'], { home: { 'adit/config': canary + '\n' } }],

  // In files.
  ...['web', 'limits', 'inputs', 'annotations', 'include'].map((key) =>
    [`${key} in a manifest`, ['check'], { files: action(`            ${key}: ${canary}\n`) }]),
  ['a list in a manifest', ['check'], { files: { 'app.config.yaml': `- ${canary}\n` } }],
  ['a text instead of a map', ['check'], { files: { 'app.config.yaml': `application: ${canary}\n` } }],
  ['a limit', ['check'], { files: action(`            limits: { timeout: ${canary} }\n`) }],
  ['an alias', ['check'], { files: action(`            inputs: { A: "${canary}", B: !!int ${canary} }\n`) }],
  ['YAML that is broken', ['check'], { files: { 'app.config.yaml': `a: [${canary}\nb: "${canary}\n` } }],
  ['package.json', ['check'], { files: { ...action(), 'package.json': `{"version": ${canary}}` } }],
  ['a file of parameters', ['invoke', 'a', '-P', 'p.json'], { files: { ...action(), 'p.json': `{"a": "${canary}` } }],
  ['a file of parameters of another form', ['invoke', 'a', '-P', 'p.json'], {
    files: { ...action(), 'p.json': `"${canary}"` }
  }],
  ['a download of the Console\'s', ['import', 'c.json'], { files: { 'c.json': `{"client_secret": "${canary}", ` } }],
  ['a download of another form', ['import', 'c.json'], { files: { 'c.json': `"${canary}"` } }],
  ['integrations', ['emulator', '--integrations', 'c.yaml'], { files: { 'c.yaml': `integrations: ${canary}\n` } }],
  [
    'an integration that is not a map', ['emulator', '--integrations', 'c.yaml'],
    { files: { 'c.yaml': `integrations: [${canary}]\n` } }
  ],
  ['an integration\'s flag', ['emulator', '--integrations', 'c.yaml'], {
    files: { 'c.yaml': `integrations: [{client_id: a, client_secret: b, exchange_jwt: ${canary}}]\n` }
  }],
  ['an integration\'s rate', ['emulator', '--integrations', 'c.yaml'], {
    files: { 'c.yaml': `integrations: [{client_id: a, client_secret: b, token_rate: ${canary}}]\n` }
  }],
  ['keys to verify with', ['jwt', 'verify', assertion(), '--keys', 'keys'], {
    files: { keys: `{"keys": [{"kty": "${canary}"}]}` }
  }]
]

describe('a secret in the wrong place is not shown', { concurrency: 4 }, () => {
  for (const [what, args, { env = {}, files = {}, input, may, home = {} } = {}] of places) {
    test(what, async () => {
      const cwd = project(files)
      const config = project(home)
      const { code, stdout, stderr } = await run(args, {
        cwd, env: { ...env, ...(Object.keys(home).length ? { XDG_CONFIG_HOME: config } : {}) }, input, timeout: 60_000
      })
      const output = (stdout + stderr).replaceAll(may ?? '\0', '')
      assert.ok(!output.includes(canary), output)
      assert.ok(code !== null)
    })
  }
})

const ESC = '\x1b]0;pwned\x07\x1b[2J'
const hostile = `${ESC}\u009b31m\u202e\x7f`
// eslint-disable-next-line no-control-regex
const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/

describe('text from others does not control the terminal', () => {
  const clean = ({ stdout, stderr }) => {
    assert.doesNotMatch(stdout, CONTROLS)
    assert.doesNotMatch(stderr, CONTROLS)
    return stdout + stderr
  }

  test('in an answer of IMS, of an API, and in its headers', async () => {
    const server = createHttpServer((request, response) => {
      request.resume()
      response.writeHead(400,
        { 'content-type': 'application/json', 'x-debug-id': Buffer.from('\x9b31m', 'latin1').toString('latin1') })
      response.end(JSON.stringify({ error: 'bad' + hostile, error_description: hostile, reason: hostile }))
    })
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
    const ims = `http://127.0.0.1:${server.address().port}`
    try {
      const env = { ...oauth, ADIT_IMS: ims }
      assert.match(clean(await run(['token', '--store', 'memory:', '-v'], { env })), /\\x1b|bad/)
      clean(await run(['ims', 'validate', assertion()], { env }))
      clean(await run(['ims', 'profile', assertion()], { env }))
      clean(await run(['check', '--online'], { env, cwd: project(action()) }))
    } finally { server.close() }
  })

  test('in an answer of Redis', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {}).on('data',
        () => socket.write(Buffer.from('-ERR \x1b[2J\x1b]0;pwned\x07 \xc2\x9b31m \x9b\r\n', 'latin1')))
    })
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
    const ims = await emulator([
      '--integrations',
      join(project({
        'c.yaml': 'integrations: [{client_id: c, client_secret: s, scopes: openid, org_id: o@AdobeOrg}]\n'
      }), 'c.yaml')
    ])
    try {
      clean(await run(['token', '--store', `redis://127.0.0.1:${server.address().port}`, '-v'],
        { env: { ...oauth, ADIT_IMS: ims.origin } }))
    } finally { server.close(); await ims.stop() }
  })

  test('in names of files, actions, keys and members of archives', async () => {
    const name = `x${ESC}\u009b\u202e`
    const files = {
      ...action(
        `            ${JSON.stringify(name)}: 1\n            inputs: { ${JSON.stringify(name)}: ${'$' + 'A'} }\n`
      ),
      ['.env.' + name]: 'A=1\n', '.env': `A=${hostile}\n${name}=1\n`
    }
    const root = project(files)
    for (const args of [
      ['check'], ['check', '--fix', '--yes'], ['check', '--json'], ['invoke', name], ['migrate', '--dry-run'],
      ['import', name], ['token'], ['key', 'show', name]
    ])
      clean(await run(args, { cwd: root, env: { ADIT_IMS: nowhere, ADIT_TIMEOUT: '1', ADIT_TOKEN_TIMEOUT: '1' } }))
    writeFileSync(join(root, 'c.zip'), zip(['private.key' + ESC, 'x'], ['../' + ESC, 'x']))
    clean(await run(['import', 'c.zip'], { cwd: root }))
    writeFileSync(join(root, 'd.zip'), zip([`a${hostile}.json`, '{ broken']))
    clean(await run(['import', 'd.zip'], { cwd: root }))
    const broken = project({ 'app.config.yaml': `application: {}\n${JSON.stringify(name)}: [\n` })
    clean(await run(['check'], { cwd: broken }))
  })

  test('in a token, and in its description as JSON', async () => {
    const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const token = `${part({ alg: 'none', kid: hostile })}.${part({ sub: hostile, ['k' + hostile]: 1 })}.`
    clean(await run(['jwt', 'decode', token]))
    const { stdout } = await run(['jwt', 'decode', token, '--json'])
    assert.doesNotMatch(stdout, CONTROLS)
    assert.equal(JSON.parse(stdout).claims?.sub ?? JSON.parse(stdout).payload?.sub, hostile)
  })

  test('in the result and the log of an action, whose own colours stay on a terminal', async () => {
    const root = project({
      ...action(),
      'a.js':
        `exports.main = () => { console.log('\\x1b[32mgreen\\x1b[0m ' + ${JSON.stringify(hostile)}); return { body: ${JSON.stringify(hostile)} } }\n`
    })
    const piped = await run(['invoke', 'a', '--ims', 'local'], { cwd: root })
    clean(piped)
    assert.match(piped.stderr, /green/)
    assert.equal(JSON.parse(piped.stdout).body, hostile)
    const { output } = await onTerminal(['invoke', 'a', '--ims', 'local'], { cwd: root }).ended
    assert.match(output, /\x1b\[32mgreen\x1b\[0m/) // eslint-disable-line no-control-regex
    assert.ok(!output.includes(ESC) && !output.includes('\u009b') && !output.includes('\u202e'), JSON.stringify(output))
    assert.match(output, /\\x1b\]0;pwned\\x07/)
  })

  test('in the body that call fetches, on a terminal; a pipe gets it unchanged', async () => {
    const server = createHttpServer((_, response) => response.end(hostile))
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${server.address().port}/`
    try {
      assert.equal((await run(['call', url])).stdout, hostile)
      const { output } = await onTerminal(['call', url]).ended
      assert.ok(!output.includes(ESC) && !output.includes('\u009b'), JSON.stringify(output))
    } finally { server.close() }
  })
})
