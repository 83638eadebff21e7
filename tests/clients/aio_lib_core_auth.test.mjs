// @adobe/aio-lib-core-auth, App Builder's library for OAuth server-to-server in actions.
import assert from 'node:assert/strict'
import { afterEach, before, describe, test } from 'node:test'
import { account, adobe, claimsOf, clientOf } from './adobe.mjs'
import { secret } from '../cli/adit.mjs'

const generate = (packages, params, env) => packages('@adobe/aio-lib-core-auth').generateAccessToken(params, env)
const params = (changes) =>
  ({ clientId: 'oauth-client', clientSecret: secret, orgId: account.org_id, scopes: ['openid'], ...changes })

describe('@adobe/aio-lib-core-auth', () => {
  let ims, client
  before(async () => {
    ims = await adobe()
    client = clientOf(ims)
  })
  afterEach(() => ims.clearFaults())
  const ask = (changes, env) => client.run(generate, params(changes), env)

  for (const env of ['prod', 'stage']) {
    test(`gets a token from ${env}`, async () => {
      const answer = await ask({ scopes: ['AdobeID', 'openid'] }, env)
      assert.equal(answer.token_type, 'bearer')
      assert.ok([86399, 86400].includes(answer.expires_in), 'seconds')
      assert.equal(claimsOf(answer.access_token).client_id, 'oauth-client')
    })
  }

  test('accepts credentials in the form that the annotation include-ims-credentials passes to an action', async () => {
    const { clientId, clientSecret, orgId, scopes } = params()
    const credentials = { client_id: clientId, client_secret: clientSecret, org_id: orgId, scopes }
    const answer = await client.run(generate, { __ims_oauth_s2s: credentials, __ims_env: 'stage' })
    assert.equal(claimsOf(answer.access_token).client_id, 'oauth-client')
  })

  test('caches a token', async () => {
    const first = await ask({ scopes: ['read_organizations'] })
    const { requests } = await ims.stats()
    assert.equal((await ask({ scopes: ['read_organizations'] })).access_token, first.access_token)
    assert.equal((await ims.stats()).requests, requests + 1, 'the question for the statistics alone')
  })

  for (const [what, changes, status, error] of [
    ['a wrong secret', { clientSecret: 'wrong' }, 401, 'invalid_client'],
    ['a client that IMS does not know', { clientId: 'nobody' }, 400, 'invalid_client'],
    ['a scope that it lacks', { scopes: ['nonsense'] }, 400, 'invalid_scope'],
    ['no scope', { scopes: [] }, 400, 'invalid_scope'],
    ['another organization', { orgId: 'OTHER@AdobeOrg' }, 400, 'bad_request']
  ]) {
    test(`gets ${error} for ${what}, with the id of the request`, async () => {
      await assert.rejects(ask(changes), (thrown) => {
        assert.equal(thrown.code, 'IMS_TOKEN_ERROR')
        assert.equal(thrown.sdkDetails.statusCode, status)
        assert.equal(thrown.sdkDetails.error, error)
        assert.match(thrown.sdkDetails.xDebugId, /^[0-9a-f-]{36}$/)
        return true
      })
    })
  }

  for (const fault of [{ fault: 'reset' }, { fault: 'html', status: 502 }, { fault: 'malformed' }]) {
    test(`fails without a token if the answer is ${fault.fault}`, async () => {
      await ims.fault(fault)
      // These tokens are not cached by another test, because the secret is part of the cache key.
      await assert.rejects(ask({ scopes: ['openid', 'read_organizations', 'AdobeID'] }), { code: 'GENERIC_ERROR' })
    })
  }

  test('passes on what a 503 says', async () => {
    await ims.fault({ fault: 'status', status: 503 })
    await assert.rejects(ask({ scopes: ['AdobeID', 'read_organizations'] }),
      { code: 'IMS_TOKEN_ERROR', message: /temporarily unavailable/ })
  })
})
