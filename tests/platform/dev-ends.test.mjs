// How `adit dev` starts and stops: its certificate, its port, and that it leaves nothing behind.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { project, run, runs, temporaryFolder } from '../cli/adit.mjs'
import { ask, childrenOf, dev, eventually, nodeProject } from './dev.mjs'

const descendantsOf = (pid) => childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)])

// A project whose action starts a program that outlives it.
const spawningProject = () => project({
  'ext.config.yaml':
    'runtimeManifest:\n  packages:\n    p:\n      actions:\n        spawn:\n          function: spawn.js\n          runtime: nodejs:22\n          web: yes\n',
  'spawn.js': `const { spawn } = require('child_process')
exports.main = ({ detached }) => {
  const child = spawn('sleep', ['600'], { detached: detached === '1', stdio: 'ignore' })
  child.unref()
  return { body: { child: child.pid, own: process.pid } }
}
`
})

describe('adit dev', { concurrency: false, timeout: 1_200_000 }, () => {
  let root
  before(() => { root = nodeProject() })

  test('leaves no process and no socket behind at Ctrl-C, even in the middle of an activation', async () => {
    for (const signal of ['SIGINT', 'SIGTERM']) {
      const other = await dev(root, ['--http'])
      assert.match(other.origin, /^http:/)
      const running = ask(other.origin + '/api/v1/web/p/slow?ms=55000').catch(() => null)
      const children =
        await eventually(async () => { const all = childrenOf(other.child.pid); return all.length > 0 && all })
      const { code, stderr } = await other.stop(signal)
      assert.equal(code, 0, stderr)
      assert.notEqual((await running)?.status, 200) // the server did not wait for the activation
      for (const pid of children) assert.ok(!runs(pid), `process ${pid} lives on`)
      await assert.rejects(ask(other.origin + '/'), { code: 'ECONNREFUSED' }) // with one address or two
    }
  })

  test('kills the processes that its actions have started, detached or not', async () => {
    const where = spawningProject()
    const other = await dev(where, ['--http'])
    const url = other.origin + '/api/v1/web/p/spawn?detached='
    const first = (await ask(url + '1')).json()
    process.kill(first.own, 'SIGKILL') // what it started is an orphan now
    await eventually(() => !existsSync('/proc/' + first.own))
    const second = (await ask(url + '1')).json()
    const third = (await ask(url + '0')).json()
    assert.notEqual(second.own, first.own)
    assert.ok([first.child, second.child, third.child].every(runs))
    assert.equal((await other.stop()).code, 0)
    assert.deepEqual([first.child, second.child, third.child, third.own].filter(runs), [])
  })

  test('leaves no compiler behind at Ctrl-C in the middle of a build', async () => {
    const where = project({
      'ext.config.yaml':
        'runtimeManifest:\n  packages:\n    p:\n      actions:\n        a:\n          function: a\n          runtime: cpp\n          web: yes\n',
      'a/CMakeLists.txt':
        'cmake_minimum_required(VERSION 3.25)\nproject(a LANGUAGES CXX)\nadd_executable(a a.cc)\nadd_custom_target(wait COMMAND sleep 600)\nadd_dependencies(a wait)\n',
      'a/a.cc': 'int main() {}\n'
    })
    for (const signal of ['SIGINT', 'SIGTERM']) {
      const other = await dev(where, ['--http'])
      const caller = ask(other.origin + '/api/v1/web/p/a').catch(() => null)
      const isSleep = (pid) => {
        try { return readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('sleep\0') } catch { return false }
      }
      const all =
        await eventually(() => { const now = descendantsOf(other.child.pid); return now.some(isSleep) && now })
      const { code, stderr } = await other.stop(signal)
      assert.equal(code, 0, stderr)
      assert.deepEqual(all.filter(runs), [])
      await caller
    }
  })

  test('ends its actions if it is killed', async () => {
    const other = await dev(root, ['--http'])
    assert.equal((await ask(other.origin + '/api/v1/web/p/echo')).status, 200)
    const children = childrenOf(other.child.pid)
    assert.ok(children.length > 0)
    await other.stop('SIGKILL')
    await eventually(() => !children.some(runs))
  })

  test('kills the processes that a killed adit dev left behind, and none of a running one', async () => {
    const temporary = temporaryFolder()
    const options = { env: { TMPDIR: temporary } }
    const where = spawningProject()
    const [killed, beside] = await Promise.all([dev(where, ['--http'], options), dev(where, ['--http'], options)])
    const [left, kept] = await Promise.all([killed, beside].map(async ({ origin }) =>
      (await ask(origin + '/api/v1/web/p/spawn?detached=1')).json()))
    await killed.stop('SIGKILL')
    assert.ok(runs(left.child))
    const folders = readdirSync(temporary)
    const next = await run(['invoke', 'spawn', '-p', 'detached', '0'], { cwd: where, ...options })
    assert.equal(next.code, 0, next.stderr)
    assert.ok(!runs(left.child))
    assert.ok(runs(kept.child) && runs(kept.own))
    assert.equal(readdirSync(temporary).length, folders.length / 2)
    await beside.stop()
    assert.deepEqual(readdirSync(temporary), [])
  })

  test('makes its certificate once, and again when it soon expires or is not private', async () => {
    const home = temporaryFolder()
    for (const folder of ['.git', 'elsewhere']) mkdirSync(join(home, folder))
    symlinkSync('elsewhere', join(home, '.cache'))
    const start = async () => {
      const other = await dev(root, [], { env: { HOME: home } })
      const answer = await ask(other.origin + '/api/v1/web/p/echo', { ca: readFileSync(other.first.certificate) })
      assert.equal(answer.status, 200)
      await other.stop()
      return readFileSync(other.first.certificate, 'utf8')
    }
    const first = await start()
    assert.equal(await start(), first)
    const kept = join(home, '.cache/adit/localhost.pem')
    assert.equal(statSync(kept).mode & 0o777, 0o600)
    assert.deepEqual(readdirSync(join(home, '.cache/adit')).filter((name) => name.startsWith('localhost')).sort(),
      ['localhost.crt', 'localhost.pem'], 'no file on the way to its name stays')
    const lasting = (days) => {
      execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
        '-days', String(days), '-subj', '/CN=localhost',
        '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1', '-keyout', home + '/key', '-out', home + '/crt'],
        { stdio: 'ignore' })
      writeFileSync(kept, readFileSync(home + '/crt', 'utf8') + readFileSync(home + '/key', 'utf8'))
      rmSync(kept.replace(/pem$/, 'crt'))
      return readFileSync(home + '/crt', 'utf8')
    }
    const other = lasting(100)
    assert.equal(await start(), other)
    writeFileSync(kept.replace(/pem$/, 'crt'), first)
    assert.equal(await start(), other, 'the public part of another certificate is replaced')
    const old = lasting(3)
    const fresh = await start()
    assert.notEqual(fresh, old)
    chmodSync(kept, 0o644) // another user may have read it
    const last = await start()
    assert.notEqual(last, fresh)
    assert.equal(statSync(kept).mode & 0o777, 0o600)
  })

  test('says that its port is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => taken.once('listening', resolve))
    try {
      const { code, stderr } = await run(['dev', '--http', '--port', String(taken.address().port)], { cwd: root })
      assert.notEqual(code, 0)
      assert.match(stderr, new RegExp(`${taken.address().port}`))
      assert.match(stderr, /in use/i)
    } finally {
      taken.close()
    }
  })

  test('does not start with an invalid manifest', async () => {
    const other = project({ 'ext.config.yaml': 'runtimeManifest: [\n' })
    const { code, stderr } = await run(['dev'], { cwd: other })
    assert.equal(code, 2)
    assert.match(stderr, /ext\.config\.yaml:\d+/)
  })
})
