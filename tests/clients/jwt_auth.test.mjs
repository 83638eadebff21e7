// @adobe/jwt-auth, the client for which the JWT exchange was made.
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:net'
import { afterEach, before, describe, test } from 'node:test'
import { account, adobe, claimsOf, clientOf, IMS, METASCOPE, STAGE } from './adobe.mjs'
import { keys, secret } from '../cli/adit.mjs'

const authorize = (packages, options) => packages('@adobe/jwt-auth')(options)
const stranger = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open sesame' }
})
const options = (changes) => ({
  clientId: 'jwt-client',
  clientSecret: secret,
  technicalAccountId: account.technical_account_id,
  orgId: account.org_id,
  privateKey: keys.privateKey,
  metaScopes: [METASCOPE],
  ...changes
})

describe('@adobe/jwt-auth', () => {
  let ims, client
  before(async () => {
    ims = await adobe()
    client = clientOf(ims)
  })
  afterEach(() => ims.clearFaults())
  const ask = (changes) => client.run(authorize, options(changes))

  for (const [what, changes] of [
    ['Adobe\'s IMS', {}],
    ['Adobe\'s stage IMS', { ims: STAGE }],
    ['a metascope by its URL', { metaScopes: [`${IMS}/s/${METASCOPE}`] }],
    ['metascopes as a text', { metaScopes: METASCOPE }]
  ]) {
    test(`gets a token: ${what}`, async () => {
      const answer = await ask(changes)
      assert.equal(answer.token_type, 'bearer')
      assert.equal(answer.expires_in, 86399998)
      assert.equal(claimsOf(answer.access_token).user_id, account.technical_account_id)
    })
  }

  // Every error in IMS's table that this client can cause.
  for (const [what, changes, code, message] of [
    ['a client that IMS does not know', { clientId: 'nobody' }, 'invalid_client', /client_id/],
    ['a wrong secret', { clientSecret: 'wrong' }, 'invalid_client', /client_secret/],
    [
      'an integration without the scope exchange_jwt', { clientId: 'lacks-exchange-jwt' }, 'invalid_client',
      /exchange_jwt/
    ],
    ['an integration that was converted to OAuth', { clientId: 'converted' }, 'internal_error', /./],
    [
      'a key that is not bound', { privateKey: stranger.privateKey, passphrase: 'open sesame' }, 'invalid_token',
      /Could not match JWT signature to any of the bindings/
    ],
    ['a metascope that is not bound', { metaScopes: ['ent_campaign_sdk'] }, 'invalid_scope', /ent_campaign_sdk/],
    ['a text that is not an organization', { orgId: 'ORG' }, 'bad_request', /iss/],
    ['a text that is not a technical account', { technicalAccountId: 'me' }, 'bad_request', /sub/],
    ['another technical account', { technicalAccountId: 'XYZ@techacct.adobe.com' }, 'invalid_token', /./]
  ]) {
    test(`gets ${code} for ${what}`, async () => {
      await assert.rejects(ask(changes), (error) => {
        assert.equal(error.code, code)
        assert.match(error.message, message)
        return true
      })
    })
  }

  test('gets invalid_token after its assertion has expired by the clock of IMS', async () => {
    await ims.fault({ fault: 'clock_skew', delay: '10m' })
    await assert.rejects(ask({}), { code: 'invalid_token', message: /expired/ })
  })

  test('gets too_many_requests after too many requests', async () => {
    await ask({ clientId: 'throttled' })
    await assert.rejects(ask({ clientId: 'throttled' }), { code: 'too_many_requests' })
  })

  for (const [status, code] of [[429, 'too_many_requests'], [500, 'internal_error'], [503, 'service_unavailable']]) {
    test(`passes on what a ${status} says`, async () => {
      await ims.fault({ fault: 'status', status })
      await assert.rejects(ask({}), { code })
    })
  }

  // The client's own four codes.
  test('missing_params: sends no request if a parameter is missing', async () => {
    const { requests } = await ims.stats()
    await assert.rejects(ask({ clientSecret: '', metaScopes: [] }),
      { code: 'missing_params', message: /clientSecret, metaScopes/ })
    assert.equal((await ims.stats()).requests, requests + 1, 'the question for the statistics alone')
  })

  test('sign_failed: an invalid private key, and one with another passphrase', async () => {
    await assert.rejects(ask({ privateKey: 'no key' }), { code: 'sign_failed' })
    await assert.rejects(ask({ privateKey: stranger.privateKey, passphrase: 'wrong' }), { code: 'sign_failed' })
  })

  test('request_failed: a connection that is reset, and no server', async () => {
    await ims.fault({ fault: 'reset', count: 1 })
    await assert.rejects(ask({}), { code: 'request_failed', message: /ECONNRESET|socket hang up/ })
    const taken = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => taken.once('listening', resolve))
    const { port } = taken.address()
    await new Promise((resolve) => taken.close(resolve))
    await assert.rejects(ask({ ims: `http://127.0.0.1:${port}` }), { code: 'request_failed', message: /ECONNREFUSED/ })
  })

  test('request_failed: a process that does not trust the emulator\'s CA', async () => {
    const other = clientOf(ims, { NODE_EXTRA_CA_CERTS: '' })
    await assert.rejects(other.run(authorize, options()),
      { code: 'request_failed', message: /self-signed certificate in certificate chain/ })
    other.end()
  })

  test('invalid_response_body: an answer that is not one of IMS', async () => {
    await assert.rejects(ask({ ims: ims.origin + '/elsewhere' }),
      { code: 'invalid_response_body', message: /not_found/ })
  })

  for (const fault of [{ fault: 'malformed' }, { fault: 'truncated' }, { fault: 'html', status: 502 }]) {
    test(`cannot read a body that is ${fault.fault}`, async () => {
      await ims.fault(fault)
      await assert.rejects(ask({}), { name: 'FetchError', message: /invalid json response body/ })
    })
  }
})
