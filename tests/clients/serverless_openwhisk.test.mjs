// Another deployment tool against `adit dev`: serverless-openwhisk, the plugin of the Serverless Framework. Its own
// code does everything from the description of a service to the calls of OpenWhisk. Only the framework, which runs a
// plugin's steps in order, is simulated here.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { NPM, project, temporaryFolder } from '../cli/adit.mjs'
import { ask, dev } from '../platform/dev.mjs'
import { zip } from '../platform/zip.mjs'

const KEY = 'user:password'
const Plugin = createRequire(join(NPM, 'node_modules/'))('serverless-openwhisk')
const headers = { authorization: 'Basic ' + Buffer.from(KEY).toString('base64') }
const handler = 'exports.main = ({ who, lines = [] }) => { console.log("for", who); ' +
  'return { who, lines: [...lines, "hello " + who] } }\n'

// What the framework makes from a serverless.yml and how it runs a plugin.
function framework (folder) {
  const functions = {
    hello: {
      handler: 'handler.main',
      parameters: { who: 'world' },
      memory: 128,
      timeout: 10,
      events: [{ http: 'GET /hello' }, { schedule: 'cron(0 0 1 1 *)' }, { trigger: 'ring' }]
    },
    inside: { handler: 'handler.main', name: 'box/inside', annotations: { note: 'kept' } },
    twice: { sequence: ['hello', 'hello'] }
  }
  for (const [name, each] of Object.entries(functions)) each.name ??= `shop-dev-${name}`
  const hooks = new Map()
  const plugins = []
  const serverless = {
    cli: { log: () => {} },
    config: { servicePath: folder },
    classes: { Error },
    service: {
      service: 'shop',
      provider: { name: 'openwhisk', runtime: 'nodejs:22' },
      package: { artifact: join(folder, 'service.zip') },
      resources: { packages: { box: { parameters: { who: 'the box' } } }, apigw: { basepath: '/shop' } },
      functions,
      getAllFunctions: () => Object.keys(functions),
      getFunction: (name) => functions[name]
    },
    setProvider: (name, provider) => { serverless.provider = provider },
    getProvider: () => serverless.provider,
    pluginManager: {
      getPlugins: () => plugins,
      addPlugin: (Part) => {
        plugins.push(new Part(serverless, {}))
        for (const [step, run] of Object.entries(plugins.at(-1).hooks ?? {}))
          hooks.set(step, [...(hooks.get(step) ?? []), run])
      }
    }
  }
  new Plugin(serverless, {}) // eslint-disable-line no-new
  return async (...steps) => {
    for (const step of steps) for (const run of hooks.get(step) ?? []) await run()
  }
}
const DEPLOY = ['before:package:createDeploymentArtifacts', 'before:package:compileFunctions',
  'package:compileFunctions', 'before:package:compileEvents', 'package:compileEvents', 'deploy:initializeResources',
  'deploy:deploy']

describe('serverless-openwhisk', { concurrency: false, timeout: 120_000 }, () => {
  let server
  let folder
  const here = process.cwd()
  const api = async (path) => (await ask(`${server.origin}/api/v1/namespaces/_/${path}`, { headers })).json()
  const names = async (collection) => (await api(collection)).map(({ name }) => name).sort()

  before(async () => {
    const settings = `AIO_runtime_namespace=mine\nAIO_runtime_auth=${KEY}\n`
    const files = { 'ext.config.yaml': 'runtimeManifest:\n  packages: {}\n', '.env': settings }
    server = await dev(project(files), ['--http'])
    folder = temporaryFolder()
    writeFileSync(join(folder, 'handler.js'), handler)
    writeFileSync(join(folder, 'service.zip'), zip(['handler.js', handler]))
    Object.assign(process.env, { HOME: folder, OW_APIHOST: server.origin, OW_AUTH: KEY, OW_NAMESPACE: 'mine' })
    process.chdir(folder)
  })
  after(async () => {
    process.chdir(here)
    await server?.stop()
  })

  test('deploys packages, actions, sequences, triggers with alarms, rules and routes, twice', async () => {
    for (let n = 0; n < 2; ++n) await framework(folder)(...DEPLOY)
    assert.deepEqual(await names('actions'), ['inside', 'shop-dev-hello', 'shop-dev-twice'])
    assert.deepEqual(await names('packages'), ['box'])
    assert.deepEqual(await names('triggers'), ['ring', 'shop_hello_schedule_trigger'])
    assert.deepEqual(await names('rules'), ['shop_hello_schedule_rule', 'shop_ring_to_hello'])
    const { limits, version } = await api('actions/shop-dev-hello?code=false')
    assert.deepEqual([limits.timeout, limits.memory, version], [10_000, 128, '0.0.2'])
    const alarm = (await api('triggers/shop_hello_schedule_trigger')).rules
    assert.equal(alarm['mine/shop_hello_schedule_rule'].status, 'active')
  })

  test('the deployed actions run', async () => {
    const run = async (path) => {
      const url = `${server.origin}/api/v1/namespaces/_/${path}?blocking=true&result=true`
      return (await ask(url, { method: 'POST', headers })).json()
    }
    assert.deepEqual(await run('actions/shop-dev-twice'), { who: 'world', lines: ['hello world', 'hello world'] })
    assert.deepEqual(await run('actions/box/inside'), { who: 'the box', lines: ['hello the box'] })
    const fired = await ask(`${server.origin}/api/v1/namespaces/_/triggers/ring`, { method: 'POST', headers })
    assert.equal(fired.status, 202)
    const direct = await ask(`${server.origin}/api/v1/web/mine/default/shop-dev-hello.json`)
    assert.equal(direct.status, 401, 'its key is known to the route alone')
    const routed = await ask(`${server.origin}/shop/hello`)
    assert.deepEqual([routed.status, routed.json()], [200, { who: 'world', lines: ['hello world'] }])
  })

  test('deletes what it deployed', async () => {
    await framework(folder)('remove:remove')
    for (const collection of ['actions', 'packages', 'triggers', 'rules']) assert.deepEqual(await api(collection), [])
    assert.equal((await ask(`${server.origin}/shop/hello`)).status, 404)
  })
})
