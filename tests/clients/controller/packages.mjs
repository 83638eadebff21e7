// apache/openwhisk, core/controller/test/PackagesApiTests.scala
import assert from 'node:assert/strict'
import {
  EXECUTE_ONLY, IGNORED, OTHER, action, assertListed, brokenRecords, rejectedLists, tooMuch, valuesOf
} from './shared.mjs'

const FIELDS = ['namespace', 'name', 'version', 'publish', 'binding', 'annotations', 'updated']
const PUBLIC = '/adobeio/packages/shared-validators-v1'
const pair = (key, value) => ({ key, value })
const bound = (w, name) => ({ binding: { namespace: w.namespace, name } })
const summaryOf = (made) => ({ ...made, binding: Object.keys(made.binding).length ? made.binding : false })

async function filled (w, name) {
  const plain = await w.put(`actions/${name}/${w.name()}`, action)
  const feed = await w.put(`actions/${name}/${w.name()}`, { ...action, annotations: [pair('feed', 'true')] })
  const shown = ({ name, version, annotations }) => ({ name, version, annotations })
  return { actions: [shown(plain)], feeds: [shown(feed)] }
}

export const cases = {
  'list all packages/references': async (w) => {
    const before = (await w.get('packages?count=true')).packages
    const provider = await w.package()
    const made =
      [provider, await w.package(), await w.package(bound(w, provider.name)), await w.package(bound(w, provider.name))]
    assert.deepEqual(await w.get('packages?count=true'), { packages: before + 4 })
    assertListed(await w.get('packages'), made.map(summaryOf), FIELDS)
    assert.deepEqual(await w.get(`/${w.foreign}/packages?count=true`), { packages: 0 })
    assert.deepEqual(await w.get(`/${w.foreign}/packages`), [])
  },
  'list all public packages in explicit namespace excluding bindings': async (w) => {
    const list = await w.get('/adobeio/packages')
    assert.deepEqual(list.map(({ name, publish, binding }) => ({ name, publish, binding })),
      [{ name: 'shared-validators-v1', publish: true, binding: false }])
    assert.deepEqual(await w.get('/adobeio/packages?count=true'), { packages: 1 })
  },
  ...rejectedLists('packages'),
  'list all public packages excluding bindings': IGNORED,
  'list all public packages including ones with same name but in different namespaces': IGNORED,
  'ignore ?public on list all packages': async (w) => {
    const made = await w.package({ publish: true })
    assertListed(await w.get('packages?public=true'), [summaryOf(made)], FIELDS)
  },
  'reject list all public packages with invalid parameters': IGNORED,
  'get package': async (w) => {
    const made = await w.package()
    assert.deepEqual(await w.get(`packages/${made.name}`), { ...made, actions: [], feeds: [] })
  },
  'get package with updated field': async (w) => {
    const made = await w.package()
    assert.equal((await w.get(`packages/${made.name}`)).updated, made.updated)
  },
  'get package reference for private package in same namespace': async (w) => {
    const provider = await w.package({ parameters: [pair('a', 'A'), pair('b', 'B')] })
    const reference = await w.package({ ...bound(w, provider.name), parameters: [pair('b', 'b'), pair('c', 'C')] })
    const got = await w.get(`packages/${reference.name}`)
    assert.deepEqual(valuesOf(got.parameters), { a: 'A', b: 'b', c: 'C' })
    assert.deepEqual(got.binding, { namespace: w.namespace, name: provider.name })
  },
  'not get package reference for a private package in other namespace': OTHER,
  'get package with its actions and feeds': async (w) => {
    const provider = await w.package()
    const members = await filled(w, provider.name)
    await w.get(`/${w.foreign}/packages/${provider.name}`, 403)
    assert.deepEqual(await w.get(`packages/${provider.name}`), { ...provider, ...members })
  },
  'get package reference with its actions and feeds': async (w) => {
    const provider = await w.package()
    const reference = await w.package(bound(w, provider.name))
    const members = await filled(w, provider.name)
    await w.get(`/${w.foreign}/packages/${reference.name}`, 403)
    assert.deepEqual(await w.get(`packages/${reference.name}`), { ...reference, ...members })
  },
  'not get package reference with its actions and feeds from private package': OTHER,
  'create package': async (w) => {
    const made = await w.package({ annotations: [pair('binding', '???'), pair('a', 'b')] })
    assert.deepEqual(made, {
      namespace: w.namespace, name: made.name, version: '0.0.1', publish: false, annotations: [pair('a', 'b')],
      parameters: [], binding: {}, updated: made.updated
    })
  },
  'reject create/update package when package name is reserved': async (w) => {
    for (const overwrite of [true, false])
      await w.put(`packages/default?overwrite=${overwrite}`, {}, [400, 'Package name \'default\' is reserved.'])
  },
  'not allow package update of pre-existing package with a reserved':
    'The case stores a package with a reserved name in the database. There is no way to make one here.',
  'allow package get/delete for pre-existing package with a reserved name':
    'The case stores a package with a reserved name in the database. There is no way to make one here.',
  'create package reference with explicit namespace': async (w) => {
    const provider = await w.package()
    const name = w.name()
    const body = { ...bound(w, provider.name), annotations: [pair('binding', '???'), pair('a', 'b')] }
    await w.put(`/${w.foreign}/packages/${name}`, body, 403)
    const made = await w.put(`/${w.namespace}/packages/${name}`, body)
    assert.deepEqual(valuesOf(made.annotations), { a: 'b', binding: { namespace: w.namespace, name: provider.name } })
    assert.deepEqual(made.binding, { namespace: w.namespace, name: provider.name })
  },
  'not create package reference from private package in another namespace': (w) =>
    w.put(`packages/${w.name()}`, { binding: { namespace: w.foreign, name: 'private' } },
      [403, `The supplied authentication is not authorized to access '${w.foreign}/private'.`]),
  'create package reference with implicit namespace': async (w) => {
    const provider = await w.package()
    const made = await w.package({ binding: { namespace: '_', name: provider.name } })
    assert.deepEqual(made.binding, { namespace: w.namespace, name: provider.name })
    assert.deepEqual(valuesOf(made.annotations), { binding: { namespace: w.namespace, name: provider.name } })
  },
  'reject create package reference when referencing non-existent package in same namespace': (w) =>
    w.put(`packages/${w.name()}`, bound(w, w.name()), [400, 'Binding references a package that does not exist.']),
  'reject create package reference when referencing non-existent package in another namespace': async (w) => {
    await w.put(`packages/${w.name()}`, { binding: { namespace: w.foreign, name: 'none' } }, 403)
    await w.put(`packages/${w.name()}`, { binding: { namespace: 'adobeio', name: 'none' } }, 403)
  },
  'reject create package reference when referencing a non-package': async (w) => {
    const provider = await w.package()
    const reference = await w.package(bound(w, provider.name))
    await w.put(`packages/${w.name()}`, bound(w, reference.name), [400, 'Cannot bind to another package binding.'])
  },
  'reject create package reference when annotations are too big': (w) =>
    w.put(`packages/${w.name()}`, { annotations: tooMuch }, [413, 'Annotations larger than allowed: ']),
  'reject create package reference when parameters are too big': (w) =>
    w.put(`packages/${w.name()}`, { parameters: tooMuch }, [413, 'Parameters larger than allowed: ']),
  'reject update package reference when parameters are too big': async (w) => {
    const made = await w.package()
    await w.put(`packages/${made.name}?overwrite=true`, { parameters: tooMuch },
      [413, 'Parameters larger than allowed: '])
  },
  'update package': async (w) => {
    const made = await w.package()
    await w.put(`/${w.foreign}/packages/${made.name}?overwrite=true`, { publish: true }, 403)
    const updated = await w.put(`packages/${made.name}?overwrite=true`, { publish: true })
    assert.deepEqual(updated, { ...made, version: '0.0.2', publish: true, updated: updated.updated })
  },
  'update package reference': async (w) => {
    const provider = await w.package()
    const made = await w.package(bound(w, provider.name))
    const body = { publish: true, annotations: [pair('binding', '???'), pair('a', 'b')] }
    await w.put(`/${w.foreign}/packages/${made.name}?overwrite=true`, body, 403)
    const updated = await w.put(`packages/${made.name}?overwrite=true`, body)
    assert.deepEqual([updated.version, updated.publish, updated.binding], ['0.0.2', true, made.binding])
    assert.deepEqual(valuesOf(updated.annotations), { ...valuesOf(made.annotations), a: 'b' })
  },
  'reject update package with binding': async (w) => {
    const made = await w.package()
    await w.put(`packages/${made.name}?overwrite=true`, bound(w, made.name),
      [409, 'Resource is a package and cannot be converted into a binding.'])
  },
  'reject update package reference when new binding refers to non-existent package in same namespace': async (w) => {
    const made = await w.package(bound(w, (await w.package()).name))
    await w.put(`packages/${made.name}?overwrite=true`, bound(w, w.name()),
      [400, 'Binding references a package that does not exist.'])
  },
  'reject update package reference when new binding refers to non-existent package in another namespace': async (w) => {
    const made = await w.package(bound(w, (await w.package()).name))
    await w.put(`packages/${made.name}?overwrite=true`, { binding: { namespace: w.foreign, name: 'none' } }, 403)
  },
  'reject update package reference when new binding refers to itself': async (w) => {
    const made = await w.package(bound(w, (await w.package()).name))
    await w.put(`packages/${made.name}?overwrite=true`, bound(w, made.name),
      [400, 'Cannot bind to another package binding.'])
    assert.deepEqual(await w.get(`packages/${made.name}`), { ...made, actions: [], feeds: [] })
  },
  'reject update package reference when new binding refers to private package in another namespace': async (w) => {
    const made = await w.package(bound(w, (await w.package()).name))
    await w.put(`packages/${made.name}?overwrite=true`, { binding: { namespace: w.foreign, name: 'private' } }, 403)
  },
  'delete package': async (w) => {
    const made = await w.package()
    await w.get(`/${w.foreign}/packages/${made.name}`, 403)
    assert.deepEqual(await w.del(`packages/${made.name}`), made)
  },
  'delete package reference regardless of package existence': async (w) => {
    const provider = await w.package()
    const made = await w.package(bound(w, provider.name))
    await w.del(`packages/${provider.name}`)
    assert.deepEqual(await w.del(`packages/${made.name}`), made)
  },
  'delete package and its actions if force flag is set to true': async (w) => {
    const made = await w.package()
    const member = await w.put(`actions/${made.name}/${w.name()}`, action)
    assert.equal((await w.get(`packages/${made.name}`)).actions.length, 1)
    assert.deepEqual(await w.del(`packages/${made.name}?force=true`), made)
    await w.get(`actions/${made.name}/${member.name}`, 404)
  },
  'reject delete non-empty package if force flag is not set': async (w) => {
    const made = await w.package()
    await w.put(`actions/${made.name}/${w.name()}`, action)
    const { body } = await w.whole('DELETE', `packages/${made.name}`, undefined,
      [409, 'Package not empty (contains 1 entity). Set force param or delete package contents.'])
    assert.ok(body.code)
  },
  'reject invalid resource': async (w) => w.get(`packages/${(await w.package()).name}/bar`, 404),
  'return empty list for invalid namespace': async (w) => assert.deepEqual(await w.get('/whisk.systsdf/packages'), []),
  'reject bind to non-package': async (w) => w.put(`packages/${w.name()}`, bound(w, await w.action()),
    [409, 'Cannot bind to a resource that is not a package.']),
  ...brokenRecords,
  'allow access to get of shared package binding when config option is disabled': async (w) => {
    const made =
      await w.package({ binding: { namespace: 'adobeio', name: 'shared-validators-v1' }, parameters: [pair('b', 'B')] })
    assert.ok((await w.get(`packages/${made.name}`)).actions.length > 0)
    await w.get(PUBLIC)
  },
  'allow access to get of shared package when config option is disabled': (w) => w.get(PUBLIC),
  'deny access to get of shared package binding when config option is enabled': EXECUTE_ONLY,
  'deny access to get of shared package when config option is enabled': EXECUTE_ONLY
}
