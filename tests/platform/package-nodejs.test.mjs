// A package for Node.js containers (the action's program, which index.js starts) with unwritable folders and with
// programs that fail.
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { LOADER, probeProject, project, run, temporaryFolder } from '../cli/adit.mjs'

// Runs a script in a separate process in which `main` of the package is loaded, `activate(id, params)` works as
// OpenWhisk's runtime does, and `say(value)` reports a value.
function inContainer (folder, script, { env = {}, ...how } = {}) {
  const file = join(temporaryFolder(), 'container.cjs')
  writeFileSync(file, `
    const { main } = require(process.argv[2])
    const activate = (id, params) => {
      Object.assign(process.env, { __OW_ACTIVATION_ID: id, __OW_ACTION_NAME: '/ns/' + id, __OW_DEADLINE: String(Date.now() + 120000) })
      return main(params)
    }
    const children = () => require('fs').readFileSync('/proc/self/task/' + process.pid + '/children', 'utf8').trim().split(' ').filter(Boolean).map(Number)
    const say = (value) => console.log('ANSWER ' + JSON.stringify(value))
    ;(async () => {${script}})()`)
  const { status, stdout, stderr } =
    spawnSync(process.execPath, [file, folder], { env, timeout: 120_000, encoding: 'utf8', ...how })
  assert.equal(status, 0, stderr)
  return {
    answers: stdout.split('\n').filter((line) => line.startsWith('ANSWER ')).map((line) => JSON.parse(line.slice(7))),
    stderr
  }
}

describe('a package for Node.js containers', { concurrency: false }, () => {
  let root
  let out
  let folder
  before(async () => {
    root = await probeProject()
    out = temporaryFolder()
    const made = await run(['package', 'probe', '--target', 'nodejs', '-o', join(out, 'probe.zip')],
      { cwd: root, timeout: 1_200_000 })
    assert.equal(made.code, 0, made.stderr)
    assert.match(made.stderr, /tests\/probe for nodejs: \d+\.\d MB, \d+\.\d MB unpacked \(limit 22\.0 MB\)/)
    folder = join(out, 'probe')
  })
  // Returns the package with its program replaced by this shell script.
  const withProgram = (script) => {
    const copy = join(temporaryFolder(), 'package')
    cpSync(folder, copy, { recursive: true })
    writeFileSync(join(copy, 'lib/' + LOADER), '#!/bin/sh\n' + script)
    chmodSync(join(copy, 'lib/' + LOADER), 0o755)
    return copy
  }

  test('200 concurrent activations keep their contexts', () => {
    const { answers: [results] } = inContainer(folder, `
      say(await Promise.all(Array.from({ length: 200 }, (_, i) => activate('id' + i, { MODE: 'context', i, after: 200 }))))`)
    assert.equal(results.length, 200)
    results.forEach((result, i) => assert.deepEqual(result.body, { id: 'id' + i, action: '/ns/id' + i, i }))
  })

  test('activations that run when the program crashes or exits get that error, and the next activation starts a new program', () => {
    for (const [mode, error] of [
      ['crash', /signal SIGABRT/], ['exit', /exit code 7/], ['overflow', /signal SIGSEGV/]
    ]) {
      const { answers: [first, [failed, ...others], after, second] } = inContainer(folder, `
        await activate('a', { MODE: 'echo' })
        say(children()[0])
        const waiting = Array.from({ length: 5 }, (_, i) => activate('w' + i, { MODE: 'hang' }))
        await activate('b', { MODE: 'echo' })
        say(await Promise.all([activate('c', { MODE: '${mode}' }), ...waiting]))
        say(await activate('d', { MODE: 'echo', after: 1 }))
        say(children().at(-1))`)
      assert.match(failed.error, error)
      for (const other of others) assert.match(other.error, error)
      assert.equal(after.body.after, 1)
      assert.notEqual(first, second)
    }
  })

  test('a result that is neither an object nor an array is passed on, so that the container rejects it; a deadline in the past is ignored', () => {
    const { answers } = inContainer(folder, `
      say(await activate('a', { MODE: 'number' }))
      process.env.__OW_DEADLINE = '1000'
      say(await main({ MODE: 'echo', a: 1 }))
      say(await main([1, 2]))`)
    assert.equal(typeof answers[0], 'string')
    assert.equal(answers[1].body.a, 1)
    assert.equal(typeof answers[2], 'object', 'an array as parameters is taken')
  })

  test('if a program is killed under load, its activations get that error, and all others are answered', () => {
    const { answers: [killed, errors, after] } = inContainer(folder, `
      const killed = new Set()
      const errors = new Set()
      let answered = 0
      await Promise.all(Array.from({ length: 20 }, async (_, i) => {
        while (answered < 1000) {
          const { error, body } = await activate('c' + i, { MODE: 'echo', i })
          if (error) errors.add(error)
          else if (body.i !== i) errors.add('the answer of ' + body.i)
          if (++answered % 100 === 0) for (const child of children()) killed.add(child) && process.kill(child, 'SIGKILL')
        }
      }))
      say(killed.size)
      say([...errors])
      say(await activate('d', { MODE: 'echo', after: 1 }))`)
    assert.ok(killed > 5)
    assert.deepEqual(
      errors.filter((error) =>
        error !== 'The action\'s program ended with signal SIGKILL. This activation was running.'),
      []
    )
    assert.equal(after.body.after, 1)
  })

  test('if a program ends while it starts, the error names its exit code', () => {
    const { answers } = inContainer(withProgram('echo "no such thing" >&2; exit 3\n'), `
      say(await activate('a', {}))
      say(await activate('b', {}))`)
    for (const { error } of answers) assert.match(error, /^The action's program ended with exit code 3\./)
    assert.equal(answers.length, 2)
  })

  test('a program that works at its second start runs the second activation', () => {
    const copy = withProgram('')
    const real = join(folder, 'lib/' + LOADER)
    writeFileSync(join(copy, 'lib/' + LOADER), `#!/bin/sh
[ -e '${copy}/once' ] || { : >'${copy}/once'; exit 4; }
exec '${real}' "$@"
`)
    const { answers: [first, second] } = inContainer(copy, `
      say(await activate('a', { MODE: 'echo' }))
      say(await activate('b', { MODE: 'echo', b: 2 }))`)
    assert.match(first.error, /exit code 4/)
    assert.equal(second.body.b, 2)
  })

  test('if the temporary folder cannot be written, the socket is in another folder', () => {
    const { answers: [result] } =
      inContainer(folder, "say(await activate('a', { MODE: 'echo', a: 1 }))", { env: { TMPDIR: '/proc/nowhere' } })
    assert.equal(result.body.a, 1)
  })

  test('if no folder can be written, the activation says so', () => {
    // Every folder that index.js tries is not writable.
    const { answers: [result] } = inContainer(folder, `
      say(await activate('a', { MODE: 'echo' }))`,
    { env: { NODE_OPTIONS: '--require ' + join(readOnly(), 'refuse.cjs') } })
    assert.match(result.error, /needs a folder for its socket, and this container lets it make none: .*EROFS/)
  })
  const readOnly = () => {
    const place = temporaryFolder()
    writeFileSync(join(place, 'refuse.cjs'),
      `require('fs').mkdtempSync = (start) => { throw new Error("EROFS: read-only file system, mkdtemp '" + start + "'") }`)
    return place
  }

  test('the fragment for aio app deploy is a project whose action runs', async () => {
    const fragment = readFileSync(join(out, 'probe.yaml'), 'utf8')
    const deployed = project({
      'app.config.yaml': 'application:\n  $include: fragment.yaml\n',
      'fragment.yaml': fragment,
      '.env': readFileSync(join(root, '.env'), 'utf8')
    })
    cpSync(join(out, 'probe'), join(deployed, 'probe'), { recursive: true })
    const { code, stdout, stderr } =
      await run(['invoke', 'probe', '-p', 'MODE', 'echo', '-p', 'a', '1'], { cwd: deployed })
    assert.equal(code, 0, stderr)
    const { body } = JSON.parse(stdout)
    assert.equal(body.a, 1)
    assert.equal(body.JWT_CLIENT_ID, 'test-client', 'its inputs are mapped')
    // As in App Builder's manifests: the units and ranges of the limits, and the kind of the runtime.
    const { limits, runtime, web } = manifest(fragment)
    assert.deepEqual([runtime, web], ['nodejs:22', 'yes'])
    assert.deepEqual(Object.keys(limits), ['timeout', 'memory', 'concurrency', 'logSize'])
    assert.ok(limits.timeout >= 100 && limits.timeout <= 10_800_000 && limits.memory >= 128 && limits.memory <= 4096)
    assert.ok(limits.concurrency >= 1 && limits.concurrency <= 500 && limits.logSize >= 0 && limits.logSize <= 10)
  })
  // Reads the lines `name: JSON` of the fragment.
  const manifest = (text) => {
    const found = { limits: {} }
    for (const [, indent, name, value] of text.matchAll(/^( +)"(\w+)": (.+)$/gm)) {
      if (indent.length === 12 && /^\d/.test(value)) found.limits[name] = JSON.parse(value)
      else found[name] = JSON.parse(value)
    }
    return found
  }

  test('a package that exceeds the size limit is refused, and nothing is written', async () => {
    const blob = join(temporaryFolder(), 'blob')
    execFileSync('sh', ['-c', `head -c 23000000 /dev/urandom >'${blob}'`])
    const big = blob + '.program'
    execFileSync('objcopy', ['--add-section', 'blob=' + blob, join(root, 'dist/tests/probe/exec'), big])
    const place = temporaryFolder()
    const { code, stdout, stderr } =
      await run(['package', 'probe', '--program', big, '--target', 'nodejs', '-o', join(place, 'big.zip')],
        { cwd: root, timeout: 120_000 })
    assert.equal(code, 1)
    assert.equal(stdout, '')
    assert.match(stderr, /The package of tests\/probe has \d\d\.\d MB; Adobe I\/O Runtime accepts at most 22\.0 MB\./)
    assert.deepEqual(execFileSync('ls', [place], { encoding: 'utf8' }), '')
  })
})
