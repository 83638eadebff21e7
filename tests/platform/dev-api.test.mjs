// The platform's API, tested with OpenWhisk's own client, npm's `openwhisk`, and the fields of its controller.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { NPM, project } from '../cli/adit.mjs'
import { ask, dev } from './dev.mjs'

const openwhisk = createRequire(join(NPM, 'node_modules/'))('openwhisk')

const echo = 'exports.main = (params) => { console.log("ran"); return { params } }\n'
const inside = `const openwhisk = require('openwhisk')
exports.main = async () => {
  const { response } = await openwhisk().actions.invoke({ name: 'p/echo', params: { n: 1 }, blocking: true })
  return { host: process.env.__OW_API_HOST, params: response.result.params }
}
`
const action = (code, more = {}) => ({ function: code + '.js', runtime: 'nodejs:22', ...more })
const packages = {
  p: {
    inputs: { OF_PACKAGE: 'package' },
    actions: {
      echo: action('echo', { inputs: { OF_ACTION: 'action' }, web: 'yes' }),
      fixed: action('echo', { inputs: { OF_ACTION: 'action' }, annotations: { final: true }, main: 'main', limits: {
        timeout: 50000, memory: 512, logs: 1, concurrency: 3
      } }),
      inside: action('inside', { web: 'yes' }),
      list: action('list'),
      keyless: action('env', { annotations: { 'provide-api-key': false } }),
      env: action('env'),
      failing: action('failing'),
      slow: action('slow')
    },
    sequences: {
      chain: { actions: 'echo, echo' },
      lists: { actions: 'list, echo' },
      gap: { actions: 'echo, absent' },
      loop: { actions: 'loop, echo' },
      'there-and-back': { actions: 'back' },
      back: { actions: 'there-and-back' },
      fifty: { actions: Array(50).fill('env').join() },
      'fifty-one': { actions: Array(51).fill('env').join() },
      inherits: { actions: 'echo' }
    }
  },
  default: { actions: { hello: action('echo') } }
}
const sources = {
  'echo.js': echo,
  'inside.js': inside,
  'list.js': 'exports.main = () => [1, 2]\n',
  'env.js': 'exports.main = () => ({ key: process.env.__OW_API_KEY, name: process.env.__OW_ACTION_NAME })\n',
  'failing.js': 'exports.main = () => ({ error: "no", other: "lost" })\n',
  'slow.js': 'exports.main = () => new Promise(() => {})\n'
}

describe('the API of adit dev', { concurrency: false, timeout: 1_200_000 }, () => {
  let server
  let client
  const key = 'user:password'
  const api = (path, { headers = {}, ...options } = {}) => ask(`${server.origin}/api/v1/namespaces/_/${path}`,
    { ...options, headers: { authorization: 'Basic ' + Buffer.from(key).toString('base64'), ...headers } })
  const post =
    (path, body = '{}') => api(path, { method: 'POST', body, headers: { 'content-type': 'application/json' } })
  const annotations = (entity) => Object.fromEntries(entity.annotations.map(({ key, value }) => [key, value]))
  const refused = async (pending, status, error) => {
    const answer = await pending
    assert.deepEqual([answer.status, answer.json().error], [status, error])
    assert.match(answer.json().code, /^[0-9a-f]{32}$/)
  }
  const malformed = (name, why) => `The query parameter '${name}' was malformed:\n${why}`

  before(async () => {
    const root = project({
      'ext.config.yaml': JSON.stringify({ runtimeManifest: { packages } }), ...sources,
      '.env': `AIO_runtime_namespace=mine\nAIO_runtime_auth=${key}\n`
    })
    symlinkSync(join(NPM, 'node_modules'), join(root, 'node_modules'))
    server = await dev(root)
    client = openwhisk({ apihost: server.origin, api_key: key, namespace: 'mine', ignore_certs: true })
  })
  after(async () => { await server?.stop() })

  describe('of actions', () => {
    test('lists them as the controller does', async () => {
      const list = await client.actions.list()
      const one = list.find(({ name }) => name === 'fixed')
      assert.deepEqual(Object.keys(one).sort(),
        ['annotations', 'exec', 'limits', 'name', 'namespace', 'publish', 'updated', 'version'])
      assert.deepEqual([one.namespace, one.version, one.publish, one.exec, one.limits],
        ['mine/p', '0.0.1', false, { binary: true }, { timeout: 50000, memory: 512, logs: 1, concurrency: 3 }])
      assert.deepEqual(annotations(one),
        { final: true, 'web-export': false, 'raw-http': false, exec: 'nodejs:22', 'provide-api-key': false })
      assert.equal(annotations(list.find(({ name }) => name === 'chain')).exec, 'sequence')
      assert.equal(list.find(({ name }) => name === 'hello').namespace, 'mine')
      assert.ok(Math.abs(Date.now() - one.updated) < 3_600_000)
    })
    test('returns an action with its exec and parameters, and a sequence with its components', async () => {
      const one = await client.actions.get({ name: 'p/fixed' })
      assert.deepEqual(one.exec, { kind: 'nodejs:22', binary: true, main: 'main' })
      assert.deepEqual(Object.fromEntries(one.parameters.map(({ key, value }) => [key, value])),
        { OF_ACTION: 'action', OF_PACKAGE: 'package' })
      const chain = await client.actions.get({ name: 'p/chain' })
      assert.deepEqual(chain.exec, { kind: 'sequence', components: ['/mine/p/echo', '/mine/p/echo'] })
      assert.equal((await client.actions.get({ name: 'hello' })).namespace, 'mine')
      await assert.rejects(client.actions.get({ name: 'p/absent' }), /404.*The requested resource does not exist\./)
    })
    test('accepts limit, skip and count, and lists one package', async () => {
      const count = Object.keys(packages.p.actions).length + Object.keys(packages.p.sequences).length
      assert.deepEqual((await api('actions?count=true')).json(), { actions: count + 1 })
      assert.deepEqual((await api('actions?count=true&skip=3')).json(), { actions: count - 2 })
      assert.equal((await client.actions.list({ limit: 2 })).length, 2)
      assert.equal((await client.actions.list({ skip: count })).length, 1)
      assert.equal((await api('actions/p/?limit=0')).json().length, count)
      assert.equal((await api('actions/absent/')).status, 404)
    })
    for (const collection of ['actions', 'activations']) {
      test(`rejects invalid queries of ${collection}`, async () => {
        for (const [query, name, why] of [
          ['limit=201', 'limit', `The value '201' is not in the range of 0 to 200 for ${collection}.`],
          ['limit=-1', 'limit', `The value '-1' is not in the range of 0 to 200 for ${collection}.`],
          ['limit=x', 'limit', `The value 'x' is not an integer for ${collection}.`],
          ['skip=-1', 'skip', `The value '-1' is not greater than or equal to 0 for ${collection}.`],
          ['skip=1.5', 'skip', `The value '1.5' is not an integer for ${collection}.`],
          ['count=maybe', 'count', "'maybe' is not a valid Boolean value"]
        ]) await refused(api(`${collection}?${query}`), 400, malformed(name, why))
      })
    }
  })

  describe('of invocations', () => {
    test('returns the record without its log to a blocking caller, and the log later', async () => {
      const record = await client.actions.invoke({ name: 'p/echo', params: { n: 1 }, blocking: true })
      assert.deepEqual(Object.keys(record).sort(), [
        'activationId', 'annotations', 'duration', 'end', 'logs', 'name', 'namespace', 'publish', 'response', 'start',
        'subject', 'version'
      ])
      const result = { params: { OF_ACTION: 'action', OF_PACKAGE: 'package', n: 1 } }
      assert.deepEqual(record.response,
        { result, size: JSON.stringify(result).length, status: 'success', success: true })
      assert.deepEqual([record.subject, record.namespace, record.logs], ['mine', 'mine', []])
      assert.deepEqual(annotations(record).path, 'mine/p/echo')
      const kept = await client.activations.get({ name: record.activationId })
      assert.match(kept.logs[0], /stdout: ran$/)
      assert.deepEqual({ ...kept, logs: [] }, record)
      assert.deepEqual(await client.activations.result({ name: record.activationId }), record.response)
      assert.deepEqual(await client.activations.logs({ name: record.activationId }), { logs: kept.logs })
      const [listed] = await client.activations.list({ limit: 1 })
      const { response, logs, subject, ...summary } = record
      assert.deepEqual(listed, { ...summary, statusCode: 0 })
    })
    test('keeps only the member error of a failed result, and answers 502', async () => {
      const answer = await post('actions/p/failing?blocking=true&result=true')
      assert.deepEqual([answer.status, answer.json()], [502, { error: 'no' }])
      const record = (await post('actions/p/failing?blocking=true')).json()
      assert.deepEqual([record.response.status, record.response.result], ['application error', { error: 'no' }])
    })
    test('rejects an invalid timeout', async () => {
      for (const timeout of ['0', '-1', '60001', 'x', '1.5'])
        await refused(post('actions/p/echo?blocking=true&timeout=' + timeout), 400,
          malformed('timeout', 'Timeout must be number of milliseconds up to 60000.'))
      await refused(post('actions/p/echo?blocking=perhaps'), 400,
        malformed('blocking', "'perhaps' is not a valid Boolean value"))
      const begun = await post('actions/p/slow?blocking=true&timeout=1')
      assert.deepEqual([begun.status, Object.keys(begun.json())], [202, ['activationId']])
    })
    test('requires JSON, and rejects inputs of a final action', async () => {
      const typed = (type) =>
        api('actions/p/echo?blocking=true', { method: 'POST', body: 'a=1', headers: { 'content-type': type } })
      await refused(typed('application/x-www-form-urlencoded'), 415,
        "The request's Content-Type is not supported. Expected:\napplication/json")
      assert.equal((await post('actions/p/echo?blocking=true', '[1')).status, 400)
      await refused(post('actions/p/fixed', '{"OF_ACTION":1}'), 400,
        'Request defines parameters that are not allowed (e.g., reserved properties).')
      assert.equal((await post('actions/p/echo?blocking=true&result=true', '{"OF_ACTION":1}')).json().params.OF_ACTION,
        1)
    })
    test('rejects callers without a valid key', async () => {
      const words = [undefined, 'Basic ' + Buffer.from('a:b').toString('base64')].map((authorization) =>
        ask(server.origin + '/api/v1/namespaces', { headers: authorization ? { authorization } : {} }))
      await refused(words[0], 401, 'The resource requires authentication, which was not supplied with the request')
      await refused(words[1], 401, 'The supplied authentication is invalid')
      await refused(
        ask(server.origin + '/api/v1/namespaces/other/actions',
          { headers: { authorization: 'Basic ' + Buffer.from(key).toString('base64') } }),
        403, 'The supplied authentication is not authorized to access this resource.'
      )
    })
  })

  describe('of the package default', () => {
    test('omits its name', async () => {
      const record = await client.actions.invoke({ name: 'hello', blocking: true })
      assert.equal(annotations(record).path, 'mine/hello')
      const found = async (name) => (await client.activations.list({ name })).map(({ activationId }) => activationId)
      assert.deepEqual(await found('hello'), [record.activationId])
      assert.deepEqual(await found('default/hello'), [])
      assert.deepEqual(await found('echo'), [], 'that one is p/echo')
      assert.ok((await found('p/echo')).length > 0)
    })
  })

  describe('of sequences', () => {
    const result = async (name) => (await post(`actions/p/${name}?blocking=true`)).json()
    test('adds up the durations of its components', async () => {
      const record = await result('chain')
      const parts = await Promise.all(record.logs.map((id) => client.activations.get({ name: id })))
      assert.equal(parts.length, 2)
      assert.equal(record.duration, parts[0].duration + parts[1].duration)
      assert.deepEqual(annotations(record), {
        path: 'mine/p/chain', kind: 'sequence', limits: { timeout: 60000, memory: 256, logs: 10, concurrency: 200 },
        topmost: true
      })
      for (const part of parts)
        assert.deepEqual([part.cause, annotations(part).causedBy], [record.activationId, 'sequence'])
    })
    test('passes arrays on', async () => assert.deepEqual((await result('lists')).response.result, { params: [1, 2] }))
    test('rejects cycles, more than fifty actions, and components that do not exist', async () => {
      for (const [name, error, ran] of [
        ['loop', 'Sequence may not refer to itself.', 0], ['there-and-back', 'Sequence may not refer to itself.', 0],
        ['back', 'Sequence may not refer to itself.', 0],
        ['fifty-one', 'Too many actions in the sequence.', 0], ['gap', 'Sequence component does not exist.', 1]
      ]) {
        const { response, logs } = await result(name)
        assert.deepEqual([response.result, response.status, logs.length], [{ error }, 'application error', ran], name)
      }
      assert.equal((await result('fifty')).logs.length, 50)
    })
    test('passes no inputs to its components', async () => {
      assert.deepEqual((await result('inherits')).response.result.params,
        { OF_PACKAGE: 'package', OF_ACTION: 'action' })
      assert.deepEqual((await client.actions.get({ name: 'p/inherits' })).parameters,
        [{ key: '_actions', value: ['/mine/p/echo'] }])
    })
  })

  describe('from inside an action', () => {
    test('is reached by openwhisk() without options', async () => {
      const answer = await ask(server.origin + '/api/v1/web/p/inside.json')
      assert.equal(answer.status, 200, answer.text)
      assert.equal(answer.json().host, server.origin)
      assert.equal(answer.json().params.n, 1)
    })
    test('gets the key, unless the annotation is false', async () => {
      const given = async (name) => (await client.actions.invoke({ name, blocking: true, result: true }))
      assert.deepEqual(await given('p/env'), { key, name: '/mine/p/env' })
      assert.deepEqual(await given('p/keyless'), { name: '/mine/p/keyless' })
    })
  })
})
