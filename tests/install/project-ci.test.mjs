// Runs the CI file of a project that `adit new` made, step by step as GitHub does: its shell lines are run unchanged,
// on a simulated machine. apt-get is replaced by a program that unpacks packages into a folder, and GitHub's own action
// by a copy of the project.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { BUILD, run, temporaryFolder } from './tools.mjs'

const yaml = createRequire(join(process.env.ADIT_NPM, 'node_modules/'))('js-yaml')

// Runs a job on a new machine, in a repository with these variables. Returns the output and the status of the last step
// that ran.
function runJob (project, variables) {
  const machine = temporaryFolder()
  const [workspace, temporary, bin] = ['workspace', 'temporary', 'bin'].map((name) => join(machine, name))
  for (const folder of [temporary, bin]) mkdirSync(folder)
  writeFileSync(join(bin, 'apt-get'),
    '#!/bin/sh\nfor word; do case $word in *.deb) dpkg-deb --extract "$word" "$MACHINE" ;; esac; done\n')
  chmodSync(join(bin, 'apt-get'), 0o755)
  const workflow = yaml.load(readFileSync(join(project, '.github/workflows/ci.yml'), 'utf8'))
  const expanded = (text) => text.replace(/\$\{\{ vars\.(\w+) \}\}/g, (_, name) => variables[name] ?? '')
  const env = {
    PATH: `${bin}:${join(machine, 'usr/bin')}:${process.env.PATH}`, HOME: temporary, MACHINE: machine,
    RUNNER_TEMP: temporary,
    CMAKE_PREFIX_PATH: join(machine, 'usr'),
    ...Object.fromEntries(Object.entries(workflow.env).map(([name, text]) => [name, expanded(text)]))
  }
  let last
  for (const { uses, run: script } of workflow.jobs.test.steps) {
    if (uses) {
      assert.match(uses, /^actions\/checkout@/)
      cpSync(project, workspace, { recursive: true, filter: (path) => !path.endsWith('/.env') })
      continue
    }
    last = spawnSync('bash', ['-e', '-c', script], { cwd: workspace, encoding: 'utf8', env })
    if (last.status !== 0) break
  }
  return { status: last.status, output: last.status === 0 ? last.stdout : last.stdout + last.stderr }
}

describe("a project's CI file", () => {
  let project, packages

  before(() => {
    const made = temporaryFolder()
    run('cpack', ['--config', join(BUILD, 'CPackConfig.cmake'), '-B', made])
    packages = join(made, readdirSync(made).find((name) => name.endsWith('.tar')))
    project = join(temporaryFolder(), 'project')
    run(process.env.ADIT_BINARY, ['new', project, '--template', 'webhook'])
  })

  test('installs the packages that ADIT_PACKAGES names, passes the tests and runs the action', () => {
    const { status, output } = runJob(project, { ADIT_PACKAGES: pathToFileURL(packages).href })
    assert.equal(status, 0, output)
    assert.equal(JSON.parse(output).statusCode, 200)
  })

  test('names the variable that must be set', () => {
    const { status, output } = runJob(project, {})
    assert.equal(status, 1)
    assert.match(output, /^::error::Set the repository variable ADIT_PACKAGES /m)
  })

  test('says so if the packages are for another release, or missing', () => {
    const another = runJob(project, { ADIT_PACKAGES: 'https://localhost/adit-0.1.0-debian11-amd64.tar' })
    assert.equal(another.status, 1)
    assert.match(another.output, /^::error::https:\S+ is not for \w+[\d.]+: /m)
    const { status, output } = runJob(project, { ADIT_PACKAGES: pathToFileURL(packages + '/astray').href })
    assert.notEqual(status, 0)
    assert.match(output, /curl: \(37\) /)
  })
})
