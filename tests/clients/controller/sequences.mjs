// apache/openwhisk, core/controller/test/SequenceApiTests.scala
import assert from 'node:assert/strict'
import { action } from './shared.mjs'

const LIMIT = 50
const MALFORMED = 'The request content was malformed:\n'
const NOT_QUALIFIED = MALFORMED +
  'requirement failed: The fully qualified name of the entity must contain at least the namespace and the name of the entity.'
const CYCLIC = [400, 'Sequence may not refer to itself.']
const EMPTY = [400, 'No component specified for the sequence.']
const path = (w, name) => `/${w.namespace}/${name}`
const of = (w, names) => ({ exec: { kind: 'sequence', components: names.map((name) => path(w, name)) } })
const unqualified = { exec: { kind: 'sequence', components: ['a', 'b'] } }

export const cases = {
  'partially invoke a sequence with missing component and produce component missing error': async (w) => {
    const [first, second] = [await w.action(), await w.action()]
    const { name } = await w.sequence([first, second])
    await w.del(`actions/${second}`)
    const { response, logs } = await w.post(`actions/${name}?blocking=true`, {}, 502)
    assert.deepEqual([response.status, response.success, response.result],
      ['application error', false, { error: 'Sequence component does not exist.' }])
    assert.equal(logs.length, 1)
    assert.equal((await w.get(`activations/${logs[0]}`)).name, first)
  },
  'reject creation of sequence with more actions than allowed limit': async (w) => w.put(`actions/${w.name()}`,
    of(w, Array(LIMIT + 1).fill(await w.action())), [400, 'Too many actions in the sequence.']),
  'reject creation of sequence with no component specified': (w) => w.put(`actions/${w.name()}`, of(w, []), EMPTY),
  'reject update of sequence with no component specified': async (w) =>
    w.put(`actions/${(await w.sequence([await w.action()])).name}?overwrite=true`, of(w, []), EMPTY),
  'reject creation of sequence with non-existent action': (w) =>
    w.put(`actions/${w.name()}`, of(w, [w.name()]), [400, 'Sequence component does not exist.']),
  'reject create sequence that points to itself': async (w) => {
    const name = w.name()
    await w.put(`actions/${name}`, of(w, [name]), CYCLIC)
  },
  'reject create sequence that points to itself with many components': async (w) => {
    const [name, component] = [w.name(), await w.action()]
    await w.put(`actions/${name}`, of(w, [component, name, component]), CYCLIC)
  },
  'reject update of sequence with cycle': async (w) => {
    const component = await w.action()
    const { name } = await w.sequence([component, component])
    await w.put(`actions/${name}?overwrite=true`, of(w, [component, name]), CYCLIC)
  },
  'allow creation of sequence provided the number of actions is <= than allowed limit': async (w) =>
    assert.equal((await w.sequence(Array(LIMIT).fill(await w.action()))).exec.components.length, LIMIT),
  'allow creation of sequence with actions with package bindings': async (w) => {
    const provider = await w.package({ publish: true })
    const binding = await w.package({ binding: { namespace: w.namespace, name: provider.name } })
    const { name } = await w.put(`actions/${provider.name}/${w.name()}`, action)
    const made =
      await w.put(`actions/${w.name()}`, { exec: { kind: 'sequence', components: [`/_/${binding.name}/${name}`] } })
    assert.deepEqual(made.exec.components, [path(w, `${binding.name}/${name}`)])
  },
  'reject update of sequence with cycle through bindings': async (w) => {
    const component = await w.action()
    const provider = await w.package({ publish: true })
    const name = w.name()
    await w.put(`actions/${provider.name}/${name}`, of(w, [component, component]))
    const binding = await w.package({ binding: { namespace: w.namespace, name: provider.name } })
    await w.put(`actions/${provider.name}/${name}?overwrite=true`, of(w, [component, `${binding.name}/${name}`]),
      CYCLIC)
  },
  'reject creation of a sequence with components that don\'t have at least namespace and action name': (w) =>
    w.put(`actions/${w.name()}`, unqualified, [400, NOT_QUALIFIED]),
  'reject create or update of a sequence with no components': async (w) => {
    for (const overwrite of [true, false])
      await w.put(`actions/${w.name()}?overwrite=${overwrite}`, { exec: { kind: 'sequence' } },
        [400, MALFORMED + '\'components\' must be defined for sequence kind'])
  },
  'reject update of a sequence with components that don\'t have at least namespace and action name': (w) =>
    w.put(`actions/${w.name()}?overwrite=true`, unqualified, [400, NOT_QUALIFIED]),
  'create a sequence of type s -> (x, x) where x is a sequence and correctly count the atomic actions': async (w) => {
    const component = await w.action()
    const x = (await w.sequence(Array(LIMIT / 2).fill(component))).name
    await w.sequence([x, x])
    await w.put(`actions/${w.name()}`, of(w, [x, x, component]), [400, 'Too many actions in the sequence.'])
  },
  'create a complex sequence, allow updates with no cycle and reject updates with cycle': async (w) => {
    const [a, b, z] = [await w.action(), await w.action(), await w.action()]
    const y = (await w.sequence([a])).name
    const x = (await w.sequence([b, z])).name
    const s = (await w.sequence([a, x, y])).name
    const update = (name, names, expected) => w.put(`actions/${name}?overwrite=true`, of(w, names), expected)
    await update(z, [s], CYCLIC)
    await update(s, [a, s, b], CYCLIC)
    await update(z, [y])
    await update(s, [a, x, y, a, b])
  }
}
