// apache/openwhisk, core/controller/test/RulesApiTests.scala
import assert from 'node:assert/strict'
import { BROKEN, IGNORED, OLD, action, assertListed, brokenRecords, rejectedLists, tooMuch } from './shared.mjs'

const FIELDS = ['namespace', 'name', 'version', 'publish', 'trigger', 'action', 'annotations', 'updated']
const NOT_QUALIFIED =
  'The request content was malformed:\nrequirement failed: The fully qualified name of the entity must contain at least the namespace and the name of the entity.'

// Returns what a rule needs: the names of a trigger and of an action, and the rule's body.
async function parts (w) {
  const trigger = (await w.put(`triggers/${w.name()}`, {})).name
  const started = await w.action()
  return {
    trigger, action: started, body: { trigger: `/${w.namespace}/${trigger}`, action: `/${w.namespace}/${started}` }
  }
}
async function rule (w, status = 'active') {
  const made = await parts(w)
  const entity = await w.put(`rules/${w.name()}`, made.body)
  if (status !== 'active') await w.post(`rules/${entity.name}`, { status })
  return { ...made, name: entity.name, entity: { ...entity, status } }
}
const inTrigger = async (w, { trigger, name }) => (await w.get(`triggers/${trigger}`)).rules[`${w.namespace}/${name}`]
const reference = (w, name) => ({ path: w.namespace, name })

// A rule that is not active stays inactive when it is changed.
async function changes (w, change, status = 'inactive') {
  const made = await rule(w, status)
  const other = await parts(w)
  const body = change(other.body)
  const updated = await w.put(`rules/${made.name}?overwrite=true`, body)
  const trigger = body.trigger ? other.trigger : made.trigger
  const started = body.action ? other.action : made.action
  assert.deepEqual(updated, {
    ...made.entity, trigger: reference(w, trigger), action: reference(w, started), status, version: '0.0.2',
    updated: updated.updated
  })
  assert.deepEqual(await inTrigger(w, { trigger, name: made.name }), { action: reference(w, started), status })
  if (trigger !== made.trigger) assert.equal(await inTrigger(w, made), undefined)
}

export const cases = {
  'list rules by default/explicit namespace': async (w) => {
    const made = [(await rule(w)).entity, (await rule(w)).entity]
    for (const path of ['rules', `/${w.namespace}/rules`]) assertListed(await w.get(path), made, FIELDS)
    await w.get(`/${w.foreign}/rules`, 403)
  },
  ...rejectedLists('rules'),
  'list rules by default namespace with full docs': IGNORED,
  'get rule by name in default/explicit namespace': async (w) => {
    const { name, entity } = await rule(w, 'inactive')
    for (const path of ['rules', `/${w.namespace}/rules`])
      assert.deepEqual(await w.get(`${path}/${name}`), { ...entity, updated: (await w.get(`rules/${name}`)).updated })
    await w.get(`/${w.foreign}/rules/${name}`, 403)
  },
  'reject get of non existent rule': (w) => w.get('rules/xxx', 404),
  'get rule with active state in trigger': async (w) => {
    const { name, entity } = await rule(w)
    assert.deepEqual(await w.get(`rules/${name}`), entity)
  },
  'get rule with updated field': async (w) => {
    const { name, entity } = await rule(w)
    assert.equal((await w.get(`rules/${name}`)).updated, entity.updated)
  },
  'get rule with no rule-entries in trigger': async (w) => {
    const made = await rule(w)
    await w.del(`triggers/${made.trigger}`)
    assert.equal((await w.get(`rules/${made.name}`)).status, 'inactive')
    await w.put(`triggers/${made.trigger}`, {})
    assert.equal((await w.get(`rules/${made.name}`)).status, 'inactive')
    assert.deepEqual((await w.get(`triggers/${made.trigger}`)).rules, {})
  },
  'report Conflict if the name was of a different type': async (w) =>
    w.get(`/${w.namespace}/rules/${(await w.put(`triggers/${w.name()}`, {})).name}`, 409),
  'not reject delete rule in state active': async (w) => {
    const made = await rule(w)
    await w.del(`rules/${made.name}`)
    assert.equal(await inTrigger(w, made), undefined)
  },
  'delete rule in state inactive': async (w) => {
    const made = await rule(w, 'inactive')
    await w.del(`rules/${made.name}`)
    assert.equal(await inTrigger(w, made), undefined)
  },
  'delete rule in state inactive even if the trigger has been deleted': async (w) => {
    const made = await rule(w, 'inactive')
    await w.del(`triggers/${made.trigger}`)
    await w.del(`rules/${made.name}`)
  },
  'delete rule in state inactive even if the trigger has no reference to the rule': async (w) => {
    const made = await rule(w, 'inactive')
    await w.del(`triggers/${made.trigger}`)
    await w.put(`triggers/${made.trigger}`, {})
    await w.del(`rules/${made.name}`)
  },
  'create rule': async (w) => {
    const made = await rule(w)
    assert.deepEqual(made.entity, {
      namespace: w.namespace, name: made.name, version: '0.0.1', publish: false, trigger: reference(w, made.trigger),
      action: reference(w, made.action), annotations: [], status: 'active', updated: made.entity.updated
    })
    assert.deepEqual(await inTrigger(w, made), { action: reference(w, made.action), status: 'active' })
  },
  'create rule without fully qualifying name': async (w) => {
    const made = await parts(w)
    const entity = await w.put(`rules/${w.name()}`, { trigger: `/_/${made.trigger}`, action: `/_/${made.action}` })
    assert.deepEqual([entity.trigger, entity.action, entity.status],
      [reference(w, made.trigger), reference(w, made.action), 'active'])
  },
  'reject create rule without namespace in referenced entities': async (w) => {
    const made = await parts(w)
    await w.put(`rules/${w.name()}`, { ...made.body, trigger: made.trigger }, [400, NOT_QUALIFIED])
    await w.put(`rules/${w.name()}`, { ...made.body, action: made.action }, [400, NOT_QUALIFIED])
  },
  'create rule with an action in a package': async (w) => {
    const made = await parts(w)
    const provider = await w.package()
    const inside = await w.put(`actions/${provider.name}/${w.name()}`, action)
    const entity =
      await w.put(`rules/${w.name()}`, { ...made.body, action: `/${w.namespace}/${provider.name}/${inside.name}` })
    assert.deepEqual(entity.action, { path: `${w.namespace}/${provider.name}`, name: inside.name })
  },
  'create rule with an action in a binding': async (w) => {
    const made = await parts(w)
    const provider = await w.package()
    const binding = await w.package({ binding: { namespace: w.namespace, name: provider.name } })
    const inside = await w.put(`actions/${provider.name}/${w.name()}`, action)
    const entity =
      await w.put(`rules/${w.name()}`, { ...made.body, action: `/${w.namespace}/${binding.name}/${inside.name}` })
    assert.deepEqual([entity.action, entity.status],
      [{ path: `${w.namespace}/${binding.name}`, name: inside.name }, 'active'])
  },
  'reject create rule with annotations which are too big': async (w) => w.put(`rules/${w.name()}`,
    { ...(await parts(w)).body, annotations: tooMuch }, [413, 'Annotations larger than allowed: ']),
  'reject update rule with annotations which are too big': async (w) =>
    w.put(`rules/${(await rule(w)).name}?overwrite=true`, { annotations: tooMuch },
      [413, 'Annotations larger than allowed: ']),
  'reject rule if action does not exist': async (w) =>
    w.put('rules/xxx', { ...(await parts(w)).body, action: `/${w.namespace}/bogus action` },
      [400, `/${w.namespace}/bogus action does not exist`]),
  'reject rule if trigger does not exist': async (w) =>
    w.put('rules/xxx', { ...(await parts(w)).body, trigger: `/${w.namespace}/bogus trigger` },
      [400, `/${w.namespace}/bogus trigger does not exist`]),
  'reject rule if neither action or trigger do not exist': (w) => w.put('rules/xxx',
    { trigger: `/${w.namespace}/bogus trigger`, action: `/${w.namespace}/bogus action` }, [400, 'does not exist']),
  'update rule with new trigger and action at once': (w) => changes(w, (other) => other),
  'update rule with a new action while passing the same trigger': async (w) => {
    const made = await rule(w, 'inactive')
    const other = await w.action()
    const updated = await w.put(`rules/${made.name}?overwrite=true`,
      { trigger: made.body.trigger, action: `/${w.namespace}/${other}` })
    assert.deepEqual([updated.action, updated.status, updated.version], [reference(w, other), 'inactive', '0.0.2'])
    assert.deepEqual(await inTrigger(w, made), { action: reference(w, other), status: 'inactive' })
  },
  'update rule with just a new action': (w) => changes(w, ({ action }) => ({ action })),
  'update rule with just a new trigger': (w) => changes(w, ({ trigger }) => ({ trigger })),
  'update rule when no new content is provided': (w) => changes(w, () => ({})),
  'reject update rule if trigger does not exist': async (w) => {
    const made = await rule(w)
    await w.del(`triggers/${made.trigger}`)
    await w.put(`rules/${made.name}?overwrite=true`, { action: made.body.action },
      [400, `${made.body.trigger} does not exist`])
  },
  'reject update rule if action does not exist': async (w) => {
    const made = await rule(w)
    await w.del(`actions/${made.action}`)
    await w.put(`rules/${made.name}?overwrite=true`, { trigger: made.body.trigger },
      [400, `${made.body.action} does not exist`])
  },
  'reject update rule if neither trigger or action exist': async (w) => {
    const made = await rule(w)
    await w.del(`triggers/${made.trigger}`)
    await w.del(`actions/${made.action}`)
    await w.put(`rules/${made.name}?overwrite=true`, {}, [400, 'does not exist'])
  },
  'not reject update rule in state active': (w) => changes(w, (other) => other, 'active'),
  'do nothing to disable already disabled rule': async (w) =>
    w.post(`rules/${(await rule(w, 'inactive')).name}`, { status: 'inactive' }),
  'do nothing to enable already enabled rule': async (w) =>
    w.post(`rules/${(await rule(w)).name}`, { status: 'active' }),
  'reject post with status undefined': (w) => w.post('rules/xyz', undefined, 400),
  'reject post with invalid status': (w) => w.post('rules/xyz', { status: 'xxx' }, 400),
  'activate rule': async (w) => {
    const made = await rule(w, 'inactive')
    await w.post(`rules/${made.name}`, { status: 'active' })
    assert.equal((await inTrigger(w, made)).status, 'active')
  },
  'activate rule without rule in trigger': async (w) => {
    const made = await rule(w)
    await w.del(`triggers/${made.trigger}`)
    await w.put(`triggers/${made.trigger}`, {})
    await w.post(`rules/${made.name}`, { status: 'active' })
    assert.equal((await inTrigger(w, made)).status, 'active')
  },
  'reject rule activation, if the trigger is absent': async (w) => {
    const made = await rule(w)
    await w.del(`triggers/${made.trigger}`)
    await w.post(`rules/${made.name}`, { status: 'active' }, 404)
  },
  'deactivate rule': async (w) => {
    const made = await rule(w)
    await w.post(`rules/${made.name}`, { status: 'inactive' })
    assert.equal((await inTrigger(w, made)).status, 'inactive')
  },
  'reject invalid resource': async (w) => w.get(`rules/${(await rule(w)).name}/bar`, 404),
  'handle a rule with the old schema gracefully': OLD,
  'create rule even if the attached trigger has the old schema': OLD,
  'activate rule even if it is still in the old schema': OLD,
  ...brokenRecords,
  'report proper error when action record is corrupted on put': BROKEN
}
