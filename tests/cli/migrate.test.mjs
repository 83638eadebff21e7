import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { jwtEnv, probeManifest, project, run, secret, toDotenv } from './adit.mjs'

const files = () => ({
  'app.config.yaml': 'extensions:\n  dx/excshell/1:\n    $include: src/ex t/ext.config.yaml\n',
  'src/ex t/ext.config.yaml': probeManifest.replaceAll('\n', '\r\n'),
  'src/ex t/a.js':
    "const { auth } = require('@adobe/jwt-auth')\nmodule.exports = (params) => auth(params.JWT_CLIENT_ID)\n",
  '.env': toDotenv(jwtEnv()) + '# JWT_CLIENT_SECRET=' + secret + 'x\n'
})
const read = (root, name) => readFileSync(join(root, name), 'utf8')
const migrate = (root, ...args) => run(['migrate', ...args], { cwd: root })

describe('adit migrate', () => {
  test('shows the difference with --dry-run, without secrets, and writes nothing', async () => {
    const root = project(files())
    const { code, stdout, stderr } = await migrate(root, '--dry-run')
    assert.equal(code, 0, stderr)
    assert.match(stdout, /^--- \.env\n\+\+\+ \.env\n@@ -1,\d+ \+1,\d+ @@\n/)
    assert.match(stdout, /^-JWT_PRIVATE_KEY=<hidden>$/m)
    assert.match(stdout, /^\+ +IMS_OAUTH_S2S_CLIENT_ID: \$IMS_OAUTH_S2S_CLIENT_ID$/m)
    assert.ok(!stdout.includes(secret) && !stdout.includes(jwtEnv().JWT_PRIVATE_KEY.slice(0, 20)))
    assert.equal(read(root, '.env'), files()['.env'])
    assert.deepEqual(readdirSync(root).sort(), ['.env', 'app.config.yaml', 'src'])
  })

  test('hides the part of a secret after a #, although dotenv treats it as a comment', async () => {
    const root = project(
      { ...files(), '.env': toDotenv(jwtEnv({ JWT_CLIENT_SECRET: 'first#' + secret, JWT_CLIENT_ID: 'id # mine' })) }
    )
    const { stdout } = await migrate(root, '--dry-run')
    assert.match(stdout, /^-JWT_CLIENT_SECRET=<hidden>$/m)
    assert.match(stdout, /^-JWT_CLIENT_ID=id +# mine$/m)
    assert.ok(!stdout.includes(secret))
  })

  test('changes settings and mappings, names lines of code, and has nothing left to do', async () => {
    const root = project(files())
    const { code, stdout, stderr } = await migrate(root)
    assert.equal(code, 0, stderr)
    assert.match(read(root, '.env'),
      new RegExp(`^IMS_OAUTH_S2S_CLIENT_ID=test-client\nIMS_OAUTH_S2S_CLIENT_SECRET=${secret}\n`))
    assert.ok(!/^JWT_/m.test(read(root, '.env')))
    assert.equal(read(root, '.env.jwt-backup'), files()['.env'])
    const manifest = read(root, 'src/ex t/ext.config.yaml')
    assert.ok(manifest.includes('IMS_OAUTH_S2S_SCOPES: $IMS_OAUTH_S2S_SCOPES\r\n') && !manifest.includes('JWT_'))
    assert.match(stdout, /src\/ex t\/a\.js:1: @adobe\/jwt-auth\n +src\/ex t\/a\.js:2: JWT_CLIENT_ID/)
    assert.match(stdout, /Developer Console/)
    const again = await migrate(root)
    assert.equal(again.code, 0)
    assert.match(again.stderr, /nothing is left/)
    assert.equal(read(root, 'src/ex t/ext.config.yaml'), manifest)
  })

  test('keeps both with --both', async () => {
    const root = project(files())
    const { stdout } = await migrate(root, '--both', '--json')
    assert.equal(JSON.parse(stdout).written, true)
    for (const name of ['.env', 'src/ex t/ext.config.yaml'])
      assert.match(read(root, name), /JWT_PRIVATE_KEY[^]*IMS_OAUTH|IMS_OAUTH[^]*JWT_PRIVATE_KEY/)
    assert.deepEqual(JSON.parse((await migrate(root, '--both', '--json')).stdout).files, [])
  })

  test('writes nothing if one file cannot be read', async () => {
    const root = project({ ...files(), 'src/ex t/ext.config.yaml': 'a: [' })
    assert.equal((await migrate(root)).code, 2)
    assert.equal(read(root, '.env'), files()['.env'])
  })
})
