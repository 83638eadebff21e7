// `adit deploy` and `adit undeploy`: what they change, in which order, and what happens if a deployment is interrupted.
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { project, run, secret, start } from '../cli/adit.mjs'
import { KEY, openwhisk } from './openwhisk.mjs'

const action = 'exports.main = (params) => ({ body: params })\n'
const manifest = `application:
  runtimeManifest:
    packages:
      __APP_PACKAGE__:
        inputs: { SHARED: both }
        actions:
          hello:
            function: hello.js
            runtime: nodejs:22
            web: 'yes'
            inputs: { SECRET: $MY_SECRET, LEVEL: info }
            limits: { timeout: 50000, memory: 128 }
          secured:
            function: hello.js
            runtime: nodejs:22
            web: raw
            annotations: { require-adobe-auth: true, final: true }
        sequences:
          outer: { actions: 'inner, hello' }
          inner: { actions: hello, web: 'yes' }
        triggers:
          nightly:
            feed: /whisk.system/alarms/interval
            inputs: { minutes: 5 }
          by-hand: {}
        rules:
          on-nightly: { trigger: nightly, action: hello }
        apis:
          shop:
            v1:
              orders:
                hello: { method: get, response: http }
`
const files = (url, changes = {}) => ({
  'app.config.yaml': manifest,
  'hello.js': action,
  'package.json': '{"name":"@me/shop","version":"1.2.3"}\n',
  '.env': `AIO_runtime_auth=${KEY}\nAIO_runtime_namespace=ns\nAIO_runtime_apihost=${url}\nMY_SECRET=${secret}\n`,
  ...changes
})
const adit = (root, ...args) => run([...args], { cwd: root })
async function deployed (root, ...args) {
  const { code, stdout, stderr } = await adit(root, 'deploy', '--yes', ...args)
  assert.equal(code, 0, stderr)
  return { stdout, stderr }
}
const steps = (text) => JSON.parse(text).steps.map(({ change, kind, name }) => `${change} ${kind} ${name}`)
const annotations = (entity) => Object.fromEntries(entity.annotations.map(({ key, value }) => [key, value]))
const changing = (server) =>
  server.requests.filter(({ method, path }) => method !== 'GET' && !path.startsWith('/api/v1/web/ns'))
    .map(({ method, path }) => `${method} ${path.replace(/^\/api\/v1\/(namespaces\/ns\/)?/, '')}`)

describe('adit deploy', () => {
  test('deploys packages, actions, sequences, routes, triggers with feeds and rules, in this order', async () => {
    const server = await openwhisk()
    const root = project(files(server.url))
    const { stdout } = await deployed(root)
    assert.deepEqual(stdout.trim().split('\n'),
      ['hello', 'secured', 'inner'].map((name) => `${server.url}/api/v1/web/ns/shop-1.2.3/${name}`))
    assert.deepEqual(changing(server), [
      'PUT packages/shop-1.2.3', 'PUT actions/shop-1.2.3/hello', 'PUT actions/shop-1.2.3/__secured_secured',
      'PUT actions/shop-1.2.3/secured',
      'PUT actions/shop-1.2.3/inner', 'PUT actions/shop-1.2.3/outer', 'POST web/whisk.system/apimgmt/createApi.http',
      'PUT triggers/nightly',
      'POST namespaces/whisk.system/actions/alarms/interval', 'POST namespaces/whisk.system/actions/alarms/interval',
      'PUT triggers/nightly',
      'PUT triggers/by-hand', 'PUT rules/on-nightly'
    ])
    const hello = server.store.actions.get('shop-1.2.3/hello')
    assert.deepEqual(hello.parameters, [{ key: 'SECRET', value: secret }, { key: 'LEVEL', value: 'info' }])
    assert.deepEqual(server.store.packages.get('shop-1.2.3').parameters, [{ key: 'SHARED', value: 'both' }])
    assert.deepEqual(hello.limits, { memory: 128, logs: 10, timeout: 50000 })
    assert.equal(hello.exec.kind, 'nodejs:22')
    const { projectHash, ...managed } = annotations(hello)['whisk-managed']
    assert.deepEqual(managed, { file: 'manifest.yml', projectDeps: [], projectName: 'shop-1.2.3' })
    assert.match(projectHash, /^[0-9a-f]{64}$/)
    assert.deepEqual(server.store.rules.get('on-nightly').action, '/ns/shop-1.2.3/hello')
    assert.deepEqual(
      server.calls.map(({ lifecycleEvent, triggerName, minutes, authKey }) =>
        [lifecycleEvent, triggerName, minutes, authKey]),
      [['DELETE', '/ns/nightly', undefined, KEY], ['CREATE', '/ns/nightly', 5, KEY]])
  })

  test("puts Adobe's validator before actions with require-adobe-auth, and checks that it works", async () => {
    const server = await openwhisk()
    const root = project(files(server.url))
    await deployed(root)
    assert.deepEqual(server.store.actions.get('shop-1.2.3/secured').exec.components,
      ['/adobeio/shared-validators-v1/headless-v2', '/ns/shop-1.2.3/__secured_secured'])
    const sequence = annotations(server.store.actions.get('shop-1.2.3/secured'))
    assert.deepEqual([sequence['web-export'], sequence['raw-http'], sequence.final], [true, true, undefined])
    const inner = annotations(server.store.actions.get('shop-1.2.3/__secured_secured'))
    assert.deepEqual([inner['web-export'], inner['raw-http'], inner['require-adobe-auth'], inner.final],
      [false, false, undefined, true])
    const stranger = server.requests.filter(({ path }) => path.startsWith('/api/v1/web/ns'))
    assert.deepEqual(stranger.map(({ path, headers }) => [path, headers.authorization]),
      [['/api/v1/web/ns/shop-1.2.3/secured', undefined]])

    const open = await openwhisk({ open: ['shop-1.2.3/secured'] })
    const unsafe = project(files(open.url))
    const { code, stderr } = await adit(unsafe, 'deploy', '--yes')
    assert.equal(code, 1)
    assert.match(stderr, /did not reject a request without one: shop-1\.2\.3\/secured \(answered 200\)/)
    assert.equal((await adit(unsafe, 'deploy', '--yes', '--no-verify')).code, 0)
  })

  test('updates changed entities, deletes those that the manifest no longer names, and keeps equal ones and those of others', async () => {
    const server = await openwhisk()
    const root = project(files(server.url))
    await deployed(root)
    server.store.actions.set('shop-1.2.3/by-hand', { version: '0.0.1', annotations: [], exec: { kind: 'nodejs:22' } })
    server.store.rules.set('foreign', { version: '0.0.1', annotations: [], trigger: '/ns/other', action: '/ns/x' })
    server.requests.length = 0
    const again = await deployed(root)
    assert.match(again.stderr, /Nothing has changed/)
    assert.deepEqual(changing(server), [])

    writeFileSync(join(root, 'hello.js'), action + '// changed\n')
    writeFileSync(join(root, 'app.config.yaml'), manifest.slice(0, manifest.indexOf('        sequences:')))
    const dry = await adit(root, 'deploy', '--dry-run', '--json')
    const expected = [
      'unchanged package shop-1.2.3', 'changed action shop-1.2.3/hello', 'changed action shop-1.2.3/__secured_secured',
      'unchanged action shop-1.2.3/secured',
      'removed rule on-nightly', 'removed trigger by-hand', 'removed trigger nightly',
      'removed action shop-1.2.3/inner', 'removed action shop-1.2.3/outer'
    ]
    assert.deepEqual(steps(dry.stdout), expected)
    assert.deepEqual(changing(server), [])
    await deployed(root)
    assert.deepEqual([...server.store.triggers.keys()], [])
    assert.deepEqual([...server.store.rules.keys()], ['foreign'])
    assert.deepEqual([...server.store.actions.keys()].sort(),
      ['shop-1.2.3/__secured_secured', 'shop-1.2.3/by-hand', 'shop-1.2.3/hello', 'shop-1.2.3/secured'])
    assert.equal(server.calls.at(-1).lifecycleEvent, 'DELETE')
  })

  test('asks before it changes anything, and requires --yes without a terminal', async () => {
    const server = await openwhisk()
    const { code, stderr } = await adit(project(files(server.url)), 'deploy')
    assert.equal(code, 2)
    assert.match(stderr, /new +action shop-1\.2\.3\/hello/)
    assert.match(stderr, /Nothing was deployed: there is no terminal/)
    assert.deepEqual(changing(server), [])
    assert.ok(!stderr.includes(secret))
  })

  test('is completed by the next run, whichever request it was interrupted at', async () => {
    const whole = await openwhisk()
    await deployed(project(files(whole.url)))
    const wanted = (server) => Object.fromEntries(Object.entries(server.store).map(([collection, all]) => [
      collection,
      [...all].map(
        ([name, { version, ...rest }]) => [name, JSON.parse(JSON.stringify(rest).replaceAll(server.url, 'URL'))]
      ).sort(([a], [b]) => a < b ? -1 : 1)
    ]))
    const total = changing(whole).length
    for (let nth = 1; nth <= total; ++nth) {
      const server = await openwhisk()
      const root = project(files(server.url))
      server.failAt(nth)
      const first = await adit(root, 'deploy', '--yes')
      const isForgiven = nth === 9 // the feed of a trigger that it may not know cannot be deleted
      assert.equal(first.code, isForgiven ? 0 : 1, `${nth}: ${first.stderr}`)
      if (!isForgiven)
        assert.match(first.stderr,
          /Stopped after \d+ changes?; \d+ are not made\. The same command finishes the work\./)
      await deployed(root)
      assert.deepEqual(wanted(server), wanted(whole), `interrupted at ${nth}`)
      const feeds = server.calls.filter(({ lifecycleEvent }) => lifecycleEvent === 'CREATE')
      assert.ok(feeds.length >= 1, `the feed has the trigger although ${nth} failed`)
    }
  })

  test('says that the action would be open on a host without Adobe\'s validators', async () => {
    const root = project(files('https://openwhisk.example'))
    const { code, stderr } = await adit(root, 'deploy', '--yes')
    assert.equal(code, 2)
    assert.match(stderr,
      /app\.config\.yaml:13:11: shop-1\.2\.3\/secured has `require-adobe-auth`, which OpenWhisk at https:\/\/openwhisk\.example, namespace ns does not know: anyone could call it/)
  })

  test('does not send the key and secrets of the user to a host that the project names', async () => {
    const server = await openwhisk()
    const withoutKey =
      readFileSync(join(project(files(server.url)), '.env'), 'utf8').replace(/AIO_runtime_auth.*\n/, '')
    const root = project(files(server.url, { '.env': withoutKey }))
    const { code, stderr } = await run(['deploy', '--yes'], { cwd: root, env: { AIO_runtime_auth: KEY } })
    assert.equal(code, 2)
    assert.match(stderr,
      /AIO_runtime_apihost in this file would decide where AIO_runtime_auth, from the environment, goes/)

    const input = project(files(server.url,
      { '.env': readFileSync(join(root, '.env'), 'utf8').replace(/MY_SECRET.*\n/, '') + `AIO_runtime_auth=${KEY}\n` }))
    const second = await run(['deploy', '--yes'], { cwd: input, env: { MY_SECRET: secret } })
    assert.equal(second.code, 2)
    assert.match(second.stderr,
      /AIO_runtime_apihost in this file would decide where MY_SECRET, from the environment, goes/)
    assert.deepEqual(server.requests.filter(({ method }) => method !== 'GET'), [])

    const feed = project(files(server.url, {
      '.env': 'AIO_runtime_namespace=ns\nMY_SECRET=x\n',
      'app.config.yaml': manifest.replace('/whisk.system/alarms/interval', '/evil/feeds/steal')
    }))
    const third = await run(['deploy', '--yes', '--to', server.url], { cwd: feed, env: { AIO_runtime_auth: KEY } })
    assert.equal(third.code, 2)
    assert.match(third.stderr,
      /The feed of the trigger nightly in this file would decide where AIO_runtime_auth, from the environment, goes/)
    assert.deepEqual(server.requests.filter(({ method }) => method !== 'GET'), [])
  })

  test('deploys to Adobe with the namespace and a token of the project\'s OAuth credential', async () => {
    const server = await openwhisk()
    const env =
      `AIO_runtime_namespace=ns\nAIO_runtime_auth=${KEY}\nAIO_DEPLOY_SERVICE_URL=${server.url}\nMY_SECRET=${secret}\nADIT_IMS=local\n` +
      'IMS_OAUTH_S2S_CLIENT_ID=test-client\nIMS_OAUTH_S2S_CLIENT_SECRET=p8e-secret\nIMS_OAUTH_S2S_ORG_ID=DEF@AdobeOrg\nIMS_OAUTH_S2S_SCOPES=["openid"]\n'
    const root = project(files(server.url, { '.env': env }))
    const { stdout } = await deployed(root, '--no-verify', '--store', 'memory:')
    assert.match(stdout, /^https:\/\/ns\.adobeioruntime\.net\/api\/v1\/web\/shop-1\.2\.3\/hello$/m)
    for (const { path, headers } of server.requests) {
      assert.match(path, /^\/runtime\/api\/v1\//)
      assert.match(headers.authorization, /^Bearer ey/)
      assert.equal(headers['x-namespace-id'], 'ns')
    }
  })
})

describe('adit undeploy', () => {
  test('deletes only entities of the project: rules and feeds before triggers, packages last', async () => {
    const server = await openwhisk()
    const root = project(files(server.url))
    await deployed(root)
    server.store.packages.set('other', { version: '0.0.1', annotations: [] })
    server.store.actions.set('other/x', { version: '0.0.1', annotations: [] })
    server.requests.length = 0
    const { code, stdout, stderr } = await adit(root, 'undeploy', '--yes', '--json')
    assert.equal(code, 0, stderr)
    assert.equal(steps(stdout)[0], 'removed rule on-nightly')
    assert.deepEqual(changing(server), [
      'DELETE rules/on-nightly', 'DELETE web/whisk.system/apimgmt/deleteApi.http', 'DELETE triggers/by-hand',
      'POST namespaces/whisk.system/actions/alarms/interval',
      'DELETE triggers/nightly', 'DELETE actions/shop-1.2.3/__secured_secured', 'DELETE actions/shop-1.2.3/hello',
      'DELETE actions/shop-1.2.3/inner',
      'DELETE actions/shop-1.2.3/outer', 'DELETE actions/shop-1.2.3/secured', 'DELETE packages/shop-1.2.3'
    ])
    assert.deepEqual(Object.values(server.store).flatMap((all) => [...all.keys()]), ['other', 'other/x'])
    const again = await adit(root, 'undeploy', '--yes')
    assert.equal(again.code, 0)
    assert.match(again.stderr, /Nothing of this project is deployed/)
  })
})

describe('a platform that does not answer', () => {
  for (const [command, ...args] of [['deploy', '--yes', '--no-verify'], ['undeploy', '--yes'], ['logs']]) {
    test(`does not keep adit ${command} from ending at Ctrl-C`, async (t) => {
      const server = createServer()
      await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
      t.after(() => server.close().closeAllConnections())
      const root = project(files(`http://127.0.0.1:${server.address().port}`))
      const asked = new Promise((resolve) => server.once('request', resolve))
      const child = start([command, ...args], { cwd: root })
      const closed = new Promise((resolve) => child.on('close', resolve))
      await asked
      child.kill('SIGINT')
      assert.equal(await closed, 130)
    })
  }
})

describe('adit info', () => {
  test('shows where each value comes from, hides secrets, and names the URLs of web actions', async () => {
    const root = project(files('https://host.example'))
    const { stdout, code } = await run(['info'], { cwd: root, env: { AIO_runtime_auth: undefined } })
    assert.equal(code, 0)
    assert.match(stdout, /key +<hidden> +\S*\.env:1/)
    assert.match(stdout, /host +https:\/\/host\.example +\S*\.env:3/)
    assert.match(stdout, /https:\/\/host\.example\/api\/v1\/web\/ns\/shop-1\.2\.3\/hello/)
    const asJson = await adit(root, 'info', '--json')
    assert.ok(JSON.parse(asJson.stdout).urls.some(({ name }) => name === 'shop-1.2.3/inner'))
    assert.ok(!(stdout + asJson.stdout).includes(KEY))
  })
})
