// adit's OAuth client (tests/clients/oauth_probe.cc) against authorization servers of others: npm's oidc-provider,
// which checks every request, and oauth2-mock-server. Tokens are verified with jose.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'

const PROBE = process.env.ADIT_OAUTH_PROBE
const NPM = process.env.ADIT_NPM
if (!PROBE || !NPM)
  throw new Error('ADIT_OAUTH_PROBE must name the built program, ADIT_NPM the folder that tools/install-npm filled')
const resolve = createRequire(join(NPM, 'package.json')).resolve
const { createRemoteJWKSet, importJWK, jwtVerify } = await import(pathToFileURL(resolve('jose')))

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const AUDIENCE = 'https://api.example'

// Returns the probe's answer if it succeeds, otherwise { code: exit code, stderr }.
async function ask (request) {
  const child = spawn(PROBE, [], { env: { PATH: process.env.PATH }, stdio: ['pipe', 'pipe', 'pipe'], timeout: 60_000 })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (data) => { stdout += data })
  child.stderr.setEncoding('utf8').on('data', (data) => { stderr += data })
  child.stdin.end(JSON.stringify(request))
  const [code] = await once(child, 'close')
  return code === 0 ? { code, ...JSON.parse(stdout) } : { code, stderr, stdout }
}

function refusedAs (answer, error) {
  assert.equal(answer.code, 1, answer.stderr ?? 'it succeeded')
  assert.equal(answer.stderr.split(':')[0], error)
  assert.equal(answer.stdout, '')
}

function makeKey (algorithm, kid) {
  const curves = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' }
  const { privateKey, publicKey } = algorithm === 'EdDSA' ? generateKeyPairSync('ed25519')
    : algorithm in curves ? generateKeyPairSync('ec', { namedCurve: curves[algorithm] })
      : generateKeyPairSync('rsa', { modulusLength: 2048 })
  return {
    request: { private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }), key_id: kid, algorithm },
    jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg: algorithm, use: 'sig' }
  }
}

describe('oidc-provider', () => {
  // Characters that form encoding changes, so that both parts of `Basic` must be encoded as RFC 6749 section 2.3.1
  // requires.
  const secret = randomBytes(16).toString('hex') + ' :&=+%/"'
  const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']
  const keys = Object.fromEntries(algorithms.map((algorithm) => [algorithm, makeKey(algorithm, `key-${algorithm}`)]))
  const signer = makeKey('RS256', 'signer')
  let server, issuer

  // The grant of RFC 7523 section 2.1, which oidc-provider does not implement. jose checks the assertion.
  const jwtBearer = (provider, errors) => async (ctx) => {
    try {
      await jwtVerify(ctx.oidc.params.assertion, await importJWK(signer.jwk), {
        issuer: 'partner', subject: 'somebody', audience: issuer + '/token', algorithms: ['RS256'],
        requiredClaims: ['exp', 'iat', 'jti'], maxTokenAge: '5m'
      })
    } catch (error) {
      throw new errors.InvalidGrant(error.message)
    }
    const token = new provider.ClientCredentials({ client: ctx.oidc.client, scope: ctx.oidc.params.scope })
    ctx.body = {
      access_token: await token.save(), expires_in: token.expiration, token_type: token.tokenType, scope: token.scope
    }
  }

  before(async () => {
    const { default: Provider, errors } = await import(pathToFileURL(resolve('oidc-provider')))
    const client = (client_id, token_endpoint_auth_method, more = {}) => ({
      client_id, token_endpoint_auth_method, grant_types: ['client_credentials', JWT_BEARER], redirect_uris: [],
      response_types: [], ...more
    })
    let provider
    server = createServer((request, response) => provider.callback()(request, response))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    issuer = `http://127.0.0.1:${server.address().port}`
    provider = new Provider(issuer, {
      clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
      enabledJWA: { clientAuthSigningAlgValues: algorithms },
      scopes: ['read', 'write'],
      ttl: { ClientCredentials: 1234 },
      features: {
        clientCredentials: { enabled: true },
        introspection: { enabled: true },
        devInteractions: { enabled: false },
        resourceIndicators: {
          enabled: true,
          getResourceServerInfo: (ctx, resource) => {
            if (resource !== AUDIENCE) throw new errors.InvalidTarget()
            return { scope: 'read write', audience: resource, accessTokenFormat: 'jwt' }
          }
        }
      },
      clients: [
        client('basic:client', 'client_secret_basic', { client_secret: secret }),
        client('post-client', 'client_secret_post', { client_secret: secret }),
        ...algorithms.map((algorithm) => client(algorithm, 'private_key_jwt',
          { jwks: { keys: [keys[algorithm].jwk] }, token_endpoint_auth_signing_alg: algorithm }))
      ]
    })
    provider.on('server_error', (ctx, error) => console.error(error))
    provider.registerGrantType(JWT_BEARER, jwtBearer(provider, errors), ['assertion', 'scope'])
  })
  after(() => { server.closeAllConnections(); server.close() })

  const basic = (changes = {}) =>
    ({ issuer, auth: 'client_secret_basic', client_id: 'basic:client', client_secret: secret, ...changes })
  // The server's own view of the token (RFC 7662).
  const introspect = async (token) => {
    const pair = [encodeURIComponent('basic:client'), encodeURIComponent(secret)].join(':')
    const response = await fetch(issuer + '/token/introspection', {
      method: 'POST', headers: { authorization: 'Basic ' + Buffer.from(pair).toString('base64') },
      body: new URLSearchParams({ token })
    })
    return response.json()
  }
  const isGoodFor = async (answer, client_id) => {
    assert.equal(answer.code, 0, answer.stderr)
    assert.equal(answer.life, 1234)
    const seen = await introspect(answer.access_token)
    assert.equal(seen.active, true)
    assert.equal(seen.client_id, client_id)
    return seen
  }

  test('is discovered, with its metadata', async () => {
    const answer = await ask(basic())
    assert.equal(answer.jwks_uri, issuer + '/jwks')
    assert.deepEqual(answer.auth_methods, ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'])
  })

  test('accepts client_credentials with client_secret_basic, whatever characters id and secret contain', async () => {
    const seen = await isGoodFor(await ask(basic({ scope: 'read' })), 'basic:client')
    assert.equal(seen.scope, 'read')
  })

  test('accepts client_credentials with client_secret_post', async () => {
    await isGoodFor(await ask(basic({ auth: 'client_secret_post', client_id: 'post-client' })), 'post-client')
  })

  for (const algorithm of algorithms) {
    test(`accepts private_key_jwt (${algorithm}) whose audience is the endpoint or the issuer`, async () => {
      const request = { issuer, auth: 'private_key_jwt', client_id: algorithm, ...keys[algorithm].request }
      await isGoodFor(await ask(request), algorithm)
      await isGoodFor(await ask({ ...request, auth_audience: issuer }), algorithm)
    })
  }

  test('refuses a wrong secret, an unknown client and a key that is not the client\'s: invalid_client', async () => {
    const stranger = makeKey('RS256', 'key-RS256').request
    refusedAs(await ask(basic({ client_secret: 'wrong' })), 'invalid_client 401')
    refusedAs(await ask(basic({ client_id: 'nobody' })), 'invalid_client 401')
    refusedAs(await ask(basic({ auth: 'client_secret_post', client_id: 'post-client', client_secret: 'wrong' })),
      'invalid_client 401')
    refusedAs(await ask({ issuer, auth: 'private_key_jwt', client_id: 'RS256', ...stranger }), 'invalid_client 401')
    refusedAs(
      await ask({
        issuer, auth: 'private_key_jwt', client_id: 'RS256', ...keys.RS256.request,
        auth_audience: 'https://other.example'
      }),
      'invalid_client 401'
    )
  })

  test('returns a JWT for a resource (RFC 8707) that its published keys verify', async () => {
    const answer = await ask(basic({ resource: AUDIENCE, scope: 'write' }))
    assert.equal(answer.code, 0, answer.stderr)
    const { payload } =
      await jwtVerify(answer.access_token, createRemoteJWKSet(new URL(answer.jwks_uri)), { issuer, audience: AUDIENCE })
    assert.equal(payload.client_id, 'basic:client')
    assert.equal(payload.scope, 'write')
    refusedAs(await ask(basic({ resource: 'https://other.example' })), 'invalid_target 400')
  })

  test('accepts an assertion as grant (RFC 7523), which jose verifies', async () => {
    const assertion = { ...signer.request, issuer: 'partner', subject: 'somebody' }
    const seen = await isGoodFor(await ask(basic({ assertion, scope: 'read' })), 'basic:client')
    assert.equal(seen.scope, 'read')
    await isGoodFor(
      await ask({ issuer, auth: 'private_key_jwt', client_id: 'ES256', ...keys.ES256.request, assertion }),
      'ES256')
  })

  test('refuses an assertion of another key, subject or audience: invalid_grant', async () => {
    const assertion = { ...signer.request, issuer: 'partner', subject: 'somebody' }
    for (const change of [
      makeKey('RS256', 'signer').request, { subject: 'somebody else' }, { audience: 'https://other.example' }
    ]) {
      refusedAs(await ask(basic({ assertion: { ...assertion, ...change } })), 'invalid_grant 400')
    }
  })
})

describe('oauth2-mock-server', () => {
  let server
  before(async () => {
    const { OAuth2Server } = await import(pathToFileURL(resolve('oauth2-mock-server')))
    server = new OAuth2Server()
    await server.issuer.keys.generate('RS256')
    await server.start(0, '127.0.0.1')
  })
  after(() => server.stop())
  const request = (changes = {}) => ({
    issuer: server.issuer.url, auth: 'client_secret_basic', client_id: 'client',
    client_secret: randomBytes(16).toString('hex'), ...changes
  })

  test('accepts client_credentials; its published keys verify the token', async () => {
    for (const auth of ['client_secret_basic', 'client_secret_post', 'none']) {
      const answer = await ask(request({ auth, scope: 'read' }))
      assert.equal(answer.code, 0, answer.stderr)
      assert.equal(answer.life, 3600)
      const { payload } = await jwtVerify(answer.access_token, createRemoteJWKSet(new URL(answer.jwks_uri)),
        { issuer: server.issuer.url })
      assert.equal(payload.scope, 'read')
    }
  })

  test('does not have the JWT bearer grant, and its refusal is reported', async () => {
    const assertion = { ...makeKey('RS256', 'key').request, subject: 'somebody' }
    refusedAs(await ask(request({ assertion })), 'invalid_grant 400')
  })
})
