// Forms of real App Builder projects, as Adobe's templates make them today and as people write them. `adit check` must
// find no error and no warning in them.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { jwtEnv, project, run, secret, toDotenv } from './adit.mjs'

const oauthEnv = (changes = {}) => ({
  IMS_OAUTH_S2S_CLIENT_ID: 'client-1', IMS_OAUTH_S2S_CLIENT_SECRET: secret, IMS_OAUTH_S2S_ORG_ID: 'DEF@AdobeOrg',
  IMS_OAUTH_S2S_SCOPES: '["openid","AdobeID"]', ...changes
})
const consoleEnv = {
  AIO_runtime_auth: 'u:p', AIO_runtime_namespace: '1-shelf-stage', SERVICE_API_KEY: 'client-1', ...oauthEnv()
}

// Does the same as the helper file of Adobe's action templates, in other words.
const utils = `function loggable (params) {
  const copy = { ...params }
  if (params.__ims_oauth_s2s?.client_secret) copy.__ims_oauth_s2s = { ...params.__ims_oauth_s2s, client_secret: '***' }
  if (params.__ow_headers?.authorization) copy.__ow_headers = { ...params.__ow_headers, authorization: '***' }
  return JSON.stringify(copy)
}
const absent = (object, names) => names.filter((name) => object[name] === undefined || object[name] === '')
function checkMissingRequestInputs (params, required = [], headers = []) {
  const lost = [...absent(params.__ow_headers || {}, headers.map((name) => name.toLowerCase())), ...absent(params, required)]
  return lost.length > 0 ? \`missing '\${lost}'\` : null
}
const bearer = (params) => params.__ow_headers && params.__ow_headers.authorization && params.__ow_headers.authorization.slice(7)
const fail = (statusCode, message) => ({ error: { statusCode, body: { error: message } } })
module.exports = { loggable, checkMissingRequestInputs, bearer, fail }
`
const templateAction =
  (required = '[]', body = "return { statusCode: 200, body: 'ok' }") => `const { Core } = require('@adobe/aio-sdk')
const { loggable, checkMissingRequestInputs, bearer, fail } = require('../utils')
exports.main = async function (params) {
  const logger = Core.Logger('main', { level: params.LOG_LEVEL || 'info' })
  logger.debug(loggable(params))
  const requiredParams = ${required}
  const requiredHeaders = ['Authorization']
  const message = checkMissingRequestInputs(params, requiredParams, requiredHeaders)
  if (message) return fail(400, message)
  const token = bearer(params)
  ${body}
}
`
const application = (actions, more = '') =>
  `application:\n${more}  runtimeManifest:\n    packages:\n      shelf:\n        license: Apache-2.0\n        actions:\n${actions.replace(/^(?=.)/gm, '          ')}`
const extension = (actions) => `operations:
  view:
    - type: web
      impl: index.html
actions: actions
web: web-src
runtimeManifest:
  packages:
    dx-excshell-1:
      license: Apache-2.0
      actions:
${actions.replace(/^(?=.)/gm, '        ')}`
const generic = `generic:
  function: actions/generic/index.js
  web: 'yes'
  runtime: nodejs:22
  inputs:
    LOG_LEVEL: debug
  annotations:
    require-adobe-auth: true
    final: true
`
const plain = (name, more = '') => `${name}:\n  function: actions/${name}.js\n  runtime: nodejs:22\n${more}`
const base = {
  'package.json': '{"name":"shelf","version":"0.0.1"}', '.gitignore': '.env\nnode_modules\ndist\n',
  '.env': toDotenv(consoleEnv)
}

const shapes = {
  "the standalone application of Adobe's present template": {
    'app.config.yaml': application(generic), 'actions/utils.js': utils, 'actions/generic/index.js': templateAction()
  },
  "the Experience Cloud extension of Adobe's present template": {
    'app.config.yaml': 'extensions:\n  dx/excshell/1:\n    $include: src/dx-excshell-1/ext.config.yaml\n',
    'src/dx-excshell-1/ext.config.yaml': extension(generic),
    'src/dx-excshell-1/actions/utils.js': utils,
    'src/dx-excshell-1/actions/generic/index.js': templateAction(),
    'src/dx-excshell-1/web-src/index.html': '<p>'
  },
  'an action for Analytics with a key of the Developer Console': {
    'app.config.yaml': application(
      `analytics:\n  function: actions/analytics/index.js\n  web: 'yes'\n  runtime: nodejs:22\n  inputs:\n    LOG_LEVEL: debug\n    companyId: $ANALYTICS_COMPANY_ID\n    apiKey: $SERVICE_API_KEY\n  annotations: {require-adobe-auth: true, final: true}\n`
    ),
    '.env': toDotenv({ ...consoleEnv, ANALYTICS_COMPANY_ID: 'example' }),
    'actions/utils.js': utils,
    'actions/analytics/index.js':
      templateAction("['apiKey', 'companyId']", 'return { body: [params.companyId, params.apiKey, token] }')
  },
  'an action with the credentials of include-ims-credentials': {
    'app.config.yaml': application(plain('sync', '  annotations: {include-ims-credentials: true}\n')),
    'actions/sync.js':
      "exports.main = async ({ __ims_oauth_s2s: credentials, __ims_env }) => ({ id: credentials.client_id, __ims_env })\n"
  },
  'a worker of Asset Compute': {
    'app.config.yaml':
      'extensions:\n  dx/asset-compute/worker/1:\n    operations:\n      workerProcess:\n        - type: action\n          impl: shelf/worker\n    runtimeManifest:\n      packages:\n        shelf:\n          actions:\n            worker:\n              function: actions/worker.js\n              web: \'yes\'\n              runtime: nodejs:22\n              limits: {concurrency: 10}\n              annotations: {require-adobe-auth: true}\n',
    'actions/worker.js':
      "const { worker } = require('@adobe/asset-compute-sdk')\nexports.main = worker(async (source, rendition) => { await rendition.write(source.path) })\n"
  },
  'a handler of I/O Events that is not on the web': {
    'app.config.yaml': application(plain('events', '  inputs: {LOG_LEVEL: info}\n'),
      '  events:\n    registrations:\n      Mine:\n        description: of the shelf\n        events_of_interest:\n          - provider_metadata: aem\n            event_codes: [aem.assets.created]\n        runtime_action: shelf/events\n'),
    'actions/events.js':
      "exports.main = async (params) => {\n  if (params.challenge) return { body: { challenge: params.challenge } }\n  const { event } = params\n  return { body: event ? event.type : 'none' }\n}\n"
  },
  'a legacy project with manifest.yml and the placeholder of its package': {
    'manifest.yml':
      `packages:\n  __APP_PACKAGE__:\n    license: Apache-2.0\n    actions:\n${generic.replace(/^(?=.)/gm, '      ')}`,
    'actions/utils.js': utils,
    'actions/generic/index.js': templateAction()
  },
  'actions that a hook compiles': {
    'app.config.yaml': application(
      `a:\n  function: dist/a/index.js\n  runtime: nodejs:22\nb:\n  function: lib/b.js\n  runtime: nodejs:22\n`,
      '  hooks:\n    pre-app-build: npm run compile\n'
    ),
    'src/a.ts': 'export const main = () => ({})\n'
  },
  "actions that the project's build compiles, by its own compiler's settings": {
    'app.config.yaml': application(plain('one') + plain('two')),
    'tsconfig.json': '{"compilerOptions":{"outDir":"actions"}}',
    'actions-src/one.ts': 'export const main = () => ({})\n'
  },
  'hooks for everything': {
    'app.config.yaml': application(plain('a'),
      '  hooks:\n    pre-app-build: echo\n    post-app-build: echo\n    pre-app-deploy: echo\n    post-app-deploy: echo\n    pre-app-run: echo\n    post-app-run: echo\n    build-static: echo\n    serve-static: echo\n'),
    'actions/a.js': 'exports.main = () => ({})\n'
  },
  'a sequence, a trigger by the clock, and a rule': {
    'app.config.yaml': application(plain('first') + plain('second')) +
      '        sequences:\n          both:\n            actions: first, second\n            web: \'yes\'\n        triggers:\n          hourly:\n            feed: /whisk.system/alarms/interval\n            inputs: {minutes: 60}\n        rules:\n          hourlyRule:\n            trigger: hourly\n            action: first\n',
    'actions/first.js': 'exports.main = (params) => params\n',
    'actions/second.js': 'exports.main = ({ name = "none" }) => ({ name })\n'
  },
  'an action with a folder, a package.json and files beside it': {
    'app.config.yaml': application(
      'folder:\n  function: actions/folder\n  runtime: nodejs:22\n  include:\n    - ["data/*.json", "data/"]\n'
    ),
    'actions/folder/package.json': '{"name":"folder","main":"lib/main.js"}',
    'actions/folder/lib/main.js': "const helper = require('./helper')\nexports.main = () => helper()\n",
    'actions/folder/lib/helper.js': 'module.exports = () => ({})\n', 'data/a.json': '{}'
  },
  'ES modules with endings': {
    'package.json': '{"name":"shelf","version":"1.0.0","type":"module"}',
    'app.config.yaml': application(plain('module')),
    'actions/module.js':
      "import { text } from './text.js'\nimport data from './data.json' with { type: 'json' }\nexport const main = async () => ({ body: [text, data] })\n",
    'actions/text.js': "export const text = 'x'\n", 'actions/data.json': '{}'
  },
  'reads that expect what is not there': {
    'app.config.yaml': application(plain('guards', "  web: 'yes'\n")),
    'actions/guards.js':
      "exports.main = async (params) => {\n  const { FEATURE_X, MODE = 'a' } = params\n  if (FEATURE_X && params.FEATURE_Y) console.log(params.FEATURE_Y)\n  if ('CACHE_TTL' in params) console.log(params.CACHE_TTL)\n  const url = params.API_URL ? params.API_URL : 'https://x'\n  if (params.DEBUG === 'true') console.log(url, MODE)\n  return { body: params.REGION ?? 'na1' }\n}\n"
  },
  'what is not a credential, by its name': {
    'app.config.yaml': application(plain('names',
      "  web: 'yes'\n  inputs:\n    TOKEN_CACHE_TTL: 3600\n    CLIENT_ID: $SERVICE_API_KEY\n    tokenLifetime: 60\n    PASSWORD_MIN_LENGTH: 8\n    private_key_path: keys\n")),
    'actions/names.js': 'exports.main = () => ({})\n'
  },
  'several extensions that share a file': {
    'app.config.yaml':
      'application:\n  $include: shared.yaml\nextensions:\n  dx/excshell/1:\n    $include: src/dx-excshell-1/ext.config.yaml\n',
    'shared.yaml':
      'runtimeManifest:\n  packages:\n    shared:\n      actions:\n        common:\n          function: actions/common.js\n          runtime: nodejs:22\n',
    'actions/common.js': 'exports.main = () => ({})\n', 'src/dx-excshell-1/ext.config.yaml': extension(generic),
    'src/dx-excshell-1/actions/utils.js': utils, 'src/dx-excshell-1/actions/generic/index.js': templateAction(),
    'src/dx-excshell-1/web-src/index.html': '<p>'
  },
  'inputs of the package, and of all kinds': {
    'app.config.yaml':
      'application:\n  runtimeManifest:\n    packages:\n      shelf:\n        inputs:\n          LOG_LEVEL: info\n        actions:\n          kinds:\n            function: actions/kinds.js\n            runtime: nodejs:22\n            inputs:\n              n: 5\n              list: [a, $SERVICE_API_KEY]\n              nested: {deep: {key: "${AIO_RUNTIME_NAMESPACE}"}}\n              typed: {type: string, default: x}\n              empty: string\n              none:\n',
    'actions/kinds.js': 'exports.main = (params) => ({ ...params })\n'
  },
  'only a front end': { 'app.config.yaml': 'application:\n  web: web-src\n', 'web-src/index.html': '<p>' },
  'web assets with headers, and an action that checks a key of its own': {
    'app.config.yaml': application(
      plain('hook',
        "  web: raw\n  inputs:\n    WEBHOOK_KEY_ID: $SERVICE_API_KEY\n  annotations: {require-whisk-auth: false, final: true}\n"),
      '  web:\n    src: web-src\n    response-headers:\n      /*:\n        cache-control: no-store\n'
    ),
    'web-src/index.html': '<p>', 'actions/hook.js': 'exports.main = (params) => ({ body: params.__ow_body })\n'
  },
  'the marketplace: a schema of settings and a dependency on a product': {
    'app.config.yaml': application(plain('a')) +
      'configSchema:\n  title: Shelf\n  properties:\n    - type: string\n      title: Where\n      envKey: SHELF_WHERE\n      secret: false\nproductDependencies:\n  - code: AEM\n    minVersion: 1.0.0\n    maxVersion: 2.0.0\n',
    'actions/a.js': 'exports.main = () => ({})\n'
  }
}

describe('adit check of a correct project', () => {
  for (const [name, files] of Object.entries(shapes)) {
    test(`finds nothing in ${name}`, async () => {
      const { stdout, stderr } = await run(['check', '--json'], { cwd: project({ ...base, ...files }) })
      assert.deepEqual(
        JSON.parse(stdout || stderr).filter(({ severity }) => severity !== 'note').map(({ code, message }) =>
          `${code}: ${message}`),
        []
      )
    })
  }
})

describe("adit check of a project that Adobe's tools refuse", () => {
  const action =
    (lines) => application(`a:\n  function: actions/a.js\n  runtime: nodejs:22\n${lines.replace(/^(?=.)/gm, '  ')}`)
  const ofPackage = (lines) => application(plain('a')) + lines.replace(/^(?=.)/gm, '        ')
  const oneExtension = (lines) => `extensions:\n  dx/excshell/1:\n${lines.replace(/^(?=.)/gm, '    ')}`
  // The configuration, and the line that the error names.
  const refused = {
    'empty inputs': [action('inputs:\n'), 10], 'empty annotations': [action('annotations:\n'), 10],
    'an annotation that is a number': [action('annotations: {final: 1}\n'), 10],
    'a package without anything': ['application:\n  runtimeManifest:\n    packages:\n      shelf:\n', 4],
    'empty actions': ['application:\n  runtimeManifest:\n    packages:\n      shelf:\n        actions:\n', 5],
    'a manifest without packages': ['application:\n  runtimeManifest:\n    package: {}\n', 3],
    'an empty manifest': ['application:\n  runtimeManifest:\n', 2],
    'an extension without operations': [oneExtension('actions: actions\n'), 3],
    'operations without an implementation': [oneExtension('operations:\n  view: []\n'), 4],
    'an empty extension': [oneExtension(''), 2],
    'unknown keys of web': ['application:\n  web:\n    source: web-src\n', 3],
    'an input that JSON does not have': [action('inputs:\n  size: .inf\n'), 11],
    'an empty hook': ['application:\n  hooks:\n    pre-app-build:\n', 3],
    'a time that is a text': ["application:\n  htmlcacheduration: '60'\n", 2],
    'web without a value': [action('web:\n'), 10], 'neither an application nor extensions': ['other: {}\n', 0],
    'an application without anything': ['application:\n', 1],
    'an annotation beside the annotations': [action('web-export: true\n'), 10],
    'a rule without its trigger': [ofPackage('rules:\n  r: {trigger: none, action: a}\n'), 11],
    'a route to an action that is not on the web': [
      ofPackage('apis:\n  api:\n    base:\n      path:\n        a: {method: get}\n'), 14
    ],
    'a route to nothing': [ofPackage('apis:\n  api:\n    base:\n      path:\n        b: {method: get}\n'), 14],
    'a dependency without its location': [ofPackage('dependencies:\n  other: {}\n'), 11],
    'a folder without an index.js': [application('a:\n  function: actions\n  runtime: nodejs:22\n'), 8],
    'a schema without properties': [application(plain('a')) + 'configSchema: {}\n', 10],
    'a dependency on a product without its versions': [
      application(plain('a')) + 'productDependencies: [{code: AEM}]\n', 10
    ]
  }
  for (const [name, [configuration, line]] of Object.entries(refused)) {
    test(`reports an error for ${name}`, async () => {
      const root = project({ ...base, 'app.config.yaml': configuration, 'actions/a.js': 'exports.main = () => ({})\n' })
      const { code, stdout } = await run(['check', '--json'], { cwd: root })
      const [error] = JSON.parse(stdout).filter(({ severity }) => severity === 'error')
      assert.equal(code, 1, stdout)
      assert.deepEqual([error.code, error.line], ['refused_by_adobe', line], error.message)
      assert.ok(error.fix.length > 10)
    })
  }

  test('reports an error for an include of an empty file', async () => {
    const root =
      project({ ...base, 'app.config.yaml': 'application:\n  $include: more.yaml\n', 'more.yaml': '# later\n' })
    const { code, stdout } = await run(['check'], { cwd: root })
    assert.equal(code, 1)
    assert.match(stdout, /^app\.config\.yaml:2:13: error: more\.yaml is included, but contains nothing/m)
  })

  test('reports a note if there is no package.json', async () => {
    const { 'package.json': _, ...rest } = base
    const { code, stdout } = await run(['check'], { cwd: project(
      { ...rest, 'app.config.yaml': application(plain('a')), 'actions/a.js': 'exports.main = () => ({})\n' }
    ) })
    assert.equal(code, 0)
    assert.match(stdout, /note: The project has no package\.json/)
  })

  test('does not stop `adit invoke`, which prints a warning', async () => {
    const root = project(
      { ...base, 'app.config.yaml': action('inputs:\n'), 'actions/a.js': 'exports.main = () => ({ body: 1 })\n' }
    )
    const { code, stdout, stderr } = await run(['invoke', 'a'], { cwd: root })
    assert.deepEqual([code, JSON.parse(stdout)], [0, { body: 1 }], stderr)
    assert.match(stderr, /`inputs` must be a map, but here is nothing; Adobe's tools refuse to load the project/)
  })
})

describe('adit check --fix', () => {
  test('skips a change that would cause an error, and makes the others', async () => {
    const root = project({
      ...base, 'app.config.yaml': application(plain('a', '  limit:\n    memory: 250MB\n  anotations: {final: true}\n')),
      'actions/a.js': 'exports.main = () => ({})\n'
    })
    assert.equal((await run(['check'], { cwd: root })).code, 0)
    const { stderr } = await run(['check', '--fix', '--yes'], { cwd: root })
    assert.match(stderr, /not changed, because the change would add an error/)
    const { code, stdout } = await run(['check', '--json'], { cwd: root })
    assert.equal(code, 0)
    assert.deepEqual(JSON.parse(stdout).filter(({ code }) => code === 'unknown_key').map(({ message }) => message),
      ["The key `limit` of action 'shelf/a' has no effect here."])
  })
})

describe('adit check of settings that Adobe\'s tools read in an unexpected way', () => {
  const codes = async (files) => JSON.parse(
    (await run(['check', '--json'],
      { cwd: project({ ...base, 'actions/a.js': 'exports.main = () => ({})\n', ...files }) })).stdout
  ).map(({ code, severity, line }) => [code, severity, line])

  test('reports names in small letters, broken references, changed values and lost inputs', async () => {
    const found = await codes({
      '.env': 'lower=1\nPASS=pa$$word\n',
      'app.config.yaml': application(plain('a',
        "  inputs:\n    one: $lower\n    two: '${LOWER'\n    three: $PASS\n    four: {value: a, default: b}\n    five: '{\"k\": $LOWER}'\n"))
    })
    for (const wanted of [
      ['env_name_upper_case', 'note', 1], ['variable_unset', 'warning', 11], ['reference_broken', 'warning', 12],
      ['value_changed', 'warning', 2], ['input_lost', 'warning', 14], ['reference_broken', 'warning', 15]
    ])
      assert.ok(found.some((one) => wanted.every((value, i) => one[i] === value)),
        `${wanted} in ${JSON.stringify(found)}`)
  })

  test('reports a list with a variable as the `value` of an input, which Adobe\'s tools cannot deploy', async () => {
    const found = await codes({ '.env': 'A=1\n', 'app.config.yaml': application(plain('a',
      '  inputs:\n    one: {value: [1, $A]}\n    two: {default: [[x, "${A}"]]}\n    three: [1, $A]\n    four: {value: [1]}\n    five: {value: [{k: $A}]}\n')) })
    assert.deepEqual(found.filter(([code]) => code === 'refused_by_adobe'),
      [['refused_by_adobe', 'error', 11], ['refused_by_adobe', 'error', 12]])
  })

  test('reports texts instead of booleans, and inputs that every caller can replace', async () => {
    const found = await codes({
      'app.config.yaml': application(
        plain('a', "  web: 'true'\n") +
          plain('b', "  web: 'yes'\n  inputs: {API_URL: 'https://x'}\n  annotations: {require-adobe-auth: 'false'}\n") +
          plain('c', "  web: 'yes'\n  inputs: {API_URL: 'https://x'}\n  annotations: {final: 'true'}\n")
      ),
      'actions/b.js': '', 'actions/c.js': ''
    })
    assert.deepEqual(
      found.filter(
        ([code]) => ['probable_mistake', 'annotations_conflict', 'inputs_not_final'].includes(code)
      ).map(([code, , line]) => [code, line]),
      [['probable_mistake', 10], ['annotations_conflict', 16], ['inputs_not_final', 22], ['annotations_conflict', 22]])
  })

  test('reports what adit does not run', async () => {
    const found = await codes({
      'package.json': '{"name":"shelf","version":"1.0.0","type":"module"}',
      'app.config.yaml': application(
        'ts:\n  function: actions/a.ts\n  runtime: nodejs:22\nesm:\n  function: actions/esm.js\n  runtime: nodejs:22\nnone:\n  function: actions/a.js\n'
      ),
      'actions/a.ts': '',
      'actions/esm.js':
        "import { x } from './x'\nimport data from './data.json'\nexport const main = () => [x, data]\n",
      'actions/x.js': 'export const x = 1\n', 'actions/data.json': '{}'
    })
    assert.deepEqual(
      found.filter(([, severity]) => severity !== 'note').map(([code, , line]) => [code, line]).sort(),
      [['refused_by_adobe', 13], ['unsupported_typescript', 8]])
  })

  test('reports runtimes of Node.js that Adobe I/O Runtime does not have', async () => {
    const runtimes =
      ['nodejs:22', 'nodejs:24', 'nodejs:23', 'nodejs:default', "'nodejs: 22'", 'nodejs:22.1', 'nodejs', 'python:3']
    const found = await codes({
      'app.config.yaml': application(runtimes.map((runtime, i) =>
        `a${i}: {runtime: ${runtime}, function: actions/a.js}\n`).join('')),
      'actions/a.js': ''
    })
    assert.deepEqual(found.filter(([code]) => code.startsWith('runtime_')).map(([code, , line]) => [code, line]),
      [9, 10, 11, 12, 13, 14].map((line) => ['runtime_unknown', line]))
  })

  test('a file that a hook may make is not an error: the first file of a folder, and an import', async () => {
    const files = {
      'app.config.yaml': application("a: {runtime: 'nodejs:22', function: actions/a}\nb: {runtime: 'nodejs:22', function: actions/b.js}\n",
        '  hooks: {build-actions: make}\n'),
      'actions/a/package.json': '{"main":"dist/a.js"}', 'actions/b.js': "require('./made')"
    }
    const of = async (files) => (await codes(files)).map(([code, severity]) => `${severity} ${code}`)
      .filter((text) => /function|import|refused/.test(text)).sort()
    assert.deepEqual(await of(files), ['note function_not_built', 'note import_not_built'])
    assert.deepEqual(await of({ ...files, 'app.config.yaml': files['app.config.yaml'].replace(/ *hooks.*\n/, '') }),
      ['error refused_by_adobe', 'warning import_missing'])
  })
})

describe('adit check of many actions', () => {
  test('reports a finding that several actions share in one line', async () => {
    const many =
      Array.from({ length: 30 }, (_, i) => `a${i}:\n  function: actions/a.js\n  runtime: nodejs:16\n`).join('')
    const root =
      project({ ...base, 'app.config.yaml': application(many), 'actions/a.js': 'exports.main = () => ({})\n' })
    const { stdout } = await run(['check'], { cwd: root })
    assert.equal(stdout.match(/\[runtime_retired\]/g).length, 1)
    assert.match(stdout, /shelf\/a0 \(\d+\)[^]*shelf\/a29 \(\d+\)/)
    assert.equal(
      JSON.parse((await run(['check', '--json'], { cwd: root })).stdout).filter(({ code }) =>
        code === 'runtime_retired').length,
      30
    )
  })
})

describe('adit check of a credential that an action cannot use', () => {
  test('reports an encrypted key whose passphrase is set and not mapped', async () => {
    const { createPrivateKey } = await import('node:crypto')
    const env = jwtEnv()
    const encrypted = createPrivateKey(Buffer.from(env.JWT_PRIVATE_KEY,
      'base64')).export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'of the test' })
    const inputs = Object.keys(env).map((name) => `    ${name}: $${name}\n`).join('')
    const root = project({
      ...base,
      '.env': toDotenv({
        ...jwtEnv({ JWT_PRIVATE_KEY: Buffer.from(encrypted).toString('base64') }),
        JWT_PRIVATE_KEY_PASSPHRASE: 'of the test'
      }),
      'app.config.yaml': application(`sign:\n  function: actions/sign.js\n  runtime: nodejs:22\n  inputs:\n${inputs}`),
      'actions/sign.js': 'exports.main = (params) => ({ body: params.JWT_PRIVATE_KEY })\n'
    })
    const found = async () => JSON.parse((await run(['check', '--json'], { cwd: root })).stdout).filter(({ code }) =>
      code === 'passphrase_not_mapped')
    assert.deepEqual((await found()).map(({ severity, fixable }) => [severity, fixable]), [['error', true]])
    await run(['check', '--fix', '--yes'], { cwd: root })
    assert.deepEqual(await found(), [])
  })
})
