import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { ADIT, HERE } from './adit.mjs'

test('the demo prints the report and nothing else on stdout, twice', async () => {
  for (let times = 0; times < 2; ++times) {
    const { stdout, stderr } = await new Promise((resolve, reject) => {
      execFile(join(HERE, '../../tools/demo'), [ADIT], { timeout: 1_200_000 }, (error, stdout, stderr) =>
        error ? reject(new Error(stderr)) : resolve({ stdout, stderr }))
    })
    const result = JSON.parse(stdout)
    assert.equal(result.statusCode, 200)
    assert.ok(result.body.rows.length > 0)
    assert.match(stderr, /token received/i)
    assert.doesNotMatch(stderr, /eyJ|-----BEGIN/)
  }
})
