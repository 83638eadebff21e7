import assert from 'node:assert/strict'
import { once } from 'node:events'
import { appendFileSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { before, beforeEach, describe, test } from 'node:test'
import { emulator, project, run, start, temporaryFolder, toDotenv } from './adit.mjs'

const first = 'first-' + Math.random().toString(36).slice(2)
const settings = (changes = {}) => ({
  IMS_OAUTH_S2S_CLIENT_ID: 'oauth-client',
  IMS_OAUTH_S2S_CLIENT_SECRET: first,
  IMS_OAUTH_S2S_ORG_ID: 'DEF@AdobeOrg',
  IMS_OAUTH_S2S_SCOPES: '["openid","AdobeID"]',
  ...changes
})

describe('adit ims', () => {
  let ims, root, cache
  before(async () => {
    root = project({ '.env': toDotenv(settings()) })
    ims = await emulator(['--env-file', join(root, '.env')])
    cache = temporaryFolder()
  })
  const adit = (args, options = {}) =>
    run([...args, '--ims', ims.origin], { cwd: root, env: { XDG_CACHE_HOME: cache }, ...options })
  const newToken = async () => (await adit(['token', '--fresh'])).stdout.trim()

  test('validates the project\'s own token, one that is given, and one from stdin', async () => {
    const token = await newToken()
    for (const [args, options] of [[[]], [[token]], [['-'], { input: `Bearer ${token}\n` }]]) {
      const { code, stdout, stderr } = await adit(['ims', 'validate', ...args], options)
      assert.equal(code, 0, stderr)
      const { valid, token: claims } = JSON.parse(stdout)
      assert.equal(valid, true)
      assert.equal(claims.client_id, 'oauth-client')
      assert.ok(!stdout.includes(token))
    }
  })

  test('reports a token that is not valid, with the reason and exit code 1', async () => {
    const token = await newToken()
    assert.equal((await adit(['ims', 'invalidate', token])).code, 0)
    const { code, stdout } = await adit(['ims', 'validate', token])
    assert.equal(code, 1)
    assert.equal(JSON.parse(stdout).valid, false)
    assert.ok(JSON.parse(stdout).reason)
    assert.equal((await adit(['ims', 'validate', token.slice(0, -8) + 'AAAAAAAA'])).code, 1)
  })

  test('invalidates the project\'s own token and does not return it again', async () => {
    const token = await newToken()
    const { code, stdout, stderr } = await adit(['ims', 'invalidate'])
    assert.equal(code, 0, stderr)
    assert.deepEqual(JSON.parse(stdout), { invalidated: true })
    assert.notEqual((await adit(['token'])).stdout.trim(), token)
    const kept = (await adit(['token'])).stdout.trim()
    assert.equal((await adit(['ims', 'invalidate', kept])).code, 0)
    assert.notEqual((await adit(['token'])).stdout.trim(), kept, 'one that is given leaves the store too')
  })

  test('says whose token it is', async () => {
    const profile = await adit(['ims', 'profile'])
    assert.equal(profile.code, 0, profile.stderr)
    assert.match(JSON.parse(profile.stdout).userId, /@techacct\.adobe\.com$/)
    const userinfo = await adit(['ims', 'profile', '--userinfo'])
    assert.ok(JSON.parse(userinfo.stdout).sub)
    const organizations = await adit(['ims', 'organizations', '--json'])
    assert.equal(JSON.parse(organizations.stdout)[0].orgRef.ident, 'DEF')
  })

  test('prints the keys as a JWK set', async () => {
    const { code, stdout } = await adit(['ims', 'keys'])
    assert.equal(code, 0)
    const { keys } = JSON.parse(stdout)
    assert.equal(keys[0].kty, 'RSA')
    assert.ok(keys[0].kid && !keys[0].d)
  })

  test('treats an empty token as missing, not as the project\'s own', async () => {
    const token = await newToken()
    for (const command of ['validate', 'invalidate', 'profile', 'organizations']) {
      const { code, stdout, stderr } = await adit(['ims', command, ''])
      assert.equal(code, 2, command)
      assert.match(stderr, /There is no token/)
      assert.equal(stdout, '')
    }
    assert.equal((await adit(['ims', 'validate', token])).code, 0, 'it was not invalidated')
  })

  test('says with exit code 2 that there are no credentials, and with 1 that the token is refused', async () => {
    const nothing = await adit(['ims', 'profile'], { cwd: temporaryFolder() })
    assert.equal(nothing.code, 2)
    const refused = await adit(['ims', 'profile', 'no-token'])
    assert.equal(refused.code, 1)
    assert.match(refused.stderr, /invalid_token|expired|token/)
  })
})

describe('adit ims secrets', () => {
  let ims, root, cache
  const comment = '# the client of this project\n'
  beforeEach(async () => {
    root = project({ '.env': `${comment}LOG_LEVEL=debug\n${toDotenv(settings())}# the end\n` })
    ims = await emulator(['--env-file', join(root, '.env')])
    cache = temporaryFolder()
  })
  const env = (changes = {}) =>
    ({ XDG_CACHE_HOME: cache, ADIT_CONSOLE_ORG: '12345', ADIT_CONSOLE_CREDENTIAL: 'oauth-client', ...changes })
  const secrets = (args, options = {}) =>
    run(['ims', 'secrets', ...args, '--ims', options.ims ?? ims.origin], { cwd: root, env: env(options.env) })
  const dotenv = () => readFileSync(join(root, '.env'), 'utf8')
  const inUse = () => /^IMS_OAUTH_S2S_CLIENT_SECRET=(['"]?)(.*)\1$/m.exec(dotenv())[2]
  const list = async () => JSON.parse((await secrets(['list'])).stdout)
  const works = async (secret) => (await fetch(ims.origin + '/ims/token/v3', {
    method: 'POST',
    body: new URLSearchParams(
      { grant_type: 'client_credentials', client_id: 'oauth-client', client_secret: secret, scope: 'openid' }
    )
  })).status === 200

  test('lists, adds and removes', async () => {
    const [old] = await list()
    assert.ok(old.uuid)
    const added = await secrets(['add'])
    assert.equal(added.code, 0, added.stderr)
    const { uuid, client_secret: value } = JSON.parse(added.stdout)
    assert.ok(await works(value))
    assert.equal((await list()).length, 2)
    const third = await secrets(['add'])
    assert.equal(third.code, 1)
    assert.match(third.stderr, /2 client secrets/)
    assert.equal((await secrets(['remove', uuid])).code, 0)
    assert.ok(!await works(value))
    assert.equal((await secrets(['remove', '../..'])).code, 2)
    assert.equal((await secrets(['remove', 'nobody'])).code, 1)
  })

  test('rotates: a new secret in .env that works, the old one deleted, everything else unchanged', async () => {
    const [old] = await list()
    const { code, stdout, stderr } = await secrets(['rotate'])
    assert.equal(code, 0, stderr)
    const value = /^IMS_OAUTH_S2S_CLIENT_SECRET=(.*)$/m.exec(dotenv())[1].replace(/^(['"])(.*)\1$/, '$2')
    assert.notEqual(value, first)
    assert.equal(dotenv().replace(value, first).replace(/^(IMS_OAUTH_S2S_CLIENT_SECRET=)(['"])(.*)\2$/m, '$1$3'),
      `${comment}LOG_LEVEL=debug\n${toDotenv(settings())}# the end\n`)
    assert.ok(await works(value))
    assert.ok(!await works(first))
    assert.equal(JSON.parse(stdout).removed, old.uuid)
    assert.ok(!stdout.includes(value) && !stderr.includes(value))
    assert.equal((await run(['token', '--fresh', '--ims', ims.origin], { cwd: root, env: env() })).code, 0)
  })

  test('keeps the old secret with --keep-old', async () => {
    assert.equal((await secrets(['rotate', '--keep-old'])).code, 0)
    assert.ok(await works(first))
    assert.equal((await list()).length, 2)
  })

  test('changes nothing if there are two secrets, or the one in use is not that of .env', async () => {
    const before = dotenv()
    const elsewhere = await secrets(['rotate'], { env: { IMS_OAUTH_S2S_CLIENT_SECRET: 'another' } })
    assert.equal(elsewhere.code, 2)
    assert.match(elsewhere.stderr, /environment/)
    await secrets(['add'])
    const two = await secrets(['rotate'])
    assert.equal(two.code, 1)
    assert.equal(dotenv(), before)
    assert.equal((await list()).length, 2)
    assert.ok(await works(first))
  })

  // Starts a server between adit and the emulator. `refuse` decides about each request: a status to answer with, 'drop'
  // (close the connection without passing the request on), 'lose' (close it instead of answering), or nothing.
  const between = async (refuse) => {
    const server = createServer(async (request, response) => {
      const chunks = []
      for await (const chunk of request) chunks.push(chunk)
      const body = Buffer.concat(chunks)
      const refusal = refuse(request, body.toString())
      if (refusal === 'drop') return request.socket.destroy()
      if (refusal > 0) {
        response.writeHead(
          refusal, { 'content-type': 'application/json' }
        ).end('{"error":"invalid_client","error_description":"no","error_code":"1","message":"no"}')
        return
      }
      const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) =>
        !['host', 'connection', 'content-length', 'transfer-encoding'].includes(name)))
      const answer =
        await fetch(ims.origin + request.url, { method: request.method, headers, body: body.length ? body : undefined })
      if (refusal === 'lose') return request.socket.destroy()
      response.writeHead(
        answer.status, { 'content-type': answer.headers.get('content-type') ?? 'application/json' }
      ).end(Buffer.from(await answer.arrayBuffer()))
    })
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
    server.unref()
    return { origin: `http://127.0.0.1:${server.address().port}`, close: () => server.close() }
  }

  test('removes the new secret if it does not work', async () => {
    const before = dotenv()
    const proxy =
      await between((request, body) => request.url.startsWith('/ims/token') && !body.includes(first) ? 401 : 0)
    const { code, stderr } = await secrets(['rotate', '--wait', '1s'], { ims: proxy.origin })
    proxy.close()
    assert.equal(code, 1)
    assert.match(stderr, /does not work/)
    assert.match(stderr, /removed again/)
    assert.equal(dotenv(), before)
    assert.equal((await list()).length, 1)
    assert.ok(await works(first))
  })

  test('removes the new secret if another process has changed .env', async () => {
    const proxy = await between((request, body) => {
      if (request.url.startsWith('/ims/token') && !body.includes(first)) appendFileSync(join(root, '.env'), 'MORE=1\n')
      return 0
    })
    const { code, stderr } = await secrets(['rotate'], { ims: proxy.origin })
    proxy.close()
    assert.equal(code, 1)
    assert.match(stderr, /old secret is still in use/)
    assert.ok(dotenv().includes(first) && dotenv().endsWith('MORE=1\n'))
    assert.equal((await list()).length, 1)
    assert.ok(await works(first))
  })

  test('rewrites the former JWT credential too, if it is the same client with the same secret', async () => {
    const [jwt, other] = [`JWT_CLIENT_ID=oauth-client\nJWT_CLIENT_SECRET="${first}" # as before\n`, `OTHER=${first}\n`]
    appendFileSync(join(root, '.env'), jwt + other)
    const { code, stdout, stderr } = await secrets(['rotate'])
    assert.equal(code, 0, stderr)
    assert.deepEqual(JSON.parse(stdout).settings, ['IMS_OAUTH_S2S_CLIENT_SECRET', 'JWT_CLIENT_SECRET'])
    const value = inUse()
    assert.ok(await works(value))
    assert.ok(dotenv().includes(jwt.replace(first, value)) && dotenv().endsWith(other), dotenv())
  })

  test('leaves a working secret in .env, whatever fails at whichever step', async () => {
    // The requests of a rotation, in order.
    const steps = {
      token: (request, body) => request.url.startsWith('/ims/token') && body.includes(first),
      list: (request) => request.method === 'GET' && request.url.endsWith('/secrets'),
      add: (request) => request.method === 'POST' && request.url.endsWith('/secrets'),
      proof: (request, body) => request.url.startsWith('/ims/token') && !body.includes(first),
      remove: (request) => request.method === 'DELETE'
    }
    for (const [step, is] of Object.entries(steps)) {
      for (const how of [400, 401, 403, 404, 429, 500, 'drop', 'lose']) {
        const what = `${step}: ${how}`
        const before = dotenv()
        const old = inUse()
        const proxy = await between((request, body) => is(request, body.replaceAll(old, first)) ? how : 0)
        const { code, stdout, stderr } = await secrets(['rotate', '--wait', '0'], { ims: proxy.origin, env: {
          ...(step === 'token' && { ADIT_TOKEN_TIMEOUT: '0.3' }), XDG_CACHE_HOME: temporaryFolder()
        } })
        proxy.close()
        // A lost answer after the removal of the old secret is not a failure: the secret is deleted.
        assert.equal(code, what === 'remove: lose' ? 0 : 1, what + stderr)
        assert.ok(await works(inUse()), what)
        assert.equal(dotenv().replace(inUse(), old), before, what)
        assert.equal(inUse() === old, step !== 'remove', what)
        const left = await list()
        for (const value of [old, inUse()]) assert.ok(!(stdout + stderr).includes(value), what)
        if (left.length === 1) continue
        const { uuid } = left[step === 'remove' ? 0 : 1]
        assert.ok(stderr.includes('adit ims secrets remove ' + uuid), what + stderr)
        assert.equal((await secrets(['remove', uuid])).code, 0)
      }
    }
  })

  test('removes the new secret on Ctrl-C while it waits until IMS accepts it', async () => {
    const before = dotenv()
    let child
    const proxy = await between((request, body) => {
      if (!request.url.startsWith('/ims/token') || body.includes(first)) return 0
      child.kill('SIGINT')
      return 401
    })
    child = start(['ims', 'secrets', 'rotate', '--ims', proxy.origin], { cwd: root, env: env() })
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', (data) => { stderr += data })
    const [code] = await once(child, 'close')
    proxy.close()
    assert.notEqual(code, 0)
    assert.match(stderr, /interrupted[^]*removed again/)
    assert.equal(dotenv(), before)
    assert.equal((await list()).length, 1)
  })

  test('leaves both secrets working if the old one cannot be removed', async () => {
    const proxy = await between((request) => request.method === 'DELETE' ? 500 : 0)
    const { code, stderr } = await secrets(['rotate'], { ims: proxy.origin })
    proxy.close()
    assert.equal(code, 1)
    assert.match(stderr, /Both work/)
    const value = /^IMS_OAUTH_S2S_CLIENT_SECRET=(.*)$/m.exec(dotenv())[1].replace(/^(['"])(.*)\1$/, '$2')
    assert.ok(await works(value))
    assert.ok(await works(first))
  })
})
