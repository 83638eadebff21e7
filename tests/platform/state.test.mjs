// An action that caches its access token in State with Adobe's unchanged library. The emulator serves State as well as
// IMS.
import assert from 'node:assert/strict'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { ask, dev } from './dev.mjs'
import { emulator, jwtEnv, NPM, project, run, toDotenv } from '../cli/adit.mjs'

const action = `const { init } = require('@adobe/aio-lib-state')
const auth = require('@adobe/jwt-auth')

exports.main = async (params) => {
  const state = await init()
  const cached = await state.get('access-token')
  if (cached) return { body: { token: cached.value, from: 'state' } }
  const { access_token: token, expires_in: life } = await auth({
    clientId: params.JWT_CLIENT_ID,
    technicalAccountId: params.JWT_TECHNICAL_ACCOUNT_ID,
    orgId: params.JWT_IMS_ORG,
    clientSecret: params.JWT_CLIENT_SECRET,
    metaScopes: params.JWT_METASCOPES.split(','),
    privateKey: Buffer.from(params.JWT_PRIVATE_KEY, 'base64').toString()
  })
  await state.put('access-token', token, { ttl: Math.floor(life / 1000) - 600 })
  return { body: { token, from: 'ims' } }
}
`
const inputs = Object.keys(jwtEnv()).map((name) => `              ${name}: $${name}\n`).join('')
const manifest = `application:
  runtimeManifest:
    packages:
      p:
        actions:
          cached:
            function: cached.js
            runtime: nodejs:22
            web: 'yes'
            inputs:
${inputs}`

const cachingProject = () => {
  const root = project({ 'app.config.yaml': manifest, 'cached.js': action, '.env': toDotenv(jwtEnv()) })
  symlinkSync(join(NPM, 'node_modules'), join(root, 'node_modules'))
  return root
}

describe('a token in State', () => {
  let root
  before(() => { root = cachingProject() })

  test('is kept while adit dev runs', async () => {
    const server = await dev(root, ['--http', '--ims', 'local'])
    const first = (await ask(`${server.origin}/api/v1/web/p/cached`)).json()
    const second = (await ask(`${server.origin}/api/v1/web/p/cached`)).json()
    assert.equal(first.from, 'ims')
    assert.deepEqual(second, { token: first.token, from: 'state' })
    await server.stop()
  })

  test('is kept from one adit invoke to the next by adit emulator', async () => {
    const { origin } = await emulator(['--env-file', join(root, '.env')])
    const invoke = async () => {
      const { code, stdout, stderr } = await run(['invoke', 'cached', '--ims', origin], { cwd: root })
      assert.equal(code, 0, stderr)
      return JSON.parse(stdout).body
    }
    const first = await invoke()
    assert.equal(first.from, 'ims')
    assert.deepEqual(await invoke(), { token: first.token, from: 'state' })
  })

  test('is not kept for adit invoke with an emulator inside the command', async () => {
    for (let i = 0; i < 2; ++i) {
      const { code, stdout, stderr } = await run(['invoke', 'cached', '--ims', 'local'], { cwd: root })
      assert.equal(code, 0, stderr)
      assert.equal(JSON.parse(stdout).body.from, 'ims')
    }
  })

  test('reaches the emulator from any program under adit run', async () => {
    const program =
      "require('@adobe/aio-lib-state').init({ ow: { namespace: '1234567-p', auth: 'u:p' }, region: 'apac' }).then(async (s) => { await s.put('k', 'v'); console.log((await s.get('k')).value) })"
    const { code, stdout, stderr } = await run(['run', '--', process.execPath, '-e', program], { cwd: root })
    assert.equal(code, 0, stderr)
    assert.equal(stdout, 'v\n')
  })
})
