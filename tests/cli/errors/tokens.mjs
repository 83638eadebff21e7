// Errors of tokens that the command makes, reads and verifies.
const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
const verify = (token, ...args) => ['jwt', 'verify', token, '--key', 'key', ...args]

export const tokens = ({ made, assertion, origin }) => {
  const signed = (claims, header) => assertion(claims, header ? { header: { alg: 'RS256', ...header } } : {})
  const now = Math.floor(Date.now() / 1000)
  const key = { files: { key: made.publicKey } }
  return [
    ['no token', ['jwt', 'decode', '']],
    ['a text that is not a token', ['jwt', 'decode', 'hello']],
    ['a file instead of a token', ['jwt', 'decode', 'my token'], { files: { 'my token': 'x' } }],
    ['a token without a header', verify('..'), key],
    ['a header that is not JSON', verify('aGVsbG8.e30.AAAA'), key],
    ['stdin too long for a token', ['jwt', 'decode', '-'], { input: 'x'.repeat(1 << 21) }],
    ['a signature by another key', verify(signed()), { files: { key: made.otherPublicKey } }],
    ['a signature that was changed', verify(signed().replace(/.{8}$/, 'AAAAAAAA')), key],
    ['no signature at all', verify(`${part({ alg: 'none' })}.${part({})}.`), key],
    ['an algorithm that is not accepted', verify(signed(), '--alg', 'ES256'), key],
    ['an algorithm that is unknown', verify(signed(), '--alg', 'RS1'), key],
    ['a token that has expired', verify(signed({ exp: now - 3600 })), key],
    ['a token that is not valid yet', verify(signed({ nbf: now + 7200 })), key],
    ['an invalid time', verify(signed({ exp: 'tomorrow' })), key],
    ['another audience', verify(signed(), '--audience', 'x'), key],
    ['another issuer', verify(signed(), '--issuer', 'x'), key],
    ['a key set without that key', ['jwt', 'verify', signed({}, { kid: 'mine' }), '--jwks', 'set'], {
      files: { set: JSON.stringify({ keys: [{ ...made.jwk, kid: 'other' }] }) }
    }],
    ['a key set that is empty', ['jwt', 'verify', signed(), '--jwks', 'set'], { files: { set: '{"keys":[]}' } }],
    ['an invalid key set', ['jwt', 'verify', signed(), '--jwks', 'set'], { files: { set: '{"keys":1}' } }],
    ['a key that is cut off', verify(signed()), { files: { key: made.publicKey.slice(0, 200) } }],
    ['a text that is not a key', verify(signed()), { files: { key: 'hello' } }],
    ['a key that is too short', verify(signed()), { files: { key: made.shortPublicKey } }],
    ['a key of a kind that signs nothing', verify(signed()), { files: { key: made.x25519PublicKey } }],
    ["a key set's server that answers 404", ['jwt', 'verify', signed(), '--jwks', `${origin}/nothing`]],
    ['nothing to sign with', ['jwt', 'sign', '--claim', 'a=1']],
    ['an algorithm that the key does not have', ['jwt', 'sign', '--claim', 'a=1', '--key', 'key', '--alg', 'ES256'], {
      files: { key: made.rsa }
    }],
    ['an algorithm to sign with that is unknown', ['jwt', 'sign', '--claim', 'a=1', '--key', 'key', '--alg', 'none'], {
      files: { key: made.rsa }
    }],
    ['claims that are not JSON', ['jwt', 'sign', '--claims', '{', '--key', 'key'], { files: { key: made.rsa } }],
    ['claims that are not an object', ['jwt', 'sign', '--claims', '[]', '--key', 'key'], { files: { key: made.rsa } }],
    ['a claim without a value', ['jwt', 'sign', '--claim', 'a', '--key', 'key'], { files: { key: made.rsa } }],
    ['an invalid lifetime', ['jwt', 'sign', '--claim', 'a=1', '--expires-in', 'soon', '--key', 'key'], {
      files: { key: made.rsa }
    }],
    ['a file of claims that is not JSON', ['jwt', 'sign', '--claims', '@claims.json', '--key', 'key'], {
      files: { 'claims.json': '{', key: made.rsa }
    }],
    ['a file of claims that is not there', ['jwt', 'sign', '--claims', '@claims.json', '--key', 'key'], {
      files: { key: made.rsa }
    }]
  ]
}
