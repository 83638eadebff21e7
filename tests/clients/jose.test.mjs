// npm's jose verifies the emulator's tokens with the published keys, as any other program would.
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { account, adobe, clientOf, METASCOPE } from './adobe.mjs'
import { keys, secret } from '../cli/adit.mjs'

// The assertion, too, is signed by jose.
const exchange = async (packages, { privateKey, header, claims }) => {
  const { importPKCS8, SignJWT } = packages('jose')
  const jwt =
    await new SignJWT(claims).setProtectedHeader(header).setExpirationTime('5m').sign(await importPKCS8(privateKey,
      header.alg))
  const body = new URLSearchParams({ client_id: 'jwt-client', client_secret: claims.secret, jwt_token: jwt })
  const response = await fetch('https://ims-na1.adobelogin.com/ims/exchange/jwt', { method: 'POST', body })
  return response.json()
}
// One key set for all calls, as in a program.
const verify = async (packages, token) => {
  const { createRemoteJWKSet, jwtVerify } = packages('jose')
  globalThis.keySet ??= createRemoteJWKSet(new URL('https://ims-na1.adobelogin.com/ims/keys'), { cooldownDuration: 0 })
  const { payload, protectedHeader } = await jwtVerify(token, globalThis.keySet, { algorithms: ['RS256'] })
  return { payload, protectedHeader }
}

describe('jose', () => {
  let ims, client
  before(async () => {
    ims = await adobe()
    client = clientOf(ims)
  })
  const claims = {
    iss: account.org_id,
    sub: account.technical_account_id,
    aud: 'https://ims-na1.adobelogin.com/c/jwt-client',
    [`https://ims-na1.adobelogin.com/s/${METASCOPE}`]: true,
    secret
  }
  const ask = (header = { alg: 'RS256' }) => client.run(exchange, { privateKey: keys.privateKey, header, claims })

  test('verifies a token with the published keys', async () => {
    const { access_token: token } = await ask()
    const { payload, protectedHeader } = await client.run(verify, token)
    assert.equal(protectedHeader.alg, 'RS256')
    assert.equal(protectedHeader.itt, 'at')
    assert.ok(protectedHeader.x5u)
    assert.equal(payload.type, 'access_token')
    assert.equal(payload.as, 'ims-na1')
    assert.equal(Number(payload.expires_in), 86399998)
  })

  test('finds the new key after a rotation, and still verifies tokens of the old one', async () => {
    const { access_token: old } = await ask()
    const before = await client.run(verify, old)
    await ims.rotateKeys()
    const { access_token: fresh } = await ask()
    const after = await client.run(verify, fresh)
    assert.notEqual(after.protectedHeader.kid, before.protectedHeader.kid)
    assert.equal((await client.run(verify, old)).payload.id, before.payload.id)
  })

  test('rejects tokens that were changed or that another key signed', async () => {
    const { access_token: token } = await ask()
    const [header, payload, signature] = token.split('.')
    const changed = Buffer.from(
      JSON.stringify({ ...JSON.parse(Buffer.from(payload, 'base64url')), client_id: 'x' })
    ).toString('base64url')
    await assert.rejects(client.run(verify, [header, changed, signature].join('.')),
      { code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED' })
  })

  test('imports each key of the published key set', async () => {
    const imported = await client.run(async (packages) => {
      const { importJWK, calculateJwkThumbprint } = packages('jose')
      const response = await fetch('https://ims-na1.adobelogin.com/ims/keys')
      const { keys } = await response.json()
      return Promise.all(keys.map(async (key) => {
        const { type } = await importJWK(key, 'RS256')
        return {
          type, kid: key.kid, alg: key.alg, use: key.use, secrets: ['d', 'p', 'q'].filter((name) => name in key),
          thumbprint: await calculateJwkThumbprint(key)
        }
      }))
    })
    assert.ok(imported.length >= 1)
    for (const key of imported) {
      assert.equal(key.type, 'public')
      assert.equal(key.alg, 'RS256')
      assert.equal(key.use, 'sig')
      assert.deepEqual(key.secrets, [])
    }
  })

  test('cannot make IMS accept another algorithm', async () => {
    assert.equal((await ask({ alg: 'RS512' })).error, 'invalid_signature')
    assert.equal((await ask({ alg: 'PS256' })).error, 'invalid_signature')
  })
})
