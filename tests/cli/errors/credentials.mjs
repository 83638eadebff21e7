// Credentials and keys.
const oauth =
  'IMS_OAUTH_S2S_CLIENT_ID=id\nIMS_OAUTH_S2S_CLIENT_SECRET=s\nIMS_OAUTH_S2S_ORG_ID=O@AdobeOrg\nIMS_OAUTH_S2S_SCOPES=openid\n'
const show = (text) => [['key', 'show', 'private.pem'], { files: { 'private.pem': text } }]

export const credentials = ({ made, toDotenv, jwtEnv }) => [
  ['no credential', ['token']],
  ['a folder that does not exist', ['token', '--project', 'nowhere']],
  ['an incomplete JWT credential', ['token'], { files: { '.env': 'JWT_CLIENT_ID=id\nJWT_IMS_ORG=O@AdobeOrg\n' } }],
  ['settings that are empty', ['token'], {
    files: { '.env': 'JWT_CLIENT_ID=\nJWT_CLIENT_SECRET=""\nJWT_IMS_ORG=O@AdobeOrg\n' }
  }],
  ['a setting of the environment that is empty', ['token', '--grant', 'oauth'], {
    files: { '.env': oauth }, env: { IMS_OAUTH_S2S_CLIENT_ID: ' ' }
  }],
  ['an incomplete OAuth credential', ['token'], { files: { '.env': 'IMS_OAUTH_S2S_CLIENT_ID=id\n' } }],
  ['both credentials incomplete', ['token'], { files: { '.env': 'JWT_CLIENT_ID=id\nIMS_OAUTH_S2S_CLIENT_ID=id\n' } }],
  ['an incomplete JWT credential that was chosen', ['token', '--grant', 'jwt'], {
    files: { '.env': oauth + 'JWT_CLIENT_ID=id\n' }
  }],
  ['an incomplete OAuth credential that was chosen', ['token', '--grant', 'oauth'], {
    files: { '.env': 'IMS_OAUTH_S2S_ORG_ID=O@AdobeOrg\n' }
  }],
  ['two contexts of the aio CLI', ['token'], { files: {
    '.env': ['a', 'b']
      .map((name) => `AIO_ims_contexts_${name}_client__id=${name}\nAIO_ims_contexts_${name}_client__secret=s\n`)
      .join('')
  } }],
  ['an elliptic key for a JWT credential', ['token'], {
    files: { '.env': toDotenv(jwtEnv({ JWT_PRIVATE_KEY: Buffer.from(made.elliptic).toString('base64') })) }
  }],
  ['a private key that is an example', ['token'], {
    files: { '.env': toDotenv(jwtEnv({ JWT_PRIVATE_KEY: 'LS0tLS1C..kQgUFJJVkFURSBLRVktLS0tLQ==' })) }
  }],
  ['a private key file that is not there', ['token'], {
    files: { '.env': toDotenv(jwtEnv({ JWT_PRIVATE_KEY: './private.key' })) }
  }],
  ['a client secret instead of a private key', ['token'], {
    files: { '.env': toDotenv(jwtEnv({ JWT_PRIVATE_KEY: 'hunter2-hunter2' })) }
  }],
  ['a private key file outside of the project', ['token'], {
    files: { '.env': toDotenv(jwtEnv({ JWT_PRIVATE_KEY: '/etc/passwd' })) }
  }],
  ['an IMS of .env for a credential of the environment', ['token'], {
    files: { '.env': 'ADIT_IMS=https://ims.example\n' }, credentials: true
  }],
  ['stage in .env for a credential of the environment', ['token'], {
    files: { '.env': 'AIO_CLI_ENV=stage\n' }, credentials: true
  }],
  ['routes of .env for a credential of the environment', ['token'], {
    files: { '.env': 'ADIT_ENDPOINTS=https://ims-na1.adobelogin.com=https://ims.example\n' }, credentials: true,
    only: /^(?!adit: info)/
  }],
  ['a token store of .env for a credential of the environment', ['token', '--ims', 'local'], {
    files: { '.env': 'ADIT_TOKEN_STORE=redis://store.example/0\n' }, credentials: true
  }],
  ['hosts of .env for a credential of the environment', ['call', 'https://api.example/x', '--ims', 'local'], {
    files: { '.env': 'ADIT_API_HOSTS=api.example\n' }, credentials: true
  }],
  ['an IMS of .env for a token that is piped', ['ims', 'validate', '-'], {
    files: { '.env': 'ADIT_IMS=https://ims.example\n' }, input: 'a.b.c'
  }],
  ['a token store outside of the project', ['token', '--ims', 'local'], {
    files: { '.env': toDotenv(jwtEnv({ ADIT_TOKEN_STORE: 'file:/etc' })) }
  }],

  ['no file with a key', ['key', 'show', 'private.key']],
  ['an empty key', ...show('')],
  ['a text that is not a key', ...show('Dear Sir or Madam,\n')],
  ['settings in UTF-16 for a key', ...show(Buffer.from('\ufeffJWT_PRIVATE_KEY=x\n', 'utf16le'))],
  ['a key whose END line is wrong', ...show(made.rsa.replace('-----END', '----END'))],
  ['a certificate', ...show(made.certificate)],
  ['a public key', ...show(made.publicKey)],
  ['a key that is cut off', ...show(made.rsa.slice(0, 800))],
  ['a key without its middle', ...show(made.rsa.replace(/\n[^]{400}/, '\n'))],
  ['base64 that is damaged', ...show(Buffer.from(made.rsa).toString('base64').slice(0, 600) + '!!!!')],
  ['base64 of something else', ...show(Buffer.from('hello '.repeat(100)).toString('base64'))],
  ['an encrypted key without a passphrase', ...show(made.encrypted)],
  ['an encrypted key with a wrong passphrase', ['key', 'show', 'private.pem'], {
    files: { 'private.pem': made.encrypted }, env: { JWT_PRIVATE_KEY_PASSPHRASE: 'wrong' }
  }],
  ['a key that is too short', ...show(made.short)],
  ['a key of a kind that is not used', ...show(made.x25519)],
  ['binary that is not a key', ...show(Buffer.from([0x30, 0x82, 0, 1, 2, 3, 0, 0]))],
  ['no .env and no file with a key', ['key', 'show']],
  ['a .env without that key', ['key', 'decode'], { files: { '.env': 'A=1\n' } }],
  ['a file too long for a key', ...show('x'.repeat(1 << 21))],
  ['stdin too long for a key', ['key', 'encode', '-'], { input: 'x'.repeat(1 << 21) }],
  ['a file that is not a certificate', ['key', 'show', 'a', '--certificate', 'b'], { files: { a: made.rsa, b: 'x' } }],
  ['a certificate that is cut off', ['key', 'show', 'a', '--certificate', 'b'], {
    files: { a: made.rsa, b: made.certificate.slice(0, 300) }
  }],
  ['a key file that exists already', ['key', 'generate'], { files: { 'private.key': '' } }],
  ['an invalid validity', ['key', 'generate', '--days', '0']],
  ['a subject with an unknown part', ['key', 'generate', '--subject', 'CN=a, X=b']],
  ['a subject with a comma in a value', ['key', 'generate', '--subject', 'CN=a, O=Example, Inc.']],
  ['a subject with a backslash that is not an escape', ['key', 'generate', '--subject', 'CN=DOMAIN\\user']],
  ['a subject with an invalid country', ['key', 'generate', '--subject', 'CN=a, C=Germany']],
  ['a folder that is not there', ['key', 'generate', '--out', 'keys/mine']]
]
