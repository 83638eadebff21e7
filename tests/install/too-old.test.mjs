// On a system whose compiler or libraries are too old, the build stops before it compiles anything, and says which
// version is needed and which is installed: tools/install-packages for Debian packages, CMake for everything else.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import { BUILD, SOURCE, temporaryFolder } from './tools.mjs'

function write (path, text) {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

function program (path, script) {
  write(path, '#!/bin/sh\n' + script)
  chmodSync(path, 0o755)
}

// Runs tools/install-packages on a simulated system that has (or, if `installed` is false, offers) version 99 of every
// package, except these versions. Returns { status, stderr, changed }.
function installPackages (versions, { installed = true } = {}) {
  const bin = temporaryFolder()
  const changed = join(bin, 'changed')
  const version = Object.entries(versions).map(([name, text]) => `${name}) echo '${text}' ;;`).join(' ')
  write(join(bin, 'versions'), `version_of() { case $1 in libboost1*) ;; ${version} *) echo 99 ;; esac; }\n`)
  program(join(bin, 'dpkg-query'), installed
    ? `. '${bin}/versions'\nfor package; do :; done; echo "installed $(version_of "$package")"\n`
    : 'exit 1\n')
  program(join(bin, 'apt-cache'), `. '${bin}/versions'\n[ "$1" != policy ] || echo "  Candidate: $(version_of "$2")"\n`)
  program(join(bin, 'apt-get'), `case " $* " in *' update '*) ;; *) echo "$@" >>'${changed}' ;; esac\n`)
  program(join(bin, 'sudo'), 'exec "$@"\n')
  // Replaces commands that would write to the real system.
  program(join(bin, 'tee'), 'cat >/dev/null\n')
  for (const name of ['chmod', 'rm']) program(join(bin, name), 'exit 0\n')
  const { status, stderr } = spawnSync(join(SOURCE, 'tools/install-packages'), [], {
    encoding: 'utf8', env: { PATH: `${bin}:${process.env.PATH}` }
  })
  return { status, stderr, changed: existsSync(changed) }
}

describe('packages that are too old', () => {
  const old = {
    'g++': ['11.2.0-1', '12'],
    cmake: ['3.18.4-2', '3.25'],
    'libssl-dev': ['1.1.1w-0+deb11u1', '3.0'],
    'libcurl4-openssl-dev': ['7.74.0-1.3', '7.88'],
    'libyaml-cpp-dev': ['0.6.3-9', '0.7'],
    'libcli11-dev': ['1.9.1+ds-1', '2.1'],
    'libarchive-dev': ['3.4.3-2', '3.6'],
    'libhiredis-dev': ['0.13.3-2', '0.14'],
    'libgtest-dev': ['1.10.0.20201025-1.1', '1.12'],
    'libboost-dev': ['1.74.0.3', '1.81']
  }
  for (const [name, [there, needed]] of Object.entries(old)) {
    test(`${name} ${there}`, () => {
      for (const installed of [true, false]) {
        const { status, stderr, changed } = installPackages({ [name]: there }, { installed })
        assert.equal(status, 1, stderr)
        assert.ok(stderr.includes(`  ${name}: ${needed} or newer is needed, this system has ${there}\n`), stderr)
        assert.equal(changed, false, 'nothing was installed')
      }
    })
  }

  test('are all named at once', () => {
    const all = Object.fromEntries(Object.entries(old).map(([name, [there]]) => [name, there]))
    assert.equal(installPackages(all).stderr.match(/ or newer is needed, this system has /g).length,
      Object.keys(old).length)
  })

  test('while new ones are left as they are, or installed', () => {
    assert.deepEqual(installPackages({}), { status: 0, stderr: '', changed: false })
    const { status, stderr, changed } = installPackages({}, { installed: false })
    assert.deepEqual({ status, changed }, { status: 0, changed: true }, stderr)
  })
})

describe('libraries that CMake finds too old', () => {
  const cache = readFileSync(join(BUILD, 'CMakeCache.txt'), 'utf8')
  // Where this build found the other libraries, for a CMake that does not search the system's folders itself.
  const found = [...cache.matchAll(
    /^((?:OPENSSL|CURL|LibArchive|Boost|yaml-cpp|CLI11|GTest)_(?:DIR|INCLUDE_DIR|\w*LIBRARY\w*)):\w+=(.*)$/gm
  )]
    .map(([, name, value]) => `-D${name}=${value}`)

  // The PATH with other folder names: CMake also searches for libraries next to a folder named bin.
  const links = temporaryFolder()
  const programs = process.env.PATH.split(':').map((folder, at) => {
    symlinkSync(folder, join(links, `programs-${at}`))
    return join(links, `programs-${at}`)
  }).join(':')

  // Returns what CMake prints when it configures adit with these settings.
  function configure (settings, env = {}) {
    const options = ['-DCMAKE_FIND_USE_CMAKE_SYSTEM_PATH=OFF', ...found, ...settings]
    const { status, stdout, stderr } = spawnSync('cmake', ['-S', SOURCE, '-B', temporaryFolder(), ...options], {
      encoding: 'utf8', env: { PATH: programs, LANG: 'C.UTF-8', ...env }
    })
    assert.notEqual(status, 0)
    return (stdout + stderr).replaceAll(/\s+/g, ' ')
  }

  // Makes a header that defines a version.
  const header = (folder, path, text) => { write(join(folder, path), text); return folder }
  // Makes the CMake files of a package.
  const config = (name, version) => {
    const folder = temporaryFolder()
    write(join(folder, `${name}Config.cmake`), '')
    write(join(folder, `${name}ConfigVersion.cmake`),
      `set(PACKAGE_VERSION ${version})\nset(PACKAGE_VERSION_COMPATIBLE FALSE)\n`)
    write(join(folder, `${name}-config.cmake`), '')
    return folder
  }

  test('OpenSSL', () => {
    const folder = header(temporaryFolder(), 'openssl/opensslv.h', '# define OPENSSL_VERSION_NUMBER  0x1010117fL\n')
    assert.match(configure([`-DOPENSSL_INCLUDE_DIR=${folder}`]),
      /OpenSSL\b.*: Found unsuitable version "1\.1\.1w", but required is at least "3\.0"/)
  })

  test('libcurl', () => {
    const folder = header(temporaryFolder(), 'curl/curlver.h', '#define LIBCURL_VERSION "7.74.0"\n')
    assert.match(configure([`-DCURL_INCLUDE_DIR=${folder}`]),
      /CURL: Found unsuitable version "7\.74\.0", but required is at least "7\.88"/)
  })

  test('libarchive', () => {
    const folder = header(temporaryFolder(), 'archive.h', '#define\tARCHIVE_VERSION_ONLY_STRING "3.4.3"\n')
    assert.match(configure([`-DLibArchive_INCLUDE_DIR=${folder}`]),
      /LibArchive: Found unsuitable version "3\.4\.3", but required is at least "3\.6"/)
  })

  for (const [name, there, needed] of [
    ['Boost', '1.74.0', '1.81'], ['yaml-cpp', '0.6.3', '0.7'], ['CLI11', '1.9.1', '2.1']
  ]) {
    test(name, () => {
      const output = configure([`-D${name}_DIR=${config(name, there)}`])
      assert.ok(output.includes(`"${name}" that is compatible with requested version "${needed}"`), output)
      assert.ok(output.includes(`version: ${there}`), output)
    })
  }

  test('hiredis', () => {
    const folder = header(temporaryFolder(), 'hiredis.pc', 'Name: hiredis\nDescription: made up\nVersion: 0.13.3\n')
    const output = configure([], { PKG_CONFIG_PATH: folder })
    assert.match(output, /'?hiredis >= 0\.14'?/)
    assert.match(output, /0\.13\.3/)
  })

  test('the compiler', () => {
    const compiler = join(temporaryFolder(), 'g++')
    program(compiler, 'exec g++ -U__GNUC__ -D__GNUC__=11 -w "$@"\n')
    assert.match(configure([`-DCMAKE_CXX_COMPILER=${compiler}`]),
      /GNU 12 or newer is needed to compile adit, and \S+ is 11\.\d+\.\d+\./)
  })
})
