// shell.mjs reports which block fails, and always ends.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { runBlocks } from './shell.mjs'

const folder = mkdtempSync(join(tmpdir(), 'adit-shell-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const sh = (line, text, ownTerminal = false) => ({ language: 'sh', line, text: text + '\n', ownTerminal })
// A server as the documents start them in another terminal: it prints where it listens, and ends when it gets a signal.
const kServer = 'echo "listening on http://127.0.0.1:1"; exec sleep 600'
const run = (blocks, options = {}) =>
  runBlocks(blocks, { cwd: folder, env: { PATH: process.env.PATH, HOME: folder }, ...options })

test('blocks are run in one shell; the terminals run beside it and are stopped after the last block', async () => {
  const { code, output } =
    await run([sh(3, 'here=$PWD'), sh(7, kServer, true), sh(11, 'test "$here" = "$PWD"; echo done')])
  assert.deepEqual({ code, output }, { code: 0, output: 'done\n' })
})

test('a block that fails ends the run, with its line, its output, and that of the terminals', async () => {
  const { code, output, at } =
    await run([sh(3, kServer, true), sh(7, 'echo before; ls no-such-file; echo after'), sh(12, 'echo never')])
  assert.equal(code, 2)
  assert.equal(at, '7')
  assert.match(output, /before\n[^]*no-such-file[^]*listening on http/)
  assert.doesNotMatch(output, /after|never/)
})

test('a failing command makes a terminal fail even if it is not the last command', async () => {
  const { code, output, at } = await run([sh(3, 'echo beginning; false; ' + kServer, true), sh(7, 'echo never')])
  assert.deepEqual({ code, at }, { code: 1, at: '3' })
  assert.match(output, /beginning/)
})

for (const [what, blocks, at] of [
  ['a block', [sh(3, kServer, true), sh(7, 'echo before; sleep 600')], '7'],
  ['a terminal that never listens', [sh(5, 'exec sleep 600', true)], '5']
]) {
  test(`${what} that hangs is stopped at its time limit`, async () => {
    const result = await run(blocks, { time: (line) => line === at ? 50 : 240_000 })
    assert.notEqual(result.code, 0)
    assert.equal(result.at, at)
    assert.match(result.output, /nothing came of it in 0\.05 s/)
  })
}
