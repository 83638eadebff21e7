import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createPublicKey, createVerify, generateKeyPairSync } from 'node:crypto'
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import https from 'node:https'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { ask as askDev, dev } from '../platform/dev.mjs'
import { assertion, emulator, jwtEnv, keys, project, run, secret, toDotenv } from './adit.mjs'

const env = jwtEnv()

const integrationsYaml = `integrations:
  - client_id: oauth-client
    client_secret: ${secret}
    org_id: DEF@AdobeOrg
    technical_account_id: XYZ@techacct.adobe.com
    scopes: [openid, AdobeID, read_organizations]
  - client_id: two-keys
    client_secrets: [first-${secret}, second-${secret}]
    org_id: DEF@AdobeOrg
    technical_account_id: ABC@techacct.adobe.com
    metascopes: [ent_analytics_bulk_ingest_sdk]
    public_keys:
      - |
${keys.publicKey.trim().split('\n').map((line) => '        ' + line).join('\n')}
`

describe('adit emulator', () => {
  let ims
  before(async () => {
    const root = project({ '.env': toDotenv(env), 'integrations.yaml': integrationsYaml })
    ims = await emulator(['--env-file', join(root, '.env'), '--integrations', join(root, 'integrations.yaml')])
  })
  const post = async (path, fields, { multipart = false, ...init } = {}) => {
    const body = multipart ? new FormData() : new URLSearchParams()
    for (const [name, value] of Object.entries(fields)) if (value !== undefined) body.append(name, value)
    const response = await fetch(ims.origin + path, { method: 'POST', body, ...init })
    return { status: response.status, headers: response.headers, body: await response.json() }
  }
  const exchange = (fields, options) => post('/ims/exchange/jwt',
    { client_id: env.JWT_CLIENT_ID, client_secret: secret, jwt_token: assertion(), ...fields }, options)

  test('does not let pages of other sites set faults, rotate keys, or get tokens', async () => {
    const ask = (path, headers, method, body) => new Promise((resolve, reject) => {
      request(ims.origin + path, { method, headers },
        (answer) => { answer.resume().on('end', () => resolve(answer.statusCode)) }).on('error', reject).end(body)
    })
    for (const headers of [
      { origin: 'https://evil.example' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' },
      { host: 'evil.example' }, { host: 'ims-na1.adobelogin.com.evil.example' }
    ]) {
      for (const [method, path] of [
        ['POST', '/__adit/faults'], ['DELETE', '/__adit/faults'], ['POST', '/__adit/keys/rotate'],
        ['GET', '/__adit/stats'], ['POST', '/ims/token/v3'], ['GET', '/ims/keys']
      ]) {
        assert.equal(await ask(path, headers, method, method === 'POST' ? '{"fault":"reset"}' : undefined), 403,
          `${method} ${path} ${JSON.stringify(headers)}`)
      }
    }
    for (const headers of [
      {}, { origin: 'http://localhost:3000' }, { host: 'ims-na1.adobelogin.com' }, { host: 'localhost' }
    ])
      assert.equal(await ask('/ims/keys', headers, 'GET'), 200, JSON.stringify(headers))
    const allowing = await emulator(['--allow-origin', 'https://shop.example'])
    try {
      assert.equal((await fetch(allowing.origin + '/ims/keys', { headers: { origin: 'https://shop.example' } })).status,
        200)
    } finally {
      await allowing.stop()
    }
  })

  test('has a console if its URL is printed, and only then', async () => {
    const [, url] = await ims.until(/console: (\S+)/)
    assert.equal((await fetch(url, { redirect: 'manual' })).status, 303)
    assert.equal((await fetch(ims.origin + '/__adit/api/tokens')).status, 401)
    for (const flag of ['--json', '--quiet']) {
      const silent = await emulator([flag])
      assert.equal((await fetch(silent.origin + '/__adit/')).status, 404)
      assert.equal((await silent.stop()).stderr.includes('token='), false)
    }
  })

  test('prints where it listens first',
    () => assert.match(ims.lines[0], /^listening on http:\/\/127\.0\.0\.1:\d+$/))

  for (const path of ['/ims/exchange/jwt', '/ims/exchange/jwt/', '/ims/exchange/v1/jwt']) {
    for (const multipart of [false, true]) {
      test(`exchanges an assertion at ${path} as ${multipart ? 'multipart/form-data' : 'urlencoded'}`, async () => {
        const { status, body, headers } = await post(path,
          { client_id: env.JWT_CLIENT_ID, client_secret: secret, jwt_token: assertion() }, { multipart })
        assert.equal(status, 200, JSON.stringify(body))
        assert.equal(body.token_type, 'bearer')
        assert.equal(body.expires_in, 86399998, 'milliseconds')
        assert.ok(headers.get('x-debug-id'))
      })
    }
  }

  test('issues access tokens that verify with the keys it publishes and carry IMS\'s claims', async () => {
    const { body } = await exchange({})
    const [header, payload, signature] = body.access_token.split('.')
    const { alg, kid, itt } = JSON.parse(Buffer.from(header, 'base64url'))
    assert.deepEqual([alg, itt], ['RS256', 'at'])
    const { keys: published } = await (await fetch(ims.origin + '/ims/keys')).json()
    const key = createPublicKey({ key: published.find((one) => one.kid === kid), format: 'jwk' })
    assert.ok(createVerify('sha256').update(header + '.' + payload).verify(key, signature, 'base64url'))
    const claims = JSON.parse(Buffer.from(payload, 'base64url'))
    assert.equal(claims.type, 'access_token')
    assert.equal(claims.client_id, env.JWT_CLIENT_ID)
    assert.equal(claims.as, 'ims-na1')
    assert.equal(claims.expires_in, '86399998')
    assert.ok(Math.abs(Number(claims.created_at) - Date.now()) < 60_000)
  })

  const other = generateKeyPairSync('rsa',
    { modulusLength: 2048, privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: {
      type: 'spki', format: 'pem'
    } })
  const rows = [
    ['an unknown client', { client_id: 'nobody' }, 400, 'invalid_client'],
    [
      'an audience of another client', { jwt_token: assertion({ aud: 'https://ims-na1.adobelogin.com/c/other' }) }, 400,
      'invalid_client'
    ],
    ['a wrong secret', { client_secret: 'wrong' }, 401, 'invalid_client'],
    ['no assertion', { jwt_token: undefined }, 400, 'invalid_token'],
    ['a text that is not an assertion', { jwt_token: 'a.b' }, 400, 'invalid_token'],
    [
      'an expired assertion', { jwt_token: assertion({ exp: Math.floor(Date.now() / 1000) - 10 }) }, 400,
      'invalid_token'
    ],
    ['an exp that is not an integer', { jwt_token: assertion({ exp: 'tomorrow' }) }, 400, 'invalid_token'],
    ['a jti that is not an integer', { jwt_token: assertion({ jti: 'x' }) }, 400, 'invalid_token'],
    ['no metascope', { jwt_token: assertion({ [env.JWT_METASCOPES]: undefined }) }, 400, 'invalid_scope'],
    [
      'a metascope that is not bound',
      { jwt_token: assertion({ 'https://ims-na1.adobelogin.com/s/ent_other_sdk': true }) }, 400, 'invalid_scope'
    ],
    ['a malformed sub', { jwt_token: assertion({ sub: 7 }) }, 400, 'bad_request'],
    ['a malformed iss', { jwt_token: assertion({ iss: undefined }) }, 400, 'bad_request']
  ]
  for (const [what, fields, status, error] of rows) {
    test(`refuses ${what}: ${status} ${error}`, async () => {
      const answer = await exchange(fields)
      assert.deepEqual([answer.status, answer.body.error], [status, error], JSON.stringify(answer.body))
      assert.ok(answer.body.error_description)
      assert.ok(answer.headers.get('x-debug-id'))
    })
  }

  test('refuses the signature of a key that is not bound', async () => {
    const answer = await exchange({ jwt_token: assertion({}, { key: other.privateKey }) })
    assert.equal(answer.status, 400)
    assert.match(answer.body.error, /^invalid_(token|signature)$/)
  })

  test('refuses alg none, however it is written', async () => {
    for (const alg of ['none', 'None', 'HS256']) {
      const [, payload] = assertion().split('.')
      const forged = Buffer.from(JSON.stringify({ alg, typ: 'JWT' })).toString('base64url') + '.' + payload + '.'
      assert.equal((await exchange({ jwt_token: forged })).status, 400)
    }
  })

  for (const path of ['/ims/token/v2', '/ims/token/v3']) {
    test(`grants client credentials at ${path}, in seconds`, async () => {
      const { status, body } = await post(path,
        { grant_type: 'client_credentials', client_id: 'oauth-client', client_secret: secret, scope: 'openid,AdobeID' })
      assert.equal(status, 200, JSON.stringify(body))
      assert.equal(body.expires_in, 86399)
    })
  }

  test('accepts any of a client\'s secrets and refuses others', async () => {
    const jwt = assertion({ aud: 'https://ims-na1.adobelogin.com/c/two-keys' })
    const status =
      async (client_secret) => (await exchange({ client_id: 'two-keys', client_secret, jwt_token: jwt })).status
    assert.deepEqual([await status('first-' + secret), await status('second-' + secret), await status('third')],
      [200, 200, 401])
  })

  test('answers with the report only if token, key and company match', async () => {
    const token = (await exchange({})).body.access_token
    const report = async (headers) => {
      const response = await fetch(ims.origin + '/api/example/reports', {
        method: 'POST',
        headers: {
          authorization: 'Bearer ' + token, 'x-api-key': env.JWT_CLIENT_ID, 'x-proxy-global-company-id': 'example',
          'content-type': 'application/json', ...headers
        },
        body: JSON.stringify({
          rsid: 'example', globalFilters: [], metricContainer: { metrics: [{ id: 'metrics/visits', columnId: '0' }] },
          dimension: 'variables/page'
        })
      })
      return { status: response.status, body: await response.json() }
    }
    const good = await report({})
    assert.equal(good.status, 200, JSON.stringify(good.body))
    assert.ok(good.body.rows.length > 0)
    assert.equal((await report({ authorization: 'Bearer ' + token.slice(0, -5) + 'AAAAA' })).status, 401)
    assert.equal((await report({ authorization: '' })).status, 401)
    assert.ok((await report({ 'x-api-key': 'other' })).status >= 400)
    assert.ok((await report({ 'x-proxy-global-company-id': '' })).status >= 400)
  })

  test('counts what it has done', async () => {
    const stats = await (await fetch(ims.origin + '/__adit/stats')).json()
    assert.ok(stats.exchanges.jwt >= 6)
    assert.ok(stats.exchanges.client_credentials >= 2)
    assert.ok(stats.rejected >= rows.length)
    assert.ok(stats.api_calls >= 1)
  })

  for (const signal of ['SIGINT', 'SIGTERM']) {
    test(`ends cleanly on ${signal}`, async () => {
      const one = await emulator()
      assert.equal((await one.stop(signal)).code, 0)
    })
  }

  test('says that its port is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => taken.once('listening', resolve))
    const { port } = taken.address()
    const { code, stderr } = await run(['emulator', '--port', String(port)])
    taken.close()
    assert.notEqual(code, 0)
    assert.match(stderr, new RegExp(`${port}`))
    assert.match(stderr, /in use/i)
  })

  test('names the line of an integrations file that is wrong', async () => {
    const root = project({ 'integrations.yaml': 'integrations:\n  - client_secret: x\n' })
    const { code, stderr } = await run(['emulator', '--port', '0', '--integrations', join(root, 'integrations.yaml')])
    assert.equal(code, 2, stderr)
    assert.match(stderr, /integrations\.yaml:2/)
    assert.match(stderr, /client_id/)
  })

  test('accepts --clients and the key clients, as earlier versions called them, and only one list', async () => {
    const list = '\n  - { client_id: id, client_secret: s, org_id: o@AdobeOrg, scopes: openid }\n'
    const root = project({ 'c.yaml': `clients:${list}`, 'both.yaml': `integrations:${list}clients:${list}` })
    const one = await emulator(['--clients', join(root, 'c.yaml')])
    const answer = await fetch(one.origin + '/ims/token/v3', {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials', client_id: 'id', client_secret: 's', scope: 'openid'
      })
    })
    assert.equal(answer.status, 200, await answer.text())
    const { code, stderr } = await run(['emulator', '--port', '0', '--integrations', join(root, 'both.yaml')])
    assert.equal(code, 2, stderr)
    assert.match(stderr, /both\.yaml:3/)
  })

  test('serves HTTPS under Adobe\'s names with a CA that --ca-out saves, and also plain HTTP', async () => {
    const root = project({})
    const ca = join(root, 'ca.pem')
    writeFileSync(ca, 'an older one', { mode: 0o600 })
    const one = await emulator(['--tls', '--ca-out', ca, '--http-port', '0'])
    assert.match(one.origin, /^https:/)
    assert.equal(statSync(ca).mode & 0o777, 0o644)
    const get = (servername, trusted) => new Promise((resolve, reject) => {
      const { port } = new URL(one.origin)
      const options = {
        host: '127.0.0.1', port, path: '/ims/keys', servername, headers: { host: servername }, agent: false, ...trusted
      }
      https.get(options, (response) => { response.resume(); resolve(response.statusCode) }).on('error', reject)
    })
    const trusted = { ca: readFileSync(ca) }
    for (const name of [
      'localhost', 'ims-na1.adobelogin.com', 'ims-na1-stg1.adobelogin.com', 'analytics.adobe.io', 'api.adobe.io'
    ]) {
      assert.equal(await get(name, trusted), 200, name)
    }
    await assert.rejects(get('localhost', {}), /certificate/, 'nobody trusts it without its CA')
    await assert.rejects(get('www.example.com', trusted), /altnames|does not match/i)
    const { stderr } = await one.stop()
    assert.match(one.lines[1], /^listening on http:\/\/127\.0\.0\.1:\d+$/)
    assert.match(stderr, /NODE_EXTRA_CA_CERTS/)
  })

  test('logs requests as JSON, without a secret or a token', async () => {
    const root = project({ '.env': toDotenv(env) })
    const one = await emulator(['--json', '--env-file', join(root, '.env')])
    const jwt = assertion()
    const body = new URLSearchParams({ client_id: env.JWT_CLIENT_ID, client_secret: secret, jwt_token: jwt })
    const { access_token: token } =
      await (await fetch(one.origin + '/ims/exchange/jwt', { method: 'POST', body })).json()
    await fetch(one.origin + '/ims/validate_token/v1?type=access_token&client_id=x&token=' + token)
    await fetch(one.origin + '/nowhere/' + token)
    const { stderr } = await one.stop()
    const lines = stderr.trim().split('\n').map((line) => JSON.parse(line))
    assert.deepEqual(lines.map(({ method, path, status }) => [method, path, status]), [
      ['POST', '/ims/exchange/jwt', 200], ['GET', '/ims/validate_token/v1', 200], ['GET', '/nowhere/<hidden>', 404]])
    assert.equal(lines[0].client_id, env.JWT_CLIENT_ID)
    for (const hidden of [secret, jwt, token, token.split('.')[2]]) assert.ok(!stderr.includes(hidden))
  })

  test('throttles a client, and refuses requests that are too large', async () => {
    const root = project({ 'integrations.yaml': integrationsYaml })
    const file = join(root, 'integrations.yaml')
    const one = await emulator(['--quiet', '--integrations', file, '--token-rate', '1/1m', '--max-body', '1000'])
    const ask = (more = {}) => fetch(one.origin + '/ims/token/v3', {
      method: 'POST',
      body: new URLSearchParams(
        { grant_type: 'client_credentials', client_id: 'oauth-client', client_secret: secret, scope: 'openid', ...more }
      )
    })
    assert.equal((await ask()).status, 200)
    const refused = await ask()
    assert.equal(refused.status, 429)
    assert.ok(Number(refused.headers.get('retry-after')) > 0)
    assert.equal((await ask({ padding: 'x'.repeat(2000) })).status, 413)
    assert.equal((await one.stop('SIGTERM')).stderr, '')
  })

  // Returns everything that a bare connection receives until it is closed. Calls `write` with the socket when it is
  // connected.
  const raw = (origin, write) => new Promise((resolve, reject) => {
    const { port } = new URL(origin)
    const socket = connect(Number(port), '127.0.0.1', () => write(socket))
    let text = ''
    socket.setTimeout(60_000, () => socket.destroy(new Error('the connection was left open')))
    socket.setEncoding('utf8').on('data',
      (data) => { text += data }).on('error', reject).on('close', () => resolve(text))
  })
  const refusal = (text) => {
    const [head, body] = text.split('\r\n\r\n')
    assert.match(head, /^X-Debug-Id: [0-9a-f-]{36}\r?$/m)
    assert.match(head, /^Content-Type: application\/json;charset=UTF-8\r?$/m)
    const { error, error_description: description } = JSON.parse(body)
    assert.ok(description)
    return [Number(head.split(' ')[1]), error]
  }

  test('closes connections with slow senders, no requests or long headers, and says so', async () => {
    const one = await emulator(['--json', '--request-timeout', '300ms', '--idle-timeout', '2s', '--max-header', '1000'])
    const slow = raw(one.origin, (socket) => {
      const bytes = [...'POST /ims/token/v3 HTTP/1.1\r\nHost: a\r\nContent-Length: 10000\r\n\r\n' + 'x'.repeat(10000)]
      const timer = setInterval(() => socket.write(bytes.shift()), 5)
      socket.on('close', () => clearInterval(timer))
    })
    assert.deepEqual(refusal(await slow), [408, 'request_timeout'])
    assert.equal(await raw(one.origin, () => {}), '', 'an idle connection is closed without a word')
    assert.deepEqual(
      refusal(await raw(one.origin,
        (socket) => socket.write(`GET /ims/keys HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(2000)}\r\n\r\n`))),
      [431, 'header_too_large']
    )
    const { stderr } = await one.stop()
    const lines = stderr.trim().split('\n').map((line) => JSON.parse(line))
    assert.deepEqual(lines.map(({ status, error }) => [status, error]),
      [[408, 'request_timeout'], [431, 'header_too_large']])
    for (const { debug_id: id } of lines) assert.ok(id)
  })

  test('refuses connections beyond its limit, and says so', async () => {
    const one = await emulator(['--json', '--max-connections', '2'])
    // Each connection gets one answer first, so that it is certainly counted.
    const begun = await Promise.all([0, 1].map(() => new Promise((resolve, reject) => {
      const socket = connect(Number(new URL(one.origin).port), '127.0.0.1',
        () => socket.write('GET /__adit/stats HTTP/1.1\r\nHost: localhost\r\n\r\n'))
      socket.once('data', () => resolve(socket)).once('error', reject)
    })))
    assert.deepEqual(refusal(await raw(one.origin, () => {})), [503, 'service_unavailable'])
    for (const socket of begun) socket.destroy()
    const { stderr } = await one.stop()
    const lines = stderr.trim().split('\n').map((line) => JSON.parse(line)).filter(({ status }) => status !== 200)
    assert.deepEqual(lines.map(({ status, error }) => [status, error]), [[503, 'service_unavailable']])
    assert.ok(lines[0].debug_id)
  })

  test('prints an address that this machine can reach if it listens on all addresses', async () => {
    for (const [host, here] of [['0.0.0.0', '127.0.0.1'], ['::', '[::1]']]) {
      const one = await emulator(['--host', host])
      const { port } = new URL(one.origin)
      const { stderr } = await one.stop()
      assert.ok(stderr.includes(`https://analytics.adobe.io=http://${here}:${port}`), stderr)
      assert.ok(stderr.includes(`http://${here}:${port}/__adit/stats`), stderr)
    }
  })

  test('rejects limits that would refuse every client or none', async () => {
    for (const limit of [
      ['--max-connections', '0'], ['--max-connections', '-1'], ['--max-body', '-1'], ['--max-header', '0'],
      ['--request-timeout', '0'], ['--token-rate', '0/1m']
    ]) {
      const { code, stdout, stderr } = await run(['emulator', ...limit, '--integrations', 'nowhere.yaml'])
      assert.equal(code, 2, stderr)
      assert.equal(stdout, '')
      assert.ok(stderr.includes(limit[0]), stderr)
    }
  })

  test('says why an API refused a request, in text and in JSON', async () => {
    for (const json of [true, false]) {
      const one =
        await emulator(['--env-file', join(project({ '.env': toDotenv(env) }), '.env'), ...(json ? ['--json'] : [])])
      const ask = (headers) => fetch(one.origin + '/discovery/me', { headers })
      await ask({})
      await ask({ authorization: 'Bearer undefined' })
      await ask({ authorization: 'Bearer ' + secret })
      const { stderr } = await one.stop()
      if (json) {
        const lines = stderr.trim().split('\n').map((line) => JSON.parse(line))
        assert.deepEqual(lines.map(({ status, error, reason }) => [status, error, reason]), [
          [401, '401010', 'the header Authorization is missing'], [401, '401013', 'the token is not a JWT: undefined'],
          [401, '401013', 'the token is not a JWT']
        ])
      } else {
        assert.match(stderr, /GET \/discovery\/me 401 401013 \(the token is not a JWT: undefined\)/)
      }
      assert.ok(!stderr.includes(secret))
    }
  })

  test('says why in adit dev and adit invoke, too, if it runs inside the command', async () => {
    const root = project({
      'ext.config.yaml':
        "runtimeManifest:\n  packages:\n    p:\n      actions:\n        a:\n          function: a.js\n          runtime: nodejs:22\n          web: 'yes'\n",
      '.env': toDotenv(env),
      'a.js':
        "exports.main = async () => ({ body: { status: (await fetch('https://analytics.adobe.io/discovery/me', { headers: { authorization: 'Bearer ' + undefined } })).status } })\n"
    })
    const server = await dev(root, ['--http', '--ims', 'local'])
    assert.equal((await askDev(server.origin + '/api/v1/web/p/a')).json().status, 401)
    const { stderr } = await server.stop()
    assert.match(stderr, /GET \/discovery\/me 401 401013: the token is not a JWT: undefined/)
    const invoked = await run(['invoke', 'a', '--ims', 'local', '-v'], { cwd: root })
    assert.match(invoked.stderr, /the token is not a JWT: undefined/)
  })

  test('says that it has no integration, at its start and in its answers', async () => {
    const one = await emulator([])
    const { code, stderr } =
      await run(['token', '--ims', one.origin, '--store', 'memory:'], { cwd: project({ '.env': toDotenv(env) }) })
    assert.equal(code, 1)
    assert.match(stderr, /this emulator has no integration/)
    assert.match(stderr, /adit emulator --env-file \.env/)
    assert.match((await one.stop()).stderr, /the emulator has no integration/)
  })

  test('supports several certificates and secrets, and answers 403025 without a product profile', async () => {
    const root = project({})
    const certificates = []
    for (const name of ['one', 'two']) {
      const made = await run(['key', 'generate', '--out', name], { cwd: root })
      assert.equal(made.code, 0, made.stderr)
      certificates.push(name + '.crt')
    }
    const client = {
      client_id: env.JWT_CLIENT_ID, client_secrets: ['a-' + secret, 'b-' + secret], org_id: env.JWT_IMS_ORG,
      technical_account_id: env.JWT_TECHNICAL_ACCOUNT_ID, metascopes: ['ent_analytics_bulk_ingest_sdk'], certificates,
      product_profiles: []
    }
    writeFileSync(join(root, 'integrations.yaml'), JSON.stringify({ integrations: [client] }))
    const one = await emulator(['--integrations', join(root, 'integrations.yaml')], { cwd: root })
    const keyOf = (name) =>
      readFileSync(join(root, readdirSync(root).find((file) => file.startsWith(name) && !file.endsWith('.crt'))),
        'utf8')
    const ask = async (client_secret, key) => {
      const body =
        new URLSearchParams({ client_id: env.JWT_CLIENT_ID, client_secret, jwt_token: assertion({}, { key }) })
      const response = await fetch(one.origin + '/ims/exchange/jwt', { method: 'POST', body })
      return { status: response.status, ...await response.json() }
    }
    for (const [client_secret, key] of [
      ['a-' + secret, keyOf('one')], ['b-' + secret, keyOf('two')], ['a-' + secret, keyOf('two')]
    ]) {
      const { status, access_token: token } = await ask(client_secret, key)
      assert.equal(status, 200)
      const me = await fetch(one.origin + '/discovery/me',
        { headers: { authorization: 'Bearer ' + token, 'x-api-key': env.JWT_CLIENT_ID } })
      assert.equal(me.status, 403)
      assert.equal((await me.json()).error_code, '403025')
    }
    assert.equal((await ask('a-' + secret, keys.privateKey)).error, 'invalid_token', 'a key of no certificate of its')
  })

  test('presents a chain to openssl s_client that its CA verifies for the requested name', async () => {
    const root = project({})
    const one = await emulator(['--quiet', '--tls', '--ca-out', join(root, 'ca.pem')])
    const { port } = new URL(one.origin)
    const verify = (name, ca) => {
      const { stdout, stderr } = spawnSync('openssl',
        [
          's_client', '-connect', `127.0.0.1:${port}`, '-servername', name, '-verify_hostname', name,
          '-verify_return_error', '-CAfile', ca
        ],
        { input: '', encoding: 'utf8', timeout: 60_000 })
      return /Verification: OK/.test(stdout) ? stdout : 'refused: ' + stderr
    }
    const shown = verify('ims-na1.adobelogin.com', join(root, 'ca.pem'))
    assert.match(shown, /Verified peername: ims-na1\.adobelogin\.com/)
    assert.match(shown, /TLSv1\.[23]/)
    assert.match(verify('www.example.com', join(root, 'ca.pem')), /^refused: [^]*ostname mismatch/)
    assert.match(verify('ims-na1.adobelogin.com', '/etc/ssl/certs/ca-certificates.crt'),
      /^refused: [^]*(self-signed|unable to get)/)
  })

  for (const [what, args] of [
    ['an invalid rate', ['--token-rate', 'often']], ['--ca-out without --tls', ['--ca-out', 'ca.pem']],
    ['a --ca-out that cannot be written', ['--tls', '--ca-out', '/dev/null/ca.pem']]
  ]) {
    test(`rejects ${what}`, async () => {
      const { code, stderr } = await run(['emulator', '--port', '0', ...args])
      assert.equal(code, 2, stderr)
      assert.match(stderr, new RegExp(args.at(-2)))
    })
  }

  for (const [line, wrong] of [
    [4, 'token_rate: often'], [4, 'product_profile: x'], [4, 'certificate: no-such-file.crt'],
    [4, 'exchange_jwt: perhaps']
  ]) {
    test(`names the line of ${wrong} in an integrations file`, async () => {
      const root = project({ 'integrations.yaml': `integrations:\n  - client_id: a\n    client_secret: b\n    ${wrong}\n` })
      const { code, stderr } = await run(['emulator', '--port', '0', '--integrations', join(root, 'integrations.yaml')])
      assert.equal(code, 2, stderr)
      assert.match(stderr, new RegExp(`integrations\\.yaml:${line}`))
    })
  }
})
