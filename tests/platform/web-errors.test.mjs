// What callers of web actions in C++ get if IMS refuses the secret or cannot be reached. The actions are the
// tutorial's, the template `analytics`, and the one of docs/actions.md.
import assert from 'node:assert/strict'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { emulator, HERE, jwtEnv, project, run, temporaryFolder, toDotenv } from '../cli/adit.mjs'
import { freePort } from '../free-port.mjs'

const SOURCE = join(HERE, '../..')
const oauthEnv = (changes = {}) => ({
  IMS_OAUTH_S2S_CLIENT_ID: 'oauth-client',
  IMS_OAUTH_S2S_CLIENT_SECRET: 'right',
  IMS_OAUTH_S2S_ORG_ID: 'DEF@AdobeOrg',
  IMS_OAUTH_S2S_SCOPES: 'openid',
  ANALYTICS_COMPANY: 'example',
  ANALYTICS_REPORT_SUITE: 'example',
  ...changes
})

function tutorial () {
  const root = temporaryFolder()
  cpSync(join(SOURCE, 'examples/analytics-report'), root, { recursive: true })
  return { root, action: 'generic', env: jwtEnv(), wrong: { JWT_CLIENT_SECRET: 'wrong' } }
}
async function template () {
  const folder = temporaryFolder()
  const { code, stderr } = await run(['new', 'app', '--template', 'analytics'], { cwd: folder })
  assert.equal(code, 0, stderr)
  return {
    root: join(folder, 'app'), action: 'report', env: oauthEnv(), wrong: { IMS_OAUTH_S2S_CLIENT_SECRET: 'wrong' }
  }
}
function documented () {
  const blocks = readFileSync(join(SOURCE, 'docs/actions.md'), 'utf8').split('```')
  const code = blocks.find((block) => block.startsWith('cpp\n')).slice(4)
  const inputs = Object.keys(oauthEnv()).map((name) => `${name}: $${name}`).join(', ')
  const root = project({
    'app.config.yaml':
      `application:\n  runtimeManifest:\n    packages:\n      whoami:\n        actions:\n          me: { function: actions/me, runtime: cpp, web: 'yes', inputs: { ${inputs} } }\n`,
    'actions/me/me.cc': code,
    'actions/me/CMakeLists.txt':
      'cmake_minimum_required(VERSION 3.25)\nproject(me LANGUAGES CXX)\nfind_package(adit REQUIRED)\nadit_add_action(me SOURCES me.cc)\n'
  })
  return { root, action: 'me', env: oauthEnv(), wrong: { IMS_OAUTH_S2S_CLIENT_SECRET: 'wrong' } }
}

describe('a web action in C++', { concurrency: false, timeout: 900_000 }, () => {
  for (const [name, make] of Object.entries(
    { 'of the tutorial': tutorial, 'of the template analytics': template, 'of docs/actions.md': documented }
  )) {
    test(`${name} answers 502 if IMS refuses, 503 if it cannot be reached, with code and message`, async () => {
      const { root, action, env, wrong } = await make()
      writeFileSync(join(root, '.env'), toDotenv({ ...env, ADIT_TOKEN_TIMEOUT: '1' }), { mode: 0o600 })
      const ims = await emulator(['--env-file', join(root, '.env')])
      // Calls the web action as the platform does.
      const answer = async (origin, more) => {
        const { code, stdout, stderr } = await run(['invoke', action, '--ims', origin, '-p', '__ow_method', 'get'],
          { cwd: root, timeout: 1_200_000, ...more })
        assert.equal(code, 1, stdout + stderr)
        return JSON.parse(stdout).error
      }
      const refused = await answer(ims.origin, { env: wrong })
      assert.equal(refused.statusCode, 502)
      assert.equal(refused.body.code, 'invalid_client')
      assert.equal(typeof refused.body.error, 'string')
      const away = await answer(`http://127.0.0.1:${await freePort()}`)
      assert.equal(away.statusCode, 503, JSON.stringify(away))
      assert.ok(away.body.error && away.body.code)
      assert.ok(!JSON.stringify([refused, away]).includes('wrong'))
    })
  }
})
