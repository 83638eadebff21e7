// Errors of .env, and of files of the Developer Console.
const oauth =
  (id) => ({ name: id, oauth_server_to_server: { client_id: id, client_secrets: ['s'], scopes: ['openid'] } })
const workspace = (...credentials) =>
  JSON.stringify({ project: { org: { ims_org_id: 'O@AdobeOrg' }, workspace: { details: { credentials } } } })
const one = JSON.stringify({ CLIENT_ID: 'new', CLIENT_SECRETS: ['s'], ORG_ID: 'O@AdobeOrg', SCOPES: ['openid'] })
const imports = (content, name = 'console.json') => [['import', name], { files: { [name]: content } }]

const aem = (changes) => JSON.stringify(
  { ok: true, integration: { technicalAccount: { clientId: 'cm-p1-e2-integration-0', clientSecret: 's' }, ...changes } }
)

export const files = ({ zip, made, toDotenv, jwtEnv }) => [
  ['a file that is not there', ['import', 'console.json']],
  ['a folder', ['import', 'downloads'], { files: { 'downloads/x': '' } }],
  ['an empty file', ...imports('')],
  ['JSON that is cut off', ...imports('{ "project": {\n')],
  ['a list', ...imports('[]')],
  ['a text that is not JSON', ...imports('Dear Sir or Madam,\n')],
  ['JSON without a credential', ...imports('{ "name": "x" }')],
  [
    'a workspace with an API key alone',
    ...imports(workspace({ name: 'Key', integration_type: 'apikey', api_key: { client_id: 'x' } }))
  ],
  ['two credentials of one kind', ...imports(workspace(oauth('First'), oauth('Second')))],
  ['a credential that is not in the file', ['import', 'console.json', '--credential', 'Third'], {
    files: { 'console.json': workspace(oauth('First'), oauth('Second')) }
  }],
  [
    'a credential with a key that is cut off',
    ...imports(JSON.stringify({ client_id: 'x', meta_scopes: [], private_key: made.rsa.slice(0, 500) }))
  ],
  [
    'a credential with the path of a key',
    ...imports(JSON.stringify({ client_id: 'x', meta_scopes: [], private_key: '/etc/passwd' }))
  ],
  ['a credential for a .env that sends it elsewhere', ['import', 'console.json'], {
    files: { 'console.json': one, '.env': 'ADIT_IMS=https://ims.example\n' }
  }],
  ["a file of AEM's whose IMS is not a host", ...imports(aem({ imsEndpoint: 'http://ims-na1.adobelogin.com/ims' }))],
  ["a file of AEM's whose IMS is not Adobe's", ...imports(aem({ imsEndpoint: 'ims.example' }))],
  [
    "a file of AEM's whose key and certificate differ",
    ...imports(aem({ privateKey: made.other, publicKey: made.certificate }))
  ],
  ['a zip that is damaged', ...imports('PK\x03\x04 and then nothing', 'config.zip')],
  ['a zip that leads out', ...imports(zip(['../private.key', made.rsa]), 'config.zip')],
  ['a zip that is encrypted', ...imports(zip(['private.key', made.rsa, 1]), 'config.zip')],
  ['a zip that grows too much', ...imports(zip(['private.key', 'x'.repeat(2 << 20)]), 'config.zip')],
  ['a zip without a key', ...imports(zip(['readme.txt', 'x']), 'config.zip')],
  ['a zip with two keys', ...imports(zip(['a.key', made.rsa], ['b.key', made.other]), 'config.zip')],
  [
    'a zip whose key and certificate differ',
    ...imports(zip(['private.key', made.other], ['certificate_pub.crt', made.certificate]), 'config.zip')
  ],
  ['values that already exist', ['import', 'console.json'], {
    files: { 'console.json': one, '.env': 'IMS_OAUTH_S2S_CLIENT_ID=old\n' }
  }],
  ['a folder to write to that is not there', ['import', 'console.json', '--env-file', 'config/.env'], {
    files: { 'console.json': one }
  }],
  ['something to write to that is not a file', ['import', 'console.json', '--env-file', '/dev/full'], {
    files: { 'console.json': one }
  }],
  ['a link that leads out of the project', ['import', 'console.json'], {
    files: { 'console.json': one }, shell: 'ln -s /etc/hostname .env; exec "$0" "$@"'
  }],
  ['a folder that leads out of the project', ['key', 'generate', '--out', 'keys/mine'], {
    shell: 'ln -s /etc keys; exec "$0" "$@"'
  }],
  ['a pipe instead of a file', ['token'], {
    shell: 'mkfifo .env; echo "application: {}" >app.config.yaml; exec "$0" "$@"'
  }],
  [
    'a file that is far too large', ['import', 'console.json'], { shell: 'truncate -s 1T console.json; exec "$0" "$@"' }
  ],
  ['settings in UTF-16', ['import', 'console.json'], {
    files: { 'console.json': one, '.env': Buffer.from('\ufeffA=1\n', 'utf16le') }
  }],
  ['a value that .env cannot express', ['import', 'console.json'], { files: { 'console.json': JSON.stringify({
    CLIENT_ID: `a'b"c\`d
# e`, CLIENT_SECRETS: ['s'], ORG_ID: 'o', SCOPES: ['x'] }) } }],
  ['a file that must not grow', ['import', 'console.json'], {
    files: { 'console.json': one }, shell: 'ulimit -f 0; exec "$0" "$@"'
  }],
  ['a migration of a project that is broken', ['migrate'], {
    files: { 'ext.config.yaml': 'a: [', '.env': toDotenv(jwtEnv()) }
  }]
]
