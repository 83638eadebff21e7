// docs/errors.md lists exactly the error codes of the library.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const SOURCE = join(dirname(fileURLToPath(import.meta.url)), '../..')

// The floors that a C++ program uses. Errors of the other floors are for users of the command.
const kFloors =
  ['base', 'system', 'config', 'crypto', 'http', 'jwt', 'credentials', 'issuers', 'token', 'api', 'action', 'emulator']

const source = kFloors
  .flatMap((floor) => readdirSync(join(SOURCE, 'src', floor), { recursive: true }).map((name) => join(SOURCE, 'src',
    floor, name)))
  .filter((name) => /\.(cc|h)$/.test(name) && !/_(test\.cc|fixture\.h)$/.test(name))
  .map((name) => readFileSync(name, 'utf8')).join('\n')

// Functions that make an Error and have its code as their first argument, and those that have it as their second.
const kMakers =
  /\b(?:Error::(?:failure|configuration)|current_error|UnusableKey|refuse)\(\s*(?:[\w.]+,\s*)?(?:[^;"(]*\? )?"([a-z0-9_]+)"(?:\s*:\s*"([a-z0-9_]+)")?/g
const thrown = new Set([...source.matchAll(kMakers)].flatMap(([, first, second]) => second ? [first, second] : [first]))
const documented =
  [...readFileSync(join(SOURCE, 'docs/errors.md'), 'utf8').matchAll(/^\| `([a-z0-9_]+)` \|/gm)].map(([, code]) => code)

test('each code of the source is in the table', () => {
  assert.ok(thrown.size > 60)
  assert.deepEqual([...thrown].filter((code) => !documented.includes(code)).sort(), [])
})

test('each code of the table is in the source', () => {
  assert.deepEqual(documented.filter((code) => !source.includes(`"${code}"`)), [])
})

test('a code that is always, or never, an error of the configuration is in the table as such', () => {
  const makers = (code) =>
    new Set([...source.matchAll(new RegExp(`Error::(\\w+)\\(\\s*"${code}"`, 'g'))].map(([, maker]) => maker))
  const table = readFileSync(join(SOURCE, 'docs/errors.md'), 'utf8')
  const wrong = [...table.matchAll(/^\| `([a-z0-9_]+)` \| ([a-z, ]*)\|/gm)].filter(([, code, kind]) => {
    const made = makers(code)
    return made.size === 1 && made.has('configuration') !== kind.includes('configuration')
  })
  assert.deepEqual(wrong.map(([, code]) => code), [])
})

test('the table is sorted and has each code once', () => {
  assert.deepEqual(documented, [...new Set(documented)].sort())
})
