// apache/openwhisk, core/controller/test/ActivationsApiTests.scala
import assert from 'node:assert/strict'
import { BROKEN, node, rejectedLists } from './shared.mjs'

const SUMMARY =
  ['namespace', 'name', 'version', 'publish', 'activationId', 'start', 'end', 'duration', 'annotations', 'statusCode']
const STORE = 'The case is about a namespace that stores no activations. adit dev keeps all of them in memory.'
const UNKNOWN = '0123456789abcdef0123456789abcdef'

// Makes an action and its activations, the oldest first. Each begins after the previous one has ended.
async function activated (w, count, path = `actions/${w.name()}`) {
  const { name } =
    await w.put(path, { exec: node('exports.main = ({ n }) => { console.log("n is", n); return { n } }') })
  const records = []
  for (let n = 0; n < count; ++n) {
    const { activationId } = await w.post(`${path}?blocking=true`, { n })
    records.push(await w.get(`activations/${activationId}`))
  }
  return { name, records }
}
const ids = (list) => list.map(({ activationId }) => activationId)
const newestFirst = (records) => ids(records).reverse()

export const cases = {
  'get summary activation by namespace': async (w) => {
    const { name, records } = await activated(w, 2)
    for (const path of ['activations', `/${w.namespace}/activations`]) {
      const list = (await w.get(path)).filter((each) => each.name === name)
      assert.deepEqual(ids(list), newestFirst(records))
      for (const each of list) {
        assert.deepEqual(Object.keys(each).filter((key) => !SUMMARY.includes(key)), [])
        const { response, logs, subject, ...kept } =
          records.find(({ activationId }) => activationId === each.activationId)
        assert.deepEqual(each, { ...kept, statusCode: 0 })
      }
    }
    await w.get(`/${w.foreign}/activations`, 403)
  },
  'return empty list when no activations exist': async (w) =>
    assert.deepEqual(await w.get('activations?docs=true&upto=1'), []),
  'get full activation by namespace': async (w) => {
    const { name, records } = await activated(w, 2)
    assert.deepEqual(await w.get(`activations?docs=true&name=${name}`), [...records].reverse())
    assert.deepEqual(await w.get(`activations?count=true&name=${name}`), { activations: 2 })
  },
  'get full activation by namespace within a date range': async (w) => {
    const { name, records } = await activated(w, 5)
    const [since, upto] = [records[1].start, records[3].start]
    for (const [filter, fits] of [
      [`since=${since}&upto=${upto}`, ({ start }) => start >= since && start <= upto],
      [`upto=${upto}`, ({ start }) => start <= upto],
      [`since=${since}`, ({ start }) => start >= since]
    ]) {
      const expected = newestFirst(records.filter(fits))
      assert.deepEqual(ids(await w.get(`activations?docs=true&name=${name}&${filter}`)), expected)
      assert.deepEqual(await w.get(`activations?count=true&name=${name}&${filter}`), { activations: expected.length })
    }
  },
  'accept valid name parameters and reject invalid ones': async (w) => {
    for (const query of ['', 'name=', 'name=abc', 'name=abc/xyz']) await w.get(`activations?${query}`)
    await w.get('activations?name=abc/xyz/123',
      [400, 'Parameter may be a \'simple\' name or \'package-name/simple\' name: abc/xyz/123'])
  },
  'get summary activation by namespace and action name': async (w) => {
    const { name, records } = await activated(w, 2)
    const { name: pkg } = await w.package()
    const inside = await activated(w, 2, `actions/${pkg}/${name}`)
    for (const [filter, expected] of [[name, records], [`${pkg}/${name}`, inside.records]]) {
      assert.deepEqual(await w.get(`activations?count=true&name=${filter}`), { activations: 2 })
      assert.deepEqual(ids(await w.get(`activations?name=${filter}`)), newestFirst(expected))
    }
  },
  'reject invalid query parameter combinations': (w) =>
    w.get('activations?docs=true&count=true', [400, 'The parameter \'docs\' is not permitted with \'count\'.']),
  ...rejectedLists('activations'),
  'reject get activation by namespace and action name when action name is not a valid name': (w) =>
    w.get('activations?name=0%20', 400),
  'reject get activation with invalid since/upto value': async (w) => {
    await w.get('activations?since=xxx', 400)
    await w.get('activations?upto=yyy', 400)
  },
  'skip activations and return correct ones': async (w) => {
    const { name, records } = await activated(w, 3)
    assert.deepEqual(ids(await w.get(`activations?name=${name}&skip=1`)), newestFirst(records).slice(1))
  },
  'return last activation': async (w) => {
    const { records } = await activated(w, 3)
    assert.deepEqual(ids(await w.get('activations?limit=1')), newestFirst(records).slice(0, 1))
  },
  'get activation by id': async (w) => {
    const { name, records: [record] } = await activated(w, 1)
    assert.deepEqual(await w.get(`/${w.namespace}/activations/${record.activationId}`), record)
    assert.deepEqual(
      [record.name, record.namespace, record.subject, record.version, record.publish, record.response.result],
      [name, w.namespace, w.namespace, '0.0.1', false, { n: 0 }]
    )
    await w.get(`/${w.foreign}/activations/${record.activationId}`, 403)
  },
  'get activation result by id': async (w) => {
    const { records: [record] } = await activated(w, 1)
    assert.deepEqual(await w.get(`activations/${record.activationId}/result`), record.response)
  },
  'return activation empty when db store is disabled': STORE,
  'get activation result by id when db store is disabled and activation is not blocking': STORE,
  'get activation result by id when db store is disabled and activation is unsuccessful': STORE,
  'get activation logs by id': async (w) => {
    const { records: [record] } = await activated(w, 1)
    const { logs } = await w.get(`activations/${record.activationId}/logs`)
    assert.match(logs[0], /^\d{4}-\d\d-\d\dT[\d:.]+Z +stdout: n is 0$/)
  },
  'reject request to get invalid activation resource': async (w) => {
    const { records: [record] } = await activated(w, 1)
    await w.get(`activations/${record.activationId}/bogus`, 404)
  },
  'reject get requests with invalid activation ids': async (w) => {
    await w.get(`activations/${UNKNOWN.slice(1)}`, [400, 'Activation id length is 31 but must be 32.'])
    await w.get(`activations/${UNKNOWN}xxx`, [400, 'Activation id length is 35 but must be 32.'])
    await w.get(`activations/${UNKNOWN.slice(1)}z`, 400)
  },
  'reject request with put': (w) => w.put(`activations/${UNKNOWN}`, {}, 405),
  'reject request with post': (w) => w.post(`activations/${UNKNOWN}`, {}, 405),
  'reject request with delete': (w) => w.del(`activations/${UNKNOWN}`, 405),
  'report proper error when record is corrupted on get': BROKEN
}
