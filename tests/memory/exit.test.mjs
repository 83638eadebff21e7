// The memory of `adit token` when it exits, as a core file or a swapped page would show it, contains none of its
// secrets. The token itself is printed, and is in the buffer of the output.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { ADIT, base64, emulator, jwtEnv, keys, project, temporaryFolder, toDotenv } from '../cli/adit.mjs'

const random = () => Array.from({ length: 4 }, () => Math.random().toString(36).slice(2, 12)).join('')
const clientSecret = `p8e-${random()}`
const pem = keys.privateKey.split('\n').slice(1, -2).join('\n')

const env = jwtEnv({ JWT_CLIENT_SECRET: clientSecret })

let ims
before(async () => {
  const known = project({ '.env': toDotenv(env) })
  ims = await emulator(['--env-file', join(known, '.env')])
})
after(() => ims?.stop())

// Returns the canaries that are in the memory of `adit ARGS…` when it exits.
function left (args, canaries, exported = {}) {
  const root = project({ '.env': toDotenv(env) })
  const home = temporaryFolder()
  const list = join(home, 'canaries')
  const found = join(home, 'found')
  writeFileSync(list, Object.entries(canaries).map(([name, text]) => `${name} ${base64(text)}\n`).join(''))
  const { status, stdout, stderr } =
    spawnSync('sh', ['-c', 'exec "$@" 3>"$0"', found, process.env.ADIT_EXIT_PROBE, list, ADIT, ...args],
      { cwd: root, encoding: 'utf8', timeout: 60_000, env: { PATH: process.env.PATH, HOME: home, ...exported } })
  assert.equal(status, 0, stderr)
  assert.match(stdout, /^eyJ/)
  return readFileSync(found, 'utf8').split('\n').filter(Boolean)
}

describe('adit token', () => {
  test('leaves no part of its credential', () => {
    const canaries = { 'client-secret': clientSecret, 'private-key': base64(keys.privateKey), 'private-key-pem': pem }
    assert.deepEqual(left(['token', '--ims', ims.origin], canaries), [])
  })

  test('is searched thoroughly: an exported variable is found in its memory', () => {
    const value = random()
    assert.match(left(['token', '--ims', ims.origin], { exported: value }, { ADIT_TEST_CANARY: value }).join(),
      /^exported\+0 at /)
  })
})
