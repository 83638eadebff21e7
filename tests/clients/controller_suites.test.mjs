// Replays OpenWhisk's own tests of its controller (apache/openwhisk,
// tests/src/test/scala/org/apache/openwhisk/core/controller/test) case by case against `adit dev`. controller/*.mjs
// name every case, with its replay or with the reason why it does not apply here.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { project } from '../cli/adit.mjs'
import { ask, dev } from '../platform/dev.mjs'
import { action } from './controller/shared.mjs'
import { cases as actions } from './controller/actions.mjs'
import { cases as activations } from './controller/activations.mjs'
import { cases as limits } from './controller/limits.mjs'
import { cases as packageActions } from './controller/package_actions.mjs'
import { cases as packages } from './controller/packages.mjs'
import { cases as rules } from './controller/rules.mjs'
import { cases as sequences } from './controller/sequences.mjs'
import { cases as triggers } from './controller/triggers.mjs'

const KEY = 'user:password'
// The suites with their number of cases, including those that OpenWhisk itself ignores, so that none is forgotten.
const suites = [
  ['ActionsApiTests', actions, 60],
  ['PackagesApiTests', packages, 51],
  ['PackageActionsApiTests', packageActions, 42],
  ['RulesApiTests', rules, 51],
  ['TriggersApiTests', triggers, 29],
  ['ActivationsApiTests', activations, 27],
  ['SequenceApiTests', sequences, 16],
  ['LimitsApiTests', limits, 4]
]

// A namespace of a running server, in which each case makes entities with its own names. `expected` is a status, or a
// status with a part of the error's message; the default is 200. A path without a leading slash is in the namespace of
// the key.
class Namespace {
  namespace = 'mine'
  foreign = 'somebody-else'
  #names = 0

  constructor (origin) { this.origin = origin }
  name () { return `case_${++this.#names}` }
  async send (method, path, body, expected = 200, headers = {}) {
    const [status, words] = [expected].flat()
    const url = `${this.origin}/api/v1/namespaces${path.startsWith('/') ? path : '/_/' + path}`
    const answer = await ask(url,
      { method, body, headers: { authorization: 'Basic ' + Buffer.from(KEY).toString('base64'), ...headers } })
    assert.equal(answer.status, status, `${method} ${path}: ${answer.text.slice(0, 500)}`)
    const found = answer.text ? answer.json() : undefined
    if (words) assert.ok(found.error.includes(words), found.error)
    return { headers: answer.headers, body: found }
  }

  whole (method, path, body, expected) {
    return this.send(method, path, body && JSON.stringify(body), expected,
      body && { 'content-type': 'application/json' })
  }
  async get (path, expected) { return (await this.whole('GET', path, undefined, expected)).body }
  async put (path, body, expected) { return (await this.whole('PUT', path, body, expected)).body }
  async post (path, body, expected) { return (await this.whole('POST', path, body, expected)).body }
  async del (path, expected) { return (await this.whole('DELETE', path, undefined, expected)).body }
  // Make a new action and return its name; a new package; a new sequence of actions.
  async action () { return (await this.put(`actions/${this.name()}`, action)).name }
  package (body = {}) { return this.put(`packages/${this.name()}`, body) }
  sequence (names) {
    return this.put(`actions/${this.name()}`,
      { exec: { kind: 'sequence', components: names.map((name) => `/${this.namespace}/${name}`) } })
  }
}

describe('OpenWhisk\'s controller suites', { concurrency: false, timeout: 1_200_000 }, () => {
  let server
  let world
  before(async () => {
    server = await dev(
      project({
        'ext.config.yaml': 'runtimeManifest:\n  packages: {}\n',
        '.env': `AIO_runtime_namespace=mine\nAIO_runtime_auth=${KEY}\n`
      }),
      ['--http']
    )
    world = new Namespace(server.origin)
  })
  after(async () => { await server?.stop() })

  for (const [suite, cases, count] of suites) {
    describe(suite, { concurrency: false }, () => {
      test('every case is in the table', () => {
        assert.equal(Object.keys(cases).length, count)
        for (const [name, replay] of Object.entries(cases))
          assert.ok(typeof replay === 'function' || /^[A-Z].*\.$/s.test(replay), name)
      })
      for (const [name, replay] of Object.entries(cases))
        if (typeof replay === 'function') test(name, () => replay(world))
    })
  }
})
