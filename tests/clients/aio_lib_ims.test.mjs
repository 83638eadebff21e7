// @adobe/aio-lib-ims, App Builder's library for IMS. Its endpoints are fixed to Adobe's hosts.
import assert from 'node:assert/strict'
import { afterEach, before, describe, test } from 'node:test'
import { account, adobe, claimsOf, clientOf, METASCOPE, STAGE } from './adobe.mjs'
import { assertion, keys, secret } from '../cli/adit.mjs'

const call = (packages, env, method, ...args) => new (packages('@adobe/aio-lib-ims').Ims)(env)[method](...args)

describe('@adobe/aio-lib-ims', () => {
  let ims, client
  before(async () => {
    ims = await adobe()
    client = clientOf(ims)
  })
  afterEach(() => ims.clearFaults())
  const on = (env) => (method, ...args) => client.run(call, env, method, ...args)
  const prod = on('prod')
  const signed = (audience = 'https://ims-na1.adobelogin.com') =>
    assertion({ aud: audience + '/c/jwt-client', iss: account.org_id, sub: account.technical_account_id })
  const token = async () => (await prod('exchangeJwtToken', 'jwt-client', secret, signed())).access_token.token
  const clientToken = async () => (await prod('getAccessTokenByClientCredentials', 'oauth-client', secret,
    account.org_id, ['openid'])).access_token.token

  test('exchanges a JWT, in production and on stage', async () => {
    const { access_token: got, payload } = await prod('exchangeJwtToken', 'jwt-client', secret, signed())
    assert.ok(Math.abs(got.expiry - Date.now() - 86_400_000) < 60_000)
    assert.equal(payload.expires_in, 86399998, 'milliseconds')
    const stage = await on('stage')('exchangeJwtToken', 'jwt-client', secret, signed(STAGE))
    assert.ok(stage.access_token.token)
  })

  test('learns why an exchange is refused', async () => {
    await assert.rejects(prod('exchangeJwtToken', 'jwt-client', 'wrong', signed()),
      { message: /^401 .*invalid_client/ })
    await assert.rejects(prod('exchangeJwtToken', 'nobody', secret, signed()), { message: /^400 .*invalid_client/ })
    await assert.rejects(prod('exchangeJwtToken', 'jwt-client', secret, 'a.b.c'), { message: /^400 .*invalid_token/ })
  })

  test('gets a token by client credentials', async () => {
    const scopes = ['openid', 'AdobeID']
    const { access_token: got, payload } =
      await prod('getAccessTokenByClientCredentials', 'oauth-client', secret, account.org_id, scopes)
    assert.ok([86399, 86400].includes(payload.expires_in), 'seconds')
    assert.ok(Math.abs(got.expiry - Date.now() - 86_400_000) < 60_000)
    assert.equal(claimsOf(got.token).scope, 'openid,AdobeID')
  })

  test('learns why client credentials are refused', async () => {
    const ask = (...args) => prod('getAccessTokenByClientCredentials', ...args)
    await assert.rejects(ask('oauth-client', 'wrong', account.org_id, ['openid']), { message: /^401 .*invalid_client/ })
    await assert.rejects(ask('oauth-client', secret, account.org_id, ['nonsense']), { message: /^400 .*invalid_scope/ })
    await assert.rejects(ask('oauth-client', secret, 'OTHER@AdobeOrg', ['openid']), { message: /^400 .*org_id/ })
  })

  test('validates tokens', async () => {
    const good = await token()
    const { valid, token: claims } = await prod('validateToken', good)
    assert.equal(valid, true)
    assert.deepEqual(claims, claimsOf(good))
    assert.equal((await prod('validateToken', good, 'oauth-client')).valid, false, 'another client\'s')
    const [header, , signature] = good.split('.')
    const forged = Buffer.from(JSON.stringify({ ...claims, user_id: 'X@techacct.adobe.com' })).toString('base64url')
    assert.equal((await prod('validateToken', [header, forged, signature].join('.'))).valid, false)
    assert.equal((await prod('validateToken', 'opaque')).valid, false)
  })

  test('validates against a list of allowed clients', async () => {
    const good = await token()
    assert.equal((await prod('validateTokenAllowList', good, ['jwt-client'])).valid, true)
    assert.equal((await prod('validateTokenAllowList', good, ['other'])).valid, false)
  })

  // With the list of clients, because in this version validateToken with a cache calls a method without its object.
  test('caches validations if it has a cache', async () => {
    const good = await token()
    const before = (await ims.stats()).requests
    const results = await client.run(async (packages, good) => {
      const { Ims, ValidationCache } = packages('@adobe/aio-lib-ims')
      const ims = new Ims('prod', new ValidationCache(60_000, 60_000, 100))
      return [
        await ims.validateTokenAllowList(good, ['jwt-client']), await ims.validateTokenAllowList(good, ['jwt-client'])
      ]
    }, good)
    assert.deepEqual(results.map(({ valid }) => valid), [true, true])
    assert.equal((await ims.stats()).requests, before + 2, 'one, and the question for the statistics')
  })

  test('invalidates tokens of both grants, for good', async () => {
    for (const [id, take] of [['jwt-client', token], ['oauth-client', clientToken]]) {
      const one = await take()
      assert.equal((await prod('validateToken', one)).valid, true)
      await prod('invalidateToken', one, id, secret)
      assert.equal((await prod('validateToken', one)).valid, false)
      await assert.rejects(prod('getOrganizations', one), { message: /^401 / })
    }
    const one = await token()
    await assert.rejects(prod('invalidateToken', one, 'jwt-client', 'wrong'), { message: /^401 / })
    assert.equal((await prod('validateToken', one)).valid, true)
  })

  test('gets organizations and profile', async () => {
    const one = await token()
    const [org] = await prod('getOrganizations', one)
    assert.deepEqual(org.orgRef, { ident: 'DEF', authSrc: 'AdobeOrg' })
    assert.ok(org.orgName)
    assert.equal((await prod('get', '/ims/profile/v1', one)).userId, account.technical_account_id)
    await assert.rejects(prod('getOrganizations', 'opaque'), { message: /^401 / })
  })

  test('finds the IMS that issued a token by its claims', async () => {
    const endpoint = await client.run(
      async (packages, token) => (await packages('@adobe/aio-lib-ims').Ims.fromToken(token)).ims.endpoint, await token()
    )
    assert.equal(endpoint, 'https://ims-na1.adobelogin.com')
  })

  test('retries after 503 and a reset connection', async () => {
    const one = await token()
    await ims.fault({ fault: 'status', status: 503, count: 1 })
    await ims.fault({ fault: 'reset', count: 1 })
    assert.equal((await prod('getOrganizations', one)).length, 1)
  })

  for (const [kind, context, owner] of [
    [
      'jwt',
      {
        client_id: 'jwt-client', client_secret: secret, technical_account_id: account.technical_account_id,
        meta_scopes: [METASCOPE], ims_org_id: account.org_id, private_key: keys.privateKey
      },
      'jwt-client'
    ],
    [
      'OAuth server-to-server',
      {
        client_id: 'oauth-client', client_secrets: [secret], technical_account_email: 'me@techacct.adobe.com',
        technical_account_id: account.technical_account_id, ims_org_id: account.org_id, scopes: ['openid', 'AdobeID']
      },
      'oauth-client'
    ]
  ]) {
    test(`gets a token of a context by its plugin for ${kind}, and caches it`, async () => {
      const tokens = await client.run(async (packages, name, data) => {
        const { context, getToken } = packages('@adobe/aio-lib-ims')
        await context.set(name, data)
        return [await getToken(name), await getToken(name)]
      }, 'for-' + owner, context)
      assert.equal(claimsOf(tokens[0]).client_id, owner)
      assert.equal(tokens[1], tokens[0])
      assert.equal((await prod('validateToken', tokens[0])).valid, true)
    })
  }
})
