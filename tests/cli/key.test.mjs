import assert from 'node:assert/strict'
import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { base64, keys, run, temporaryFolder } from './adit.mjs'

const folder = temporaryFolder()
const put = (name, text) => { writeFileSync(join(folder, name), text); return name }
const key = (...args) => run(['key', ...args], { cwd: folder })
const der = createPrivateKey(keys.privateKey).export({ type: 'pkcs8', format: 'der' })
const pkcs1 = createPrivateKey(keys.privateKey).export({ type: 'pkcs1', format: 'pem' })

describe('adit key', () => {
  test('encodes every form of a key as the same line, and decodes it again', async () => {
    const wanted = `JWT_PRIVATE_KEY=${base64(keys.privateKey)}\n`
    const shapes = {
      pkcs8: keys.privateKey, pkcs1, der, windows: pkcs1.replaceAll('\n', '\r\n'), base64: base64(pkcs1),
      wrapped: base64(pkcs1).replace(/.{76}/g, '$&\n'), escaped: JSON.stringify(keys.privateKey)
    }
    for (const [shape, text] of Object.entries(shapes)) {
      const { code, stdout, stderr } = await key('encode', put(`schlüssel ${shape}`, text))
      assert.equal(code, 0, shape + stderr)
      assert.equal(stdout, wanted, shape)
    }
    const env = put('.env', 'A=1\n' + wanted)
    assert.equal((await key('decode')).stdout, keys.privateKey)
    assert.equal((await key('decode', env)).stdout, keys.privateKey)
    assert.equal((await run(['key', 'encode', '-'], { cwd: folder, input: pkcs1 })).stdout, wanted)
    assert.equal((await run(['key', 'decode', '-'], { cwd: folder, input: der })).stdout, keys.privateKey)
  })

  test('generates a pair that Node.js accepts, readable only by the owner, and never overwrites one', async () => {
    const made =
      await key('generate', '--out', 'my key', '--subject', 'CN=Zoë, O=Example, C=DE', '--days', '30', '--json')
    assert.equal(made.code, 0, made.stderr)
    assert.equal(statSync(join(folder, 'my key.key')).mode & 0o777, 0o600)
    const certificate = new X509Certificate(readFileSync(join(folder, 'my key.crt')))
    const privateKey = createPrivateKey(readFileSync(join(folder, 'my key.key')))
    assert.ok(certificate.checkPrivateKey(privateKey) && certificate.verify(certificate.publicKey))
    assert.match(certificate.subject, /CN=Zoë/)
    assert.equal(privateKey.asymmetricKeyDetails.modulusLength, 2048)
    assert.equal(certificate.fingerprint, JSON.parse(made.stdout).sha1_fingerprint)
    const days = (new Date(certificate.validTo) - Date.now()) / 86400e3
    assert.ok(days > 29 && days <= 30)
    const again = await key('generate', '--out', 'my key')
    assert.equal(again.code, 2)
    assert.match(again.stderr, /my key\.key exists already/)
    assert.equal((await key('generate', '--out', 'my key', '--force')).code, 0)
    assert.equal((await key('show', 'my key.key', '--certificate', 'my key.crt')).code, 0)
  })

  test('accepts values of a subject that are escaped as in RFC 4514', async () => {
    const subjectOf = async (text) => {
      const { code, stderr } = await key('generate', '--out', 'escaped', '--force', '--subject', text)
      assert.equal(code, 0, stderr)
      const certificate = new X509Certificate(readFileSync(join(folder, 'escaped.crt')))
      return certificate.toLegacyObject().subject
    }
    assert.deepEqual({ ...await subjectOf('CN = a\\=b , O=Example\\, Inc. ,OU=\\5cZo\\C3\\AB\\ ,') },
      { O: 'Example, Inc.', OU: '\\Zoë ', CN: 'a=b' })
    assert.deepEqual({ ...await subjectOf('Example, Inc.') }, { CN: 'Example, Inc.' })
  })

  test('describes a key without showing it, and says whether a certificate belongs to it', async () => {
    await key('generate', '--out', 'a')
    await key('generate', '--out', 'b')
    const { code, stdout } = await key('show', 'a.key', '--certificate', 'b.crt', '--json')
    const shown = JSON.parse(stdout)
    assert.equal(code, 1)
    assert.deepEqual([shown.type, shown.bits, shown.encoding, shown.certificate.fits],
      ['RSA', 2048, 'PKCS#8 PEM', false])
    const plain = await key('show', 'a.key')
    assert.ok(!plain.stdout.includes(readFileSync(join(folder, 'a.key'), 'utf8').split('\n')[1]))
  })

  test('says what is wrong', async () => {
    const { privateKey } = generateKeyPairSync('rsa',
      { modulusLength: 2048, publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: {
        type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x'
      } })
    for (const [args, words] of [[['encode', 'nowhere'], /nowhere/], [['show', put('empty', '')], /empty/],
      [['show', put('.env.x', 'A=1\n')], /no JWT_PRIVATE_KEY/],
      [['encode', put('locked', privateKey)], /encrypted/], [['encode', put('public', keys.publicKey)], /public key/],
      [['generate', '--bits', '1024'], /1024|bits/],
      [['generate', '--out', 'c', '--subject', 'X=1'], /subject/], [['generate', '--out', 'missing/c'], /missing/]]) {
      const { code, stdout, stderr } = await key(...args)
      assert.notEqual(code, 0, args)
      assert.match(stderr, words)
      assert.equal(stdout, '')
    }
    assert.ok(!existsSync(join(folder, 'c.key')))
    assert.equal(
      (await run(['key', 'encode', 'locked'], { cwd: folder, env: { JWT_PRIVATE_KEY_PASSPHRASE: 'x' } })).code, 0
    )
  })
})
