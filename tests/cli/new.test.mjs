// adit new: each template is generated, checked, built, invoked, served and tested, as a new user would in the first
// ten minutes.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, test } from 'node:test'
import { promisify } from 'node:util'
import { ADIT, run, start, temporaryFolder } from './adit.mjs'
import { onTerminal } from './terminal.mjs'

const execute = promisify(execFile)
const parsed = ({ code, stdout, stderr }) => { assert.equal(code, 0, stderr); return JSON.parse(stdout) }

async function made (template, name = template) {
  const parent = temporaryFolder()
  const result = await run(['new', name, '--template', template], { cwd: parent })
  assert.equal(result.code, 0, result.stderr)
  return { root: join(parent, name), result }
}

// Runs the project's tests with CMake, as a user without adit's command does. CMake finds the package next to the
// command under test.
async function passesItsTests (root) {
  const cmake = (args) => execute('cmake', args, { cwd: root, maxBuffer: 1 << 24 })
  await cmake(['-S', '.', '-B', 'build', '-G', 'Ninja', `-Dadit_DIR=${dirname(ADIT)}`, '-DCMAKE_BUILD_TYPE=Debug'])
  await cmake(['--build', 'build', '--target', `${readdirSync(join(root, 'actions'))[0]}_test`])
  const { stdout } = await execute('ctest', ['--test-dir', 'build', '--output-on-failure'], { cwd: root })
  assert.match(stdout, /100% tests passed, 0 tests failed out of 1/)
}

// Calls the action over HTTP, served by `adit dev` on a free port.
async function served (root, ask) {
  const server = start(['dev', '--http', '--port', '0'], { cwd: root })
  try {
    const origin = await new Promise((resolve, reject) => {
      let stderr = ''
      server.stderr.setEncoding('utf8').on('data', (data) => { stderr += data })
      createInterface({ input: server.stdout }).on('line',
        (line) => { const url = line.match(/http:\/\/localhost:\d+/); if (url) resolve(url[0]) })
      server.on('close', () => reject(new Error('dev ended: ' + stderr)))
    })
    await ask(origin)
  } finally {
    server.kill('SIGINT')
  }
}

describe('adit new', () => {
  for (const [template, action, expected] of [
    ['generic', 'generic', (result) => assert.equal(result.statusCode, 200)],
    ['analytics', 'report', (result) => assert.ok(result.body.rows.length > 0)],
    ['webhook', 'webhook', (result) => assert.equal(result.body, 'ready for events')]
  ]) {
    // Names of folders that people use: with blanks and non-ASCII letters.
    const name = { generic: 'generic', analytics: 'Größe und Maß', webhook: '日本語' }[template]
    test(`${template}: a new project has no findings, runs, and passes its tests`, { timeout: 1_200_000 }, async () => {
      const { root } = await made(template, name)
      assert.equal(statSync(join(root, '.env')).mode & 0o777, 0o600)
      assert.deepEqual(parsed(await run(['check', '--strict', '--json'], { cwd: root })), [])
      const invoked = await run(['invoke', '--ims', 'local'], { cwd: root, timeout: 1_200_000 })
      expected(parsed(invoked))
      const { stdout } = await run(['new', '--help'])
      assert.match(stdout, new RegExp(template))
      await served(root, async (origin) => {
        const url =
          `${origin}/api/v1/web/${{ generic: 'generic', analytics: 'gr-e-und-ma', webhook: 'app' }[template]}/${action}`
        if (template === 'webhook') {
          assert.equal(await (await fetch(url + '?challenge=hello%20there')).text(), 'hello there')
          assert.equal(
            (await fetch(url, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } })).status,
            401
          )
          return
        }
        assert.equal((await fetch(url)).status, 401)
        const token = await run(['token'], { cwd: root })
        const answer = await fetch(url,
          { headers: { authorization: `Bearer ${token.stdout.trim()}`, 'x-gw-ims-org-id': 'LOCAL@AdobeOrg' } })
        assert.equal(answer.status, 200, token.stderr)
      })
      await passesItsTests(root)
    })
  }

  test('says what it made and what to do next, and is silent with --quiet', async () => {
    const { result } = await made('generic', "it's mine")
    assert.match(result.stdout, /^made {2}it's mine\/\.env$/m)
    assert.match(result.stderr, /next: cd 'it'\\''s mine' && adit dev/)
    const parent = temporaryFolder()
    const quiet = await run(['new', '--quiet', '--json', 'x'], { cwd: parent })
    assert.equal(quiet.stderr, '')
    assert.deepEqual(parsed(quiet).files.filter((path) => !existsSync(join(parent, 'x', path))), [])
  })

  test('puts no placeholder and no secret into files that git tracks', async () => {
    for (const template of ['generic', 'analytics', 'webhook']) {
      const { root } = await made(template)
      for (const path of readdirSync(root, { recursive: true }).filter((path) => statSync(join(root, path)).isFile())) {
        assert.ok(!/@[A-Z]+@(?!\w)/.test(readFileSync(join(root, path), 'utf8')), `${template}: ${path}`)
      }
      assert.match(readFileSync(join(root, '.gitignore'), 'utf8'), /^\.env\*\n!\.env\.example$/m)
    }
  })

  test('accepts a folder that is empty, or contains only .git', async () => {
    const root = temporaryFolder()
    mkdirSync(join(root, '.git'))
    assert.equal((await run(['new', '.'], { cwd: root })).code, 0)
    assert.ok(existsSync(join(root, 'app.config.yaml')))
  })

  test('removes a project that could not be written completely, so that the next attempt works', async () => {
    const root = temporaryFolder()
    mkdirSync(join(root, 'empty'))
    for (const [name, left] of [['far/down/x', ['empty']], ['empty', ['empty']]]) {
      await assert.rejects(execute('sh', ['-c', 'ulimit -f 0; exec "$0" new "$1"', ADIT, name], { cwd: root }),
        /File too large/)
      assert.deepEqual(readdirSync(root, { recursive: true }), left)
    }
    assert.equal((await run(['new', 'far/down/x'], { cwd: root })).code, 0)
  })

  test('writes nothing into a folder that is not empty', async () => {
    const root = temporaryFolder()
    writeFileSync(join(root, 'notes.txt'), 'mine')
    const { code, stderr } = await run(['new', root])
    assert.equal(code, 2)
    assert.match(stderr, /is not empty: it has notes\.txt/)
    assert.deepEqual(readdirSync(root), ['notes.txt'])
  })

  test('refuses names that no project can have', async () => {
    for (const name of [' ', 'a\nb', 'a;b', 'x'.repeat(201)]) {
      const { code, stderr } = await run(['new', '--', name], { cwd: temporaryFolder() })
      assert.equal(code, 2, name)
      assert.match(stderr, /cannot be the name of a project's folder/)
    }
  })

  test('asks which template on a terminal', async () => {
    const parent = temporaryFolder()
    const terminal = onTerminal(['new', 'x'], { cwd: parent })
    await terminal.until(/1 +generic[^]*3 +webhook[^]*\[1\]/)
    terminal.type('nonsense\n')
    await terminal.until(/A number from 1 to 3/)
    terminal.type('webhook\n')
    assert.equal((await terminal.ended).code, 0)
    assert.ok(existsSync(join(parent, 'x', 'actions', 'webhook')))
    assert.equal((await onTerminal(['new', 'y', '--yes'], { cwd: parent }).ended).code, 0)
    assert.ok(existsSync(join(parent, 'y', 'actions', 'generic')))
  })
})
