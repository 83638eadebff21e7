// Projects in folders that cannot be written: a checkout of another user, a volume of a container.
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { ADIT, NPM, probeProject, project, run, temporaryFolder } from './adit.mjs'

// Makes root obey the modes, too.
const OBEYING = process.getuid() === 0 ? ['setpriv', '--bounding-set=-dac_override', '--inh-caps=-dac_override'] : []

function spawn (cwd, command) {
  const [program, ...words] = [...OBEYING, ...command]
  const env = { PATH: process.env.PATH, HOME: temporaryFolder(), LANG: 'C.UTF-8' }
  return spawnSync(program, words, { cwd, env, encoding: 'utf8', timeout: 60_000 })
}

describe('invoke in a read-only folder', { concurrency: false }, () => {
  const closed = []
  const close = (root) => {
    closed.push(root)
    changeModes(root, 'a-w')
    assert.notEqual(spawn(root, ['sh', '-c', ': >new']).status, 0, 'the folder can be written')
  }
  after(() => closed.forEach((root) => changeModes(root, 'u+w')))
  const changeModes = (root, mode) =>
    execFileSync('find', ['.', '-type', 'd', '-exec', 'chmod', mode, '{}', '+'], { cwd: root })
  const invoke = (root, ...args) => {
    const { status, stdout, stderr } = spawn(root, [ADIT, 'invoke', ...args])
    return { status, result: stdout && JSON.parse(stdout), stderr }
  }

  test('runs an action in C++ that was built before', async () => {
    const root = await probeProject()
    close(root)
    const { status, result, stderr } = invoke(root, 'probe', '-p', 'MODE', 'echo', '-p', 'n', '1')
    assert.equal(status, 0, stderr)
    assert.equal(result.body.n, 1)
    assert.doesNotMatch(stderr, /Building/)
  })

  test('runs scripts, bundles and actions with included files', async () => {
    const action = (name, keys) => `          ${name}: { runtime: 'nodejs:22', ${keys} }\n`
    const root = project({
      'app.config.yaml': 'application:\n  runtimeManifest:\n    packages:\n      p:\n        actions:\n' +
        action('js', 'function: js.js') + action('ts', 'function: ts.ts') +
        action('files', "function: files.js, include: [['data/*.txt', 'text/']]"),
      'js.js': "exports.main = () => ({ body: 'js' })\n",
      'ts.ts': "export const main = (params: { a?: string }) => ({ body: 'ts' })\n",
      'files.js': "exports.main = () => ({ body: require('fs').readFileSync('text/x.txt', 'utf8') })\n",
      'data/x.txt': 'included'
    })
    symlinkSync(join(NPM, 'node_modules'), join(root, 'node_modules'))
    for (const name of ['js', 'ts', 'files']) assert.equal((await run(['invoke', name], { cwd: root })).code, 0, name)
    close(root)
    for (const [name, body] of [['js', 'js'], ['ts', 'ts'], ['files', 'included']]) {
      const { status, result, stderr } = invoke(root, name)
      assert.equal(status, 0, stderr)
      assert.deepEqual(result, { body }, name)
    }
  })

  test('says what cannot be written if something has to be made first', () => {
    const root = project({
      'app.config.yaml':
        "application: { runtimeManifest: { packages: { p: { actions: { a: { function: a.ts, runtime: 'nodejs:22' } } } } } }\n",
      'a.ts': 'export const main = () => ({})\n'
    })
    symlinkSync(join(NPM, 'node_modules'), join(root, 'node_modules'))
    writeFileSync(join(root, '.env'), '')
    close(root)
    const { status, stderr } = invoke(root, 'a')
    assert.equal(status, 2)
    assert.match(stderr, /The folder .*\/dist\/.bundle\/p\/a cannot be made: Permission denied/)
  })
})
