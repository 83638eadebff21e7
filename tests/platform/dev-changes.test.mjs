// Changes while `adit dev` runs: of settings, manifests, scripts and sources; mistakes in them; and that no request is
// lost.
import assert from 'node:assert/strict'
import { appendFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { jwtEnv, temporaryFolder, toDotenv } from '../cli/adit.mjs'
import { actions, ask, dev, echo, eventually, manifest, nodeProject, probeServer } from './dev.mjs'

describe('adit dev', { concurrency: false, timeout: 1_200_000 }, () => {
  let root
  let server
  const web = (path, options) => ask(`${server.origin}/api/v1/web/p/${path}`, options)

  before(async () => {
    root = nodeProject()
    server = await dev(root)
  })
  after(async () => { await server?.stop() })

  test('applies changes of .env and manifest at the next activation, and ignores invalid ones', async () => {
    const envFile = join(root, '.env')
    writeFileSync(envFile + '.new', toDotenv({ ...jwtEnv(), GREETING: 'goodbye' }))
    renameSync(envFile + '.new', envFile)
    assert.equal((await web('echo')).json().GREETING, 'goodbye')

    const file = join(root, 'ext.config.yaml')
    const from = server.lines.length
    writeFileSync(file, manifest() + '   oops: [\n')
    assert.equal((await web('echo')).json().GREETING, 'goodbye')
    const broken = await server.seen((line) => line.event === 'configuration_broken', from)
    assert.match(broken.error, /ext\.config\.yaml:\d+/)

    writeFileSync(file, manifest({ ...actions, echo: { ...actions.echo, inputs: { GREETING: 'from the manifest' } } }))
    assert.equal((await web('echo')).json().GREETING, 'from the manifest')
    writeFileSync(file, manifest())
    assert.equal((await web('echo')).json().GREETING, 'goodbye')
  })

  test('uses a changed script, whether it was written in place or replaced by renaming', async () => {
    const file = join(root, 'actions/echo.js')
    for (const [word, write] of [['one', (text) => writeFileSync(file, text)], [
      'two', (text) => { writeFileSync(file + '.tmp', text); renameSync(file + '.tmp', file) }
    ]]) {
      write(`exports.main = () => ({ body: '${word}' })\n`)
      await eventually(async () => (await web('echo')).text === word)
    }
    rmSync(file)
    writeFileSync(file, echo)
    await eventually(async () => {
      const answer = await web('echo?back=1')
      return answer.status === 200 && answer.text.includes('back')
    })
  })

  test('watches only the files that an action reads, so a log in the project\'s folder causes no reload', async () => {
    const file = join(root, 'actions/echo.js')
    writeFileSync(join(root, 'actions/word.cjs'), "exports.word = 'first'\n")
    writeFileSync(file, "const { word } = require('./word.cjs')\nexports.main = () => ({ body: word })\n")
    await eventually(async () => (await web('echo')).text === 'first')
    const from = server.lines.length
    for (let i = 0; i < 50; i++) {
      appendFileSync(join(root, 'dev.json'), '{"event":"something"}\n')
      appendFileSync(join(root, 'actions/log.js'), '// not read\n')
      assert.equal((await web('echo')).text, 'first')
    }
    writeFileSync(join(root, 'actions/word.cjs'), "exports.word = 'second'\n")
    await eventually(async () => (await web('echo')).text === 'second')
    assert.deepEqual(server.lines.slice(from).filter((line) => line.event === 'swapped').map((line) => line.action),
      ['p/echo'])
    writeFileSync(file, echo)
    await eventually(async () => {
      const answer = await web('echo?back=2')
      return answer.status === 200 && answer.text.includes('back')
    })
  })

  test('keeps the last working script while the new one does not load, and says why', async () => {
    const file = join(root, 'actions/echo.js')
    assert.equal((await web('echo?n=1')).json().n, '1')
    for (const [wrong, why] of [
      ['exports.main = (', /p\/echo has changed and does not start.*SyntaxError/],
      ["require('absent-package')", /Cannot find module 'absent-package'/], ['', /'main' is not a function/]
    ]) {
      const from = server.lines.length
      writeFileSync(file, wrong)
      const failed = await server.seen((line) => line.event === 'build_failed', from)
      assert.match(failed.error, why)
      assert.match(failed.error, /ext\.config\.yaml:\d+/)
      assert.equal((await web('echo?n=2')).json().n, '2')
    }
    const from = server.lines.length
    writeFileSync(file, "exports.main = () => ({ body: 'mended' })\n")
    await server.seen((line) => line.event === 'swapped' && line.action === 'p/echo', from)
    const mended = await web('echo')
    assert.equal(mended.text, 'mended')
    const { start } = await server.seen((line) =>
      line.event === 'request' && line.activation_id === mended.headers['x-openwhisk-activation-id'])
    assert.equal(start, 'warm')
    writeFileSync(file, echo)
    await eventually(async () => (await web('echo?back=1')).text.includes('back'))
  })

  test('loses no request while scripts change', async () => {
    const file = join(root, 'actions/slow.js')
    // Start the action first: if none is running, one that starts while a file is half written has nothing to run.
    assert.equal((await web('slow?ms=1')).status, 200)
    const statuses = []
    let asking = true
    const callers = Array.from({ length: 5 }, async () => {
      while (asking) {
        const answer = await web('slow?ms=30')
        statuses.push(`${answer.status} ${answer.text}`)
      }
    })
    for (const word of ['one', 'two', 'three']) {
      const from = server.lines.length
      writeFileSync(file, actions.slow.code.replace('done', word))
      await server.seen((line) => line.event === 'swapped' && line.action === 'p/slow', from)
    }
    asking = false
    await Promise.all(callers)
    assert.ok(statuses.length > 0 && statuses.every((status) => /^200 (done|one|two|three)$/.test(status)),
      statuses.join())
    assert.equal((await web('slow?ms=1')).text, 'three')
  })

  test('lets running activations end when their script changes', async () => {
    const file = join(root, 'actions/slow.js')
    const place = temporaryFolder()
    const [here, leave] = [join(place, 'here'), join(place, 'leave')]
    const code = `const { existsSync, writeFileSync } = require('fs')
exports.main = ({ waits }) => new Promise((resolve) => {
  if (!waits) return resolve({ body: 'done' })
  writeFileSync(${JSON.stringify(here)}, '')
  setInterval(() => existsSync(${JSON.stringify(leave)}) && resolve({ body: 'done' }), 20).unref()
})
`
    writeFileSync(file, code)
    await eventually(async () => (await web('slow')).text === 'done')
    const running = web('slow?waits=1')
    await eventually(() => existsSync(here))
    const from = server.lines.length
    writeFileSync(file, code.replaceAll('done', 'new'))
    await server.seen((line) => line.event === 'swapped' && line.action === 'p/slow', from)
    assert.equal((await web('slow')).text, 'new')
    writeFileSync(leave, '')
    assert.equal((await running).text, 'done')
  })

  describe('with a C++ action', () => {
    let native
    before(async () => { native = await probeServer() })
    after(async () => { await native?.server.stop() })

    test('builds a changed source and replaces the action, with no request lost', async () => {
      const { root, server, probe } = native
      const file = join(root, 'probe/probe.cc')
      const source = readFileSync(file, 'utf8')
      const statuses = []
      let asking = true
      const caller = (async () => {
        while (asking) statuses.push((await probe('?MODE=echo')).status)
      })()
      let from = server.lines.length
      writeFileSync(file, source.replace('run(const adit::Params& params', 'run(const adit::Params& params_wrong'))
      const failed = await server.seen((line) => line.event === 'build_failed', from)
      assert.match(failed.error, /CMake cannot build/)
      assert.ok(server.lines.some((line) => line.event === 'build_output' && /error/.test(line.text)),
        'the compiler\'s words')
      // A file that is not one of its sources does not start another build.
      for (let i = 0; i < 50; i++) {
        appendFileSync(join(root, 'dev.json'), '{"event":"something"}\n')
        const old = await probe('?MODE=echo')
        assert.equal(old.status, 200, 'the old one serves: ' + old.text)
      }
      const failures = () => server.lines.filter((line) => line.event === 'build_failed').length
      assert.equal(failures(), 1)

      from = server.lines.length
      writeFileSync(file,
        source.replace('if (mode == "echo") return',
          'if (mode == "echo") return adit::Response::json(201, adit::json::value(params.json())); else if (mode == "never") return'))
      await server.seen((line) => line.event === 'swapped', from)
      assert.equal((await probe('?MODE=echo')).status, 201)
      assert.equal(failures(), 1)
      asking = false
      await caller
      assert.ok(statuses.length > 0 && statuses.every((status) => status === 200 || status === 201), statuses.join())
    })
  })
})
