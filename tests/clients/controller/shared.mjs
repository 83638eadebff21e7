// Shared by the tables of OpenWhisk's controller suites: the reasons why some cases do not apply here, and the cases
// that every collection has.
import assert from 'node:assert/strict'

export const BROKEN =
  'The case stores a broken document in the database. adit dev has no database: it leaves out a broken file of --state when it starts (entity_store_test.cc).'
export const IGNORED = 'The suite itself ignores this case.'
export const OLD = 'The case stores a document of an older OpenWhisk in the database. There are no such documents here.'
export const OTHER = 'The case needs a second namespace with private entities. adit dev has one namespace.'
export const EXECUTE_ONLY =
  'The case needs a second namespace and the controller\'s option `execute-only`, which adit dev does not have.'
export const CACHE = 'The case looks into the controller\'s cache and its log. adit dev has no such cache.'

export const node = (code = 'exports.main = (params) => params') => ({ kind: 'nodejs:default', code })
export const action = { exec: node() }
// More than 1 MiB of parameters or annotations.
export const tooMuch = [{ key: 'much', value: 'a'.repeat(1 << 20) }]
export const valuesOf = (pairs) => Object.fromEntries(pairs.map(({ key, value }) => [key, value]))

export const rejectedLists = (collection) => ({
  'reject list when limit is greater than maximum allowed value': (w) =>
    w.get(`${collection}?limit=201`, [400, `The value '201' is not in the range of 0 to 200 for ${collection}.`]),
  'reject list when limit is not an integer': (w) =>
    w.get(`${collection}?limit=string`, [400, `The value 'string' is not an integer for ${collection}.`]),
  'reject list when skip is negative': (w) =>
    w.get(`${collection}?skip=-1`, [400, `The value '-1' is not greater than or equal to 0 for ${collection}.`]),
  'reject list when skip is not an integer': (w) =>
    w.get(`${collection}?skip=string`, [400, `The value 'string' is not an integer for ${collection}.`])
})

export const brokenRecords = {
  'report proper error when record is corrupted on delete': BROKEN,
  'report proper error when record is corrupted on get': BROKEN,
  'report proper error when record is corrupted on put': BROKEN
}

// Asserts that a list contains these entities, with the same values in each field of `fields`.
export function assertListed (list, entities, fields) {
  for (const entity of entities) {
    const found = list.find(({ name, namespace }) => name === entity.name && namespace === entity.namespace)
    assert.ok(found, `${entity.name} is not in the list`)
    assert.deepEqual(Object.keys(found).sort(), [...fields].sort())
    for (const field of fields) if (field !== 'exec') assert.deepEqual(found[field], entity[field], field)
  }
}
