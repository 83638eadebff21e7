// apache/openwhisk, core/controller/test/PackageActionsApiTests.scala
import assert from 'node:assert/strict'
import { BROKEN, EXECUTE_ONLY, IGNORED, OTHER, action, assertListed, brokenRecords, node, valuesOf } from './shared.mjs'

const FIELDS = ['namespace', 'name', 'version', 'publish', 'exec', 'annotations', 'limits', 'updated']
const VALIDATORS = { binding: { namespace: 'adobeio', name: 'shared-validators-v1' } }
const pair = (key, value) => ({ key, value })
const bound = (w, { name }) => ({ binding: { namespace: w.namespace, name } })
const member = (w, provider, body = action) => w.put(`actions/${provider.name}/${w.name()}`, body)
// A binding whose package has been deleted.
async function dangling (w) {
  const provider = await w.package()
  const binding = await w.package(bound(w, provider))
  await w.del(`packages/${provider.name}`)
  return binding
}

export const cases = {
  'list all actions in package': async (w) => {
    const provider = await w.package()
    const made = [await member(w, provider), await member(w, provider)]
    const list = await w.get(`actions/${provider.name}/`)
    assert.equal(list.length, 2)
    assertListed(list, made, FIELDS)
  },
  'list all actions in package binding': async (w) => {
    const provider = await w.package()
    const reference = await w.package(bound(w, provider))
    const made = [await member(w, provider), await member(w, provider)]
    const list = await w.get(`actions/${reference.name}/`)
    assert.equal(list.length, 2)
    assertListed(list, made, FIELDS)
  },
  'include action in package when listing all actions': async (w) => {
    const made = [await w.put(`actions/${w.name()}`, action), await member(w, await w.package())]
    assertListed(await w.get('actions'), made, FIELDS)
  },
  'reject ambiguous list actions in package without trailing slash': async (w) =>
    w.get(`actions/${(await w.package()).name}`, [409, 'Resource by this name exists but is not in this collection.']),
  'reject invalid verb on get package actions': async (w) => w.del(`actions/${(await w.package()).name}/`, 404),
  'put action in package': async (w) => {
    const provider = await w.package()
    assert.equal((await member(w, provider)).namespace, `${w.namespace}/${provider.name}`)
  },
  'reject put action in package that does not exist': (w) => w.put(`actions/${w.name()}/${w.name()}`, action, 404),
  'reject put action in package binding where package doesn\'t exist': async (w) =>
    w.put(`actions/${(await dangling(w)).name}/${w.name()}`, action,
      [400, 'Operation not permitted on package binding.']),
  'reject put action in package binding': async (w) => {
    const binding = await w.package(bound(w, await w.package()))
    await w.put(`actions/${binding.name}/${w.name()}`, action, [400, 'Operation not permitted on package binding.'])
  },
  'reject put action in package owned by different subject': (w) =>
    w.put(`/adobeio/actions/shared-validators-v1/${w.name()}`, action, 403),
  'delete action in package': async (w) => {
    const provider = await w.package()
    const made = await member(w, provider)
    await w.del(`/${w.foreign}/actions/${provider.name}/${made.name}`, 403)
    assert.deepEqual(await w.del(`actions/${provider.name}/${made.name}`), made)
  },
  'reject delete action in package that does not exist': (w) => w.del(`actions/${w.name()}/${w.name()}`, 404),
  'reject delete non-existent action in package': async (w) =>
    w.del(`actions/${(await w.package()).name}/${w.name()}`, 404),
  'reject delete action in package binding where package doesn\'t exist': async (w) =>
    w.del(`actions/${(await dangling(w)).name}/${w.name()}`, [400, 'Operation not permitted on package binding.']),
  'reject delete action in package binding': async (w) => {
    const provider = await w.package()
    const made = await member(w, provider)
    const binding = await w.package(bound(w, provider))
    await w.del(`actions/${binding.name}/${made.name}`, [400, 'Operation not permitted on package binding.'])
  },
  'reject delete action in package owned by different subject': (w) =>
    w.del('/adobeio/actions/shared-validators-v1/headless-v2', 403),
  'get action in package': async (w) => {
    const provider = await w.package({ parameters: [pair('p', 'P')] })
    const made = await member(w, provider, { ...action, parameters: [pair('a', 'A')] })
    const got = await w.get(`actions/${provider.name}/${made.name}`)
    assert.deepEqual(valuesOf(got.parameters), { p: 'P', a: 'A' })
    assert.deepEqual({ ...got, parameters: made.parameters }, made)
  },
  'get action in package binding with public package': async (w) => {
    const binding = await w.package(VALIDATORS)
    assert.equal((await w.get(`actions/${binding.name}/headless-v2`)).namespace, 'adobeio/shared-validators-v1')
  },
  'get action in package binding with public package with overriding parameters': async (w) => {
    const provider = await w.package({ parameters: [pair('p', 'P')] })
    const binding = await w.package({ ...bound(w, provider), parameters: [pair('b', 'B')] })
    const made = await member(w, provider, { ...action, parameters: [pair('a', 'A'), pair('b', 'b')] })
    const got = await w.get(`actions/${binding.name}/${made.name}`)
    assert.deepEqual(valuesOf(got.parameters), { p: 'P', a: 'A', b: 'b' })
    assert.equal(got.namespace, `${w.namespace}/${provider.name}`)
  },
  'get action in package binding with explicit entitlement grant': IGNORED,
  'reject get action in package that does not exist': (w) => w.get(`actions/${w.name()}/${w.name()}`, 404),
  'reject get non-existent action in package': async (w) =>
    w.get(`actions/${(await w.package()).name}/${w.name()}`, 404),
  'reject get action in package binding that does not exist': (w) => w.get(`actions/${w.name()}/${w.name()}`, 404),
  'reject get action in package binding with package that does not exist': async (w) =>
    w.get(`actions/${(await dangling(w)).name}/${w.name()}`, 404),
  'reject get non-existing action in package binding': async (w) => {
    const binding = await w.package(bound(w, await w.package()))
    await w.get(`actions/${binding.name}/${w.name()}`, 404)
  },
  'reject get action in package binding with private package': OTHER,
  'allow owner to invoke an action in package': async (w) => {
    const provider = await w.package()
    await w.post(`actions/${provider.name}/${(await member(w, provider)).name}`, { xxx: 'yyy' }, 202)
  },
  'allow non-owner to invoke an action in public package': (w) =>
    w.post('/adobeio/actions/shared-validators-v1/headless-v2', { xxx: 'yyy' }, 202),
  'invoke action in package binding with public package': async (w) => {
    const binding = await w.package(VALIDATORS)
    await w.post(`actions/${binding.name}/headless-v2`, { x: 'x', z: 'Z' }, 202)
    const provider = await w.package({ parameters: [pair('p', 'P'), pair('b', 'p')] })
    const own = await w.package({ ...bound(w, provider), parameters: [pair('b', 'B')] })
    const { name } = await member(w, provider, { exec: node(), parameters: [pair('a', 'A')] })
    assert.deepEqual(await w.post(`actions/${own.name}/${name}?blocking=true&result=true`, { x: 'x' }),
      { p: 'P', b: 'B', a: 'A', x: 'x' })
  },
  'invoke action in package binding with explicit entitlement grant even if package is not public': IGNORED,
  'reject non-owner invoking an action in private package': (w) =>
    w.post(`/${w.foreign}/actions/private/action`, { xxx: 'yyy' }, 403),
  'reject invoking an action in package that does not exist': (w) =>
    w.post(`actions/${w.name()}/${w.name()}`, { xxx: 'yyy' }, 404),
  'reject invoking a non-existent action in package': async (w) =>
    w.post(`actions/${(await w.package()).name}/${w.name()}`, { xxx: 'yyy' }, 404),
  'reject invoke action in package binding with private package': OTHER,
  'report proper error when provider record is corrupted on delete': BROKEN,
  'report proper error when provider record is corrupted on get': BROKEN,
  'report proper error when provider record is corrupted on put': BROKEN,
  ...brokenRecords,
  'allow access to get of action in binding of shared package when config option is disabled': async (w) =>
    w.get(`actions/${(await w.package(VALIDATORS)).name}/app-registry`),
  'deny access to get of action in binding of shared package when config option is enabled': EXECUTE_ONLY
}
