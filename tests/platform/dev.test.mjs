// `adit dev` from outside: real requests to a real server.
import assert from 'node:assert/strict'
import { cpSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { assertion, emulator, HERE, jwtEnv, NPM, run, secret, temporaryFolder, toDotenv } from '../cli/adit.mjs'
import { ask, dev, eventually, nodeProject, probeServer } from './dev.mjs'

const hasIpv6 = Object.values(networkInterfaces()).flat().some(({ address }) => address === '::1')

describe('adit dev', { concurrency: false, timeout: 1_200_000 }, () => {
  let root
  let server
  const web = (path, options) => ask(`${server.origin}/api/v1/web/p/${path}`, options)
  const api = (path, { key = server.key, ...options } = {}) =>
    ask(`${server.origin}/api/v1/${path}`, { ...options, headers: {
      ...(key ? { authorization: 'Basic ' + Buffer.from(key).toString('base64') } : {}), ...options.headers
    } })

  before(async () => {
    root = nodeProject()
    server = await dev(root, ['--ims', 'local'])
  })
  after(async () => { await server?.stop() })

  test('serves web actions over HTTPS with a certificate that can be trusted', async () => {
    assert.match(server.origin, /^https:\/\/localhost:\d+$/)
    const ca = readFileSync(server.first.certificate)
    const answer = await ask(`${server.origin}/api/v1/web/p/echo?a=1`, { ca })
    assert.equal(answer.status, 200, answer.text)
    const params = answer.json()
    assert.equal(params.a, '1')
    assert.equal(params.GREETING, 'hello')
    assert.equal(params.__ow_method, 'get')
    assert.match(answer.headers['x-openwhisk-activation-id'], /^[0-9a-f]{32}$/)
    assert.equal(answer.headers['access-control-allow-origin'], '*')
    const kept = server.first.certificate.replace(/crt$/, 'pem')
    assert.equal(statSync(kept).mode & 0o777, 0o600)
  })

  test('serves localhost by IPv6 too, which browsers try first', { skip: !hasIpv6 && 'no ::1 here' }, async () => {
    const answer = await ask(server.origin.replace('localhost', '[::1]') + '/api/v1/web/p/echo?a=1')
    assert.deepEqual([answer.status, answer.json().a], [200, '1'])
  })

  test('answers 404 for what is not a web action', async () => {
    for (const path of ['nothing', 'add', '']) assert.equal((await web(path)).status, 404, path)
    assert.equal((await ask(server.origin + '/else')).status, 404)
    const { error, code } = (await web('nothing')).json()
    assert.equal(error, 'The requested resource does not exist.')
    assert.match(code, /^[0-9a-f]{32}$/)
  })

  test('protects the inputs of a final action from the caller, and accepts bodies', async () => {
    assert.equal((await web('final?FIXED=other')).status, 400)
    assert.equal((await web('echo?FIXED=other')).json().FIXED, 'other')
    const posted =
      await web('echo/rest?q=1', { method: 'POST', body: '{"b":[2]}', headers: { 'content-type': 'application/json' } })
    assert.deepEqual(posted.json().b, [2])
    assert.equal(posted.json().__ow_path, '/rest')
    assert.equal((await web('echo', { method: 'POST', body: Buffer.alloc(2 << 20) })).status, 413)
    assert.equal(
      (await web('raw?x=%20',
        { method: 'PUT', body: 'text', headers: { 'content-type': 'text/plain' } })).json().__ow_query,
      'x=%20'
    )
  })

  test('answers OPTIONS itself, and HEAD without a body', async () => {
    const options = await web('echo', { method: 'OPTIONS', headers: { 'access-control-request-headers': 'x-mine' } })
    assert.equal(options.status, 200)
    assert.equal(options.headers['access-control-allow-headers'], 'x-mine')
    assert.equal(options.headers['x-openwhisk-activation-id'], undefined)
    const head = await web('echo', { method: 'HEAD' })
    assert.equal(head.status, 200)
    assert.equal(head.text, '')
  })

  test('answers with the status of an application error, and hides a crash', async () => {
    const failed = await web('fail')
    assert.deepEqual([failed.status, failed.text], [418, 'no'])
    assert.equal((await web('boom.json')).status < 500, true)
  })

  test('requires what require-whisk-auth says', async () => {
    assert.equal((await web('keyed')).status, 401)
    assert.equal((await web('keyed', { headers: { 'x-require-whisk-auth': 'wrong' } })).status, 401)
    assert.equal((await web('keyed', { headers: { 'x-require-whisk-auth': 'letmein' } })).status, 200)
  })

  test('runs sequences, and stops them at an error', async () => {
    const chain = await web('chain?n=1')
    assert.deepEqual(chain.json(), { n: 3 })
    const broken = await web('broken?n=1')
    assert.equal(broken.status, 418)
    const id = broken.headers['x-openwhisk-activation-id']
    const record = (await api('activations/' + id)).json()
    assert.equal(record.logs.length, 2, 'show did not run')
  })

  test('runs any action by POST with the key, and none without it', async () => {
    const body = '{"n":1}'
    assert.equal((await api('p/add', { method: 'POST', body, key: null })).status, 401)
    assert.equal((await api('p/add', { method: 'POST', body, key: 'wrong:key' })).status, 401)
    const answer = await api('p/add', { method: 'POST', body })
    assert.deepEqual([answer.status, answer.json()], [200, { n: 2 }])
    assert.equal((await api('p/nothing', { method: 'POST', body })).status, 404)
    assert.equal((await api('p/add', { method: 'POST', body: 'no json' })).status, 400)
    const whole = (await api('namespaces/_/actions/p/add?blocking=true', { method: 'POST', body })).json()
    assert.deepEqual(whole.response.result, { n: 2 })
    const begun = await api('namespaces/guest/actions/p/add', { method: 'POST', body })
    assert.equal(begun.status, 202)
    const { activationId } = begun.json()
    const record = await eventually(async () => {
      const found = await api('activations/' + activationId)
      return found.status === 200 && found.json()
    })
    assert.deepEqual(record.response.result, { n: 2 })
  })

  test('keeps records of activations', async () => {
    const answer = await web('echo?remember=me')
    const id = answer.headers['x-openwhisk-activation-id']
    const record = (await ask(`${server.origin}/api/v1/activations/${id}`)).json()
    assert.equal(record.activationId, id)
    assert.equal(record.name, 'echo')
    assert.equal(record.response.result.body.remember, 'me')
    assert.deepEqual(Object.keys((await api(`namespaces/_/activations/${id}/logs`)).json()), ['logs'])
    const list = (await ask(`${server.origin}/api/v1/activations?limit=1`)).json()
    assert.deepEqual([list.length, list[0].activationId], [1, id])
    assert.equal((await ask(`${server.origin}/api/v1/activations/${'f'.repeat(32)}`)).status, 404)
    assert.equal((await ask(`${server.origin}/api/v1/activations`, { headers: { host: 'evil.example' } })).status, 403)
  })

  test('rejects callers of a secured action whose token IMS does not accept', async () => {
    const missing = await web('secured')
    assert.deepEqual([missing.status, missing.json()],
      [401, { error: 'cannot authorize request, reason: missing authorization header' }])
    const org = await web('secured.json', { headers: { authorization: 'Bearer x' } })
    assert.deepEqual([org.status, org.json()],
      [401, { error: 'cannot authorize request, reason: missing x-gw-ims-org-id header' }])
    const forged =
      await web('secured', { headers: { authorization: 'Bearer ' + assertion(), 'x-gw-ims-org-id': 'DEF@AdobeOrg' } })
    assert.equal(forged.status, 401)
    const list = (await ask(`${server.origin}/api/v1/activations?name=p/secured&docs=true`)).json()
    assert.ok(list.length >= 3 && list.every(({ logs }) => logs.length === 0), 'it never ran')
  })

  test('accepts a caller with a valid token of an IMS that runs elsewhere', async () => {
    const ims = await emulator(['--env-file', join(root, '.env')])
    const other = await dev(root, ['--ims', ims.origin])
    try {
      const exchanged = await ask(ims.origin + '/ims/exchange/jwt', {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body:
          new URLSearchParams({ client_id: 'test-client', client_secret: secret, jwt_token: assertion() }).toString()
      })
      const token = exchanged.json().access_token
      const headers = { authorization: 'Bearer ' + token, 'x-gw-ims-org-id': 'DEF@AdobeOrg' }
      const allowed = await ask(other.origin + '/api/v1/web/p/secured', { headers })
      assert.deepEqual([allowed.status, allowed.text], [200, 'in'])
    } finally {
      await other.stop()
      await ims.stop()
    }
  })

  test('prints one line per request: status, time, cold or warm', async () => {
    const from = server.lines.length
    await web('echo')
    await web('echo')
    const second = await server.seen(
      (line, at, all) => line.event === 'request' && line.action === 'p/echo' && line.start === 'warm', from
    )
    assert.equal(second.status, 200)
    assert.ok(second.duration_ms >= 0 && second.method === 'GET' && second.activation_id.length === 32)
  })

  test('survives a thousand concurrent callers', async () => {
    const answers = await Promise.all(Array.from({ length: 1000 },
      (_, n) => web('echo?n=' + n).then((answer) => [answer.status, answer.json().n])))
    answers.forEach(([status, n], at) => assert.deepEqual([status, n], [200, String(at)]))
    assert.equal((await ask(`${server.origin}/api/v1/activations?limit=200`)).json().length, 200)
  })

  test('says that it is a development tool', async () => {
    assert.match((await run(['dev', '--help'])).stdout, /development tool for one machine/)
  })

  describe('with the JavaScript action of Adobe\'s documentation and Adobe\'s packages', () => {
    let page
    before(async () => {
      const where = temporaryFolder()
      cpSync(join(HERE, 'seed'), where, { recursive: true })
      symlinkSync(join(NPM, 'node_modules'), join(where, 'node_modules'))
      writeFileSync(join(where, '.env'), toDotenv(jwtEnv()), { mode: 0o600 })
      page = await dev(where, ['--ims', 'local'])
    })
    after(async () => { await page?.stop() })

    test('returns the report, and says that it exchanged a token', async () => {
      const { url } = page.first.actions[0]
      for (const begins of ['cold', 'warm']) {
        const from = page.lines.length
        const answer = await ask(url)
        assert.equal(answer.status, 200, answer.text)
        assert.ok(answer.json().rows.length > 0)
        const line = await page.seen((one) => one.event === 'request', from)
        assert.deepEqual([line.start, line.token, line.success], [begins, 'exchanged', true])
      }
      assert.ok(!JSON.stringify(page.lines).includes(secret))
    })
  })

  describe('with a C++ action', () => {
    let native
    before(async () => { native = await probeServer() })
    after(async () => { await native?.server.stop() })

    test('runs the tutorial\'s action, exchanges one token, and says so', async () => {
      const { server, probe } = native
      const first = await probe()
      assert.equal(first.status, 200, first.text)
      assert.ok(first.json().rows.length > 0)
      assert.equal((await server.seen((line) => line.event === 'request')).token, 'exchanged')
      const from = server.lines.length
      assert.equal((await probe()).status, 200)
      assert.equal((await server.seen((line) => line.event === 'request', from)).token, 'cached')
    })
  })
})
