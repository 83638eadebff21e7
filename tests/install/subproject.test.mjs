// A project that includes adit's source gets the library, and nothing that only adit's own developers and users need.
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { run, SOURCE, temporaryFolder } from './tools.mjs'

for (const how of ['add_subdirectory', 'FetchContent']) {
  describe(how, () => {
    const tree = temporaryFolder()
    const configured = () => run('cmake', [
      '-G', 'Ninja', '-S', join(SOURCE, 'tests/install/subproject'), '-B', tree, `-DHOW=${how}`,
      `-DADIT_SOURCE=${SOURCE}`, '-DCMAKE_BUILD_TYPE=Debug'
    ])

    test('gives the library, no command, no tests and no rules to install', () => {
      configured()
      const targets = readFileSync(join(tree, 'targets.txt'), 'utf8').split(';')
      for (const library of ['adit_shared', 'adit_archive', 'adit_token']) assert.ok(targets.includes(library), library)
      assert.deepEqual(targets.filter((name) => name === 'adit' || /_test$|^adit_(dev|launcher|fuzz)/.test(name)), [])
      const installs = run('cmake', ['--install', tree, '--prefix', join(tree, 'installed')])
      assert.doesNotMatch(installs, /Installing/)
      assert.ok(!existsSync(join(tree, 'installed')))
    })

    test("compiles a program with adit's headers, and a file of the library", () => {
      const objects = run('ninja', ['-C', tree, '-t', 'targets', 'all'])
      for (const wanted of [
        /^(\S*subproject-adit\.dir\/\S*consumer\.cc\.o):/m, /^(\S*adit_base\.dir\/\S*version\.cc\.o):/m
      ]) {
        const [, object] = objects.match(wanted)
        run('ninja', ['-C', tree, object])
      }
    })
  })
}
