// Deployments to `adit dev` with npm's `openwhisk`, OpenWhisk's own client, and all of its methods.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, readdirSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { NPM, asMounter, emulator, project, run, secret, temporaryFolder } from '../cli/adit.mjs'
import { ask, dev, eventually } from './dev.mjs'
import { zip } from './zip.mjs'

const openwhisk = createRequire(join(NPM, 'node_modules/'))('openwhisk')
const KEY = 'user:password'

const manifest = {
  packages: {
    own: {
      actions: {
        add: { function: 'add.js', runtime: 'nodejs:22' },
        conductor: {
          function: 'conductor.js', runtime: 'nodejs:22', inputs: { FROM: 'project' }, annotations: { conductor: true }
        },
        hello: { function: 'hello.js', runtime: 'nodejs:22', web: 'yes', inputs: { FROM: 'project' } }
      },
      triggers: { started: {} },
      rules: { 'hello-on-start': { trigger: 'started', action: 'hello' } },
      apis: { greet: { v1: { hello: { hello: { method: 'get', response: 'json' } } } } }
    }
  }
}
const conductor = `exports.main = ({ step = 0, add, ...params }) => {
  if (params.error) return { error: params.error }
  if (step === 0) return { action: 'triple', params, state: { step: 1, add } }
  if (step === 1) return { action: add, params, state: { step: 2 } }
  return { params: { value: params.value, inputs: params.FROM } }
}
`
const files = {
  'ext.config.yaml': JSON.stringify({ runtimeManifest: manifest }),
  'add.js': 'exports.main = ({ value }) => ({ value: value + 1 })\n',
  'conductor.js': conductor,
  'hello.js': 'exports.main = (params) => ({ body: { FROM: params.FROM, n: params.n } })\n',
  '.env': `AIO_runtime_namespace=mine\nAIO_runtime_auth=${KEY}\n`
}
const annotations = (entity) => Object.fromEntries(entity.annotations.map(({ key, value }) => [key, value]))
const parameters = (entity) => Object.fromEntries(entity.parameters.map(({ key, value }) => [key, value]))
const zipped = (files) => zip(...Object.entries(files))
const text = 'function main (params) { console.log("it ran"); return { deployed: true, params } }'
const basic = { authorization: 'Basic ' + Buffer.from(KEY).toString('base64') }

describe('deployments to adit dev', { concurrency: false, timeout: 1_200_000 }, () => {
  let server
  let client
  const api =
    (path, { method = 'GET', body, headers = {} } = {}) => ask(`${server.origin}/api/v1/namespaces/_/${path}`, {
      method, body: body && JSON.stringify(body), headers: { ...basic, 'content-type': 'application/json', ...headers }
    })
  const connect = (origin) => openwhisk({ apihost: origin, api_key: KEY, namespace: 'mine', ignore_certs: true })
  const rejected = (promise, status, words) => assert.rejects(promise, (error) => {
    assert.equal(error.statusCode, status, error.message)
    assert.ok(error.message.includes(words), error.message)
    return true
  })

  before(async () => {
    server = await dev(project(files), ['--http'])
    client = connect(server.origin)
  })
  after(async () => { await server?.stop() })

  test('the first one is announced, and an action runs as it was deployed', async () => {
    const made =
      await client.actions.create({ name: 'plain', action: text, params: { a: 1 }, annotations: { note: 'x' } })
    assert.ok(await server.seen((line) => line.event === 'first_deployment'))
    assert.deepEqual([made.namespace, made.name, made.version, made.publish, made.exec],
      ['mine', 'plain', '0.0.1', false, { kind: 'nodejs:default', binary: false, code: text }])
    assert.deepEqual(annotations(made), { note: 'x', exec: 'nodejs:default', 'provide-api-key': false })
    assert.deepEqual(made.limits, { timeout: 60000, memory: 256, logs: 10, concurrency: 200 })
    const record = await client.actions.invoke({ name: 'plain', params: { b: 2 }, blocking: true })
    assert.deepEqual(record.response.result, { deployed: true, params: { a: 1, b: 2 } })
    assert.equal(record.version, '0.0.1')
    const { logs } = await client.activations.logs({ name: record.activationId })
    assert.match(logs[0], /stdout: it ran$/)
  })

  test('an update increments the version and keeps members that it does not contain', async () => {
    await rejected(client.actions.create({ name: 'plain', action: text }), 409, 'resource already exists')
    const updated = await client.actions.update({ name: 'plain', action: 'exports.main = () => ({ version: 2 })' })
    assert.equal(updated.version, '0.0.2')
    assert.deepEqual(parameters(updated), { a: 1 })
    assert.equal(annotations(updated).note, 'x')
    assert.deepEqual(await client.actions.invoke({ name: 'plain', blocking: true, result: true }), { version: 2 })
    const without = await api('actions/plain?overwrite=true',
      { method: 'PUT', body: { delAnnotations: ['note'], limits: { memory: 512 } } })
    assert.deepEqual(annotations(without.json()), { 'provide-api-key': false, exec: 'nodejs:default' })
    assert.deepEqual(without.json().limits, { timeout: 60000, memory: 512, logs: 10, concurrency: 200 })
    assert.equal((await client.actions.get({ name: 'plain' })).exec.code, 'exports.main = () => ({ version: 2 })')
    assert.equal((await api('actions/plain?code=false')).json().exec.code, undefined)
  })

  test('zips of Node.js and programs run in the same way', async () => {
    const node = zipped({
      'package.json': '{"main":"lib/start.js"}',
      'lib/start.js': 'exports.handler = () => ({ text: require("./more") })', 'lib/more.js': 'module.exports = "more"'
    })
    await client.actions.create({ name: 'zipped', action: node, kind: 'nodejs:22', main: 'handler' })
    await api('actions/zipped?overwrite=true',
      { method: 'PUT', body: { exec: { kind: 'nodejs:22', code: node.toString('base64'), main: 'handler' } } })
    assert.deepEqual(await client.actions.invoke({ name: 'zipped', blocking: true, result: true }), { text: 'more' })
    const native = zipped({ exec: '#!/bin/sh\necho "a line of its log"\necho "{\\"got\\":$1}"\n' })
    const made = await api('actions/native', { method: 'PUT', body: {
      exec: { kind: 'blackbox', image: 'openwhisk/dockerskeleton', code: native.toString('base64') }
    } })
    assert.deepEqual([made.json().exec.binary, made.json().exec.image, annotations(made.json()).exec],
      [true, 'openwhisk/dockerskeleton', 'blackbox'])
    const record = await client.actions.invoke({ name: 'native', params: { n: 1 }, blocking: true })
    assert.deepEqual(record.response.result, { got: { n: 1 } })
    assert.match((await client.activations.logs({ name: record.activationId })).logs.join('\n'), /a line of its log/)
  })

  // Without the right to mount, the temporary folder only seems to be mounted with noexec.
  const inNoexec = (folder) => {
    const mounter = asMounter()
    if (mounter) return { front: [...mounter, 'sh', '-c', 'mount -t tmpfs -o noexec none "$0" && exec "$@"', folder] }
    const library = join(temporaryFolder(), 'noexec.so')
    const { status, stderr } = spawnSync('c++', ['-shared', '-fPIC', '-x', 'c++', '-', '-o', library], {
      encoding: 'utf8',
      input: `#include <cstring>
        #include <sys/statfs.h>
        #include <sys/statvfs.h>
        extern "C" int statvfs64(const char* path, struct statvfs64* found) noexcept {
          struct statfs64 system {};
          if (::statfs64(path, &system) != 0) return -1;
          *found = {};
          if (std::strcmp(path, "${folder}") == 0) found->f_flag = ST_NOEXEC;
          return 0;
        }`
    })
    assert.equal(status, 0, stderr)
    return { front: ['env', 'LD_PRELOAD=' + library] }
  }
  test('programs run although the temporary folder is mounted with noexec', async () => {
    const temporary = temporaryFolder()
    const noexec = await dev(project(files), ['--http'], { env: { TMPDIR: temporary }, ...inNoexec(temporary) })
    const its = connect(noexec.origin)
    await its.actions.create({ name: 'native', action: zipped({ exec: '#!/bin/sh\necho "{\\"ran\\":true}"\n' }),
      kind: 'native:default' })
    assert.deepEqual(await its.actions.invoke({ name: 'native', blocking: true, result: true }), { ran: true })
    assert.deepEqual(readdirSync(temporary, { recursive: true }).filter((name) => name.endsWith('/exec')), [])
    await noexec.stop()
  })

  test('a zip that leads out of its folder is not unpacked', async () => {
    await api('actions/evil',
      { method: 'PUT', body: { exec: { kind: 'nodejs:22', code: zipped({ '../out.js': 'x' }).toString('base64') } } })
    const { status, json } = await api('actions/evil?blocking=true', { method: 'POST', body: {} })
    assert.equal(status, 502)
    assert.match(json.call().response.result.error, /would lie outside of its folder/)
  })

  test('packages pass parameters to their actions, and those of bindings override them', async () => {
    await client.packages.create(
      { name: 'p', package: { parameters: [{ key: 'a', value: 'package' }, { key: 'b', value: 'package' }] } }
    )
    await client.actions.create({ name: 'p/in', action: 'exports.main = (params) => params', params: { c: 'action' } })
    assert.deepEqual(await client.actions.invoke({ name: 'p/in', blocking: true, result: true }),
      { a: 'package', b: 'package', c: 'action' })
    const bound = await api('packages/bound',
      { method: 'PUT', body: { binding: { namespace: '_', name: 'p' }, parameters: [{ key: 'b', value: 'binding' }] } })
    assert.deepEqual([bound.json().binding, annotations(bound.json())],
      [{ namespace: 'mine', name: 'p' }, { binding: { namespace: 'mine', name: 'p' } }])
    assert.deepEqual(await client.actions.invoke({ name: 'bound/in', blocking: true, result: true }),
      { a: 'package', b: 'binding', c: 'action' })
    await rejected(client.actions.create({ name: 'bound/other', action: text }), 400,
      'Operation not permitted on package binding.')
    const got = await client.packages.get({ name: 'bound' })
    assert.deepEqual(got.actions.map(({ name }) => name), ['in'])
    await rejected(client.packages.delete({ name: 'p' }), 409,
      'Package not empty (contains 1 entity). Set force param or delete package contents.')
    await rejected(
      api('packages/p', { method: 'PUT', body: {} }).then(({ status, json }) =>
        Promise.reject(Object.assign(new Error(json.call().error), { statusCode: status }))),
      409, 'resource already exists'
    )
    assert.equal((await client.packages.update({ name: 'p', package: { publish: true } })).version, '0.0.2')
    assert.deepEqual((await client.packages.list()).map(({ name }) => name).sort(), ['bound', 'own', 'p'])
    assert.equal((await api('packages/p?force=true', { method: 'DELETE' })).status, 200)
    assert.equal((await api('actions/p/in')).status, 404)
    await client.packages.delete({ name: 'bound' })
  })

  test('sequences run deployed actions, the project\'s own and Adobe\'s validator', async () => {
    await client.actions.create({ name: 'add', action: 'exports.main = ({ n }) => ({ n: n + 1 })' })
    await client.actions.create({ name: 'chain', sequence: ['/_/add', '/mine/add', '/_/own/hello'] })
    const record = await client.actions.invoke({ name: 'chain', params: { n: 1 }, blocking: true })
    assert.deepEqual(record.response.result, { body: { FROM: 'project', n: 3 } })
    assert.equal(record.logs.length, 3)
    const made = await client.actions.get({ name: 'chain' })
    assert.deepEqual(made.exec, { kind: 'sequence', components: ['/mine/add', '/mine/add', '/mine/own/hello'] })
    await rejected(client.actions.create({ name: 'gap', sequence: ['/_/absent'] }), 400,
      'Sequence component does not exist.')
    await rejected(client.actions.update({ name: 'chain', sequence: ['/_/chain'] }), 400,
      'Sequence may not refer to itself.')
    await api('actions/secured', { method: 'PUT', body: {
      exec: { kind: 'sequence', components: ['/adobeio/shared-validators-v1/headless-v2', '/_/add'] },
      annotations: [{ key: 'web-export', value: true }]
    } })
    const refused = await ask(`${server.origin}/api/v1/web/mine/default/secured`)
    assert.equal(refused.status, 401)
    assert.match(refused.text, /missing authorization header/)
  })

  test('a conductor decides at run time which actions run, from the manifest and deployed', async () => {
    const conducts = [{ key: 'conductor', value: true }]
    const body = { exec: { kind: 'nodejs:default', code: conductor }, annotations: conducts }
    await client.actions.update({ name: 'triple', action: 'exports.main = ({ value }) => ({ value: value * 3 })' })
    await api('actions/conductor', { method: 'PUT', body })
    for (const [name, path] of [['conductor', 'mine/conductor'], ['own/conductor', 'mine/own/conductor']]) {
      const record = await client.actions.invoke({ name, params: { value: 3, add: '/mine/own/add' }, blocking: true })
      assert.deepEqual(record.response.result, { value: 10, ...(name.includes('own') && { inputs: 'project' }) })
      const { kind, conductor, topmost, path: recorded } = annotations(record)
      assert.deepEqual([kind, conductor, topmost, recorded], ['sequence', true, true, path])
      const parts = await Promise.all(record.logs.map((id) => client.activations.get({ name: id })))
      assert.deepEqual(parts.map((part) => part.name), ['conductor', 'triple', 'conductor', 'add', 'conductor'])
      for (const part of parts) {
        assert.equal(part.cause, record.activationId)
        assert.equal(annotations(part).causedBy, 'sequence')
      }
      assert.equal(record.duration, parts.reduce((sum, { duration }) => sum + duration, 0))
    }
    await client.actions.delete({ name: 'triple' })
    const failed = await client.actions.invoke({ name: 'conductor', params: { value: 3, add: 'x' }, blocking: true })
      .catch((error) => error.error)
    assert.deepEqual(failed.response.result,
      { error: 'Failed to resolve action with name \'mine/triple\' during composition.' })
  })

  test('a conductor that names itself without end is stopped', async () => {
    const exec = { kind: 'nodejs:default', code: 'exports.main = () => ({ action: "endless" })' }
    await api('actions/endless', { method: 'PUT', body: { exec, annotations: [{ key: 'conductor', value: true }] } })
    await client.actions.update({ name: 'round', sequence: ['/_/endless'] })
    for (const name of ['endless', 'round']) {
      const { response } = await client.actions.invoke({ name, blocking: true }).catch((error) => error.error)
      assert.deepEqual([response.status, response.result],
        ['application error', { error: 'Too many actions in the composition.' }])
    }
  })

  test('a deployed action hides the project\'s action of the same name until it is deleted', async () => {
    await rejected(client.actions.create({ name: 'own/hello', action: text }), 409, 'resource already exists')
    assert.equal((await client.actions.update({ name: 'own/hello', action: text })).version, '0.0.2')
    assert.equal((await client.actions.invoke({ name: 'own/hello', blocking: true, result: true })).deployed, true)
    assert.equal(
      (await client.actions.list()).filter(({ namespace, name }) =>
        namespace === 'mine/own' && name === 'hello').length,
      1
    )
    await client.actions.delete({ name: 'own/hello' })
    assert.deepEqual(await client.actions.invoke({ name: 'own/hello', blocking: true, result: true }),
      { body: { FROM: 'project' } })
    await rejected(client.actions.delete({ name: 'own/hello' }), 409, "the project's own")
  })

  test('triggers start the actions of their active rules, and record that they fired', async () => {
    await client.triggers.create({ name: 'tick', trigger: { parameters: [{ key: 'of', value: 'trigger' }] } })
    assert.equal((await api('triggers/tick', { method: 'POST', body: {} })).status, 204)
    await client.actions.create({ name: 'seen', action: 'exports.main = (params) => params' })
    const rule = await client.rules.create({ name: 'r', trigger: '/_/tick', action: '/_/seen' })
    assert.deepEqual([rule.status, rule.trigger, rule.action],
      ['active', { path: 'mine', name: 'tick' }, { path: 'mine', name: 'seen' }])
    const { activationId } = await client.triggers.invoke({ name: 'tick', params: { event: 1 } })
    const record = await client.activations.get({ name: activationId })
    assert.deepEqual([record.name, record.response.result, record.end, record.duration],
      ['tick', { event: 1 }, undefined, undefined])
    const line = JSON.parse(record.logs[0])
    assert.deepEqual({ ...line, activationId: undefined },
      { statusCode: 0, success: true, activationId: undefined, rule: 'mine/r', action: 'mine/seen' })
    const started = await eventually(() => client.activations.get({ name: line.activationId }).catch(() => undefined))
    assert.deepEqual(started.response.result, { of: 'trigger', event: 1 })
    await client.rules.disable({ name: 'r' })
    assert.equal((await client.rules.get({ name: 'r' })).status, 'inactive')
    assert.deepEqual((await client.triggers.get({ name: 'tick' })).rules,
      { 'mine/r': { action: { path: 'mine', name: 'seen' }, status: 'inactive' } })
    assert.equal((await api('triggers/tick', { method: 'POST', body: {} })).status, 204)
    await client.rules.enable({ name: 'r' })
    await client.rules.delete({ name: 'r' })
    await client.triggers.delete({ name: 'tick' })
    const own = await client.triggers.invoke({ name: 'started' })
    assert.match((await client.activations.get({ name: own.activationId })).logs[0], /"rule":"mine\/hello-on-start"/)
  })

  test('alarms are created, read, changed and deleted by their feed', async () => {
    await client.triggers.create(
      { name: 'alarm', trigger: { annotations: [{ key: 'feed', value: '/whisk.system/alarms/alarm' }] } }
    )
    await client.actions.create({ name: 'rung', action: 'exports.main = (params) => params' })
    await client.rules.create({ name: 'ring', trigger: '/_/alarm', action: '/_/rung' })
    await rejected(
      client.feeds.create({ feedName: '/whisk.system/alarms/alarm', trigger: '/mine/alarm', params: { cron: 'x' } }),
      502, "cron pattern 'x' is not valid"
    )
    await client.feeds.create({ feedName: '/whisk.system/alarms/alarm', trigger: '/mine/alarm', params: {
      cron: '* * * * * *', trigger_payload: { rang: true }, maxTriggers: 2
    } })
    const rung = await eventually(async () => (await client.activations.list({ name: 'rung' })).length === 2)
    assert.ok(rung)
    const read = await client.feeds.get({ feedName: '/whisk.system/alarms/alarm', trigger: '/mine/alarm' })
    assert.deepEqual(read.response.result.config,
      { cron: '* * * * * *', trigger_payload: { rang: true }, maxTriggers: 2, name: 'alarm', namespace: 'mine' })
    await client.feeds.update(
      { feedName: '/whisk.system/alarms/alarm', trigger: '/mine/alarm', params: { cron: '0 0 1 1 *' } }
    )
    await client.feeds.delete({ feedName: '/whisk.system/alarms/alarm', trigger: '/mine/alarm' })
    for (const name of ['ring']) await client.rules.delete({ name })
    await client.triggers.delete({ name: 'alarm' })
  })

  test('routes of APIs answer below their base path', async () => {
    assert.equal((await ask(`${server.origin}/v1/hello?n=1`)).text, '{"body":{"FROM":"project","n":"1"}}')
    await api('actions/web', { method: 'PUT', body: {
      exec: { kind: 'nodejs:22', code: 'exports.main = (params) => ({ body: { path: params.__ow_path } })' },
      annotations: [{ key: 'web-export', value: true }]
    } })
    const made = await client.routes.create({
      basepath: '/shop', relpath: '/orders/{id}', operation: 'GET', action: 'web', responsetype: 'http', name: 'Shop'
    })
    assert.equal(made.gwApiUrl, server.origin + '/shop')
    assert.deepEqual((await ask(`${server.origin}/shop/orders/42`)).json(), { path: '/orders/42' })
    assert.equal((await ask(`${server.origin}/shop/orders`)).status, 404)
    const { apis } = await client.routes.list()
    assert.deepEqual(apis.map(({ value }) => value.apidoc.basePath).sort(), ['/shop', '/v1'])
    await client.routes.delete({ basepath: '/shop' })
    assert.equal((await ask(`${server.origin}/shop/orders/42`)).status, 404)
  })

  test('a route sends the key that its action requires', async () => {
    const exec = { kind: 'nodejs:22', code: 'exports.main = () => ({ body: "in" })' }
    const web = [{ key: 'web-export', value: true }, { key: 'require-whisk-auth', value: 'letmein' }]
    await api('actions/keyed', { method: 'PUT', body: { exec, annotations: web } })
    assert.equal((await ask(`${server.origin}/api/v1/web/mine/default/keyed.http`)).status, 401)
    const route = { action: 'keyed', basepath: '/keyed', operation: 'get', responsetype: 'http' }
    await client.routes.create({ ...route, relpath: '/with', secure_key: 'letmein' })
    await client.routes.create({ ...route, relpath: '/without' })
    assert.equal((await ask(`${server.origin}/keyed/with`)).text, 'in')
    assert.equal((await ask(`${server.origin}/keyed/without`)).status, 401)
    await client.routes.delete({ basepath: '/keyed' })
    await client.actions.delete({ name: 'keyed' })
  })

  test('a route is added to any document of its API', async () => {
    const create = (apidoc) => ask(`${server.origin}/api/v1/web/whisk.system/apimgmt/createApi.http`, {
      method: 'POST', headers: { ...basic, 'content-type': 'application/json' }, body: JSON.stringify({ apidoc })
    })
    const route = {
      gatewayBasePath: '/odd', gatewayPath: '/y', gatewayMethod: 'get',
      action: { name: 'own/hello', backendUrl: 'https://x/hello.http', secureKey: 'k' }
    }
    const others = [null, 'text', [], 5, {}]
    const documents = [{}, ...others.flatMap((other) => [
      { paths: other }, { paths: { '/y': other } }, { 'x-ibm-configuration': other },
      { 'x-ibm-configuration': { assembly: other } }, { 'x-ibm-configuration': { assembly: { execute: other } } }
    ])]
    for (const document of documents) {
      const swagger = { basePath: '/odd', ...document }
      assert.ok([200, 400].includes((await create({ swagger })).status), JSON.stringify(document))
      const { status, text } = await create(route)
      assert.equal(status, 200, `${JSON.stringify(document)}: ${text}`)
      assert.equal((await ask(`${server.origin}/odd/y`)).status, 200, JSON.stringify(document))
      await client.routes.delete({ basepath: '/odd' })
    }
  })

  test('web pages, and callers without the right key, may not deploy', async () => {
    const put = (headers) => ask(`${server.origin}/api/v1/namespaces/_/actions/x`,
      { method: 'PUT', body: JSON.stringify({ exec: { kind: 'nodejs:22', code: text } }), headers: {
        'content-type': 'application/json', ...headers
      } })
    assert.equal((await put({})).status, 401)
    assert.equal((await put({ authorization: 'Basic ' + Buffer.from('user:wrong').toString('base64') })).status, 401)
    assert.equal((await put({ ...basic, origin: 'http://localhost:3000' })).status, 403)
    assert.equal((await put({ ...basic, host: 'evil.example' })).status, 403)
    assert.equal(
      (await ask(`${server.origin}/runtime/api/v1/namespaces/_/actions/x`,
        { method: 'PUT', body: '{}', headers: { authorization: 'Bearer a.b.c' } })).status,
      401
    )
    assert.equal((await api('actions/x')).status, 404)
  })

  test('only a token that IMS calls valid for the organisation may deploy', async () => {
    const integrations = [['own', 'OTHER'], ['colleague', 'DEF'], ['stranger', 'XYZ']].map(([id, org]) => ({
      client_id: id,
      client_secret: secret,
      org_id: org + '@AdobeOrg',
      technical_account_id: id + '@techacct.adobe.com',
      scopes: ['openid', 'AdobeID', 'read_organizations']
    }))
    const credential = `IMS_OAUTH_S2S_CLIENT_ID=own\nIMS_OAUTH_S2S_CLIENT_SECRET=${secret}\n` +
      'IMS_OAUTH_S2S_ORG_ID=DEF@AdobeOrg\nIMS_OAUTH_S2S_SCOPES=["openid"]\n'
    const root = project({
      ...files, 'integrations.yaml': JSON.stringify({ integrations }), '.env': files['.env'] + credential
    })
    const ims = await emulator(['--integrations', join(root, 'integrations.yaml')])
    const other = await dev(root, ['--http', '--ims', ims.origin])
    try {
      const tokenOf = async (client) => {
        const fields = { client_id: client, client_secret: secret, scope: 'openid,read_organizations' }
        const body = new URLSearchParams({ grant_type: 'client_credentials', ...fields }).toString()
        const headers = { 'content-type': 'application/x-www-form-urlencoded' }
        const answer = await ask(ims.origin + '/ims/token/v3', { method: 'POST', body, headers })
        assert.equal(answer.status, 200, answer.text)
        return answer.json().access_token
      }
      const put = async (token, { headers = {}, base = '/runtime/api/v1' } = {}) => {
        const answer = await ask(`${other.origin}${base}/namespaces/_/packages/box?overwrite=true`, {
          method: 'PUT',
          body: '{}',
          headers: { authorization: 'Bearer ' + token, 'content-type': 'application/json', ...headers }
        })
        return answer.status
      }
      const own = await tokenOf('own')
      assert.equal(await put(own), 200, 'it was issued to the project\'s own client')
      assert.equal(await put(await tokenOf('colleague')), 200, 'its owner belongs to the organisation')
      assert.equal(await put(await tokenOf('stranger')), 401, 'its owner belongs to another organisation')
      assert.equal(await put(own.slice(0, -8) + 'AAAAAAAA'), 401, 'its signature is not the emulator\'s')
      assert.equal(await put(own, { headers: { 'x-namespace-id': 'mine' } }), 200)
      assert.equal(await put(own, { headers: { 'x-namespace-id': 'another' } }), 401, 'it names another namespace')
      assert.equal(await put(own, { base: '/api/v1' }), 401, 'outside of the deploy service only the key counts')
      assert.equal(await put(own, { headers: { origin: 'http://localhost:3000' } }), 403, 'it comes from a page')
    } finally {
      await other.stop()
      await ims.stop()
    }
  })

  test('the host describes itself in the form that Adobe\'s tools expect', async () => {
    assert.deepEqual((await ask(server.origin + '/')).json().api_paths, ['/api/v1'])
    assert.equal((await ask(server.origin + '/api/v1')).json().api_version_path, 'v1')
    assert.ok((await api('limits')).json().allowedKinds.includes('nodejs:22'))
    assert.deepEqual((await ask(server.origin + '/runtime/namespaces/mine/logForwarding', { headers: basic })).json(),
      { adobe_io_runtime: {} })
    assert.deepEqual((await ask(server.origin + '/audit-log-api/event-post', { method: 'POST', body: '{}' })).json(),
      {})
    assert.deepEqual(await client.namespaces.list(), ['mine'])
    assert.deepEqual(
      (await ask(`${server.origin}/api/v1/namespaces/whisk.system/packages`,
        { headers: basic })).json().map(({ name }) => name),
      ['alarms']
    )
  })
})

describe('the state of deployments', { concurrency: false, timeout: 1_200_000 }, () => {
  test('is kept in the folder that --state names, for this user alone', async () => {
    const root = project(files)
    const folder = join(temporaryFolder(), 'state')
    const first = await dev(root, ['--http', '--state', folder])
    const api = (origin) => openwhisk({ apihost: origin, api_key: KEY, namespace: 'mine', ignore_certs: true })
    await api(first.origin).actions.create({ name: 'kept', action: 'exports.main = () => ({ kept: true })' })
    assert.equal(statSync(folder).mode & 0o777, 0o700)
    for (const file of readdirSync(folder)) assert.equal(statSync(join(folder, file)).mode & 0o777, 0o600, file)
    const other = await run(['dev', '--http', '--port', '0', '--state', folder], { cwd: root })
    assert.match(other.stderr, /Another adit dev keeps its state in/)
    first.child.kill('SIGKILL')
    await eventually(() => first.child.exitCode !== null || first.child.signalCode !== null)
    const second = await dev(root, ['--http', '--state', folder])
    assert.deepEqual(await api(second.origin).actions.invoke({ name: 'kept', blocking: true, result: true }),
      { kept: true })
    await second.stop()
    chmodSync(folder, 0o755)
    assert.match((await run(['dev', '--http', '--port', '0', '--state', folder], { cwd: root })).stderr,
      /other users can access it/)
  })

  test('stays empty with --no-deploy', async () => {
    const server = await dev(project(files), ['--http', '--no-deploy'])
    const client = openwhisk({ apihost: server.origin, api_key: KEY, namespace: 'mine', ignore_certs: true })
    await assert.rejects(client.actions.create({ name: 'x', action: text }),
      /403.*adit dev was started with --no-deploy/)
    assert.deepEqual((await client.actions.list()).map(({ name }) => name).sort(), ['add', 'conductor', 'hello'])
    await server.stop()
  })
})
