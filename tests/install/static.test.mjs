// An action contains the libraries that it needs (docs/static-linking.md). If the archives on a machine are not
// suitable, it loads shared libraries, and one line says why. It links and runs in both cases.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { BUILD, CONSUMER, consumerResult, run, temporaryFolder } from './tools.mjs'

// Configures the consumer with these archives instead of the system's, and returns { tree, notice }.
function configure (archives) {
  const tree = temporaryFolder()
  const presets = Object.entries(archives).map(([name, file]) => `-DADIT_ARCHIVE_${name}=${file}`)
  const { status, stderr } = spawnSync('cmake', ['-S', CONSUMER, '-B', tree, `-Dadit_DIR=${BUILD}`, ...presets], {
    encoding: 'utf8', env: { PATH: process.env.PATH, HOME: tree, LANG: 'C.UTF-8' }
  })
  assert.equal(status, 0, stderr)
  return { tree, notice: stderr }
}

const loaded = (program) => run('objdump', ['-p', program]).match(/(?<=NEEDED +lib)\w+/g)
const kBecause = 'adit: programs will load shared libraries, because '

describe('an action on a machine', () => {
  let folder

  // Makes an archive from this C++ text.
  const archive = (name, text) => {
    const [source, object, made] = ['.cc', '.o', '.a'].map((ending) => join(folder, name + ending))
    writeFileSync(source, text)
    run('c++', ['-c', source, '-o', object])
    run('ar', ['rcs', made, object])
    return made
  }

  before(() => { folder = temporaryFolder() })

  test('with suitable archives contains them, and CMake prints nothing', () => {
    assert.equal(configure({}).notice, '')
  })

  test('with archives that need an unknown symbol loads shared libraries, and CMake names the symbol', () => {
    const { tree, notice } = configure({ nghttp2: archive('nothing', '') })
    assert.match(notice.replace(kBecause, ''), /^no archive here defines nghttp2_\w+\n$/)
    run('cmake', ['--build', tree, '--target', 'consumer-action'])
    assert.ok(loaded(join(tree, 'consumer-action')).includes('curl'))
    consumerResult(join(tree, 'consumer-action'))
  })

  test('with damaged archives loads shared libraries', () => {
    const damaged = join(folder, 'damaged.a')
    writeFileSync(damaged, '!<arch>\nnot an archive')
    assert.equal(configure({ ssl: damaged }).notice, kBecause + 'their archives cannot be linked\n')
  })

  test('with archives whose program does not start loads shared libraries', () => {
    const calls = ['curl_global_init', 'curl_easy_init', 'curl_easy_setopt', 'curl_easy_perform']
    const functions = calls.map((name) => `extern "C" void* ${name}() { std::abort(); }\n`)
    const { notice } = configure({ curl: archive('ends', '#include <cstdlib>\n' + functions.join('')) })
    assert.match(notice.replace(kBecause, ''), /^a small program with their archives ends with .+\n$/)
  })

  test('adit build shows the line', () => {
    const project = join(temporaryFolder(), 'project')
    run(process.env.ADIT_BINARY, ['new', project, '--template', 'webhook'])
    // Asking the linker which symbols the archives need makes it print warnings.
    const env = { PATH: process.env.PATH, HOME: folder, LANG: 'C.UTF-8', LDFLAGS: '-Wl,--fatal-warnings' }
    const options = { cwd: project, encoding: 'utf8', env }
    const { status, stdout, stderr } = spawnSync(process.env.ADIT_BINARY, ['invoke', '--ims', 'local'], options)
    assert.equal(status, 0, stderr)
    assert.ok(stderr.split('\n').some((line) => line.startsWith(kBecause)), stderr)
    assert.equal(JSON.parse(stdout).statusCode, 200)
  })
})
