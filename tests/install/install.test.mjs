// Programs of others use the files that `make install` has installed, by find_package and by pkg-config, shared and
// static.
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { BUILD, CONSUMER, consumerResult, run, SOURCE, temporaryFolder, under } from './tools.mjs'

describe('an installation below DESTDIR', () => {
  let prefix, lib

  before(() => {
    const destdir = temporaryFolder()
    run('cmake', ['--install', BUILD, '--prefix', '/opt/adit'], { DESTDIR: destdir })
    assert.deepEqual(readdirSync(destdir), ['opt'], 'nothing is installed outside of the prefix')
    prefix = join(destdir, 'opt/adit')
    lib = join(prefix, under(prefix, 'libadit.so'), '..')
  })

  test('the command runs from there', () => {
    assert.match(run(join(prefix, 'bin/adit'), ['--version']), /^\S*\s?0\.\d+\.\d+/m)
  })

  test('the headers are the public ones, and compile without the others', () => {
    const headers = readdirSync(join(prefix, 'include'), { recursive: true }).filter((name) => name.endsWith('.h'))
    assert.ok(headers.includes('adit/token_source.h') && headers.includes('adit/emulator.h'))
    assert.deepEqual(headers.filter((name) => /_test|test_|adit\/dev\/|openssl\.h/.test(name)), [])
    for (const name of headers) {
      for (const [, included] of readFileSync(join(prefix, 'include', name), 'utf8').matchAll(/^#include "(.*)"/gm)) {
        assert.ok(headers.includes(included), `${name} includes ${included}, which is not installed`)
      }
    }
    run('c++',
      [
        '-std=c++20', '-fsyntax-only', '-Wall', '-Wextra', '-Wpedantic', '-Werror', '-I', join(prefix, 'include'), '-x',
        'c++', '-'
      ],
      {},
      { input: headers.map((name) => `#include "${name}"\n`).join('') })
  })

  test('find_package: programs with libadit.so, with libadit.a, and with static libraries below it', () => {
    const tree = temporaryFolder()
    run('cmake',
      ['-S', CONSUMER, '-B', tree, `-DCMAKE_PREFIX_PATH=${prefix}`, '-DCMAKE_CXX_FLAGS=-Wall -Wextra -Werror'])
    run('cmake', ['--build', tree, '--parallel'])
    const needed = (kind) =>
      [...run('objdump', ['-p', join(tree, `consumer-${kind}`)]).matchAll(/NEEDED +lib(\w+)\S*/g)].map(([, name]) =>
        name)
    assert.ok(needed('adit').includes('adit'))
    for (const kind of ['static', 'shared'])
      assert.ok(needed(kind).includes('curl') && !needed(kind).includes('adit'), kind)
    assert.deepEqual(needed('action').filter((name) => name !== 'm'), ['c'], 'an action loads the C library alone')
    for (const kind of ['adit', 'static', 'action', 'shared']) consumerResult(join(tree, `consumer-${kind}`))
  })

  test('pkg-config: the same', () => {
    const tree = temporaryFolder()
    const flags = (option, name) =>
      run('pkg-config', [option, name], { PKG_CONFIG_PATH: join(lib, 'pkgconfig') }).trim().split(/\s+/)
    const object = join(tree, 'consumer.o')
    run('c++', ['-std=c++20', '-c', join(CONSUMER, 'consumer.cc'), '-o', object, ...flags('--cflags', 'adit')])
    for (const name of ['adit', 'adit-static']) {
      const program = join(tree, name)
      run('c++', [object, '-o', program, ...flags('--libs', name)])
      consumerResult(program, name === 'adit' ? { LD_LIBRARY_PATH: lib } : {})
      assert.equal(/libadit/.test(run('objdump', ['-p', program])), name === 'adit')
    }
  })

  test('pkg-config and find_package report the version of the project', () => {
    const version = readFileSync(join(SOURCE, 'CMakeLists.txt'), 'utf8').match(/project\(adit VERSION (\S+)/)[1]
    assert.equal(run('pkg-config', ['--modversion', 'adit'], { PKG_CONFIG_PATH: join(lib, 'pkgconfig') }).trim(),
      version)
    assert.ok(existsSync(join(lib, `libadit.so.${version}`)))
  })

  test('libadit.so exports only symbols in adit::, with its own symbol version', () => {
    // Itanium C++ ABI, section 5.1: names in adit, and their typeinfo, tables, thunks and static variables.
    const mine = /^_Z(N[KOR]*4adit|T[ISVTHW]N4adit|T(hn|v)\w*_N[KOR]*4adit|(GV)?ZN[KOR]*4adit|GVN4adit)/
    const nm = (...args) =>
      run('nm', ['-D', '--defined-only', ...args, join(lib, 'libadit.so')]).trim().split('\n').map((line) =>
        line.split(' ').slice(2).join(' '))
    const symbols = nm().filter((name) => !/^ADIT_0\.\d+(@@.*)?$/.test(name))
    assert.deepEqual(symbols.filter((name) => !mine.test(name) || !/@@ADIT_0\.\d+$/.test(name)), [])
    const names = nm('--demangle')
    assert.deepEqual(names.filter((name) => /\badit::dev::/.test(name)), [])
    for (const name of [
      'adit::TokenSource::get(adit::TokenOptions const&)', 'typeinfo for adit::Error',
      'adit::emulator::Emulator::~Emulator()'
    ]) {
      assert.ok(names.some((shown) => shown.startsWith(name)), `${name} is shown`)
    }
    // These are declared in headers that are not public.
    assert.deepEqual(names.filter((name) => /adit::jwt::parse_pem|adit::app::read_limits/.test(name)), [])
  })
})
