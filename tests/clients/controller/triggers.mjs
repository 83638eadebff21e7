// apache/openwhisk, core/controller/test/TriggersApiTests.scala
import assert from 'node:assert/strict'
import { IGNORED, OLD, assertListed, brokenRecords, rejectedLists, tooMuch } from './shared.mjs'

const FIELDS = ['namespace', 'name', 'version', 'publish', 'annotations', 'updated']
const x = [{ key: 'x', value: 'b' }]
const trigger = (w, body = { parameters: x }) => w.put(`triggers/${w.name()}`, body)
const fed = (feed) => ({ annotations: [{ key: 'feed', value: feed }] })
const withRule = async (w, body) => {
  const made = await trigger(w, body)
  await w.put(`rules/${w.name()}`, { trigger: `/_/${made.name}`, action: `/_/${await w.action()}` })
  return made
}

export const cases = {
  'list triggers by default/explicit namespace': async (w) => {
    const made = [await trigger(w), await trigger(w)]
    for (const path of ['triggers', `/${w.namespace}/triggers`]) assertListed(await w.get(path), made, FIELDS)
    await w.get(`/${w.foreign}/triggers`, 403)
  },
  ...rejectedLists('triggers'),
  'list triggers by default namespace with full docs': IGNORED,
  'get trigger by name in default/explicit namespace': async (w) => {
    const made = await trigger(w)
    for (const path of ['triggers', `/${w.namespace}/triggers`])
      assert.deepEqual(await w.get(`${path}/${made.name}`), made)
    await w.get(`/${w.foreign}/triggers/${made.name}`, 403)
  },
  'get trigger with updated field': async (w) => {
    const made = await trigger(w)
    assert.equal((await w.get(`triggers/${made.name}`)).updated, made.updated)
  },
  'report Conflict if the name was of a different type': async (w) => {
    const made = await trigger(w)
    const rule = await w.put(`rules/${w.name()}`, { trigger: `/_/${made.name}`, action: `/_/${await w.action()}` })
    await w.get(`/${w.namespace}/triggers/${rule.name}`, 409)
  },
  'delete trigger by name': async (w) => {
    const made = await trigger(w)
    assert.deepEqual(await w.del(`triggers/${made.name}`), made)
  },
  'put should accept request with missing optional properties': async (w) => {
    const made = await trigger(w, {})
    assert.deepEqual(made, {
      namespace: w.namespace, name: made.name, version: '0.0.1', publish: false, annotations: [], parameters: [],
      limits: {}, rules: {}, updated: made.updated
    })
  },
  'put should accept request with valid feed parameter': async (w) =>
    assert.deepEqual((await trigger(w, fed('xyz'))).annotations, [{ key: 'feed', value: 'xyz' }]),
  'put should reject request with undefined feed parameter': (w) =>
    w.put(`triggers/${w.name()}`, fed(''), [400, 'Feed name is not valid']),
  'put should reject request with bad feed parameters': (w) =>
    w.put(`triggers/${w.name()}`, fed('a,b'), [400, 'Feed name is not valid']),
  'reject activation with entity which is too big': (w) => w.post(`triggers/${w.name()}`,
    { a: 'a'.repeat((1 << 20) + 1) }, [413, 'Request larger than allowed: 1048585 > 1048576 bytes.']),
  'reject create with parameters which are too big': (w) =>
    w.put(`triggers/${w.name()}`, { parameters: tooMuch }, [413, 'Parameters larger than allowed: ']),
  'reject create with annotations which are too big': (w) =>
    w.put(`triggers/${w.name()}`, { annotations: tooMuch }, [413, 'Annotations larger than allowed: ']),
  'reject update with parameters which are too big': async (w) =>
    w.put(`triggers/${(await trigger(w)).name}?overwrite=true`, { parameters: tooMuch },
      [413, 'Parameters larger than allowed: ']),
  'put should accept update request with missing optional properties': async (w) => {
    const made = await trigger(w)
    const updated = await w.put(`triggers/${made.name}?overwrite=true`, {})
    assert.deepEqual(updated, { ...made, version: '0.0.2', updated: updated.updated })
  },
  'put should reject update request for trigger with existing feed': async (w) =>
    w.put(`triggers/${(await trigger(w, fed('xyz'))).name}?overwrite=true`, fed('xyz')),
  'put should reject update request for trigger with new feed': async (w) =>
    w.put(`triggers/${(await trigger(w)).name}?overwrite=true`, fed('xyz')),
  'fire a trigger': async (w) => {
    const made = await withRule(w, {})
    const { headers, body } = await w.whole('POST', `triggers/${made.name}`, { xxx: 'yyy' }, 202)
    assert.equal(headers['x-openwhisk-activation-id'], body.activationId)
    const record = await w.get(`activations/${body.activationId}`)
    assert.equal(record.end, undefined)
    assert.deepEqual(record.response.result, { xxx: 'yyy' })
  },
  'fire a trigger without args': async (w) => {
    const made = await withRule(w)
    const { headers, body } = await w.whole('POST', `triggers/${made.name}`, undefined, 202)
    assert.equal(headers['x-openwhisk-activation-id'], body.activationId)
    assert.deepEqual((await w.get(`activations/${body.activationId}`)).response.result, {})
  },
  'not fire a trigger without a rule': async (w) => w.post(`triggers/${(await trigger(w)).name}`, undefined, 204),
  'reject invalid resource': async (w) => w.get(`triggers/${(await trigger(w)).name}/bar`, 404),
  'be able to handle a trigger as of the old schema': OLD,
  ...brokenRecords
}
