// Adobe's deploying tools against `adit dev`, unchanged: @adobe/aio-lib-runtime, and `aio rt`
// (@adobe/aio-cli-plugin-runtime).
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { NPM, project, temporaryFolder } from '../cli/adit.mjs'
import { ask, dev } from '../platform/dev.mjs'
import { zip } from '../platform/zip.mjs'
import { aioConfig } from './aio_config.mjs'

const KEY = 'user:password'
const packages = createRequire(join(NPM, 'node_modules/'))
const auth = { authorization: 'Basic ' + Buffer.from(KEY).toString('base64') }

// Runs JavaScript in a separate process, in whose environment Adobe's packages find their settings, and returns the
// last thing that it prints.
function inProcess (code, env) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['-e', code], {
      cwd: join(NPM, 'node_modules'), env: { PATH: process.env.PATH, HOME: temporaryFolder(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'], timeout: 120_000
    })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (text) => { stdout += text })
    child.stderr.on('data', (text) => { stderr += text })
    child.on('close', (status) => resolve({ status, stdout, stderr }))
  })
}

describe('Adobe\'s deploying tools', { concurrency: false, timeout: 1_200_000 }, () => {
  let server
  const env = () => ({
    AIO_RUNTIME_APIHOST: server.origin, AIO_RUNTIME_AUTH: KEY, AIO_RUNTIME_NAMESPACE: 'mine',
    AIO_DEPLOY_SERVICE_URL: server.origin, AIO_RUNTIME_APIVERSION: 'v1', USE_RUNTIME_AUTH: 'true'
  })
  const api = (path) => ask(`${server.origin}/api/v1/namespaces/_/${path}`, { headers: auth })

  before(async () => {
    server = await dev(
      project({
        'ext.config.yaml':
          'runtimeManifest:\n  packages:\n    own:\n      actions:\n        hello: { function: hello.js, runtime: "nodejs:22", web: "yes" }\n',
        'hello.js': 'exports.main = () => ({ body: "own" })\n',
        '.env': `AIO_runtime_namespace=mine\nAIO_runtime_auth=${KEY}\n`
      }),
      ['--http']
    )
  })
  after(async () => { await server?.stop() })

  describe('@adobe/aio-lib-runtime', () => {
    const manifest = {
      packages: {
        app: {
          license: 'Apache-2.0',
          actions: {
            open: {
              function: 'x', runtime: 'nodejs:22', web: 'yes', inputs: { WHO: 'world' }, limits: { timeout: 5000 }
            },
            secured: { function: 'x', runtime: 'nodejs:22', web: 'yes', annotations: { 'require-adobe-auth': true } }
          },
          sequences: { twice: { actions: 'open, open', web: 'yes' } },
          triggers: { hourly: { feed: '/whisk.system/alarms/interval', inputs: { minutes: 60 } } },
          rules: { 'open-hourly': { trigger: 'hourly', action: 'open' } }
        }
      }
    }
    // The configuration that aio passes to the library for a project that it has built.
    const config = () => {
      const root = temporaryFolder()
      const code =
        zip(['index.js', 'exports.main = ({ WHO }) => { console.log("open ran"); return { body: "hello " + WHO } }\n'])
      mkdirSync(join(root, 'dist/app'), { recursive: true })
      for (const name of ['open', 'secured']) writeFileSync(join(root, 'dist/app', name + '.zip'), code)
      return aioConfig({
        root, sources: 'src', name: 'shop', origin: server.origin, key: KEY, namespace: 'mine', manifest,
        packageName: 'app'
      })
    }
    const call = async (method) => {
      const code =
        `process.chdir(${JSON.stringify(config().root)}); const lib = require(${JSON.stringify(packages.resolve('@adobe/aio-lib-runtime'))});` +
        `lib.${method}(${JSON.stringify(config())}, ${method === 'deployActions' ? '{}, ' : ''}() => {}).then((done) => console.log(JSON.stringify(done ?? null)), (error) => { console.error(error); process.exit(1) })`
      const { status, stdout, stderr } = await inProcess(code, env())
      assert.equal(status, 0, stdout + stderr)
      return JSON.parse(stdout.trim().split('\n').at(-1))
    }

    test('deployActions deploys actions, sequences, triggers with their alarms, and rules', async () => {
      const deployed = await call('deployActions')
      assert.deepEqual(deployed.actions.map(({ name }) => name).sort(),
        ['app/__secured_secured', 'app/open', 'app/secured', 'app/twice'].sort(),
        JSON.stringify(deployed.actions.map(({ name, url }) => [name, url])))
      assert.equal((await ask(`${server.origin}/api/v1/web/mine/app/open`)).text, 'hello world')
      assert.equal((await ask(`${server.origin}/api/v1/web/mine/app/secured`)).status, 401)
      const trigger = (await api('triggers/hourly')).json()
      assert.equal(trigger.rules['mine/open-hourly'].status, 'active')
      assert.equal((await api('packages/app')).json().actions.length, 4)
      const again = await call('deployActions')
      assert.equal(again.actions.length, 4)
    })

    // `aio app logs` consists of these two calls of the library; its own package would bring a web bundler of 300
    // packages with it.
    test('aio app logs finds the logs, and prints what the actions wrote', async () => {
      const ow = { apihost: server.origin, auth: KEY, namespace: 'mine', apiversion: 'v1' }
      const settings = await inProcess(
        `require(${JSON.stringify(packages.resolve('@adobe/aio-lib-runtime'))})` +
          `.init(${JSON.stringify({ ...ow, api_key: KEY })}).then(({ logForwarding }) => logForwarding.get())` +
          '.then((settings) => console.log(JSON.stringify(settings)))',
        env())
      assert.deepEqual(JSON.parse(settings.stdout), { adobe_io_runtime: {} }, settings.stderr)
      const { status, stdout, stderr } = await inProcess(
        `require(${JSON.stringify(packages.resolve('@adobe/aio-lib-runtime'))}).printActionLogs(` +
          `${JSON.stringify({ ow, manifest: { full: { packages: {} } } })}, (line) => console.log(line), 5, ` +
          '["app/open"], true, false).catch((error) => { console.error(error); process.exit(1) })',
        env())
      assert.equal(status, 0, stdout + stderr)
      assert.match(stdout, /open ran/)
    })

    test('undeployActions deletes everything', async () => {
      await call('undeployActions')
      assert.equal((await api('packages/app')).status, 404)
      assert.deepEqual((await api('triggers')).json(), [])
      assert.deepEqual((await api('actions')).json().map(({ name }) => name), ['hello'])
    })
  })

  describe('aio rt', () => {
    const plugin = join(NPM, 'node_modules/@adobe/aio-cli-plugin-runtime')
    const aio = async (...words) => {
      const code =
        `const core = require(${JSON.stringify(createRequire(plugin + '/package.json').resolve('@oclif/core'))}); core.run(${JSON.stringify(words)}, ${JSON.stringify(plugin)}).then(() => core.flush?.()).catch(core.handle ?? core.Errors.handle)`
      return inProcess(code, env())
    }
    const succeeds = async (...words) => {
      const { status, stdout, stderr } = await aio(...words)
      assert.equal(status, 0, words.join(' ') + '\n' + stdout + stderr)
      return stdout
    }

    test('creates, lists, invokes, updates and deletes an action', async () => {
      const file = join(temporaryFolder(), 'a.js')
      writeFileSync(file, 'function main ({ n }) { console.log("it ran"); return { n: Number(n) + 1 } }\n')
      await succeeds('runtime:action:create', 'made', file, '--kind', 'nodejs:22')
      assert.match(await succeeds('runtime:action:list'), /made/)
      assert.match(await succeeds('runtime:action:invoke', 'made', '-r', '-p', 'n', '1'), /"n": 2/)
      await succeeds('runtime:action:update', 'made', file, '-t', '5000')
      assert.equal(JSON.parse((await succeeds('runtime:action:get', 'made')).replace(/^[^{]*/, '')).version, '0.0.2')
      const activations = await succeeds('runtime:activation:list')
      assert.match(activations, /made/)
      assert.match(await succeeds('runtime:activation:logs', '--last'), /it ran/)
      assert.match(await succeeds('runtime:activation:result', '--last'), /"n": 2/)
      await succeeds('runtime:action:delete', 'made')
    })

    test('packages, triggers, rules and namespaces', async () => {
      await succeeds('runtime:package:create', 'box')
      assert.match(await succeeds('runtime:package:list'), /box/)
      await succeeds('runtime:package:delete', 'box')
      await succeeds('runtime:trigger:create', 'ring')
      await succeeds('runtime:rule:create', 'rung', 'ring', 'own/hello')
      assert.match(await succeeds('runtime:rule:list'), /rung/)
      assert.match(await succeeds('runtime:trigger:fire', 'ring'), /[0-9a-f]{32}|triggered/)
      assert.match(await succeeds('runtime:trigger:list'), /ring/)
      await succeeds('runtime:rule:disable', 'rung')
      await succeeds('runtime:rule:delete', 'rung')
      await succeeds('runtime:trigger:delete', 'ring')
      assert.match(await succeeds('runtime:namespace:list'), /mine/)
    })

    test('routes of an API', async () => {
      const file = join(temporaryFolder(), 'route.js')
      writeFileSync(file, 'exports.main = () => ({ body: "routed" })\n')
      await succeeds('runtime:action:create', 'routed', file, '--kind', 'nodejs:22', '--web', 'true')
      await succeeds('runtime:api:create', '/base', '/path', 'get', 'routed')
      assert.equal((await ask(server.origin + '/base/path')).text, 'routed')
      for (const words of [[], ['/base'], ['/base', '/path'], ['/base', '/path', 'get']]) {
        const rows = (await succeeds('runtime:api:list', ...words)).split('\n')
        const row = rows.find((line) => line.includes('/base/path'))
        assert.ok(row, words.join(' '))
        assert.match(row, new RegExp(`\\bget\\b.*/base.*${server.origin}/base/path`))
      }
      await succeeds('runtime:api:delete', '/base')
      assert.doesNotMatch(await succeeds('runtime:api:list'), /base/)
    })
  })
})
