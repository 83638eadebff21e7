import assert from 'node:assert/strict'
import {
  constants, createHmac, createPublicKey, createSign, createVerify, generateKeyPairSync, verify as verifyWith
} from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { emulator, jwtEnv, keys, project, run, secret, temporaryFolder, toDotenv } from './adit.mjs'

const part = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
const signed = (claims, { header = { alg: 'RS256', kid: 'one' }, key = keys.privateKey } = {}) => {
  const input = part(header) + '.' + part(claims)
  return input + '.' + createSign('sha256').update(input).sign(key, 'base64url')
}
const now = Math.floor(Date.now() / 1000)

describe('adit jwt decode', () => {
  const ims = {
    type: 'access_token', client_id: 'me', as: 'ims-na1-stg1', scope: 'openid,AdobeID',
    created_at: String((now - 60) * 1000), expires_in: '86400000'
  }

  test('explains an access token in words', async () => {
    const { code, stdout, stderr } = await run(['jwt', 'decode', signed(ims)])
    assert.equal(code, 0, stderr)
    assert.match(stdout, /alg +RS256/)
    assert.match(stdout, /issued +\d{4}-.*\(1 minute( \d+ seconds?)? ago\)/)
    assert.match(stdout, /expires +\d{4}-.*\(in 23 hours 5[89] minutes\)/)
    assert.match(stdout, /scopes +openid, AdobeID/)
    assert.match(stdout, /IMS +stage \(ims-na1-stg1\)/)
    assert.match(stdout, /not verified/)
  })

  test('reads it from stdin, with Bearer and line ends', async () => {
    const { code, stdout } = await run(['jwt', 'decode', '-', '--json'],
      { input: 'Authorization: Bearer ' + signed({ exp: now - 3600 }) + '\r\n' })
    assert.equal(code, 0)
    const decoded = JSON.parse(stdout)
    assert.equal(decoded.complete, true)
    assert.equal(decoded.expired, true)
    assert.equal(decoded.expires.words, '1 hour ago')
  })

  test('decodes what is left of a truncated token, wherever it is cut', async () => {
    const whole = signed(ims)
    for (const size of [60, 100, 150, 200, 250, whole.length - 5]) {
      const { code, stdout } = await run(['jwt', 'decode', whole.slice(0, size), '--json'])
      assert.equal(code, 0, `${size}: ${stdout}`)
      const { complete, claims, header, remarks } = JSON.parse(stdout)
      assert.equal(complete, false)
      assert.equal(header.alg, 'RS256')
      assert.ok(remarks.length > 0)
      for (const [name, value] of Object.entries(claims))
        assert.ok(ims[name].startsWith(value), `${size} ${name}: ${value}`)
    }
  })

  test('says that other text is not a token, with exit code 1', async () => {
    const { code, stdout, stderr } = await run(['jwt', 'decode', 'hello world'])
    assert.equal(code, 1)
    assert.equal(stdout, '')
    assert.match(stderr, /This is not a JWT/)
  })

  test('lets no claim control the terminal', async () => {
    const { stdout } = await run(['jwt', 'decode', signed({ name: '\u001b[2Jx' })])
    assert.ok(!stdout.includes('\u001b'))
  })
})

describe('adit jwt sign', () => {
  test('makes tokens that Node\'s own crypto verifies', async () => {
    const folder = temporaryFolder()
    const file = join(folder, 'key.pem')
    writeFileSync(file, keys.privateKey)
    const { code, stdout, stderr } = await run([
      'jwt', 'sign', '--key', file, '--claims', '{"sub":"somebody"}', '--claim', 'n=7', '--claim', 'text=7x',
      '--header', 'kid=one', '--expires-in', '5m'
    ])
    assert.equal(code, 0, stderr)
    const [header, payload, signature] = stdout.trim().split('.')
    assert.ok(createVerify('sha256').update(header + '.' + payload).verify(keys.publicKey, signature, 'base64url'))
    assert.deepEqual(JSON.parse(Buffer.from(header, 'base64url')), { alg: 'RS256', typ: 'JWT', kid: 'one' })
    const numbered = await run(['jwt', 'sign', '--key', file, '--claims', '{}', '--header', 'kid=7'])
    assert.equal(JSON.parse(Buffer.from(numbered.stdout.split('.')[0], 'base64url')).kid, '7',
      'a string, as RFC 7515 has it')
    const claims = JSON.parse(Buffer.from(payload, 'base64url'))
    assert.equal(claims.sub, 'somebody')
    assert.equal(claims.n, 7)
    assert.equal(claims.text, '7x')
    assert.equal(claims.exp - claims.iat, 300)
  })

  test('refuses a header that contradicts the token, and empty options', async () => {
    const root = project({ '.env': toDotenv(jwtEnv()), key: keys.privateKey })
    const sign = (...args) => run(['jwt', 'sign', ...args], { cwd: root })
    for (const args of [
      ['--claims', ''], ['--claim', 'a=1', '--key', ''], ['--claim', 'a=1', '--alg', ''],
      ['--claim', 'a=1', '--expires-in', ''], ['--claim', 'a=1', '--header', 'alg=none'],
      ['--claim', 'a=1', '--header', 'b64=false']
    ]) {
      const { code, stdout, stderr } = await sign(...args)
      assert.equal(code, 2, args + stderr)
      assert.equal(stdout, '')
    }
    assert.equal((await sign('--claim', 'a=1', '--header', 'alg=PS256', '--alg', 'PS256')).code, 0)
  })

  test('makes the project\'s assertion if no claims are given', async () => {
    const root = project({ '.env': toDotenv(jwtEnv()) })
    const { code, stdout, stderr } = await run(['jwt', 'sign', '--ims', 'prod'], { cwd: root })
    assert.equal(code, 0, stderr)
    const claims = JSON.parse(Buffer.from(stdout.split('.')[1], 'base64url'))
    assert.equal(claims.aud, 'https://ims-na1.adobelogin.com/c/test-client')
    assert.equal(claims.sub, 'ABC@techacct.adobe.com')
    assert.equal(claims['https://ims-na1.adobelogin.com/s/ent_analytics_bulk_ingest_sdk'], true)
  })

  test('says which option is wrong, with exit code 2', async () => {
    const root = project({ '.env': '' })
    for (const args of [
      ['--claim', 'x=1'], ['--claims', '[]'], ['--claims', '{'], ['--claim', 'novalue'],
      ['--key', '/nowhere', '--claim', 'x=1'], ['--alg', 'HS256', '--claim', 'x=1']
    ]) {
      const { code, stdout, stderr } = await run(['jwt', 'sign', ...args], { cwd: root })
      assert.notEqual(code, 0, args.join(' '))
      assert.equal(stdout, '')
      assert.match(stderr, /^adit: /)
    }
  })
})

describe('adit jwt verify', () => {
  const folder = temporaryFolder()
  const file = (name, text) => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  const pem = file('public.pem', keys.publicKey)
  const jwk = createPublicKey(keys.publicKey).export({ format: 'jwk' })
  const jwks = file('jwks.json', JSON.stringify({ keys: [{ ...jwk, kid: 'one', alg: 'RS256', use: 'sig' }] }))

  test('accepts a valid token with a PEM, a JWK set and a JWK', async () => {
    for (const keyFile of [pem, jwks, file('jwk.json', JSON.stringify(jwk))]) {
      const { code, stdout, stderr } = await run(['jwt', 'verify', '--keys', keyFile, signed({ exp: now + 60 })])
      assert.equal(code, 0, stderr)
      assert.match(stdout, /^valid: RS256 by one, expires in/)
    }
  })

  test('rejects forged, expired and unsigned tokens, and those of another algorithm, with exit code 1', async () => {
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const hmacInput = part({ alg: 'HS256' }) + '.' + part({ exp: now + 60 })
    const good = signed({ exp: now + 60 })
    const rows = [
      [signed({ exp: now + 60 }, { key: other.privateKey }), 'invalid_signature'],
      [signed({ exp: now - 1 }), 'token_expired'],
      [signed({ exp: 'soon' }), 'invalid_claims'],
      [signed({ nbf: now + 100 }), 'token_not_yet_valid'],
      [part({ alg: 'none' }) + '.' + part({ exp: now + 60 }) + '.', 'invalid_signature'],
      [
        hmacInput + '.' + createHmac('sha256', keys.publicKey).update(hmacInput).digest('base64url'),
        'invalid_signature'
      ],
      [signed({ exp: now + 60 }, { header: { alg: 'RS256', kid: 'two' } }), 'unknown_key'],
      [good.slice(0, -2), 'invalid_signature'],
      ['abc', 'invalid_jws']
    ]
    for (const [token, reason] of rows) {
      const { code, stdout } = await run(['jwt', 'verify', '--jwks', jwks, '--json', token])
      assert.equal(code, 1, reason)
      assert.equal(JSON.parse(stdout).reason, reason)
    }
  })

  test('requires the given algorithms, audience and issuer', async () => {
    const token = signed({ exp: now - 5, aud: ['a', 'b'], iss: 'me' })
    const verify =
      async (...args) => (await run(['jwt', 'verify', '--keys', pem, '--ignore-times', ...args, token])).code
    assert.equal(await verify(), 0)
    assert.equal(await verify('--audience', 'b', '--issuer', 'me'), 0)
    assert.equal(await verify('--audience', 'c'), 1)
    assert.equal(await verify('--issuer', 'you'), 1)
    assert.equal(await verify('--alg', 'PS256'), 1)
    assert.equal(await verify('--alg', 'HS256'), 2)
  })

  test('does not treat an empty option or token as a missing one', async () => {
    const folder = project({ 'pub.pem': keys.publicKey })
    const token = signed({ exp: now + 60 })
    for (const option of ['--keys', '--audience', '--issuer', '--alg']) {
      const { code, stdout, stderr } =
        await run(['jwt', 'verify', '--keys', 'pub.pem', option, '', token], { cwd: folder })
      assert.equal(code, 2, option + stdout + stderr)
    }
    for (const command of ['verify', 'decode']) {
      const { code, stdout } = await run(['jwt', command, ''], { input: token })
      assert.notEqual(code, 0)
      assert.equal(stdout, '')
    }
  })

  test('verifies the JSON serialisations, general and flattened, and rejects changed ones', async () => {
    const now = Math.floor(Date.now() / 1000)
    const [header, payload, signature] = signed({ exp: now + 60 }).split('.')
    const one = { protected: header, signature }
    const verify = (jws) => run(['jwt', 'verify', '--keys', pem, '--json', '-'], { input: JSON.stringify(jws) })
    for (const jws of [{ payload, ...one }, { payload, signatures: [{ ...one, signature: 'AAAA' }, one] }]) {
      const { code, stdout, stderr } = await verify(jws)
      assert.equal(code, 0, stderr)
      assert.equal(JSON.parse(stdout).claims.exp, now + 60)
    }
    const other = part({ exp: now + 6000 })
    assert.equal(JSON.parse((await verify({ payload: other, ...one })).stdout).reason, 'invalid_signature')
    assert.equal(JSON.parse((await verify({ ...one })).stdout).reason, 'invalid_jws')
  })

  test('signs and verifies with every algorithm, checked with Node.js', async () => {
    for (const [alg, type, options, hash, more] of [
      ['RS512', 'rsa', { modulusLength: 2048 }, 'sha512', {}],
      ['PS384', 'rsa', { modulusLength: 2048 }, 'sha384', { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 48 }],
      ['PS512', 'rsa', { modulusLength: 2048 }, 'sha512', { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 64 }],
      ['ES512', 'ec', { namedCurve: 'P-521' }, 'sha512', { dsaEncoding: 'ieee-p1363' }],
      ['EdDSA', 'ed25519', {}, null, {}],
      ['Ed25519', 'ed25519', {}, null, {}]
    ]) {
      const pair = generateKeyPairSync(type,
        { ...options, publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: {
          type: 'pkcs8', format: 'pem'
        } })
      const folder = project({ 'private.key': pair.privateKey, 'public.pem': pair.publicKey })
      const made =
        await run(['jwt', 'sign', '--key', 'private.key', '--alg', alg, '--claim', 'sub=me', '--expires-in', '60'],
          { cwd: folder })
      assert.equal(made.code, 0, made.stderr)
      const [header, payload, signature] = made.stdout.trim().split('.')
      assert.ok(
        verifyWith(hash, Buffer.from(header + '.' + payload), { key: pair.publicKey, ...more },
          Buffer.from(signature, 'base64url')),
        alg
      )
      const verified =
        await run(['jwt', 'verify', '--keys', 'public.pem', '--alg', alg, '-'], { cwd: folder, input: made.stdout })
      assert.match(verified.stdout, new RegExp(`^valid: ${alg}`))
    }
  })

  test('verifies an access token with the keys of IMS', async () => {
    const root = project({ '.env': toDotenv(jwtEnv()) })
    const ims = await emulator(['--env-file', join(root, '.env')])
    const options = { cwd: root, env: { XDG_CACHE_HOME: temporaryFolder() } }
    const token = (await run(['token', '--ims', ims.origin], options)).stdout
    const { code, stdout, stderr } =
      await run(['jwt', 'verify', '-', '--ims', ims.origin], { ...options, input: token })
    assert.equal(code, 0, stderr)
    assert.match(stdout, /^valid: RS256 by /)
    assert.ok(!stderr.includes(secret))
  })
})
