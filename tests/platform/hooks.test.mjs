// Hooks of a project: its commands that run before, after or instead of the steps of a build.
import assert from 'node:assert/strict'
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { ask, dev } from './dev.mjs'
import { project, run } from '../cli/adit.mjs'

const manifest = (hooks, action = "{ function: made/a.js, runtime: 'nodejs:22', web: 'yes' }") => `application:
  hooks:
${Object.entries(hooks).map(([name, command]) => `    ${name}: ${JSON.stringify(command)}\n`).join('')}  runtimeManifest:
    packages:
      p:
        actions:
          a: ${action}
`
const action = "exports.main = () => ({ body: 'made' })\n"
const copy = 'mkdir -p made && cp source.js made/a.js && echo "made for $WHO"'

describe('a function that the hook pre-app-build makes', () => {
  const files = (hooks = { 'pre-app-build': copy, 'post-app-build': 'echo after >>order' }) =>
    ({
      'app.config.yaml': manifest(hooks), 'package.json': '{"name":"h","version":"1.0.0"}', '.env': 'WHO=somebody\n',
      '.gitignore': '.env\nmade\n', 'source.js': action
    })

  test('is run by invoke, with the settings of .env; the output of the hook goes to stderr', async () => {
    const root = project(files())
    const { code, stdout, stderr } = await run(['invoke', 'a'], { cwd: root })
    assert.equal(code, 0, stderr)
    assert.deepEqual(JSON.parse(stdout), { body: 'made' })
    assert.match(stderr, /^Hook pre-app-build: mkdir/m)
    assert.match(stderr, /^made for somebody$/m)
    assert.equal(readFileSync(join(root, 'order'), 'utf8'), 'after\n')
  })

  test('is not an error for check, which runs no hook', async () => {
    const root = project(files())
    const { code, stdout } = await run(['check'], { cwd: root })
    assert.equal(code, 0, stdout)
    assert.match(stdout,
      /note: The function of p\/a does not exist yet.*may be made by the hook `pre-app-build`.*\[function_not_built\]/s)
    assert.ok(!existsSync(join(root, 'made')))
  })

  test('is run by build, dev and package', async () => {
    for (const command of [['build'], ['package', 'a', '--target', 'nodejs']]) {
      const root = project(files())
      const { code, stderr } = await run(command, { cwd: root })
      assert.equal(code, 0, stderr)
      assert.ok(existsSync(join(root, 'made/a.js')))
      assert.equal(readFileSync(join(root, 'order'), 'utf8'), 'after\n')
    }
    const root = project(files({
      'pre-app-build': copy, 'pre-app-run': 'echo run >>order', 'build-actions': 'echo actions >>order',
      'post-app-run': 'echo served >>order'
    }))
    const server = await dev(root, ['--http'])
    assert.equal((await ask(`${server.origin}/api/v1/web/p/a`)).text, 'made')
    await server.stop()
    assert.equal(readFileSync(join(root, 'order'), 'utf8'), 'run\nactions\nserved\n')
  })

  test('is not made with --no-hooks', async () => {
    const root = project(files())
    const { code, stderr } = await run(['invoke', 'a', '--no-hooks'], { cwd: root })
    assert.equal(code, 2)
    assert.match(stderr, /The function of p\/a does not exist: made\/a.js/)
    assert.ok(!existsSync(join(root, 'made')))
  })
})

test('a hook that fails stops the command, and its output is shown', async () => {
  const root =
    project({ 'app.config.yaml': manifest({ 'pre-app-build': 'echo it went wrong >&2; exit 3' }), 'made/a.js': action })
  for (const command of [['invoke', 'a'], ['build'], ['dev', '--port', '0'], ['package', 'a', '--target', 'nodejs']]) {
    const { code, stdout, stderr } = await run(command, { cwd: root })
    assert.equal(code, 1, command.join(' '))
    assert.equal(stdout, '')
    assert.match(stderr, /^it went wrong$/m)
    assert.match(stderr, /adit: The hook pre-app-build \(.*\) ended with exit code 3\./)
  }
})

test('a hook that is a Node.js script gets the configuration; PATH has the programs of node_modules', async () => {
  const root = project({ 'app.config.yaml': manifest({ 'pre-app-build': 'hooks/make.js', 'post-app-build': 'tool' }),
    'package.json': '{"name":"@me/h","version":"1.2.3"}',
    'hooks/make.js':
      "const fs = require('fs')\nmodule.exports = async (config) => { fs.mkdirSync('made'); fs.writeFileSync('made/a.js', `exports.main = () => ({ body: ${JSON.stringify(config)} })`) }\n",
    'node_modules/.bin/tool': '#!/bin/sh\necho the tool\n' })
  assert.equal((await run(['invoke', 'a'], { cwd: root })).code, 1)  // The tool is not executable yet.
  chmodSync(join(root, 'node_modules/.bin/tool'), 0o755)
  rmSync(join(root, 'made'), { recursive: true })
  const { code, stdout, stderr } = await run(['invoke', 'a'], { cwd: root })
  assert.equal(code, 0, stderr)
  const { body } = JSON.parse(stdout)
  assert.deepEqual([body.root, body.name, body.app], [root, 'application', { name: 'h', version: '1.2.3' }])
  assert.equal(body.web.injectedConfig, join(root, 'web-src/src/config.json'))
  assert.match(stderr, /^the tool$/m)
})

test('scripts of package.json that have a hook\'s name are hooks of the application', async () => {
  const root = project({
    'app.config.yaml': manifest({ 'post-app-build': 'true' }),
    'package.json':
      JSON.stringify({ name: 'h', version: '1.0.0', scripts: { 'pre-app-build': copy, 'post-app-build': 'exit 1' } }),
    'source.js': action
  })
  const { code, stderr } = await run(['invoke', 'a'], { cwd: root })
  assert.equal(code, 0, stderr)
  assert.match(stderr, /Hook pre-app-build: mkdir/)
})

test('hooks of other extensions are not run for an action', async () => {
  const root = project({
    'app.config.yaml': manifest({ 'pre-app-build': 'true' }) +
      'extensions:\n  dx/excshell/1:\n    operations: { view: [{ type: web, impl: index.html }] }\n    hooks: { pre-app-build: exit 1 }\n',
    'made/a.js': action, 'package.json': '{"name":"h","version":"1.0.0"}'
  })
  assert.equal((await run(['invoke', 'a'], { cwd: root })).code, 0)
  assert.equal((await run(['build'], { cwd: root })).code, 1)
})

test('--quiet prints only the result and errors', async () => {
  const root = project({
    'app.config.yaml': manifest({ 'pre-app-build': 'echo words' }),
    'made/a.js':
      "exports.main = ({ fail }) => { console.log('a log'); if (fail) throw new Error('no'); return { body: 1 } }\n"
  })
  const good = await run(['invoke', 'a', '-q'], { cwd: root })
  assert.deepEqual([good.code, JSON.parse(good.stdout), good.stderr], [0, { body: 1 }, ''])
  const bad = await run(['invoke', 'a', '-q', '-p', 'fail', 'true'], { cwd: root })
  assert.equal(bad.code, 1)
  assert.match(bad.stderr, /a log/)
  assert.match(bad.stderr, /p\/a failed/)
  writeFileSync(join(root, 'app.config.yaml'), manifest({ 'pre-app-build': 'echo words; exit 1' }))
  assert.match((await run(['invoke', 'a', '-q'], { cwd: root })).stderr, /^words\nadit: The hook/)
})
