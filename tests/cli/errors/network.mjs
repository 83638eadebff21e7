// Errors of connections to IMS, APIs and token stores.
const closed = 'http://127.0.0.1:1'

export const network = ({ origin, tlsOrigin, emulatorOrigin, toDotenv, jwtEnv, foreignToken }) => {
  const oauth = {
    IMS_OAUTH_S2S_CLIENT_ID: 'test-client', IMS_OAUTH_S2S_CLIENT_SECRET: 'wrong', IMS_OAUTH_S2S_ORG_ID: 'DEF@AdobeOrg',
    IMS_OAUTH_S2S_SCOPES: 'openid'
  }
  const token =
    (changes, ims, ...args) => [['token', '--fresh', '--store', 'memory:', '--ims', ims ?? emulatorOrigin, ...args], {
      files: { '.env': toDotenv(jwtEnv(changes)) }, only: /^(?!adit: warning)/
    }]
  // adit repeats what another attempt may fix until its time limit has passed. On a busy machine, one attempt may take
  // a second.
  const impatient = ([args, options], env = {}) => [args, { ...options, env: { ADIT_TOKEN_TIMEOUT: '2', ...env } }]
  const only = (lines, [args, options]) => [args, { ...options, only: lines }]
  const at = (path) => impatient(token({}, `${origin}${path}`))
  const call = (...args) => ['call', ...args]
  const withSettings =
    (env) => [['token', '--store', 'memory:', '--ims', closed], { files: { '.env': toDotenv(jwtEnv()) }, env }]
  const project = { files: { '.env': toDotenv(jwtEnv()) } }
  return [
    [
      'a local development token that has expired',
      ['call', '--api-host', 'author-p1-e2.adobeaemcloud.com', 'https://author-p1-e2.adobeaemcloud.com/x'],
      { files: {
        '.env':
          `AEM_ACCESS_TOKEN=${['{"alg":"RS256"}', '{"created_at":"1000","expires_in":"86400000"}', 'x'].map((part) => Buffer.from(part).toString('base64url')).join('.')}\n`
      } }
    ],
    ['an unknown IMS', ...token({}, 'production')],
    ['an IMS that is a variable without a value', ...token({}, '')],
    ['an IMS with an invalid URL', ...token({}, 'https://')],
    ['endpoints that are not a pair', ...withSettings({ ADIT_ENDPOINTS: 'https://analytics.adobe.io' })],
    ['endpoints with what is not an origin', ...withSettings({ ADIT_ENDPOINTS: 'https://analytics.adobe.io=here' })],
    [
      'too many endpoints',
      ...withSettings(
        { ADIT_ENDPOINTS: Array.from({ length: 101 }, (_, i) => `https://a${i}.io=http://127.0.0.1:1`).join() }
      )
    ],
    [
      'endpoints that lead to two places',
      ...withSettings({ ADIT_ENDPOINTS: 'https://a.io=http://127.0.0.1:1,https://a.io=http://127.0.0.1:2' })
    ],
    ['an invalid time-out', ...withSettings({ ADIT_TOKEN_TIMEOUT: 'long' })],
    ['an IMS that does not listen', ...impatient(token({}, closed))],
    ['an IMS on another machine without TLS', ...token({}, 'http://ims.example.test')],
    ['an IMS with an unknown certificate', ...impatient(token({}, tlsOrigin))],
    ['an IMS that does not know the client', ...token({ JWT_CLIENT_ID: 'nobody' })],
    ['a wrong client secret', ...token({ JWT_CLIENT_SECRET: 'wrong' })],
    ['a metascope that the client does not have', ...token({ JWT_METASCOPES: 'ent_user_sdk' })],
    ['a wrong client secret for OAuth', ...token({ ...oauth })],
    ['an IMS that is busy', ...at('/503')],
    ['an IMS that throttles', ...at('/429')],
    ['an IMS that breaks', ...at('/500')],
    ['a web page instead of an answer', ...at('/html')],
    ['an answer that is cut off', ...at('/cut')],
    ['an answer that is not JSON', ...at('/garbage')],
    ['an answer without a token', ...at('/empty')],
    ['an IMS that closes the connection', ...at('/reset')],
    ['an IMS that does not answer', ...impatient(at('/silent'), { ADIT_TIMEOUT: '0.4' })],
    // The caller and the exchange reach their time limits at the same time; which one is first decides the hint.
    [
      'an IMS that is slower than the caller waits',
      ...only(/^adit: /, impatient(at('/silent'), { ADIT_TOKEN_TIMEOUT: '0.2' }))
    ],
    ['a lifetime that no token has', ...token({}, undefined, '--min-ttl', '48h')],
    ['an invalid lifetime', ...token({}, undefined, '--min-ttl', 'long')],
    ['an unknown kind of store', ['token', '--store', 'cupboard'], project],
    ['a store without a folder', ['token', '--store', 'file:'], project],
    ['a store that is a file', ['token', '--status', '--store', 'file:store'], {
      files: { ...project.files, store: '' }
    }],
    ['an invalid Redis URL', ['token', '--store', 'redis:///x'], project],
    ['a Redis URL with an invalid port', ['token', '--store', 'redis://127.0.0.1:many'], project],
    ['a Redis that does not listen', ['token', '--status', '--store', 'redis://127.0.0.1:1'], project],

    ['an invalid URL', call('analytics.adobe.io')],
    ['an invalid header', call(`${origin}/ok`, '-H', 'accept')],
    ['a header with a line end', call(`${origin}/ok`, '-H', 'accept: a\r\nb')],
    ['a header with an invalid name', call(`${origin}/ok`, '-H', 'a b: c')],
    ['an invalid method', call(`${origin}/ok`, '-X', 'GE T')],
    ['a body file beside another body', call(`${origin}/ok`, '-d', 'a', '-d', '@b')],
    ['a body file that is not there', call(`${origin}/ok`, '-d', '@b')],
    ['an invalid time', call(`${origin}/ok`, '--max-time', 'soon')],
    ['an invalid host', call(`${origin}/ok`, '--api-host', 'https://*')],
    ['a server that does not listen', call(closed)],
    ['a host that does not exist', call('http://nowhere.invalid/')],
    ['a server that does not answer', call(`${origin}/silent/x`, '--max-time', '0.2')],
    ['a redirect without an end', call(`${origin}/round`)],
    ['a redirect to another origin, with credentials', call(`${origin}/away`, '-H', 'x-api-key: mine')],
    ['a redirect of a body', call(`${origin}/away`, '-d', 'x')],
    ['an API that asks for a pause', call(`${origin}/429/x`)],
    ['an API that fails', call(`${origin}/500/x`)],
    ['a file that cannot be written', call(`${origin}/ok`, '-o', 'no/such/file')],
    ['a disk that is full', call(`${origin}/ok`, '-o', '/dev/full')],

    ['no token to ask about', ['ims', 'validate', '-', '--ims', emulatorOrigin], { input: '' }],
    ['a profile for a token that IMS does not know', ['ims', 'profile', foreignToken, '--ims', emulatorOrigin]],
    ['organisations from something that is not an IMS', [
      'ims', 'organizations', foreignToken, '--ims', `${origin}/object`
    ]],
    ['a validation by something that is not an IMS', [
      'ims', 'validate', foreignToken, '--client-id', 'x', '--ims', `${origin}/object`
    ]],
    ['a profile that is not an object', ['ims', 'profile', foreignToken, '--ims', `${origin}/array`]],
    ["no organisation's number", ['ims', 'secrets', 'list'], project],
    [
      "an invalid number of an organisation",
      ['ims', 'secrets', 'list', '--org', 'a/b', '--credential', '1', '--ims', 'local'], project
    ],
    [
      'an invalid wait',
      ['ims', 'secrets', 'rotate', '--wait', 'long', '--org', '1', '--credential', '1', '--ims', 'local'], project
    ]
  ]
}
