import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { before, beforeEach, describe, test } from 'node:test'
import { emulator, jwtEnv, keys, project, run, secret, temporaryFolder, toDotenv } from './adit.mjs'

const oauthEnv = {
  IMS_OAUTH_S2S_CLIENT_ID: 'oauth-client',
  IMS_OAUTH_S2S_CLIENT_SECRET: secret,
  IMS_OAUTH_S2S_ORG_ID: 'DEF@AdobeOrg',
  IMS_OAUTH_S2S_SCOPES: '["openid","AdobeID"]'
}

describe('adit token', () => {
  let ims, root, cache
  before(async () => {
    root = project({
      'ext.config.yaml': 'runtimeManifest: {}\n', '.env': toDotenv(jwtEnv()), 'oauth.env': toDotenv(oauthEnv),
      'both.env': toDotenv({ ...jwtEnv(), ...oauthEnv })
    })
    ims = await emulator(['--env-file', join(root, 'both.env')])
  })
  beforeEach(() => { cache = temporaryFolder() })
  const token = (args = [], { env, ...options } = {}) =>
    run(['token', '--ims', ims.origin, ...args], { cwd: root, env: { XDG_CACHE_HOME: cache, ...env }, ...options })
  const exchanges = async () => (await (await fetch(ims.origin + '/__adit/stats')).json()).exchanges

  test('prints only the token, and makes no exchange for a second call', async () => {
    const before = (await exchanges()).jwt
    const first = await token()
    const second = await token()
    assert.equal(first.code, 0, first.stderr)
    assert.match(first.stdout, /^[\w-]+\.[\w-]+\.[\w-]+\n$/)
    assert.equal(second.stdout, first.stdout)
    assert.equal((await exchanges()).jwt, before + 1)
  })

  test('prints type, expiry, scopes and source with --json', async () => {
    const made = JSON.parse((await token(['--json'])).stdout)
    const kept = JSON.parse((await token(['--json'])).stdout)
    assert.equal(made.token_type, 'bearer')
    assert.match(made.expires_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    assert.ok(made.expires_in > 86000)
    assert.deepEqual(made.scopes, ['ent_analytics_bulk_ingest_sdk'])
    assert.deepEqual([made.source, kept.source], ['exchange', 'store'])
  })

  test('prints a header with --header',
    async () => assert.match((await token(['--header'])).stdout, /^Authorization: Bearer \S+\n$/))

  test('--clear --json prints what was cleared', async () => {
    const { code, stdout, stderr } = await token(['--clear', '--json'])
    assert.deepEqual({ code, cleared: JSON.parse(stdout), stderr },
      { code: 0, cleared: { client_id: 'test-client', cleared: true }, stderr: '' })
  })

  test('keeps tokens below a HOME that begins with two slashes, not below the current folder', async () => {
    const folder = temporaryFolder()
    const { stdout } = await token(['--status'], { env: { HOME: '/' + folder, XDG_CACHE_HOME: undefined } })
    assert.match(stdout, new RegExp(`^store +file:${folder}/.cache/adit/tokens$`, 'm'))
  })

  test('fetches a new token with --fresh, and deletes it from the cache with --clear', async () => {
    const first = (await token()).stdout
    const fresh = (await token(['--fresh'])).stdout
    assert.notEqual(fresh, first)
    assert.equal((await token()).stdout, fresh)
    assert.equal((await token(['--clear'])).code, 0)
    assert.notEqual((await token()).stdout, fresh)
  })

  test('shows what is cached, without the token, with --status', async () => {
    const printed = (await token()).stdout.trim()
    const { code, stdout, stderr } = await token(['--status'])
    assert.equal(code, 0, stderr)
    assert.match(stdout, /test-client/)
    assert.ok(!(stdout + stderr).includes(printed) && !(stdout + stderr).includes(secret))
  })

  test('stores records without a usable token, readable only by the owner', async () => {
    const printed = (await token()).stdout.trim()
    const folder = join(cache, 'adit/tokens')
    assert.equal(statSync(folder).mode & 0o777, 0o700)
    for (const name of readdirSync(folder)) {
      assert.equal(statSync(join(folder, name)).mode & 0o077, 0, name)
      assert.ok(!readFileSync(join(folder, name), 'latin1').includes(printed.slice(0, 30)))
      assert.ok(!name.includes('test-client'))
    }
  })

  test('prefers OAuth if both are configured, unless --grant says otherwise', async () => {
    const claims = (text) => JSON.parse(Buffer.from(text.split('.')[1], 'base64url'))
    assert.equal(claims((await token(['--env-file', 'both.env'])).stdout).client_id, 'oauth-client')
    assert.equal(claims((await token(['--env-file', 'both.env', '--grant', 'jwt'])).stdout).client_id, 'test-client')
  })

  test('makes one exchange for twenty concurrent processes', async () => {
    const before = (await exchanges()).jwt
    const all = await Promise.all(Array.from({ length: 20 }, () => token()))
    assert.equal(new Set(all.map(({ stdout }) => stdout)).size, 1, all[0].stderr)
    assert.equal((await exchanges()).jwt, before + 1)
  })

  test('rejects a lifetime that no token has, and an unknown option', async () => {
    assert.equal((await token(['--min-ttl', '48h'])).code, 1)
    assert.equal((await token(['--min-ttl', 'soon'])).code, 2)
    assert.equal((await token(['--store', 'ftp://x'])).code, 2)
  })

  // Without the limit, a request would take longer than the test may.
  const patient = { ADIT_TIMEOUT: '3600', ADIT_IDLE_TIMEOUT: '3600' }

  test('ends at its time limit even if IMS does not answer the request', async () => {
    const silent = createServer(() => {})
    await new Promise((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const { code, stderr } = await run(['token', '--ims', `http://127.0.0.1:${silent.address().port}`],
      { cwd: root, env: { XDG_CACHE_HOME: cache, ADIT_TOKEN_TIMEOUT: '0.3', ...patient } })
    silent.close()
    silent.closeAllConnections()
    assert.equal(code, 1)
    assert.match(stderr, /within 300 ms/)
  })

  test('ends at its time limit even if a second exchange has begun', async () => {
    let requests = 0
    const server = createServer((request, response) => {
      // The first exchange fails in a way that is worth a retry; the next one never gets an answer.
      if (request.url.startsWith('/ims/') && ++requests > 1) return
      response.writeHead(503).end()
    })
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { code, stderr } = await run(['token', '--ims', `http://127.0.0.1:${server.address().port}`],
      { cwd: root, env: { XDG_CACHE_HOME: cache, ADIT_TOKEN_TIMEOUT: '1', ...patient } })
    server.close()
    server.closeAllConnections()
    assert.equal(code, 1)
    assert.match(stderr, /within 1000 ms/)
  })

  test('changes nothing with options that only show something', async () => {
    const folder = join(temporaryFolder(), 'www')
    mkdirSync(folder, { mode: 0o755 })
    chmodSync(folder, 0o755)
    assert.equal((await token(['--status', '--store', `file:${folder}`])).code, 0)
    assert.equal(statSync(folder).mode & 0o777, 0o755)
    assert.deepEqual(readdirSync(folder), [])
    assert.equal((await token(['--status', '--store', `file:${folder}/deep/tokens`])).code, 0)
    assert.equal((await token(['--clear', '--store', `file:${folder}/deep/tokens`])).code, 0)
    assert.deepEqual(readdirSync(folder), [])
  })

  test('rejects control characters in the URL of a store', async () => {
    for (const store of [
      'unix:/tmp/x%0aFLUSHALL%0d%0a', 'redis://:secret%0d%0aQUIT@127.0.0.1:1', 'redis://a%0ab@127.0.0.1:1',
      'file:/tmp/a\nb', 'redis://127.0.0.1:1/0\r\nx'
    ]) {
      for (const [args, env] of [[['--store', store], {}], [[], { ADIT_TOKEN_STORE: store }]]) {
        const { code, stderr } = await token(args, { env })
        assert.equal(code, 2, store)
        assert.match(stderr, /control character/)
      }
    }
  })

  test('waits no longer than ADIT_TOKEN_TIMEOUT for an IMS that cannot be reached', async () => {
    const away = await run(['token', '--ims', 'http://127.0.0.1:1'],
      { cwd: root, env: { XDG_CACHE_HOME: cache, ADIT_TOKEN_TIMEOUT: '0.2' } })
    assert.equal(away.code, 1)
    assert.match(away.stderr, /refused/)
    // With the default limit of half a minute, it would retry after ten seconds.
    const exchanges = []
    const server = createServer((request, response) => {
      if (request.method === 'POST') exchanges.push(request.url)
      response.writeHead(503, { 'Retry-After': '10' }).end()
    })
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { code } = await run(['token', '--ims', `http://127.0.0.1:${server.address().port}`],
      { cwd: root, env: { XDG_CACHE_HOME: cache, ADIT_TOKEN_TIMEOUT: '0.2' } })
    server.close()
    server.closeAllConnections()
    assert.equal(code, 1)
    assert.deepEqual(exchanges, ['/ims/exchange/jwt'])
  })

  test('works without a home folder', async () => {
    const { code, stdout, stderr } = await token([], { env: { HOME: '/nonexistent', XDG_CACHE_HOME: '' } })
    assert.equal(code, 0, stderr)
    assert.match(stdout, /^[\w-]+\.[\w-]+\.[\w-]+\n$/)
  })

  test('names a key that is missing, and what to add where', async () => {
    const other = project(
      { 'ext.config.yaml': 'runtimeManifest: {}\n', '.env': toDotenv(jwtEnv({ JWT_CLIENT_SECRET: undefined })) }
    )
    const { code, stderr } = await token([], { cwd: other })
    assert.equal(code, 2)
    assert.match(stderr, /JWT_CLIENT_SECRET/)
    assert.match(stderr, /\.env/)
    assert.ok(!stderr.includes(keys.privateKey.slice(40, 80)))
  })
})
