// Writes how Adobe's own loader reads YAML scalars, names in `.env`, and inputs that name variables, and which
// configurations it refuses. The unit tests of adit's reader expect the same. To renew: npm install && npm run cases
const fs = require('fs')
const os = require('os')
const path = require('path')
const yaml = require('js-yaml')
const { validate } = require('@adobe/aio-cli-lib-app-config')
const { utils } = require('@adobe/aio-lib-runtime')
const loadDotenv = require('@adobe/aio-lib-core-config/src/dotenv')

const scalars =
  `true True TRUE tRue false False FALSE yes no on off y n Yes NO null Null NULL nULL ~ 0 -0 +0 00 007 08 09 0123
0755 -0755 +0755 0_7 0_8 0o17 0O17 1_000 1__0 1_ _1 -_1 +1_2 12 -7 +12 12345678901234567890 9007199254740991 9007199254740993
-9007199254740993 0x1F 0X1F -0x1f 0x 0xG 0x_f 0x1_ 0b101 0b1_0 0b2 0b -0b11 0_b1 0xFFFFFFFFFFFFFFFF 1:30 01:30 0:30 1:60 1:5 1:05
190:20:30 -1:30 +1:30 1:30:61 1_0:30 1:3_0 12:30:45.5 1:30. 01:30. 1:60.5 20:59.5_ 1.5 -1.5 +1.5 1. -1. 0. 0.5 00.5 01.5 .5 -.5 +.5
._5 ._ . .. 1._5 1.5_ 1_0.5 1e3 1E3 1e+3 1e-3 1e 1.5e3 .5e1 0e3 1e3_0 1e400 -1e400 1e-400 .inf .Inf .INF -.inf +.inf .iNF .nan .NaN .NAN .nAn -.nan
inf nan Infinity NaN 1.2.3 1,000 1-2 2020-01-01 2020-1-1 2020-13-45 2020-02-30 0001-01-01 0099-12-31 0100-01-01 9999-99-99 2020-01-01T10:00:00Z
2020-01-01t10:00:00 2020-01-01T1:00:00.5 2020-01-01T10:00:00.123456Z 2020-01-01T10:00:00+02:00 2020-01-01T10:00:00-1 2020-01-01T10:00 2020-01-01T25:61:61Z
2020-01-01T10:00:00.Z 2020-01-01Z 20200101 1e3.5 0.1 100000000000000000000000 1e21 1.0 2e2 0xg 0b102 -0x_1 123abc +abc + 1+1 5% 1/2`
  .split(/\s+/)
scalars.push('2020-01-01 10:00:00', '2020-01-01  10:00:00 Z', '2020-01-01 10:00:00 +1:30', '2020-01-01 10:00:00 -01:30',
  "'0755'", '"2020-01-01"', '')
const keys = [
  '1.10', '0x10', '0755', 'true', 'True', 'yes', 'null', '~', '1_000', '1:30', '.inf', '.nan', '1e3', '-0', 'name',
  "'0755'", '0.1', '12345678901234567890'
]

const readScalars = scalars.map((text) => [text, yaml.safeLoad(`a: ${text}`).a])
const readKeys = keys.map((text) => [text, Object.keys(yaml.safeLoad(`{${text}: 1}`))[0]])

const envFiles = ['lower=1', 'LOWER=1', 'lower=1\nLOWER=2', 'LOWER=2\nlower=1', 'Foo=1\nfoo=2', 'foo=2\nFoo=1',
  'a-b.c=1', 'AIO_runtime_auth=u:p', 'a=1\na=2',
  'JWT_client_ID=x\nB=1', 'set=1', 'SET2=1\nset2=3\nSet2=4']
function readEnv (text) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'oracle-'))
  fs.writeFileSync(path.join(folder, '.env'), text)
  const before = process.env
  const start = process.cwd()
  process.env = { SET: 'from the process' }
  process.chdir(folder)
  loadDotenv(true)
  const names = { ...process.env }
  process.chdir(start)
  process.env = before
  fs.rmSync(folder, { recursive: true })
  return names
}

const variables = {
  A: 'one', B: 'two', AB: 'three', EMPTY: '', PART: '$B', TYPE: 'string', AMP: 'x$&y', DOLLARS: 'pa$$word',
  BEFORE: '[$`]', AFTER: "[$']", GROUP: '$1 $<a>', 'A-B': 'dashed', LOOP: '$LOOP'
}
const inputs = ['$A', '${A}', '${ A }', '${  A  }', '${A', '${AB', '${AB ', '${ AB', '$A}', '$A }', '{$A}',
  '{"k": "$A"}', '{"k": $A}', '$A$B', '$A-$B', '$A-B', '${A}-B', '$AB$A', '$A$AB',
  '$NONE', 'x$NONE.y', '$', '$$', '$$A', '${', '${}', '$ A', 'a$', '$A $A', '$PART', '$PART $B', '$B $PART', '$AMP',
  '-$AMP-', '$DOLLARS', 'a $BEFORE b', 'a $AFTER b', '$GROUP', '$EMPTY', '$TYPE', '$LOOP',
  'string', 'integer', 'number', 'String', 'boolean', ' string', 5, true, null, 1.5, [], {}, ['$A', 'b'],
  ['string', '$PART', '$TYPE'], ['$A', ['$B']], { k: '$A' }, { k: { l: '$A' } },
  { value: '$A' }, { default: '$A' }, { type: 'string', value: '$A' }, { type: 'string', value: 'string' },
  { value: 'string' }, { type: 'string', description: 'd', value: '$PART' },
  { value: '$A', type: 'string' }, { value: { k: '$A' } }, { type: 'x', value: { k: '$A' } },
  { value: { k: '$A' }, type: 'x' }, { value: ['a'] }, { value: 5 }, { value: true }, { value: null },
  { default: 5, type: 'integer' }, { value: '$A', default: '$B' }, { default: '$B', value: '$A' },
  { k: { value: '$A' } }, { k: { value: '$A' }, l: 1 }, [{ value: '$A' }], [{ k: '$A' }, { k: '$PART' }],
  { a: '$PART', b: 1 }, { a: '$TYPE', b: 1 }, { a: { b: '$TYPE' } }, { type: 'number', default: 0 },
  { name: 'value', in: '$A' }]
const before = process.env
process.env = variables
 // `x` is missing if it is undefined
const mapped = inputs.map((input) => [input, utils.processInputs({ x: input }, {})])
process.env = before

const action = 'function: a.js'
const app = (text) => `application:\n  runtimeManifest:\n    packages:\n      p:\n${text.replace(/^/gm, '        ')}`
const ofAction = (text) => app(`actions:\n  a:\n    function: a.js\n${text.replace(/^/gm, '    ')}`)
const extension = (text) => `extensions:\n  dx/excshell/1:\n${text.replace(/^/gm, '    ')}`
const operations = 'operations: {view: [{type: web, impl: index.html}]}\n'
const configurations = [
  app(`actions: {a: {${action}}}`), 'application:', 'application: {}', 'extensions:', 'extensions: {}', '{}', '',
  'other: {}', 'application: []', 'application: {}\nextensions:',
  'application: {runtimeManifest: }', 'application: {runtimeManifest: {}}',
  'application: {runtimeManifest: {packages: }}', 'application: {runtimeManifest: {packages: {}}}',
  'application: {runtimeManifest: {package: {}}}', 'application: {runtimeManifest: {packages: {p: }}}',
  'application: {runtimeManifest: {packages: {p: {}}}}',
  'application: {runtimeManifest: {packages: {"p/q": {}}}}', 'application: {runtimeManifest: {packages: {"p ": {}}}}',
  'application: {runtimeManifest: {packages: {" p": {}}}}',
  'application: {runtimeManifest: {packages: {"é": {}}}}', 'application: {runtimeManifest: {packages: {".p": {}}}}',
  'application: {runtimeManifest: {packages: {"p&q": {}}}}', 'application: {runtimeManifest: {packages: {"a..b": {}}}}',
  app('license: 2'), app('license:'), app('inputs:'), app('inputs: {}'), app('inputs: []'), app('inputs: {n: }'),
  app('inputs: {n: .inf}'), app('inputs: {n: .nan}'), app('inputs: {n: {k: .inf}}'), app('inputs: {n: 2020-01-01}'),
  app('inputs: text'), app('actions:'), app('actions: {}'), app('actions: []'), app('actions: {a: }'),
  app('actions: {a: {}}'), app('actions: {a: text}'), app('actions: {"a/b": {}}'), app('actions: {a: {function: }}'),
  app('actions: {a: {function: 5}}'), app('sequences:'), app('sequences: {s: }'), app('triggers:'), app('rules: []'),
  app('unknown: 1'), app('version: 1.0'),
  ofAction('web: yes'), ofAction('web: true'), ofAction('web:'), ofAction('web: 1'), ofAction('web: raw'),
  ofAction('web: maybe'), ofAction('web: []'), ofAction('runtime: 22'), ofAction('runtime:'),
  ofAction('runtime: nodejs:22'),
  ofAction('inputs:'), ofAction('inputs: {}'), ofAction('inputs: {a: .inf}'), ofAction('inputs: {a: }'),
  ofAction('annotations:'), ofAction('annotations: {}'), ofAction('annotations: {final: true}'),
  ofAction('annotations: {final: 1}'),
  ofAction('annotations: {final: }'), ofAction('annotations: {require-whisk-auth: 123}'),
  ofAction('annotations: {require-whisk-auth: abc}'), ofAction('annotations: {x: [1]}'),
  ofAction('annotations: {x: {y: 1}}'), ofAction('annotations: []'),
  ofAction('web-export: true'), ofAction('raw-http: true'), ofAction('final: true'), ofAction('limits:'),
  ofAction('limits: {memory: x}'), ofAction('include:'), ofAction('include: text'), ofAction('main: 5'),
  ofAction('docker: 5'),
  extension('runtimeManifest: {packages: {}}'), extension(operations), extension('operations:'),
  extension('operations: {}'), extension('operations: {view: }'), extension('operations: {view: []}'),
  extension('operations: {view: {}}'),
  extension('operations: {view: [text]}'), extension('operations: {view: [{}]}'),
  extension('operations: {view: [{type: 1}]}'), extension('operations: {view: [{type: web, impl: }]}'),
  extension('operations: {workerProcess: [{type: action, impl: p/a}]}'),
  extension('operations: []'), 'extensions: {dx/excshell/1: }', 'extensions: {"a b": {operations: {v: [{}]}}}',
  'extensions: {"a.b": {operations: {v: [{}]}}}', 'extensions: {"a_b": {operations: {v: [{}]}}}', 'extensions: []',
  'application: {web: }', 'application: {web: web-src}', 'application: {web: {}}', 'application: {web: {src: web-src}}',
  'application: {web: {source: web-src}}', 'application: {web: {src: 1}}', 'application: {web: []}',
  'application: {web: 5}',
  'application: {web: {response-headers: }}', 'application: {web: {response-headers: {"/*": {a: b}}}}',
  'application: {web: {response-headers: {"/*": {a: 1}}}}', 'application: {web: {response-headers: {"/*": }}}',
  'application: {actions: 5}', 'application: {actions: }', 'application: {dist: }', 'application: {dist: 1}',
  'application: {unitTest: []}', 'application: {e2eTest: 1}', 'application: {tvmurl: 1}', 'application: {hostname: }',
  'application: {awsaccesskeyid: 1}',
  'application: {awssecretaccesskey: 1}', 'application: {s3bucket: 1}', 'application: {htmlcacheduration: "60"}',
  'application: {htmlcacheduration: 60}', 'application: {jscacheduration: x}', 'application: {csscacheduration: }',
  'application: {imagecacheduration: .inf}',
  'application: {hooks: }', 'application: {hooks: {}}', 'application: {hooks: {pre-app-build: }}',
  'application: {hooks: {pre-app-build: [a]}}', 'application: {hooks: {pre-app-build: a}}',
  'application: {hooks: {unknown: 1}}', 'application: {hooks: []}',
  'application: {events: }', 'application: {events: {}}', 'application: {events: {registrations: }}',
  'application: {events: {registrations: {r: }}}', 'application: {events: {registrations: {r: {description: 1}}}}',
  'application: {events: {registrations: {r: {events_of_interest: {}}}}}',
  'application: {events: {registrations: {r: {events_of_interest: [{provider_metadata: 1}]}}}}',
  'application: {events: {registrations: {r: {events_of_interest: [{event_codes: x}]}}}}',
  'application: {events: {registrations: {r: {events_of_interest: [x]}}}}',
  'application: {events: {registrations: {r: {runtime_action: 5}}}}',
  'application: {events: {registrations: {r: {description: a, events_of_interest: [{provider_metadata: p, event_codes: [c]}], runtime_action: p/a}}}}',
  'application: {}\nconfigSchema:', 'application: {}\nconfigSchema: {}',
  'application: {}\nconfigSchema: {properties: []}',
  'application: {}\nconfigSchema: {properties: [{type: string, envKey: A}]}',
  'application: {}\nconfigSchema: {properties: [{type: number, envKey: A}]}',
  'application: {}\nconfigSchema: {properties: [{type: string}]}',
  'application: {}\nconfigSchema: {properties: [{envKey: A}]}',
  'application: {}\nconfigSchema: {properties: [{type: string, envKey: "1"}]}',
  'application: {}\nconfigSchema: {properties: [{type: string, envKey: A, extra: 1}]}',
  'application: {}\nconfigSchema: {properties: [{type: string, envKey: A, secret: "yes"}]}',
  'application: {}\nconfigSchema: {properties: [{type: string, envKey: A, enum: []}]}',
  'application: {}\nconfigSchema: {properties: [{type: string, envKey: A, enum: [1]}]}',
  'application: {}\nconfigSchema: {properties: [{type: string, envKey: A, default: 1}]}',
  'application: {}\nconfigSchema: {properties: {}}', 'application: {}\nconfigSchema: {title: 1, properties: []}',
  'application: {}\nconfigSchema: {description: 1, properties: []}',
  'application: {}\nproductDependencies:', 'application: {}\nproductDependencies: []',
  'application: {}\nproductDependencies: {}',
  'application: {}\nproductDependencies: [{code: A, minVersion: 1.0.0, maxVersion: 2.0.0}]',
  'application: {}\nproductDependencies: [{code: A, minVersion: "1", maxVersion: 2.0.0}]',
  'application: {}\nproductDependencies: [{code: A}]',
  'application: {}\nproductDependencies: [{code: A, minVersion: 1.0.0, maxVersion: 2.0.0, more: 1}]'
]
async function judge (text) {
  const { errors } = await validate(yaml.safeLoad(text))
  // A choice (`anyOf`) reports each of its members; only the place of the error matters.
  return [text, [...new Set((errors || []).map((error) => error.instancePath))].sort()]
}

async function main () {
  const lines = async (list) => '[\n' + (await Promise.all(list)).map((one) => JSON.stringify(one)).join(',\n') + '\n]'
  console.log(
    `{"scalars": ${await lines(readScalars)},\n"keys": ${await lines(readKeys)},\n"variables": ${JSON.stringify(variables)},\n"inputs": ${await lines(mapped)},\n` +
    `"env_files": ${await lines(envFiles.map((text) => [text, readEnv(text)]))},\n"configurations": ${await lines(configurations.map(judge))}}`)
}
main()
