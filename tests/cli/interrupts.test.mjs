// SIGINT to a command that a script runs in the background. The shell makes it ignore SIGINT (POSIX 2.11), but who
// sends the signal nevertheless wants the command to stop. In contrast, SIGHUP under nohup must be ignored.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { constants } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { ADIT, emulator, ignoresSignal, project, temporaryFolder, toDotenv } from './adit.mjs'

const settings = {
  IMS_OAUTH_S2S_CLIENT_ID: 'oauth-client',
  IMS_OAUTH_S2S_CLIENT_SECRET: 'secret-' + Math.random().toString(36).slice(2),
  IMS_OAUTH_S2S_ORG_ID: 'DEF@AdobeOrg',
  IMS_OAUTH_S2S_SCOPES: '["openid"]'
}
const manifest =
  'runtimeManifest:\n  packages:\n    p:\n      actions:\n        a:\n          function: a.js\n          runtime: nodejs:20\n          web: \'yes\'\n'

// Starts the command as `cmd &` in sh does, with this signal ignored. Returns { child, stdout, stderr, ended,
// firstOutput() }.
function inBackground (args, { cwd, signal = 'INT' }) {
  const home = temporaryFolder()
  const child = spawn('/bin/sh', ['-c', `trap "" ${signal}; exec "$0" "$@"`, ADIT, ...args],
    { cwd, env: { PATH: process.env.PATH, HOME: home }, stdio: ['ignore', 'pipe', 'pipe'] })
  const timer = setTimeout(() => child.kill('SIGKILL'), 60_000)
  const running = { child, stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (data) => { running.stdout += data })
  child.stderr.setEncoding('utf8').on('data', (data) => { running.stderr += data })
  running.ended =
    once(child, 'close').then(([code, by]) => { clearTimeout(timer); return { code, by, stderr: running.stderr } })
  const first = once(child.stdout, 'data')
  first.catch(() => {}) // some commands print nothing to stdout
  running.firstOutput =
    () => Promise.race([first, running.ended.then((end) => { throw new Error('it ended: ' + JSON.stringify(end)) })])
  return running
}

describe('in the background of a script, which makes it ignore SIGINT', () => {
  let root, ims, silent
  before(async () => {
    root = project(
      { '.env': toDotenv(settings), 'ext.config.yaml': manifest, 'a.js': 'exports.main = () => ({ body: 1 })\n' }
    )
    ims = await emulator(['--quiet', '--env-file', join(root, '.env')])
    silent = createServer()
    await new Promise((resolve) => silent.listen(0, '127.0.0.1', resolve))
  })
  after(() => { silent.closeAllConnections(); silent.close() })
  const url = () => `http://127.0.0.1:${silent.address().port}/`

  test('adit emulator ends with 0', async () => {
    const { child, firstOutput, ended } = inBackground(['emulator', '--port', '0', '--quiet'], { cwd: root })
    await firstOutput()
    child.kill('SIGINT')
    assert.deepEqual(await ended, { code: 0, by: null, stderr: '' })
  })

  test('adit dev ends with 0', async () => {
    const { child, firstOutput, ended } =
      inBackground(['dev', '--port', '0', '--json', '--ims', 'local'], { cwd: root })
    await firstOutput()
    child.kill('SIGINT')
    const { code, stderr } = await ended
    assert.equal(code, 0, stderr)
  })

  test('adit call stops in the middle of a request, and in its pause before the next', async () => {
    for (const answer of [() => {}, (response) => response.writeHead(429, { 'retry-after': '50' }).end()]) {
      silent.removeAllListeners('request')
      const arrived = new Promise((resolve) => silent.on('request', (_, response) => { answer(response); resolve() }))
      const { child, ended } =
        inBackground(['call', '--ims', ims.origin, '--api-host', url().slice(0, -1), url()], { cwd: root })
      await arrived
      child.kill('SIGINT')
      const { code, stderr } = await ended
      assert.equal(code, 1, stderr)
      assert.match(stderr, /stopped|interrupted/)
    }
  })

  test('the program of adit run ignores it, too', async () => {
    const running = inBackground(['run', '--', 'grep', 'SigIgn', '/proc/self/status'], { cwd: root })
    assert.equal((await running.ended).code, 0, running.stderr)
    assert.ok(ignoresSignal(running.stdout, constants.signals.SIGINT), running.stdout)
  })

  test('adit call under nohup continues when the terminal hangs up', async () => {
    silent.removeAllListeners('request')
    let respond
    const arrived = new Promise((resolve) => silent.on('request',
      (_, response) => { respond = () => response.end('fine'); resolve() }))
    const running = inBackground(['call', url()], { cwd: root, signal: 'HUP' })
    await arrived
    running.child.kill('SIGHUP')
    respond()
    assert.equal((await running.ended).code, 0)
    assert.equal(running.stdout, 'fine')
  })
})
