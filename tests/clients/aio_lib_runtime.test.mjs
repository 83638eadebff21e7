// Compares @adobe/aio-lib-runtime, with which `aio app deploy` deploys, and `adit deploy`: both deploy five projects to
// one `adit dev`. The entities are equal except for the hash, and each tool undeploys what the other has deployed. Both
// deploy code built by adit, because the output of a bundler changes with each version.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { before, describe, test } from 'node:test'
import { NPM, project, run } from '../cli/adit.mjs'
import { dev } from '../platform/dev.mjs'

const packages = createRequire(join(NPM, 'package.json'))
const openwhisk = packages('openwhisk')
const { deployActions, undeployActions } = packages('@adobe/aio-lib-runtime')
const key = `${randomBytes(16).toString('hex')}:${randomBytes(32).toString('hex')}`
const settings = `AIO_runtime_auth=${key}\nAIO_runtime_namespace=guest\n`

const code = 'exports.main = (params) => ({ body: params })\n'
const action = (more = {}) => ({ function: 'action.js', runtime: 'nodejs:22', ...more })
const projects = {
  JavaScript: {
    __APP_PACKAGE__: {
      inputs: { SHARED: 'both' },
      actions: {
        plain: action(),
        web:
          action({ web: 'yes', inputs: { LEVEL: 'info', NESTED: { list: [1, 'two'] }, EMPTY: 'string' }, annotations: {
            final: true
          } }),
        raw: action({ web: 'raw', limits: { timeout: 50000, memorySize: 128, logSize: 1, concurrency: 3 } })
      }
    },
    second: { public: true, actions: {
      main: action({ main: 'other', annotations: { 'require-whisk-auth': 'secret' }, web: true })
    } }
  },
  'C++': { native: { actions: { cpp: { function: 'cpp', runtime: 'cpp', web: 'yes', limits: { timeout: 90000 } } } } },
  sequences: {
    p: {
      actions: { a: action(), b: action() },
      sequences: { both: { actions: 'a, b', web: 'yes' }, named: { actions: 'p/a,/guest/p/b' } }
    }
  },
  secured: {
    p: {
      actions: {
        web: action({ web: 'yes', inputs: { X: 1 }, annotations: { 'require-adobe-auth': true, final: true } }),
        raw: action({ web: 'raw', annotations: { 'require-adobe-auth': true } }),
        inner: action({ annotations: { 'require-adobe-auth': true } })
      }
    }
  },
  'triggers with alarms and rules': {
    p: {
      actions: { a: action({ web: 'yes' }) },
      triggers: { hourly: { feed: '/whisk.system/alarms/interval', inputs: { minutes: 60 } }, 'by-hand': {
        annotations: { mine: 'yes' }, inputs: { x: 1 }
      } },
      rules: { 'on-hour': { trigger: 'hourly', action: 'a' } },
      apis: { shop: { v1: { orders: { a: { method: 'get', response: 'http' } } } } }
    }
  }
}

describe('@adobe/aio-lib-runtime and adit deploy', () => {
  let server, client
  before(async () => {
    server = await dev(
      project({ 'app.config.yaml': 'application:\n  runtimeManifest:\n    packages: {}\n', '.env': settings }),
      ['--http', '--ims', 'local']
    )
    client = openwhisk({ apihost: server.origin, api_key: key, namespace: 'guest' })
  })

  const byKey = (pairs) => [...pairs].sort((a, b) => a.key < b.key ? -1 : 1)
  const normal = ({ version, updated, annotations, parameters, rules, actions, ...rest }) => ({
    ...rest,
    annotations: byKey(annotations).map(({ key, value }) =>
      ({ key, value: key === 'whisk-managed' ? { ...value, projectHash: 'hash' } : value })),
    ...(parameters && { parameters: byKey(parameters) })
  })
  async function deployed () {
    const all = {}
    for (const { name } of await client.packages.list())
      all[`package ${name}`] = normal(await client.packages.get({ name }))
    for (const { name, namespace } of await client.actions.list()) {
      const full = [...namespace.split('/').slice(1), name].join('/')
      all[`action ${full}`] = normal(await client.actions.get({ name: full }))
    }
    for (const { name } of await client.triggers.list())
      all[`trigger ${name}`] = normal(await client.triggers.get({ name }))
    // Adobe's library does not mark rules. adit does, to know later which ones belong to the project.
    for (const { name } of await client.rules.list()) {
      const { annotations, ...rule } = normal(await client.rules.get({ name }))
      all[`rule ${name}`] = rule
    }
    all.apis = (await client.routes.list()).apis.map(({ value }) =>
      Object.entries(value.apidoc.paths).map(([path, methods]) => [value.apidoc.basePath, path, Object.keys(methods)]))
    return all
  }
  const nothing = async () => assert.deepEqual(await deployed(), { apis: [] })

  for (const [title, manifest] of Object.entries(projects)) {
    test(title, { timeout: 400_000 }, async () => {
      const root = project({
        'app.config.yaml': JSON.stringify({ application: { runtimeManifest: { packages: manifest } } }),
        'package.json': '{"name":"@me/shop","version":"1.2.3"}',
        '.env': settings,
        'action.js': code,
        'cpp/CMakeLists.txt':
          'cmake_minimum_required(VERSION 3.25)\nproject(cpp LANGUAGES CXX)\nadd_executable(cpp main.cc)\n',
        'cpp/main.cc': 'int main() { return 0; }\n'
      })
      const adit = async (...args) => {
        const { code, stderr } = await run(
          [...args, '--yes', '--no-verify', '--to', server.origin].filter((word) =>
            args[0] === 'deploy' || word !== '--no-verify'),
          { cwd: root, timeout: 1_200_000 }
        )
        assert.equal(code, 0, stderr)
      }
      const full = JSON.parse(JSON.stringify(manifest))
      for (const { actions } of Object.values(full))
        for (const one of Object.values(actions)) if (one.runtime === 'cpp') one.runtime = 'nodejs:22'
      const config = () => ({
        root,
        app: {
          hasBackend: true, hasFrontend: false, version: '1.2.3', hostname: 'adobe-static.net',
          defaultHostname: 'adobe-static.net'
        },
        ow: { apihost: server.origin, apiversion: 'v1', auth: key, namespace: 'guest', package: 'shop-1.2.3' },
        manifest: { src: 'manifest.yml', packagePlaceholder: '__APP_PACKAGE__', full: {
          packages: JSON.parse(JSON.stringify(full))
        } },
        actions: { src: root, dist: join(root, 'dist/application/actions') }
      })

      await adit('deploy', '--target', 'nodejs')
      const byAdit = await deployed()
      for (const [name, { exec }] of Object.entries(byAdit)) {
        if (!exec?.code) continue
        const zip =
          join(root, 'dist/application/actions', name.replace('action ', '').replace('__secured_', '') + '.zip')
        mkdirSync(dirname(zip), { recursive: true })
        writeFileSync(zip, Buffer.from(exec.code, 'base64'))
        // Which of the two names the library looks for depends on when it renames the action.
        writeFileSync(join(dirname(zip), '__secured_' + zip.split('/').at(-1)), Buffer.from(exec.code, 'base64'))
      }
      const before = process.cwd()
      process.chdir(root)
      try {
        await undeployActions(config(), () => {})
        await nothing()
        await deployActions(config(), {}, () => {})
        assert.deepEqual(byAdit, await deployed())
      } finally {
        process.chdir(before)
      }
      await adit('undeploy')
      await nothing()
    })
  }
})
