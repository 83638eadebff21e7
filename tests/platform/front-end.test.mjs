// The front end of a project, which `adit dev` serves next to the actions.
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { ask, dev } from './dev.mjs'
import { project, temporaryFolder } from '../cli/adit.mjs'

const files = {
  'app.config.yaml': `application:
  hooks:
    build-static: mkdir -p dist/application/web-prod && cp -r web-src/. dist/application/web-prod && echo built >>dist/application/web-prod/built.txt
  runtimeManifest:
    packages:
      p:
        actions:
          a: { function: a.js, runtime: 'nodejs:22', web: 'yes' }
          b: { function: a.js, runtime: 'nodejs:22' }
`,
  'package.json': '{"name":"front","version":"1.0.0"}',
  'a.js': "exports.main = () => ({ body: 'action' })\n",
  'web-src/index.html': '<title>front</title>', 'web-src/src/app.js': "import urls from './config.json'\n",
  'web-src/sub/index.html': 'sub', 'web-src/.hidden': 'hidden'
}

describe('a project with a front end', () => {
  test('has a hook that builds it with the URLs of the actions; adit dev serves it at /', async () => {
    const root = project(files)
    const server = await dev(root, ['--http'])
    const get = (path, options) => ask(server.origin + path, options)
    const urls = {
      a: `${server.origin}/api/v1/web/p/a`, b: `${server.origin}/api/v1/p/b`, 'p/a': `${server.origin}/api/v1/web/p/a`,
      'p/b': `${server.origin}/api/v1/p/b`
    }
    assert.deepEqual(JSON.parse(readFileSync(join(root, 'web-src/src/config.json'), 'utf8')), urls)
    const page = await get('/')
    assert.deepEqual([page.status, page.headers['content-type'], page.text],
      [200, 'text/html; charset=utf-8', '<title>front</title>'])
    assert.deepEqual([(await get('/sub')).text, (await get('/built.txt')).text], ['sub', 'built\n'])
    const script = await get('/src/app.js')
    assert.equal(script.headers['content-type'], 'text/javascript; charset=utf-8')
    for (const path of ['/config.json', '/src/config.json']) assert.deepEqual((await get(path)).json(), urls)
    assert.equal((await get(urls.a.slice(server.origin.length))).text, 'action')
    await server.stop()
  })

  test('serves no hidden files, no files outside of the folder, and nothing to pages of other sites', async () => {
    const outside = temporaryFolder()
    writeFileSync(join(outside, 'secret.txt'), 'secret')
    const root = project(files)
    mkdirSync(join(root, 'dist/application/web-prod'), { recursive: true })
    symlinkSync(join(outside, 'secret.txt'), join(root, 'dist/application/web-prod/link.txt'))
    const server = await dev(root, ['--http'])
    for (const path of ['/.hidden', '/link.txt', '/../a.js', '/%2e%2e/a.js', '/sub/..%2f..%2fa.js', '/none', '/a%00'])
      assert.ok([400, 404].includes((await ask(server.origin + path)).status), path)
    assert.equal((await ask(server.origin + '/', { method: 'POST' })).status, 404)
    assert.equal((await ask(server.origin + '/', { headers: { host: 'evil.example' } })).status, 403)
    assert.equal((await ask(server.origin + '/', { headers: { 'sec-fetch-site': 'cross-site' } })).status, 403)
    await server.stop()
  })
})

test('without a front end, adit dev answers 404 for its paths', async () => {
  const { 'web-src/index.html': page, ...without } = files
  const server =
    await dev(project({ ...without, 'app.config.yaml': files['app.config.yaml'].replace(/ {2}hooks:\n.*\n/, '') }),
      ['--http'])
  assert.equal((await ask(server.origin + '/src/app.js')).status, 404)
  assert.equal((await ask(server.origin + '/config.json')).status, 404)
  await server.stop()
})
