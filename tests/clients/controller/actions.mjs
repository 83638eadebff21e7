// apache/openwhisk, core/controller/test/ActionsApiTests.scala
import assert from 'node:assert/strict'
import {
  CACHE, IGNORED, OLD, action, assertListed, brokenRecords, node, rejectedLists, tooMuch, valuesOf
} from './shared.mjs'

const FIELDS = ['namespace', 'name', 'version', 'publish', 'exec', 'annotations', 'limits', 'updated']
const annotated = (entity) => valuesOf(entity.annotations)

async function two (w) {
  const made = []
  for (const name of [w.name(), w.name()])
    made.push(await w.put(`actions/${name}`, { ...action, parameters: [{ key: 'x', value: 'b' }] }))
  return made
}

// The forms of `exec`, and the members of the answer for each.
const forms = (component) => [
  [{ kind: 'blackbox', code: 'RHViZWU=', image: 'bb', main: 'bbMain' }, { binary: true }],
  [{ kind: 'blackbox', code: '', image: 'bb', main: 'bbMain' }, { binary: false, code: undefined }],
  [{ kind: 'blackbox', code: 'RHViZWU=', image: 'bb' }, { binary: true }],
  [{ kind: 'blackbox', image: 'bb' }, { binary: false }],
  [{ kind: 'nodejs:22', code: 'RHViZWU=', main: 'jsMain' }, { binary: true }],
  [{ kind: 'nodejs:22', code: '', main: 'jsMain' }, { binary: false }],
  [{ kind: 'nodejs:22', code: 'RHViZWU=' }, { binary: true }],
  [{ kind: 'nodejs:22', code: '' }, { binary: false }],
  [{ kind: 'sequence', components: [component] }, {}]
]
const large = [node('a'.repeat(100_000)), { kind: 'blackbox', image: 'bb', main: 'bbMain', code: 'a'.repeat(100_000) }]
const present = (object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined))

async function lives (w, exec) {
  const name = w.name()
  const body = {
    exec, parameters: [{ key: 'x', value: 'b' }], limits: { timeout: 60000, memory: 256, logs: 10, concurrency: 1 }
  }
  const made = await w.put(`actions/${name}`, body)
  assert.equal(made.version, '0.0.1')
  assert.deepEqual(annotated(made), { exec: exec.kind, 'provide-api-key': false })
  assert.deepEqual(await w.get(`actions/${name}`), made)
  const updated = await w.put(`actions/${name}?overwrite=true`, body)
  assert.equal(updated.version, '0.0.2')
  assert.deepEqual(await w.del(`actions/${name}`), updated)
  await w.get(`actions/${name}`, 404)
}

export const cases = {
  'return empty list when no actions exist': async (w) => assert.deepEqual(await w.get('actions'), []),
  'list actions by default namespace': async (w) => {
    const made = await two(w)
    assertListed(await w.get('actions'), made, FIELDS)
  },
  ...rejectedLists('actions'),
  'list action by default namespace with full docs': IGNORED,
  'list action with explicit namespace': async (w) => {
    const made = await two(w)
    assertListed(await w.get(`/${w.namespace}/actions`), made, FIELDS)
    await w.get(`/${w.foreign}/actions`, 403)
  },
  'list should reject request with post': (w) => w.post('actions', {}, 405),
  'get action by name in default namespace': async (w) => {
    const made = await w.put(`actions/${w.name()}`, action)
    assert.deepEqual(await w.get(`actions/${made.name}`), made)
  },
  'get action with `updated` field': async (w) => {
    const made = await w.put(`actions/${w.name()}`, action)
    for (const query of ['', '?code=false'])
      assert.equal((await w.get(`/${w.namespace}/actions/${made.name}${query}`)).updated, made.updated)
  },
  'not update action `updated` field with a put': async (w) =>
    assert.notEqual((await w.put(`actions/${w.name()}`, { ...action, updated: 1569400000000 })).updated, 1569400000000),
  'get action using code query parameter': async (w) => {
    const component = await w.put(`actions/${w.name()}`, action)
    for (const [exec, expected] of forms(`/${w.namespace}/${component.name}`)) {
      const name = w.name()
      const made = await w.put(`actions/${name}`, { exec })
      assert.deepEqual(made.exec, present({ ...exec, ...expected }))
      assert.deepEqual(annotated(made), { exec: exec.kind, 'provide-api-key': false })
      assert.deepEqual(await w.get(`actions/${name}`), made)
      assert.deepEqual(await w.get(`actions/${name}?code=true`), made)
      const { code, ...without } = made.exec
      assert.deepEqual(await w.get(`actions/${name}?code=false`), { ...made, exec: without })
      assert.deepEqual(await w.del(`actions/${name}`), made)
    }
  },
  'report NotFound for get non existent action': (w) =>
    w.get('actions/xyz', [404, 'The requested resource does not exist.']),
  'report Conflict if the name was of a different type': async (w) => {
    const trigger = await w.put(`triggers/${w.name()}`, {})
    await w.get(`/${w.namespace}/actions/${trigger.name}`,
      [409, 'Resource by this name exists but is not in this collection.'])
  },
  'reject long entity names': async (w) => {
    const long = 'a'.repeat(257)
    await w.get(`/${long}/actions/${long}`, [400, 'Namespace longer than allowed: 257 > 256.'])
    for (const path of [long, `pkg/${long}`, `${long}/a`, `${long}/${long}`])
      await w.get(`/${w.namespace}/actions/${path}`, [400, 'Name segment longer than allowed: 257 > 256.'])
  },
  'delete action by name': async (w) => {
    const made = await w.put(`actions/${w.name()}`, action)
    await w.get(`/${w.foreign}/actions/${made.name}`, 403)
    assert.deepEqual(await w.del(`actions/${made.name}`), made)
  },
  'report NotFound for delete non existent action': (w) => w.del('actions/xyz', 404),
  'put should reject request missing json content': (w) =>
    w.send('PUT', 'actions/xxx', '', 415, { 'content-type': 'text/plain' }),
  'put should reject request missing property exec': (w) =>
    w.put('actions/xxx', { name: 'name', publish: true }, [400, 'exec undefined']),
  'put should reject request with malformed property exec': (w) =>
    w.put('actions/xxx', { name: 'name', publish: true, exec: '' }, 400),
  'reject create with exec which is too big': (w) => w.put(`actions/${w.name()}`,
    { exec: node('a'.repeat((48 << 20) + 1)) }, [413, 'exec larger than allowed: 50331649 > 50331648 bytes.']),
  'reject exec with unknown or missing kind': async (w) => {
    for (const kind of ['', 'foobar'])
      await w.put(`actions/${w.name()}`, { exec: { kind, code: '??' } }, [400, `kind '${kind}' not in Set`])
  },
  'reject update with exec which is too big': async (w) => {
    const made = await w.put(`actions/${w.name()}`, action)
    await w.put(`actions/${made.name}?overwrite=true`, { exec: node('a'.repeat((48 << 20) + 1)) },
      [413, 'exec larger than allowed: 50331649 > 50331648 bytes.'])
    assert.deepEqual(await w.get(`actions/${made.name}`), made)
  },
  'reject create with parameters which are too big': (w) =>
    w.put(`actions/${w.name()}`, { ...action, parameters: tooMuch }, [413, 'Parameters larger than allowed: ']),
  'reject create with annotations which are too big': (w) =>
    w.put(`actions/${w.name()}`, { ...action, annotations: tooMuch }, [413, 'Annotations larger than allowed: ']),
  'reject activation with entity which is too big': (w) => w.post(`actions/${w.name()}`,
    { a: 'a'.repeat((1 << 20) + 1) }, [413, 'Request larger than allowed: 1048585 > 1048576 bytes.']),
  'put should accept request with missing optional properties': async (w) => {
    const made = await w.put(`actions/${w.name()}`, { exec: node('') })
    assert.deepEqual([made.exec.code, made.parameters, made.limits, made.publish],
      ['', [], { timeout: 60000, memory: 256, logs: 10, concurrency: 200 }, false])
  },
  'put should accept blackbox exec with empty code property': async (w) =>
    assert.deepEqual((await w.put(`actions/${w.name()}`, { exec: { kind: 'blackbox', code: '', image: 'bb' } })).exec,
      { kind: 'blackbox', image: 'bb', binary: false }),
  'put should accept blackbox exec with non-empty code property': async (w) =>
    assert.deepEqual((await w.put(`actions/${w.name()}`, { exec: { kind: 'blackbox', code: 'cc', image: 'bb' } })).exec,
      { kind: 'blackbox', code: 'cc', image: 'bb', binary: false }),
  'preserve annotations on pre-existing actions': async (w) => {
    const made = await w.put(`actions/${w.name()}`, { ...action, annotations: [{ key: 'before', value: 1 }] })
    assert.deepEqual(annotated(await w.put(`actions/${made.name}?overwrite=true`, action)), annotated(made))
    assert.deepEqual(
      annotated(await w.put(`actions/${made.name}?overwrite=true`, { annotations: [{ key: 'a', value: 'B' }] })),
      { ...annotated(made), a: 'B' }
    )
  },
  'reset parameters when changing sequence action to non sequence': async (w) => {
    const { name } = await w.sequence([await w.action()])
    assert.deepEqual((await w.put(`actions/${name}?overwrite=true`, action)).parameters, [])
  },
  'preserve new parameters when changing sequence action to non sequence': async (w) => {
    const { name } = await w.sequence([await w.action()])
    assert.deepEqual(
      (await w.put(`actions/${name}?overwrite=true`, { ...action, parameters: [{ key: 'a', value: 'A' }] })).parameters,
      [{ key: 'a', value: 'A' }]
    )
  },
  'put should accept request with parameters property': async (w) => {
    const name = w.name()
    const body = { ...action, parameters: [{ key: 'x', value: 'b' }] }
    await w.put(`/${w.foreign}/actions/${name}`, body, 403)
    assert.deepEqual((await w.put(`actions/${name}`, body)).parameters, body.parameters)
  },
  'put should reject request with parameters property as jsobject': (w) =>
    w.put(`actions/${w.name()}`, { ...action, parameters: { a: 'b' } }, 400),
  'put should accept request with limits property': async (w) => {
    const limits = { timeout: 60000, memory: 256, logs: 10, concurrency: 1 }
    assert.deepEqual((await w.put(`actions/${w.name()}`, { ...action, limits })).limits, limits)
  },
  'put and then get an action from cache': (w) => lives(w, node('??')),
  'put and then get an action with attachment from cache':
    async (w) => { for (const exec of large) await lives(w, exec) },
  'put and then get an action with inlined attachment': (w) =>
    lives(w, { kind: 'nodejs:22', code: Buffer.from('small').toString('base64'), main: 'hello' }),
  'get an action with attachment that is not cached': async (w) => {
    for (const exec of large) {
      const made = await w.put(`actions/${w.name()}`, { exec })
      assert.deepEqual((await w.get(`actions/${made.name}`)).exec, made.exec)
    }
  },
  'concurrently get an action with attachment that is not cached': async (w) => {
    const made = await w.put(`actions/${w.name()}`, { exec: node('a'.repeat(100_000)) })
    for (const got of await Promise.all([...Array(5)].map(() => w.get(`actions/${made.name}`))))
      assert.deepEqual(got, made)
  },
  'update an existing action with attachment that is not cached':
    async (w) => { for (const exec of large) await lives(w, exec) },
  'ensure old and new action schemas are supported': OLD,
  'reject put with conflict for pre-existing action': async (w) => {
    const made = await w.put(`actions/${w.name()}`, action)
    await w.put(`actions/${made.name}`, action, [409, 'resource already exists'])
  },
  'update action with a put': async (w) => {
    const made = await w.put(`actions/${w.name()}`, { ...action, parameters: [{ key: 'x', value: 'b' }] })
    const limits = { timeout: 10800000, memory: 4096, logs: 10, concurrency: 500 }
    const updated = await w.put(`actions/${made.name}?overwrite=true`,
      { exec: node('_'), parameters: [{ key: 'x', value: 'X' }], limits })
    assert.deepEqual([updated.exec.code, updated.parameters, updated.limits, updated.version],
      ['_', [{ key: 'x', value: 'X' }], limits, '0.0.2'])
    assert.ok(updated.updated >= made.updated)
  },
  'update action parameters with a put': async (w) => {
    const made = await w.put(`actions/${w.name()}`, { ...action, parameters: [{ key: 'x', value: 'b' }] })
    const updated = await w.put(`actions/${made.name}?overwrite=true`, { parameters: [{ key: 'x', value: 'X' }] })
    assert.deepEqual(updated,
      { ...made, parameters: [{ key: 'x', value: 'X' }], version: '0.0.2', updated: updated.updated })
  },
  'invoke an action with arguments, nonblocking': async (w) => {
    const { name } = await w.put(`actions/${w.name()}`, action)
    await w.post(`/${w.foreign}/actions/${name}`, { xxx: 'yyy' }, 403)
    for (const query of ['', '?result=true']) {
      const { headers, body } = await w.whole('POST', `actions/${name}${query}`, { xxx: 'yyy' }, 202)
      assert.match(body.activationId, /^[0-9a-f]{32}$/)
      assert.equal(headers['x-openwhisk-activation-id'], body.activationId)
    }
  },
  'invoke an action with init arguments':
    'A parameter that is marked `init` is an ordinary parameter here: adit dev sets no environment variable for it.',
  'invoke an action, nonblocking': async (w) => {
    const { name } = await w.put(`actions/${w.name()}`, action)
    const { headers, body } = await w.whole('POST', `actions/${name}`, undefined, 202)
    assert.equal(headers['x-openwhisk-activation-id'], body.activationId)
  },
  'not invoke an action when final parameters are redefined': async (w) => {
    const { name } = await w.put(`actions/${w.name()}`,
      { ...action, parameters: [{ key: 'a', value: 'A' }, { key: 'empty', value: null }], annotations: [
        { key: 'final', value: true }
      ] })
    await w.post(`actions/${name}`, { a: 'B' },
      [400, 'Request defines parameters that are not allowed (e.g., reserved properties).'])
    await w.post(`actions/${name}`, { empty: 'C' }, 202)
  },
  'invoke a blocking action and retrieve result via active ack': async (w) => {
    const { name } = await w.put(`actions/${w.name()}`, { exec: node('exports.main = () => ({ test: "yes" })') })
    const record = await w.post(`actions/${name}?blocking=true`, {})
    assert.deepEqual(
      [record.name, record.response.status, record.response.success, record.response.result, record.logs],
      [name, 'success', true, { test: 'yes' }, []]
    )
    assert.deepEqual(await w.post(`actions/${name}?blocking=true&result=true`, {}), { test: 'yes' })
  },
  'invoke a blocking action, waiting up to specified timeout and retrieve result via active ack': async (w) => {
    const { name } = await w.put(`actions/${w.name()}`, {
      exec: node(
        'let again; exports.main = ({ wait }) => new Promise((resolve) => { if (!wait) { again?.(); resolve({}) } else { again = () => resolve({ test: "yes" }) } })'
      ),
      limits: { concurrency: 10 }
    })
    for (const timeout of [0, 65000])
      await w.post(`actions/${name}?blocking=true&timeout=${timeout}`, {},
        [400, 'Timeout must be number of milliseconds up to 60000.'])
    const { headers, body } = await w.whole('POST', `actions/${name}?blocking=true&timeout=1`, { wait: true }, 202)
    assert.equal(headers['x-openwhisk-activation-id'], body.activationId)
    const done = await w.whole('POST', `actions/${name}?blocking=true&timeout=60000`, {}, 200)
    assert.equal(done.headers['x-openwhisk-activation-id'], done.body.activationId)
    assert.equal(done.body.response.success, true)
  },
  'ensure WhiskActionMetadata is used to invoke an action': CACHE,
  ...brokenRecords,
  'report proper error when runtime is deprecated':
    'The case gives the controller a list of runtimes with a deprecated one. adit dev calls no runtime deprecated: `adit check` says which ones Adobe I/O Runtime has retired.',
  'add key annotation if it is not present already': async (w) => {
    assert.deepEqual(
      annotated(await w.put(`actions/${w.name()}`, { ...action, annotations: [{ key: 'a', value: 'A' }] })),
      { a: 'A', 'provide-api-key': false, exec: 'nodejs:default' }
    )
  },
  'not add key annotation if already present regardless of value': async (w) => {
    for (const value of [true, ''])
      assert.deepEqual(
        annotated(await w.put(`actions/${w.name()}`, { ...action, annotations: [{ key: 'provide-api-key', value }] })),
        { 'provide-api-key': value, exec: 'nodejs:default' }
      )
  },
  'override system annotation as necessary': async (w) => {
    assert.deepEqual(
      annotated(await w.put(`actions/${w.name()}`, { ...action, annotations: [{ key: 'exec', value: 'foo' }] })),
      { 'provide-api-key': false, exec: 'nodejs:default' }
    )
  }
}
