import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { before, describe, test } from 'node:test'
import { ADIT, asRoot, LOADER, probeProject, run, runs, temporaryFolder } from '../cli/adit.mjs'

const unzip = (zip) => {
  const folder = temporaryFolder()
  execFileSync('unzip', ['-q', zip, '-d', folder])
  return folder
}
const mode = (path) => statSync(path).mode & 0o777
// Waits until a process that is not a child of this one has ended, which may be shortly after its streams are closed.
const ended = async (pid, limit = 60_000) => {
  for (const begin = Date.now(); runs(pid); await new Promise((resolve) => setTimeout(resolve, 5))) {
    if (Date.now() - begin > limit) return false
  }
  return true
}

// A separate program that loads the package as OpenWhisk's Node.js runtime does, in an empty environment: it reads
// commands from stdin and writes answers to stdout.
const runner = String.raw`
const { main } = require(process.argv[2])
const children = () => require('fs').readFileSync('/proc/self/task/' + process.pid + '/children', 'utf8').trim().split(' ').filter(Boolean).map(Number)
const activate = (id, params) => {
  process.env.__OW_ACTIVATION_ID = id
  process.env.__OW_DEADLINE = String(Date.now() + 120000)
  return main(params)
}
const say = (value) => console.log('ANSWER ' + JSON.stringify(value))
;(async () => {
  say(await Promise.all(Array.from({ length: 20 }, (_, i) => activate(String(i).padStart(32, '0'), { MODE: 'echo', i, text: 'ü€' }))))
  const [first] = children()
  process.kill(first, 'SIGKILL')
  say(await activate('a'.repeat(32), { MODE: 'echo', after: 'kill' }))
  const [second] = children()
  say({ first, second })
  const hanging = activate('b'.repeat(32), { MODE: 'hang' })
  await activate('c'.repeat(32), { MODE: 'echo' })
  process.kill(second, 'SIGKILL')
  say(await hanging)
  say(await activate('d'.repeat(32), { MODE: 'throw' }))
  say(await activate('e'.repeat(32), { MODE: 'crash' }))
  say(await activate('f'.repeat(32), { MODE: 'echo', big: 'x'.repeat(1000000) }).then((result) => result.body.big.length))
  say({ last: children()[0] })
})()
`

describe('adit package', { concurrency: false }, () => {
  let root
  let out
  before(async () => {
    root = await probeProject()
    out = temporaryFolder()
  })
  const make = async (target, output, options = {}) => {
    const made = await run(['package', 'probe', '--target', target, '-o', output, '--json'],
      { cwd: root, timeout: 1_200_000, ...options })
    assert.equal(made.code, 0, made.stderr)
    return JSON.parse(made.stdout)
  }
  const inRoot = (folder, args) => [...asRoot(), 'env', '-i', '/usr/sbin/chroot', folder, ...args]
  const chroot = (folder, args, options = {}) => {
    const [program, ...words] = inRoot(folder, args)
    return spawnSync(program, words, { timeout: 60_000, encoding: 'utf8', ...options })
  }

  test('nodejs: concurrent activations, a killed program, errors, with an empty environment', async () => {
    const report = await make('nodejs', join(out, 'probe.zip'))
    assert.equal(report.bytes, statSync(join(out, 'probe.zip')).size)
    assert.ok(report.bytes < 22 * 1024 * 1024)
    const folder = unzip(join(out, 'probe.zip'))
    assert.equal(mode(join(folder, 'lib/' + LOADER)), 0o755)
    assert.deepEqual(readdirSync(join(folder, 'lib')).sort(), [LOADER, 'libc.so.6', 'libm.so.6'],
      'the program holds the rest')
    const script = join(temporaryFolder(), 'runner.cjs')
    writeFileSync(script, runner)
    const { status, stdout, stderr } =
      spawnSync(process.execPath, [script, folder], { env: {}, timeout: 60_000, encoding: 'utf8' })
    assert.equal(status, 0, stderr)
    const [overlapping, after, pids, killed, thrown, crashed, big, { last }] =
      stdout.split('\n').filter((line) => line.startsWith('ANSWER ')).map((line) => JSON.parse(line.slice(7)))
    overlapping.forEach((result, i) => assert.deepEqual([result.statusCode, result.body.i, result.body.text],
      [200, i, 'ü€']))
    assert.equal(after.body.after, 'kill')
    assert.notEqual(pids.first, pids.second)
    assert.match(killed.error, /SIGKILL/)
    assert.match(thrown.error, /told to throw/)
    assert.match(crashed.error, /SIGABRT/)
    assert.equal(big, 1_000_000)
    assert.match(stderr, /told to throw/, 'the log is passed through')
    assert.ok(await ended(last), 'the program ends with its container')
  })

  test('nodejs: the program ends with its container, even if activations are running', async () => {
    const folder = unzip(join(out, 'probe.zip'))
    const script = join(temporaryFolder(), 'container.cjs')
    writeFileSync(script, `
      const { main } = require(process.argv[2])
      main({ MODE: 'echo' }).then(() => {
        main({ MODE: 'hang' })
        console.log(require('fs').readFileSync('/proc/self/task/' + process.pid + '/children', 'utf8').trim())
      })`)
    const container = spawn(process.execPath, [script, folder], { env: {}, stdio: ['ignore', 'pipe', 'inherit'] })
    const timer = setTimeout(() => container.kill('SIGKILL'), 60_000)
    const pid = Number(await new Promise((resolve) => container.stdout.once('data', resolve)))
    assert.ok(pid > 0 && runs(pid))
    container.kill('SIGKILL')
    clearTimeout(timer)
    assert.ok(await ended(pid))
  })

  test('nodejs: the program runs with its own loader, with nothing else on the system', () => {
    const folder = unzip(join(out, 'probe.zip'))
    const { status, stdout, stderr } =
      chroot(folder, ['/lib/' + LOADER, '--library-path', '/lib', '/bin/action', '{"MODE":"echo","a":1}'])
    assert.equal(status, 0, stderr)
    assert.equal(JSON.parse(stdout.trim().split('\n').at(-1)).body.a, 1)
  })

  test('nodejs: the manifest names the folder that aio app deploy needs', () => {
    const yaml = readFileSync(join(out, 'probe.yaml'), 'utf8')
    assert.match(yaml, /"function": "probe"/) // relative to the manifest
    assert.match(yaml, /"JWT_CLIENT_ID": "\$JWT_CLIENT_ID"/)
    assert.match(yaml, /"runtime": "nodejs:22"/)
    assert.match(yaml, /"logSize": 10/, 'what Adobe\'s tools read')
    assert.equal(JSON.parse(readFileSync(join(out, 'probe/package.json'), 'utf8')).main, 'index.js')
  })

  test('a package has the same bytes when it is made again, in another time zone', async () => {
    await make('nodejs', join(out, 'again.zip'), { env: { TZ: 'Asia/Tokyo' } })
    assert.ok(readFileSync(join(out, 'again.zip')).equals(readFileSync(join(out, 'probe.zip'))))
  })

  test('native: runs by ActionLoop and for one activation, in an empty root without environment', async () => {
    await make('native', join(out, 'native.zip'))
    const folder = unzip(join(out, 'native.zip'))
    assert.equal(mode(join(folder, 'exec')), 0o755)
    const once = chroot(folder, ['/exec', '{"MODE":"echo","b":2}'])
    assert.equal(once.status, 0, once.stderr)
    assert.equal(JSON.parse(once.stdout.trim().split('\n').at(-1)).body.b, 2)
    const big = chroot(folder, ['/exec'],
      { input: JSON.stringify({ MODE: 'echo', big: 'x'.repeat(1_000_000) }), maxBuffer: 4_000_000 })
    assert.equal(big.status, 0, big.stderr)
    assert.equal(JSON.parse(big.stdout.trim().split('\n').at(-1)).body.big.length, 1_000_000)

    // sudo passes on only the three standard descriptors, so the third one is opened after it.
    const [program, ...words] =
      [...asRoot(), 'sh', '-c', 'exec "$@" 3>&1 >/dev/null', 'sh', 'env', '-i', '/usr/sbin/chroot', folder, '/exec']
    const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'inherit'] })
    const timer = setTimeout(() => child.kill('SIGKILL'), 60_000)
    let answers = ''
    child.stdout.setEncoding('utf8').on('data', (data) => { answers += data })
    child.stdin.end(
      [1, 2].map((n) => JSON.stringify({ value: { MODE: 'echo', n }, activation_id: 'x' }) + '\n').join('')
    )
    await new Promise((resolve) => child.on('close', resolve))
    clearTimeout(timer)
    assert.deepEqual(answers.trim().split('\n').map((line) => JSON.parse(line).body.n), [1, 2])
  })

  test('image: its Dockerfile needs nothing from outside, and its root runs the action', async () => {
    const folder = join(out, 'image')
    await make('image', folder)
    const dockerfile = readFileSync(join(folder, 'Dockerfile'), 'utf8')
    assert.match(dockerfile, /^FROM scratch$/m)
    assert.match(dockerfile, /^COPY root\/ \/$/m)
    assert.doesNotMatch(dockerfile, /^(RUN|ADD)/m)
    const { status, stdout, stderr } = chroot(join(folder, 'root'), ['/action/exec', '{"MODE":"echo","c":3}'])
    assert.equal(status, 0, stderr)
    assert.equal(JSON.parse(stdout.trim().split('\n').at(-1)).body.c, 3)
    // Runs what the Dockerfile starts, with the same arguments except the port.
    const [entry, ...args] = JSON.parse(dockerfile.match(/^ENTRYPOINT (.*)$/m)[1])
    assert.deepEqual(args.slice(0, 2), ['--port', '8080'])
    assert.match(dockerfile, /^EXPOSE 8080$/m)
    assert.match(dockerfile, /^USER [1-9]/m, 'not as root')
    const [program, ...words] = inRoot(join(folder, 'root'), [entry, '--port', '0', ...args.slice(2)])
    const server = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] })
    const timer = setTimeout(() => server.kill('SIGKILL'), 120_000)
    const closed = new Promise((resolve) => server.on('close', (code) => resolve(code)))
    const log = { stdout: '', stderr: '' }
    server.stdout.setEncoding('utf8').on('data', (data) => { log.stdout += data })
    const port = await new Promise((resolve) => server.stderr.setEncoding('utf8').on('data', (data) => {
      log.stderr += data
      const listening = log.stderr.match(/listening on http:\/\/0\.0\.0\.0:(\d+)/)
      if (listening) resolve(listening[1])
    }))
    const post = async (path, message) => {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body: JSON.stringify(message) })
      return [answer.status, await answer.json()]
    }
    assert.deepEqual(await post('/init', { value: { name: 'probe', main: 'main', binary: true, code: '' } }),
      [200, { ok: true }])
    const [code, result] =
      await post('/run', { value: { MODE: 'echo', d: 4 }, activation_id: 'x', deadline: Date.now() + 120_000 })
    assert.deepEqual([code, result.body.d], [200, 4])
    server.kill('SIGTERM')
    assert.equal(await closed, 0)
    clearTimeout(timer)
    for (const text of Object.values(log)) assert.equal(text.match(/XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX/g).length, 1)

    await make('image', folder) // over the existing one
  })

  test('adit_add_action makes a target that packs, in a project and outside of one', async () => {
    const build = async (source) => {
      const tree = temporaryFolder()
      const cmake = (args) => execFileSync('cmake', args, { encoding: 'utf8', stdio: 'pipe', timeout: 1_200_000 })
      cmake(['-S', source, '-B', tree, `-Dadit_DIR=${dirname(ADIT)}`, '-DCMAKE_BUILD_TYPE=Release'])
      cmake(['--build', tree, '--target', 'probe-package'])
      const made = join(tree, 'probe-package')
      assert.equal(mode(join(unzip(join(made, 'probe.zip')), 'bin/action')), 0o755)
      return readFileSync(join(made, 'probe.yaml'), 'utf8')
    }
    const inside = await build(join(root, 'probe'))
    assert.match(inside, /"timeout": 61000/)
    assert.match(inside, /"JWT_CLIENT_ID": "\$JWT_CLIENT_ID"/)
    const lone = join(temporaryFolder(), 'probe')
    cpSync(join(root, 'probe'), lone, { recursive: true })
    const outside = await build(lone)
    assert.match(outside, /"timeout": 60000/)
    assert.doesNotMatch(outside, /inputs/)
  })

  test('does not change a folder that it did not make', async () => {
    const folder = join(out, 'mine')
    mkdirSync(folder)
    writeFileSync(join(folder, 'notes'), 'mine')
    const { code, stderr } =
      await run(['package', 'probe', '--target', 'image', '-o', folder], { cwd: root, timeout: 120_000 })
    assert.equal(code, 2)
    assert.match(stderr, /is not a package that adit made/)
    assert.deepEqual(readdirSync(folder), ['notes'])
  })

  test('wrong usage ends with exit code 2', async () => {
    assert.equal((await run(['package', 'probe'], { cwd: root })).code, 2)
    assert.equal((await run(['package', 'probe', '--target', 'tar'], { cwd: root })).code, 2)
    assert.equal((await run(['package', 'probe', '--target', 'native', '-o', join(out, 'x.tgz')], { cwd: root })).code,
      2)
  })
})
