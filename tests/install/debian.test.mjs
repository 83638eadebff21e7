// The Debian packages: their metadata, and their unpacked files in use.
import assert from 'node:assert/strict'
import { cpSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { BUILD, CONSUMER, consumerResult, run, SOURCE, temporaryFolder, under } from './tools.mjs'

describe('the Debian packages', () => {
  const packages = {}  // { adit: { field: text } }
  const control = {}  // { adit: the folder of its control files }
  let made, root, lib

  before(() => {
    made = temporaryFolder()
    root = temporaryFolder()
    run('cpack', ['--config', join(BUILD, 'CPackConfig.cmake'), '-B', made])
    for (const file of readdirSync(made).filter((name) => name.endsWith('.deb'))) {
      const fields = {}
      for (const [, name, text] of run('dpkg-deb', ['--field', join(made, file)]).matchAll(
        /^([A-Z][\w-]*): (.*(?:\n .*)*)/gm
      ))
        fields[name] = text
      packages[fields.Package] = fields
      run('dpkg-deb', ['--control', join(made, file), control[fields.Package] = temporaryFolder()])
      run('dpkg-deb', ['--extract', join(made, file), root])
    }
    lib = join(root, under(root, 'libadit.so'), '..')
  })

  test('are the command, the library and the files for developers', () => {
    assert.deepEqual(Object.keys(packages).sort(), ['adit', 'libadit-dev', 'libadit0.2'])
    for (const fields of Object.values(packages)) {
      assert.match(fields.Maintainer, /<\S+@\S+\.invalid>$/)
      assert.match(fields.Version, /^0\.\d+\.\d+-1$/)
      assert.ok(readFileSync(join(root, 'usr/share/doc', fields.Package, 'copyright'), 'utf8').includes('Apache-2.0'))
    }
    assert.deepEqual(readdirSync(root), ['usr'])
  })

  test('are also in one file, which names their Debian release', () => {
    const { ID, VERSION_ID = '' } = Object.fromEntries(readFileSync('/etc/os-release', 'utf8').split('\n').map((line) =>
      line.replaceAll('"', '').split('=')))
    const [bundle] = readdirSync(made).filter((name) => name.endsWith('.tar'))
    assert.match(bundle, /^adit-0\.\d+\.\d+-/)
    assert.ok(bundle.endsWith(`-${ID}${VERSION_ID}-${packages.adit.Architecture}.tar`), bundle)
    const files = readdirSync(made).filter((name) => name.endsWith('.deb')).sort()
    assert.deepEqual(run('tar', ['-tf', join(made, bundle)]).trim().split('\n').sort(), files)
  })

  test('each have their own summary and description', () => {
    const descriptions = Object.values(packages).map(({ Description }) => Description.split('\n'))
    assert.equal(new Set(descriptions.map(([summary]) => summary)).size, 3)
    // Debian policy, section 5.6.13: a second blank would make a line verbatim.
    for (const [summary, ...lines] of descriptions) {
      assert.match(summary, /^.{20,79}$/)
      assert.ok(lines.length > 0)
      for (const line of lines) assert.match(line, /^ \S/)
    }
  })

  test('depend on the packages of the libraries that they load, and on each other', () => {
    for (const needed of [
      /libc6 \(>= /, /libcurl4(t64)? \(>= /, /libssl3(t64)? \(>= /, /libboost-json1\.\d+\.0/, /libyaml-cpp0\.\d/,
      /libhiredis\d/
    ]) {
      assert.match(packages['libadit0.2'].Depends, needed)
    }
    // The command contains these libraries itself.
    assert.deepEqual(packages.adit.Depends.split(', ').map((one) => one.replace(/ .*/, '')).sort(),
      ['ca-certificates', 'libc6'])
    assert.match(packages.adit.Recommends, /libadit-dev \(= 0\.\d+\.\d+-1\)/)
    assert.match(packages['libadit-dev'].Depends, /libadit0\.2 \(= 0\.\d+\.\d+-1\)/)
    // The packages that find_package(adit) needs, by this system's names. They are installed, because this build needed
    // them, too.
    for (const name of packages['libadit-dev'].Depends.match(/\b[a-z][\w.+-]*-dev\b/g)) {
      assert.equal(run('dpkg-query', ['-W', '-f=${db:Status-Status}', name]), 'installed', name)
    }
  })

  test('the library can be loaded from where it is installed', () => {
    assert.match(readdirSync(lib).join(' '), /libadit\.so\.0\.2\.\d+/)
    const tree = temporaryFolder()
    run('cmake', ['-S', CONSUMER, '-B', tree, `-DCMAKE_PREFIX_PATH=${join(root, 'usr')}`])
    run('cmake', ['--build', tree, '--target', 'consumer-adit'])
    consumerResult(join(tree, 'consumer-adit'), { LD_LIBRARY_PATH: lib })
  })

  test('the command builds and runs an action with the installed library', () => {
    const project = temporaryFolder()
    cpSync(join(SOURCE, 'examples/analytics-report'), project,
      { recursive: true, filter: (path) => !/\/(dist|\.env)$/.test(path) })
    const home = { HOME: temporaryFolder() }
    const key = run('openssl', ['genpkey', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'])
    const env = {
      ...home, JWT_CLIENT_ID: 'me', JWT_CLIENT_SECRET: 's', JWT_TECHNICAL_ACCOUNT_ID: 'A@techacct.adobe.com',
      JWT_IMS_ORG: 'B@AdobeOrg',
      JWT_METASCOPES: 'https://ims-na1.adobelogin.com/s/ent_analytics_bulk_ingest_sdk',
      JWT_PRIVATE_KEY: Buffer.from(key).toString('base64')
    }
    const result =
      JSON.parse(run(join(root, 'usr/bin/adit'), ['invoke', 'generic', '--ims', 'local'], env, { cwd: project }))
    assert.equal(result.statusCode, 200)
  })

  test('contain no scripts, and let dpkg update the loader\'s cache', () => {
    for (const [name, folder] of Object.entries(control)) {
      assert.deepEqual(readdirSync(folder).filter((file) => /^(pre|post)(inst|rm)$/.test(file)), [], name)
    }
    assert.equal(readFileSync(join(control['libadit0.2'], 'triggers'), 'utf8'), 'activate-noawait ldconfig\n')
  })

  test('manual pages and changelogs are compressed, and the package has a changelog of Debian\'s form', () => {
    const unpacked = (place) => gunzipSync(readFileSync(join(root, 'usr/share', place))).toString()
    for (const page of readdirSync(join(root, 'usr/share/man/man1')))
      assert.match(unpacked('man/man1/' + page), /^\.TH /m, page)
    for (const [name, { Version }] of Object.entries(packages)) {
      assert.match(unpacked(`doc/${name}/changelog.gz`), /^# Changelog/)
      const [head, ...lines] = unpacked(`doc/${name}/changelog.Debian.gz`).split('\n')
      assert.equal(head, `adit (${Version}) unstable; urgency=medium`)
      assert.match(lines.at(-2), /^ -- .+ <\S+@\S+\.invalid> {2}\w{3}, \d\d \w{3} \d{4} [\d:]{8} \+0000$/)
    }
  })

  test('libadit-dev has the documents and the example', () => {
    const places = ['docs/library.md', 'docs/errors.md', 'docs/protocols/ims.md', 'examples/analytics-report/README.md']
    for (const place of places)
      assert.ok(readFileSync(join(root, 'usr/share/doc/libadit-dev', place), 'utf8').length > 100, place)
  })

  test('manual pages and completions are where the system looks for them', () => {
    const places = [
      'man/man1/adit.1.gz', 'man/man1/adit-token.1.gz', 'bash-completion/completions/adit',
      'zsh/vendor-completions/_adit', 'fish/vendor_completions.d/adit.fish'
    ]
    for (const place of places) assert.ok(readFileSync(join(root, 'usr/share', place), 'utf8').length > 100, place)
  })
})
