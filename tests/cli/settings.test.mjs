// The settings of all commands that talk to IMS or an API: ADIT_ENDPOINTS, ADIT_TIMEOUT and others, also from .env.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, before, describe, test } from 'node:test'
import { jwtEnv, project, run, toDotenv } from './adit.mjs'

const ims = 'https://ims-na1.adobelogin.com'
const api = 'https://analytics.adobe.io'

describe('settings', () => {
  // Accepts every request and answers none.
  const silent = createServer(() => {})
  let origin
  let root
  before(async () => {
    await new Promise((resolve) => silent.listen(0, '127.0.0.1', resolve))
    origin = `http://127.0.0.1:${silent.address().port}`
    const settings = {
      ADIT_ENDPOINTS: `${ims}=${origin},${api}=${origin}`, ADIT_TIMEOUT: '0.2', ADIT_TOKEN_TIMEOUT: '0.4'
    }
    root = project({
      'ext.config.yaml':
        'runtimeManifest:\n  packages:\n    p:\n      actions:\n        a:\n          function: a.js\n          runtime: nodejs:20\n',
      'a.js': '', '.env': toDotenv({ ...jwtEnv(), ...settings })
    })
  })
  after(() => { silent.close(); silent.closeAllConnections() })

  const foreign = 'eyJhbGciOiJSUzI1NiJ9.e30.e30'
  const commands = {
    token: ['token', '--store', 'memory:'],
    'ims keys': ['ims', 'keys'],
    'ims profile': ['ims', 'profile', foreign],
    'ims validate': ['ims', 'validate', foreign, '--client-id', 'x'],
    call: ['call', `${api}/discovery/me`, '-H', `authorization: Bearer ${foreign}`],
    'call without a token': ['call', `${ims}/ims/keys`],
    'check --online': ['check', '--online'],
    'jwt verify': ['jwt', 'verify', foreign]
  }
  // These commands get a token of the user, which the project's .env must not redirect (hostile-project.test.mjs).
  const given = ['ims profile', 'ims validate', 'call']
  for (const [name, args] of Object.entries(commands)) {
    const place = given.includes(name) ? 'the environment' : '.env'
    test(`of ${place} apply to ${name}: the destination of requests is announced, and they end in time`, async () => {
      const { code, stdout, stderr } = await run(args, {
        cwd: root, timeout: 60_000,
        env: given.includes(name) ? { ADIT_ENDPOINTS: `${ims}=${origin},${api}=${origin}` } : {}
      })
      assert.equal(code, 1, stdout + stderr)
      assert.match(stderr, new RegExp(`info: ADIT_ENDPOINTS: requests for .*${ims}.* go to ${origin}`))
      assert.match(stdout + stderr, /within 0\.2 seconds/)
    })
  }

  test('of the process take precedence over .env', async () => {
    const { code, stderr } = await run(['ims', 'keys'], { cwd: root, env: { ADIT_TIMEOUT: '0.3' } })
    assert.equal(code, 1)
    assert.match(stderr, /within 0\.3 seconds/)
  })

  test('that are not a duration are refused, with the line of .env', async () => {
    const other = project({ '.env': 'A=b\nADIT_IDLE_TIMEOUT=soon\n' })
    const { code, stderr } = await run(['ims', 'keys'], { cwd: other })
    assert.equal(code, 2)
    assert.match(stderr, /\.env:2: ADIT_IDLE_TIMEOUT is a value of 4 characters, which is not a number of seconds/)
  })

  test('that redirect requests are announced for an action, too', async () => {
    const env = { ADIT_ENDPOINTS: `${api}=${origin}` }
    const { code, stderr } = await run(['invoke'], { cwd: root, env })
    assert.equal(code, 1, stderr) // a.js has no main
    assert.match(stderr, new RegExp(`ADIT_ENDPOINTS: requests for ${api} go to ${origin}`))
  })
})
