// The result of `make dist`: the command for other systems, in one file.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { BUILD, run, SOURCE, temporaryFolder } from './tools.mjs'

const dist = (build, folder) => run(join(SOURCE, 'tools/dist'), [build, folder])

describe('the tarball of the command', () => {
  let file, top, readme

  before(() => {
    const folder = temporaryFolder()
    dist(BUILD, folder)
    const version = readFileSync(join(SOURCE, 'CMakeLists.txt'), 'utf8').match(/project\(adit VERSION (\S+)/)[1]
    const name = `adit-${version}-linux-${run('uname', ['-m']).trim()}`
    assert.deepEqual(readdirSync(folder), [name + '.tar.gz'])
    file = join(folder, name + '.tar.gz')
    run('tar', ['-xzf', file, '-C', folder])
    top = join(folder, name)
    readme = readFileSync(join(top, 'README.txt'), 'utf8')
  })

  test('contains the command, manual pages, completions and licences, below one folder', () => {
    assert.deepEqual(readdirSync(top).sort(), ['LICENSE', 'README.txt', 'bin', 'licenses', 'share'])
    assert.deepEqual(readdirSync(join(top, 'bin')), ['adit'])
    assert.deepEqual(readdirSync(join(top, 'share')).sort(), ['bash-completion', 'fish', 'man', 'zsh'])
    assert.deepEqual(readdirSync(join(top, 'share/man/man1')), readdirSync(join(BUILD, 'man')))
    for (const completion of [
      'bash-completion/completions/adit', 'zsh/site-functions/_adit', 'fish/vendor_completions.d/adit.fish'
    ]) {
      assert.ok(readFileSync(join(top, 'share', completion), 'utf8').includes('adit'), completion)
    }
    for (const line of run('tar', ['-tvzf', file]).trim().split('\n'))
      assert.match(line, /^[d-]rw[x-]r-[x-]r-[x-] 0\/0 /)
  })

  test('loads only the C library, and names its oldest possible version', () => {
    const headers = run('objdump', ['-p', join(top, 'bin/adit')])
    for (const [, library] of headers.matchAll(/NEEDED +(\S+)/g))
      assert.match(library, /^(lib[cm]\.so\.6|ld-linux-.*)$/)
    const number = (version) => Number(version.split('.')[1])
    const named = number(readme.match(/ with glibc (2\.\d+) or newer/)[1])
    const used = [...headers.matchAll(/ GLIBC_(2\.\d+)/g)].map(([, version]) => number(version))
    // Packed relocations (elf.h, DT_RELR = 36) need glibc 2.36, which only this mark shows.
    if (headers.includes('GLIBC_ABI_DT_RELR')) used.push(36)
    assert.equal(named, Math.max(...used))
    assert.ok(named <= number(run('getconf', ['GNU_LIBC_VERSION']).split(' ')[1]))
  })

  test('has a licence for every library inside, and the texts to which these refer', () => {
    const packages = [...readme.matchAll(/^ {2}(\S+) \d\S*$/gm)].map(([, name]) => name)
    const licenses = join(top, 'licenses')
    assert.deepEqual(readdirSync(licenses).filter((name) => name !== 'common-licenses').sort(), packages)
    for (const library of [
      /^libssl/, /^libcurl/, /^libboost-json/, /^libyaml-cpp/, /^libhiredis/, /^libarchive/, /^libnghttp2/, /^zlib1g/,
      /^libstdc\+\+/, /^libcli11/
    ]) {
      assert.ok(packages.some((name) => library.test(name)), `${library} in ${packages}`)
    }
    for (const name of packages) {
      const text = readFileSync(join(licenses, name, 'copyright'), 'utf8')
      for (const [, other] of text.matchAll(/\/usr\/share\/common-licenses\/([\w.+-]*\w)/g)) {
        assert.ok(readFileSync(join(licenses, 'common-licenses', other), 'utf8').length > 1000, other)
      }
    }
    assert.match(readFileSync(join(top, 'LICENSE'), 'utf8'), /Apache License/)
  })

  test('works with nothing else of adit on the system', () => {
    const project = join(temporaryFolder(), 'project')
    const home = temporaryFolder()
    const adit = (args, cwd) => {
      const { status, stdout, stderr } =
        spawnSync(join(top, 'bin/adit'), args, { cwd, encoding: 'utf8', env: { HOME: home } })
      assert.equal(status, 0, stderr)
      return stdout
    }
    adit(['new', project, '--template', 'generic'])
    assert.match(adit(['token', '--ims', 'local'], project), /^[\w-]+\.[\w-]+\.[\w-]+\n$/)
  })

  test('has the same bytes when it is made again', () => {
    const sum = (path) => createHash('sha256').update(readFileSync(path)).digest('hex')
    const folder = temporaryFolder()
    dist(BUILD, folder)
    assert.equal(sum(join(folder, readdirSync(folder)[0])), sum(file))
  })
})

test('a command that loads other libraries is refused, and they are named', () => {
  const build = temporaryFolder()
  mkdirSync(join(build, 'prefix/bin'), { recursive: true })
  writeFileSync(join(build, 'CMakeCache.txt'), 'CMAKE_PROJECT_VERSION:STATIC=1.2.3\n')
  writeFileSync(join(build, 'cmake_install.cmake'),
    `file(INSTALL ${run('sh', ['-c', 'command -v openssl']).trim()} DESTINATION \${CMAKE_INSTALL_PREFIX}/bin RENAME adit USE_SOURCE_PERMISSIONS)\n`)
  const folder = temporaryFolder()
  const { status, stderr } = spawnSync(join(SOURCE, 'tools/dist'), [build, folder], { encoding: 'utf8' })
  assert.equal(status, 1)
  assert.match(stderr, /^dist: the command loads .*libssl\.so\.3.* here\. /)
  assert.deepEqual(readdirSync(folder), [])
})
