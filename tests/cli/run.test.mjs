// `adit run -- COMMAND`: any program, whose requests for Adobe's hosts go to an emulator.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { constants } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { ADIT, ignoresSignal, project, run, secret, start, temporaryFolder, toDotenv } from './adit.mjs'

const settings = {
  IMS_OAUTH_S2S_CLIENT_ID: 'me', IMS_OAUTH_S2S_CLIENT_SECRET: secret, IMS_OAUTH_S2S_ORG_ID: 'O@AdobeOrg',
  IMS_OAUTH_S2S_SCOPES: 'openid'
}
const root = project({
  '.env': toDotenv(settings),
  'token.mjs':
    `const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: 'me', client_secret: ${JSON.stringify(secret)}, scope: 'openid' })
const { access_token: token } = await (await fetch('https://ims-na1.adobelogin.com/ims/token/v3', { method: 'POST', body: form })).json()
const me = await fetch('https://analytics.adobe.io/discovery/me', { headers: { authorization: 'Bearer ' + token, 'x-api-key': 'me' } })
const aem = await fetch('https://author-p1-e2.adobeaemcloud.com/content/dam.json')
console.log(me.status, aem.status)
`
})
const cache = temporaryFolder()
const runs = (args, options = {}) => run(['run', ...args],
  { cwd: root, ...options, env: { XDG_CACHE_HOME: cache, PATH: process.env.PATH, ...options.env } })
const me = 'https://analytics.adobe.io/discovery/me'

describe('adit run', () => {
  test('redirects curl, Node.js and adit to an emulator that knows the project', async () => {
    const keys = await runs(['--', 'curl', '-sf', 'https://ims-na1.adobelogin.com/ims/keys'])
    assert.equal(keys.code, 0, keys.stderr)
    assert.ok(JSON.parse(keys.stdout).keys.length > 0)
    const node = await runs(['--', process.execPath, 'token.mjs'])
    assert.equal(node.stdout, '200 401\n', node.stderr)
    const adit = await runs(['--', ADIT, 'call', me])
    assert.equal(adit.code, 0, adit.stderr)
    const aem = await runs([
      '--', 'curl', '-s', '-o', '/dev/null', '-w', '%{http_code}',
      'https://author-p1-e2.adobeaemcloud.com/content/dam.json'
    ])
    assert.equal(aem.stdout, '401', aem.stderr)
  })

  test('says on stderr why the emulator refused a request', async () => {
    const { stdout, stderr } = await runs(['--', 'curl', '-s', '-H', 'Authorization: Bearer undefined', me])
    assert.equal(JSON.parse(stdout).error_code, '401013')
    assert.match(stderr, /GET \/discovery\/me 401 401013: the token is not a JWT: undefined/)
  })

  test('injects the faults that --fault names', async () => {
    const { stdout } =
      await runs(['--fault', 'status=503,path=/discovery', '--', 'curl', '-s', '-w', ' %{http_code}', me])
    assert.match(stdout, /"error_code":"503000".* 503$/)
  })

  test('passes on the exit code, the input and the output', async () => {
    assert.equal((await runs(['--', 'sh', '-c', 'exit 7'])).code, 7)
    assert.equal((await runs(['--', 'sh', '-c', 'kill -9 $$'])).code, 137)
    const { stdout } = await runs(['--', 'cat'], { input: 'as it is' })
    assert.equal(stdout, 'as it is')
    const missing = await runs(['--', 'no-such-program'])
    assert.equal(missing.code, 2)
    assert.match(missing.stderr, /cannot be started/)
    assert.equal((await runs([])).code, 2)
  })

  test('does not redirect connections to other hosts, which use the configured proxy', async () => {
    const seen = []
    const proxy = createServer()
    proxy.on('connect', (request, socket) => {
      seen.push([request.url, request.headers['proxy-authorization']])
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
    })
    await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    const env = { HTTPS_PROXY: `http://u:p%40ss@127.0.0.1:${proxy.address().port}` }
    const { code } = await runs(['--', 'curl', '-s', 'https://other.example/'], { env })
    assert.notEqual(code, 0)
    assert.deepEqual(seen, [['other.example:443', 'Basic ' + Buffer.from('u:p@ss').toString('base64')]])
    assert.equal(
      (await runs(['--', 'curl', '-sf', '-o', '/dev/null', 'https://ims-na1.adobelogin.com/ims/keys'], { env })).code, 0
    )
    assert.equal(seen.length, 1)
    proxy.close()
  })

  test('starts its program by the name that the user wrote, without the signals that adit itself ignores', async () => {
    const name = await runs(['--', 'cat', '/proc/self/cmdline'])
    assert.equal(name.stdout, 'cat\0/proc/self/cmdline\0', name.stderr)
    const ignored = await runs(['--', 'grep', 'SigIgn', '/proc/self/status'])
    for (const name of ['SIGPIPE', 'SIGXFSZ', 'SIGINT'])
      assert.ok(!ignoresSignal(ignored.stdout, constants.signals[name]), name + ignored.stdout + ignored.stderr)
  })

  test('exits with its program\'s code also if it was started with SIGCHLD ignored', async () => {
    const command = `trap '' CHLD; exec "$0" run -- sh -c 'exit 7'`
    const child = spawn('sh', ['-c', command, ADIT],
      { cwd: root, env: { XDG_CACHE_HOME: cache, PATH: process.env.PATH }, stdio: 'ignore' })
    const [code] = await once(child, 'close')
    assert.equal(code, 7)
  })

  test('stops its program when it is stopped', async () => {
    const child = start(['run', '--', 'sh', '-c', 'trap "exit 3" TERM; echo ready; while :; do sleep 0.05; done'],
      { cwd: root, env: { XDG_CACHE_HOME: cache, PATH: process.env.PATH } })
    await once(child.stdout, 'data')
    child.kill('SIGTERM')
    const [code] = await once(child, 'close')
    assert.equal(code, 3)
  })

  test('stops before it starts its program, and removes its files, when it is stopped then', async () => {
    for (const signal of ['SIGINT', 'SIGTERM']) {
      const temporary = temporaryFolder()
      const bundle = join(temporary, 'bundle.pem')
      execFileSync('mkfifo', [bundle])
      const child = start(['run', '--', 'sh', '-c', 'echo started'], {
        cwd: root,
        env: { XDG_CACHE_HOME: cache, TMPDIR: temporary, SSL_CERT_FILE: '/proc/self/fd/3' },
        front: ['sh', '-c', 'exec "$@" 3< "$0"', bundle]
      })
      let output = ''
      child.stdout.on('data', (data) => { output += data })
      const pipe = await open(bundle, 'w')
      // More than a pipe holds, so that adit is reading it. It does so when the emulator runs.
      await pipe.write(Buffer.alloc(1 << 20, '\n'))
      child.kill(signal)
      await pipe.close()
      const [code] = await once(child, 'close')
      assert.equal(code, 128 + constants.signals[signal])
      assert.equal(output, '')
      assert.deepEqual(readdirSync(temporary), ['bundle.pem'])
    }
  })

  test('forwards SIGTERM also after a SIGINT, which the terminal sends to the program itself', async () => {
    const child = start(
      ['run', '--', 'sh', '-c', 'trap "" INT; trap "exit 3" TERM; echo ready; while :; do sleep 0.05; done'],
      { cwd: root, env: { XDG_CACHE_HOME: cache, PATH: process.env.PATH } }
    )
    await once(child.stdout, 'data')
    child.kill('SIGINT')
    child.kill('SIGTERM') // arrives after SIGINT: of two pending signals, Linux delivers the lower number first
    const [code] = await once(child, 'close')
    assert.equal(code, 3)
  })
})
