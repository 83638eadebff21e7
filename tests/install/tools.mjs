// Shared by the tests of installations.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after } from 'node:test'
import { fileURLToPath } from 'node:url'

export const BUILD = process.env.ADIT_BUILD
if (!BUILD) throw new Error('ADIT_BUILD must name the build folder')
const here = dirname(fileURLToPath(import.meta.url))
export const SOURCE = join(here, '../..')
export const CONSUMER = join(here, 'consumer')

const folders = []
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })))
export function temporaryFolder () {
  folders.push(mkdtempSync(join(tmpdir(), 'adit-install-')))
  return folders.at(-1)
}

// Runs a program to its end without the developer's settings, and returns its stdout.
export function run (program, args, env = {}, options = {}) {
  const result = spawnSync(program, args, {
    encoding: 'utf8', timeout: 1_200_000, maxBuffer: 64 << 20,
    env: { PATH: process.env.PATH, HOME: tmpdir(), LANG: 'C.UTF-8', ...env }, ...options
  })
  assert.equal(result.status, 0, `${program} ${args.join(' ')}\n${result.error ?? ''}${result.stdout}${result.stderr}`)
  return result.stdout
}

// Returns the relative path of a file with that name below the folder.
export function under (folder, name) {
  const found = readdirSync(folder, { recursive: true }).filter((path) => path === name || path.endsWith('/' + name))
  assert.equal(found.length, 1, `${name} is once below ${folder}: ${found}`)
  return found[0]
}

// Runs the program built from consumer.cc.
export function consumerResult (program, env = {}) {
  const result = JSON.parse(run(program, [], env))
  assert.equal(result.token, true)
  assert.equal(result.status, 200)
  assert.ok(Object.keys(result.me).length > 0)
  assert.equal(result.refused, 'invalid_client')
}
