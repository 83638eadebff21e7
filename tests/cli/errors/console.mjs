// Client secrets in the Developer Console, and errors of APIs. The organisation's number, and the first part of an
// API's path, tell the misbehaving server what to do.
export const consoleAnswers = ({ origin, emulatorOrigin, toDotenv, jwtEnv }) => {
  const settings = { ADIT_ENDPOINTS: `https://api.adobe.io=${origin}`, ADIT_TOKEN_STORE: 'memory:' }
  const only = /^(?!adit: info)/
  const project =
    (env = {}, changes = {}) => ({ files: { '.env': toDotenv(jwtEnv(changes)) }, env: { ...settings, ...env }, only })
  const secrets = (org, words, ...args) =>
    ['ims', 'secrets', ...words, '--org', org, '--credential', '7', '--ims', emulatorOrigin, ...args]
  const call = (path, ...args) => [
    ['call', `${origin}/api-${path}`, '--api-host', origin, '--ims', emulatorOrigin, '--retry', '0', ...args], project()
  ]
  return [
    ['a Console that does not know the credential', secrets('404', ['list']), project()],
    ['a Console without the API', secrets('403', ['list']), project()],
    ['a Console that refuses the token', secrets('401', ['list']), project()],
    ['a Console that is busy', secrets('429', ['list']), project()],
    ['a Console that breaks', secrets('500', ['list']), project()],
    ['a Console that answers something else', secrets('strange', ['list']), project()],
    ['a third secret', secrets('two', ['add']), project()],
    ['a secret to remove that is not there', secrets('404', ['remove', 'abc']), project()],
    ['a rotation of a credential with two secrets', secrets('two', ['rotate']), project()],
    ['a rotation whose secret is not in .env', secrets('one', ['rotate']), {
      files: {}, env: { ...settings, ...jwtEnv() }, only
    }],
    [
      'a rotation of a secret that the environment overrides', secrets('one', ['rotate']),
      project({ JWT_CLIENT_SECRET: jwtEnv().JWT_CLIENT_SECRET }, { JWT_CLIENT_SECRET: 'old' })
    ],
    ['a rotation that can add nothing', secrets('full', ['rotate']), project()],
    ['a rotation whose new secret does not work', secrets('one', ['rotate', '--wait', '0']), project()],
    ['a rotation that cannot remove the old secret', secrets('stuck', ['rotate']), project()],
    ['a rotation that is interrupted', secrets('interrupted', ['rotate']), {
      ...project(), interrupted: /received POST/
    }],

    ['an API that wants a product profile', ...call('403025')],
    ['an API that does not know the key', ...call('403003')],
    ['an API that refuses every token', ...call('401013')],
    ['an API that refuses the token', ...call('401')],
    ['an API that refuses the credential', ...call('403')],
    ['an API that is not there', ...call('404')],
    ['an API that rejects the request as invalid', ...call('400')],
    ['an API that is busy', ...call('429')],
    ['an API that breaks', ...call('502')],
    [
      'a body from stdin that an API refuses',
      ...call('401013', '-d', '-').map((part, index) => index ? { ...part, input: 'x' } : part)
    ],
    ['an answer that cannot be written', ['call', `${origin}/ok`], { shell: 'exec "$0" "$@" > /dev/full' }],
    ['a call that is interrupted while it waits for an answer', ['call', `${origin}/interrupted`], {
      interrupted: /received GET/
    }],
    [
      'a call that is interrupted while it waits to ask again',
      ['call', `${origin}/api-interrupted`, '--api-host', origin, '--ims', emulatorOrigin],
      { ...project(), interrupted: /again in/ }
    ],
    ['an action that is interrupted', ['invoke', '-p', 'url', `${origin}/interrupted`], {
      files: {
        'ext.config.yaml':
          'runtimeManifest:\n  packages:\n    p:\n      actions:\n        a:\n          function: a.js\n          runtime: nodejs:22\n',
        'a.js': 'exports.main = ({ url }) => fetch(url)\n'
      },
      interrupted: /received GET/
    }]
  ]
}

const json = (response, status, body, headers = {}) =>
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))

// The Developer Console's part of the server.
export const consoleServer = (secret) => (request, response) => {
  const org = request.url.split('/')[3]
  const one = { uuid: '11111111-1111-4111-8111-111111111111', created_at: '1700000000000' }
  const two = { uuid: '22222222-2222-4222-8222-222222222222', created_at: '1800000000000' }
  const listed = (...client_secrets) => json(response, 200, { client_secrets })
  if (/^\d+$/.test(org))
    return json(response, Number(org), { error_code: org, message: 'said by the Console' }, { 'x-request-id': 'abc' })
  if (org === 'strange') return json(response, 200, { secrets: 'none' })
  if (request.method === 'GET') return org === 'two' ? listed(one, two) : listed(one)
  if (request.method === 'DELETE')
    return org === 'stuck' ? json(response, 500, { error_code: '500', message: 'said by the Console' })
      : response.writeHead(204).end()
  if (org === 'two' || org === 'full')
    return json(response, 400, { error_code: 'max_client_secrets', message: 'said by the Console' })
  json(response, 201, { ...two, client_secret: org === 'stuck' ? secret : 'a-new-secret' })
}

export const apiServer = (code) => (_, response) => {
  if (code === 'interrupted') return json(response, 429, {}, { 'retry-after': '30' })
  if (code === '502') return response.writeHead(502, { 'content-type': 'text/html' }).end('<html>Bad gateway</html>')
  if (code === '400')
    return json(response, 400, { title: 'Bad Request', detail: 'rsid is missing', errorCode: 'invalid_data' })
  json(response, Number(code.slice(0, 3)), code.length > 3 ? { error_code: code, message: 'said by the gateway' } : {},
    code === '429' ? { 'retry-after': '7' } : { 'x-request-id': 'abc' })
}
