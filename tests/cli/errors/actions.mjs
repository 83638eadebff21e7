// Building, running and packing actions.
const cpp = (cmake) => ({
  'ext.config.yaml':
    'runtimeManifest:\n  packages:\n    p:\n      actions:\n        a:\n          function: a\n          runtime: cpp\n',
  'a/CMakeLists.txt': cmake, 'a/a.cc': 'int main() {}\n'
})
const node = (name, text = '', lines = '') => ({
  'ext.config.yaml':
    `runtimeManifest:\n  packages:\n    p:\n      actions:\n        a:\n          function: ${name}\n          runtime: nodejs:22\n${lines}`,
  [name]: text
})
// Only adit's own lines, not those that compilers and Node.js print before.
const ownLines = /^(adit: |  [^ ])/
const begin = 'cmake_minimum_required(VERSION 3.25)\nproject(a LANGUAGES CXX)\n'

export const actions = ({ made }) => [
  ['a build of a JavaScript action', ['build', 'a'], { files: node('a.js') }],
  ['a build without a C++ action', ['build'], { files: node('a.js') }],
  ['a C++ action without a folder', ['build'], { files: { 'ext.config.yaml': cpp('')['ext.config.yaml'] } }],
  ['a C++ action whose function is a file', ['build'], {
    files: { 'ext.config.yaml': cpp('')['ext.config.yaml'], a: '' }
  }],
  ['a C++ action without CMakeLists.txt', ['build'], {
    files: { 'ext.config.yaml': cpp('')['ext.config.yaml'], 'a/a.cc': '' }
  }],
  ['no CMake', ['build'], { files: cpp(begin), env: { PATH: '/nonexistent' }, only: ownLines }],
  ['a CMakeLists.txt that is broken', ['build'], {
    files: cpp('cmake_minimum_required(VERSION 3.25)\nproject(a LANGUAGES NONE)\nmessage(FATAL_ERROR "no")\n'),
    only: /^(adit: |  See)/
  }],
  ['a C++ action that builds nothing', ['build'], {
    files: cpp('cmake_minimum_required(VERSION 3.25)\nproject(a LANGUAGES NONE)\n'), only: ownLines
  }],
  ['a C++ action that builds two programs', ['build'], {
    files: cpp(begin + 'add_executable(one a.cc)\nadd_executable(two a.cc)\n'), only: ownLines
  }],
  ['a parameter file that is not JSON', ['invoke', '-P', 'p.json'], { files: { ...node('a.js'), 'p.json': '{' } }],
  ['a parameter file that is not there', ['invoke', '-P', 'q.json'], { files: node('a.js') }],
  ['a parameter file that is not JSON further down', ['invoke', '-P', 'p.json'], {
    files: { ...node('a.js'), 'p.json': '{\n  "a": 1,\n  "ä": tru\n}\n' }
  }],
  [
    'a parameter file that is not an object', ['invoke', '-P', 'p.json'], { files: { ...node('a.js'), 'p.json': '[]' } }
  ],
  ['a function that is not there', ['invoke'], { files: { 'ext.config.yaml': node('a.js')['ext.config.yaml'] } }],
  ['TypeScript', ['invoke'], { files: node('a.ts') }],
  ['a hook that fails', ['invoke'], {
    files: {
      ...node('a.js'), 'ext.config.yaml': 'hooks:\n  pre-app-build: exit 3\n' + node('a.js')['ext.config.yaml']
    },
    only: ownLines
  }],
  ['a zip as a function', ['invoke'], { files: node('a.zip') }],
  ['a runtime that does not run here', ['invoke'], { files: {
    'ext.config.yaml':
      'runtimeManifest:\n  packages:\n    p:\n      actions:\n        a:\n          function: a.py\n          runtime: python:3\n',
    'a.py': ''
  } }],
  ['no runtime', ['invoke'], { files: {
    'ext.config.yaml': 'runtimeManifest:\n  packages:\n    p:\n      actions:\n        a:\n          function: a.js\n',
    'a.js': ''
  } }],
  ['a value for an input that is final', ['invoke', '-p', 'level', 'mine'], { files: node('a.js', '',
    '          annotations: { final: true }\n          inputs: { level: info }\n') }],
  ['no Node.js', ['invoke'], { files: node('a.js'), env: { PATH: '/nonexistent' } }],
  ['an ADIT_NODE that is not a program', ['invoke'], { files: node('a.js'), env: { ADIT_NODE: '/nonexistent/node' } }],
  ['an action that does not parse', ['invoke'], { files: node('a.js', 'exports.main = (\n'), only: ownLines }],
  ['an action without main', ['invoke'], { files: node('a.js', 'exports.other = () => ({})\n'), only: ownLines }],
  ['an action that fails', ['invoke'], {
    files: node('a.js', 'exports.main = () => { throw new Error("the teapot is empty") }\n'), only: ownLines
  }],
  ['an action that answers no object', ['invoke'], {
    files: node('a.js', 'exports.main = () => 42\n'), only: ownLines
  }],
  ['an action that ends itself', ['invoke'], { files: node('a.js', 'exports.main = () => process.exit(3)\n') }],
  ['an action that takes too long', ['invoke'], { files: node('a.js',
    'exports.main = () => new Promise((r) => setTimeout(r, 60000))\n', '          limits: { timeout: 10000 }\n') }],
  ['a package of a JavaScript action for other containers', ['package', '--target', 'native'], { files: node('a.js') }],
  ['a package of JavaScript that must be bundled', ['package', '--target', 'nodejs'], { files: node('a.js',
    "require('./b')\n") }],
  ['a package with another file extension', ['package', '--target', 'nodejs', '-o', 'a.tar'], { files: cpp(begin) }],
  ['a package of what is not a program', ['package', '--target', 'native', '--program', 'prog', '-o', 'a.zip'], {
    files: { prog: 'hello' }
  }],
  ['a package without a folder for temporary files', [
    'package', '--target', 'nodejs', '--program', made.large, '-o', 'a.zip'
  ], { env: { TMPDIR: '/nowhere' } }],
  ['a package without strip', ['package', '--target', 'native', '--program', '/bin/true', '-o', 'a.zip'], {
    env: { PATH: '/nonexistent' }
  }],
  [
    'a package without certificates',
    ['package', '--target', 'native', '--program', '/bin/true', '-o', 'a.zip'],
    { env: { SSL_CERT_DIR: '/nonexistent' } }
  ],
  ['a package of a program whose library is gone', [
    'package', '--target', 'native', '--program', made.lost, '-o', 'a.zip'
  ]],
  ['a package that is too large', ['package', 'large', '--target', 'nodejs', '--program', made.large, '-o', 'a.zip']],
  ['an image over an existing file', ['package', '--target', 'image', '--program', '/bin/true', '-o', 'image'], {
    files: { 'image/x': '' }
  }],
  ['a server whose port is taken', ['dev', '--http', '--port', 'TAKEN'], { files: node('a.js') }],
  ['a server at an address of another machine', ['dev', '--http', '--port', '0', '--host', '192.0.2.1'], {
    files: node('a.js')
  }],
  ['a state folder that is a file', ['dev', '--http', '--port', '0', '--state', 'a.js'], { files: node('a.js') }],
  ['a state folder below one that is missing', ['dev', '--http', '--port', '0', '--state', 'no/state'], {
    files: node('a.js')
  }]
]
