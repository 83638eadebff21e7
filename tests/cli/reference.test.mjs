// Help, manual pages and docs/reference.md exist for every command, with the same text.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { ADIT, run } from './adit.mjs'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const reference = async () => (await run(['__reference'])).stdout
const commands = async () =>
  [...(await reference()).matchAll(/^### adit ?(.*)$/mg)].map(([, words]) => words.split(' ').filter((word) => word))

describe('every command', () => {
  test('has help that says what it does and which options it has', async () => {
    const all = await commands()
    assert.ok(all.length > 30, `${all.length} commands`)
    await Promise.all(all.map(async (words) => {
      const { code, stdout, stderr } = await run([...words, '--help'])
      assert.equal(code, 0, words.join(' ') + stderr)
      assert.match(stdout, /^\S.{10,}\n/, words.join(' '))
      for (const option of ['--help', '--quiet', '--verbose', '--no-color', '--yes'])
        assert.ok(stdout.includes(option), `${words.join(' ')} ${option}`)
    }))
  })

  test('has help with the names of docs/reference.md, not with the types and constraints of CLI11', async () => {
    const text = await reference()
    await Promise.all((await commands()).map(async (words) => {
      const { stdout } = await run([...words, '--help'])
      const usage = /^Usage: (.*)$/m.exec(stdout)?.[1]
      assert.ok(text.includes(`\n${usage}\n`), `${words.join(' ')}: ${usage}`)
      assert.doesNotMatch(stdout, /TEXT:|\bINT\b|REQUIRED|Excludes:|Needs:|SUBCOMMAND|Positionals/, words.join(' '))
    }))
  })

  test('is described in docs/reference.md', async () => {
    assert.equal(readFileSync(join(ROOT, 'docs', 'reference.md'), 'utf8'), await reference(), 'run tools/reference')
  })

  test('has a manual page', async () => {
    const folder = join(dirname(ADIT), 'man')
    const names = (await commands()).map((words) => ['adit', ...words].join('-') + '.1')
    assert.deepEqual(readdirSync(folder).sort(), names.sort())
  })

  test('has a manual page that man accepts', async () => {
    const folder = join(dirname(ADIT), 'man')
    for (const name of readdirSync(folder)) {
      const { status, stdout, stderr } = spawnSync('man', ['--warnings', '-E', 'UTF-8', '-l', join(folder, name)],
        { encoding: 'utf8', env: { PATH: process.env.PATH, LANG: 'C.UTF-8', MANWIDTH: '80', MANPAGER: 'cat' } })
      assert.deepEqual({ status, stderr }, { status: 0, stderr: '' }, name)
      assert.match(stdout, /EXIT STATUS/, name)
    }
  })

  test('has a manual page that mandoc accepts', () => {
    const folder = join(dirname(ADIT), 'man')
    for (const name of readdirSync(folder)) {
      const { error, stdout } = spawnSync('mandoc', ['-Tlint', '-Wwarning', join(folder, name)], { encoding: 'utf8' })
      assert.ifError(error) // mandoc is not installed
      assert.deepEqual(stdout.split('\n').filter((line) => line && !/missing date|outdated mandoc\.db/.test(line)), [],
        name)
    }
  })
})

test('settings: all that the sources read are documented', async () => {
  const text = await reference()
  const read = new Set()
  const look = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) look(path)
      else if (/\.(cc|h)$/.test(path) && !/_(test|fixture)\.(cc|h)$/.test(path))
        for (const [, name] of readFileSync(path, 'utf8').matchAll(/"(ADIT_[A-Z_]+)"/g)) read.add(name)
    }
  }
  for (const folder of ['src', 'cli']) look(join(ROOT, folder))
  // Variables between the command and the actions that it runs, or defined by the build.
  const inner =
    ['ADIT_TRACE_FD', 'ADIT_VERSION', 'ADIT_COMMIT', 'ADIT_BUILD_TYPE', 'ADIT_LAUNCHER', 'ADIT_NODEJS_SCRIPT']
  assert.deepEqual([...read].filter((name) => !inner.includes(name) && !text.includes('`' + name + '`')), [])
  assert.ok(existsSync(join(ROOT, 'tools', 'reference')))
})
