// Projects: their configuration, their actions, their settings.
const action = (lines) => ({
  'ext.config.yaml':
    `runtimeManifest:\n  packages:\n    p:\n      actions:\n        a:\n          function: a.js\n${lines}`
})
const manifest = (text) => ({ 'ext.config.yaml': text })
const invoke = ['invoke']
const two =
  'runtimeManifest:\n  packages:\n    p:\n      actions:\n        report: { function: a.js }\n        other: { function: a.js }\n      sequences:\n        both: { actions: "report, other" }\n'
const doubling = (depth) => Object.fromEntries(Array.from({ length: depth }, (_, i) => [
  `${i}.yaml`,
  `a: { $include: ${i + 1}.yaml }\nb: { $include: ${i + 1}.yaml }\nc: { $include: ${i + 1}.yaml }\nd: { $include: ${i + 1}.yaml }\n`
]))
const many = (count, line) => Array.from({ length: count }, (_, i) => line(i)).join('')

export const project = [
  ['no project', invoke],
  ['a folder that does not exist', [...invoke, '--project', 'nowhere']],
  ['YAML that is broken', invoke, { files: manifest('runtimeManifest:\n  packages: [\n') }],
  ['a tab in YAML', invoke, { files: manifest('runtimeManifest:\n\tpackages:\n') }],
  ['a key twice', invoke, { files: manifest('actions: a\nweb: w\nactions: b\n') }],
  ['two YAML documents', invoke, { files: manifest('actions: a\n---\nactions: b\n') }],
  ['an alias without its anchor', invoke, { files: manifest('actions: *a\n') }],
  ['an unknown tag', invoke, { files: manifest('actions: !secret a\n') }],
  ['UTF-16', invoke, { files: manifest(Buffer.from('\ufeffactions: a\n', 'utf16le')) }],
  ['an older encoding', invoke, { files: manifest(Buffer.from('# Gr\xf6\xdfe\nactions: a\n', 'latin1')) }],
  ['a control character', invoke, { files: manifest('actions: a\u0007b\n') }],
  ['a file that is far too large', invoke, { files: manifest('# a line\n'.repeat(500_000)) }],
  ['YAML that is nested too deeply', invoke, { files: manifest('['.repeat(200) + ']'.repeat(200)) }],
  ['aliases that multiply', invoke, { files: manifest(
    'a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\n'
  ) }],
  ['a file that is not a map', invoke, { files: manifest('- a\n- b\n') }],
  ['an included file that is missing', invoke, {
    files: { 'app.config.yaml': 'extensions:\n  dx/excshell/1:\n    $include: src/ext.config.yaml\n' }
  }],
  ['an included file outside of the project', invoke, {
    files: { 'app.config.yaml': 'application:\n  $include: ../a.yaml\n' }
  }],
  ['an included folder', invoke, {
    files: { 'app.config.yaml': 'extensions:\n  dx/excshell/1:\n    $include: src\n', 'src/x': '' }
  }],
  ['an inclusion in a circle', invoke, {
    files: { 'app.config.yaml': 'application:\n  $include: a.yaml\n', 'a.yaml': 'x:\n  $include: app.config.yaml\n' }
  }],
  ['an included file that is not a map', invoke, {
    files: { 'app.config.yaml': 'application:\n  $include: a.yaml\n', 'a.yaml': '- 1\n' }
  }],
  ['an inclusion that is not a file name', invoke, {
    files: { 'app.config.yaml': 'application:\n  $include: [a.yaml]\n' }
  }],
  ['inclusions that multiply', invoke, {
    files: { 'app.config.yaml': 'application:\n  $include: 0.yaml\n', ...doubling(12), '12.yaml': 'x: 1\n' }
  }],
  ['an extension that is not a map', invoke, { files: { 'app.config.yaml': 'extensions:\n  dx/excshell/1: src\n' } }],
  ['packages that are not a map', invoke, { files: manifest('runtimeManifest:\n  packages: [a]\n') }],
  ['a package that is not a map', invoke, { files: manifest('runtimeManifest:\n  packages:\n    p: x\n') }],
  ['an action that is not a map', invoke, {
    files: manifest('runtimeManifest:\n  packages:\n    p:\n      actions:\n        a: a.js\n')
  }],
  ['a function outside of the project', invoke, {
    files: manifest('runtimeManifest:\n  packages:\n    p:\n      actions:\n        a: { function: /etc/passwd }\n')
  }],
  ['an action without a function', invoke, {
    files: manifest('runtimeManifest:\n  packages:\n    p:\n      actions:\n        a: { web: yes }\n')
  }],
  ['a runtime that is not text', invoke, { files: action('          runtime: 20\n') }],
  ['a value of web with a wrong type', invoke, { files: action('          web: 5\n') }],
  ['a limit out of range', invoke, { files: action('          limits:\n            timeout: 99\n') }],
  ['a limit with a unit', invoke, { files: action('          limits:\n            memory: 256MB\n') }],
  ['inputs that are not a map', invoke, { files: action('          inputs: [a]\n') }],
  ['an include with a wrong form', invoke, { files: action('          include: a.txt\n') }],
  ['an entry of include with a wrong form', invoke, { files: action('          include:\n            - a.txt\n') }],
  ['an include outside of the project', invoke, {
    files: action("          include:\n            - ['data/{x,..}/{x,..}/{x,..}/**']\n")
  }],
  ['an include of too many patterns', invoke, {
    files: action("          include:\n            - ['data/{1..1001}.json']\n")
  }],
  ['an include of a pattern that is too long', invoke, {
    files: action(`          include:\n            - ['data/${'x'.repeat(5000)}']\n`)
  }],
  ['an include of a pattern of too many groups', invoke, {
    files: {
      ...action(`          runtime: nodejs:22\n          include:\n            - ['${'*(|a)'.repeat(200)}b']\n`),
      ['a'.repeat(200)]: ''
    }
  }],
  ['an invalid name of an action', invoke, {
    files: manifest('runtimeManifest:\n  packages:\n    p:\n      actions:\n        a/b: { function: a.js }\n')
  }],
  ['a sequence without actions', invoke, {
    files: manifest('runtimeManifest:\n  packages:\n    p:\n      sequences:\n        s: { web: yes }\n')
  }],
  ['a route without a method', invoke, { files: manifest(
    'runtimeManifest:\n  packages:\n    p:\n      actions:\n        a: { function: a.js, web: yes }\n      apis:\n        shop: { v1: { orders: { a: { response: json } } } }\n'
  ) }],
  ['two actions with the same name', invoke, { files: manifest(
    'runtimeManifest:\n  packages:\n    p:\n      actions:\n        a: { function: a.js }\n      sequences:\n        a: { actions: b }\n'
  ) }],
  ['a package.json that is broken', invoke, { files: { ...action(''), 'package.json': '{ "name": }' } }],
  ['no action at all', invoke, { files: manifest('actions: actions\n') }],
  ['no name although there are several actions', invoke, { files: manifest(two) }],
  ['an action that is not there', [...invoke, 'reprt'], { files: manifest(two) }],
  ['a name that two packages have', [...invoke, 'a'], { files: manifest(
    'runtimeManifest:\n  packages:\n    p: { actions: { a: { function: a.js } } }\n    q: { actions: { a: { function: a.js } } }\n'
  ) }],
  ['a sequence instead of an action', [...invoke, 'both'], { files: manifest(two) }],
  ['IMS credentials that are needed but not set', invoke, {
    files: action('          annotations:\n            include-ims-credentials: true\n')
  }],
  ['a file of settings that does not exist', [...invoke, '--env-file', 'production.env'], { files: action('') }],
  ['a file of settings in UTF-16', invoke, { files: { ...action(''), '.env': Buffer.from('\ufeffA=1\n', 'utf16le') } }],
  ['too many actions', invoke, { files: manifest(
    `runtimeManifest:\n  packages:\n    p:\n      actions:\n${many(2001, (i) => `        a${i}: { function: a.js }\n`)}`
  ) }],
  ['inputs of a package that every action repeats', invoke, { files: manifest(
    `runtimeManifest:\n  packages:\n    p:\n      inputs:\n${many(1000, (i) => `        i${i}: x\n`)}      actions:\n${many(1000, (i) => `        a${i}: { function: a.js }\n`)}`
  ) }],
  ['inputs that a variable makes too long', invoke, { files: {
    ...action(`          inputs:\n            A: ${'$LONG'.repeat(10)}\n`), '.env': `LONG=${'x'.repeat(1 << 20)}\n`
  } }],
  ['a folder instead of the file of settings', invoke, { files: { ...action(''), '.env/x': '' } }],
  ['changes that cannot be confirmed', ['check', '--fix'], { files: manifest('actions: a\n'), only: /^(adit: |  )/ }]
]
