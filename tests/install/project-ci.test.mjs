// The CI file of a project that `adit new` made, step by step as GitHub runs it: the lines of its shell are run as they are, on a machine that is made up. What
// that cannot have is stood in for: apt-get (packages are unpacked below a folder), GitHub's own actions, and the time to build adit (its sources are a
// repository whose `make deb` gives packages of the build at hand).
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { BUILD, run, temporaryFolder } from './tools.mjs'

const yaml = createRequire(join(process.env.ADIT_NPM, 'node_modules/'))('js-yaml')

// What GitHub puts in the place of ${{ }}; `outputs` are those of the steps before.
const expanded = (text, variables, outputs) => String(text).replace(/\$\{\{ (.*?) \}\}/g, (_, expression) => {
  const [, variable, step, output] = expression.match(/^(?:vars\.(\w+)|steps\.(\w+)\.outputs\.([\w-]+))$/)
  return (variable ? variables[variable] : outputs[step]?.[output]) ?? ''
})
const isLeftOut = ({ if: condition }, outputs) => {
  if (condition === undefined) return false
  const [, step, output] = condition.match(/^steps\.(\w+)\.outputs\.([\w-]+) != 'true'$/)
  return outputs[step]?.[output] === 'true'
}

// A job on a machine that is new: the steps that were run, and what the last one said and ended with. `cache` is what one run leaves to the next.
function runJob (project, variables, cache) {
  const machine = temporaryFolder()
  const [workspace, temporary, bin] = ['workspace', 'temporary', 'bin'].map((name) => join(machine, name))
  for (const folder of [workspace, temporary, bin]) mkdirSync(folder)
  writeFileSync(join(bin, 'apt-get'), '#!/bin/sh\nfor word; do case $word in *.deb) dpkg-deb --extract "$word" "$MACHINE" ;; esac; done\n')
  chmodSync(join(bin, 'apt-get'), 0o755)
  const workflow = yaml.load(readFileSync(join(project, '.github/workflows/ci.yml'), 'utf8'))
  const outputs = {}
  const names = []
  let save = () => {}
  for (const step of workflow.jobs.test.steps) {
    if (isLeftOut(step, outputs)) continue
    const fill = (values) => Object.fromEntries(Object.entries(values ?? {}).map(([name, value]) => [name, expanded(value, variables, outputs)]))
    if (step.uses?.startsWith('actions/checkout@')) {
      cpSync(project, workspace, { recursive: true, filter: (path) => !path.endsWith('/.env') })
    } else if (step.uses?.startsWith('actions/cache@')) {
      const { path, key } = fill(step.with)
      if (cache.has(key)) cpSync(cache.get(key), join(workspace, path), { recursive: true })
      outputs[step.id] = { 'cache-hit': String(cache.has(key)) }
      save = () => cache.set(key, join(workspace, path))
    } else {
      const output = join(temporary, 'output')
      writeFileSync(output, '')
      const { status, stdout, stderr } = spawnSync('bash', ['-e', '-c', step.run], {
        cwd: workspace,
        encoding: 'utf8',
        env: {
          PATH: `${bin}:${join(machine, 'usr/bin')}:${process.env.PATH}`, HOME: temporary, MACHINE: machine, CMAKE_PREFIX_PATH: join(machine, 'usr'),
          GITHUB_OUTPUT: output, RUNNER_TEMP: temporary, ...fill(workflow.env), ...fill(step.env)
        }
      })
      names.push(step.name)
      if (status !== 0) return { names, status, said: stdout + stderr }
      outputs[step.id] = Object.fromEntries(readFileSync(output, 'utf8').trim().split('\n').map((line) => [line.split('=')[0], line.slice(line.indexOf('=') + 1)]))
      if (step === workflow.jobs.test.steps.at(-1)) { save(); return { names, status, said: stdout } }
    }
  }
}

describe("a project's CI file", () => {
  const cache = new Map()
  let sources, project

  before(() => {
    sources = temporaryFolder()
    run('cpack', ['--config', join(BUILD, 'CPackConfig.cmake'), '-B', join(sources, 'made')])
    writeFileSync(join(sources, 'Makefile'), 'deb:\n\tmkdir -p build/release/packages\n\tcp made/*.deb build/release/packages/\n')
    const git = (...args) => run('git', ['-C', sources, '-c', 'user.name=me', '-c', 'user.email=me@example.invalid', ...args])
    git('init', '-q', '-b', 'main')
    writeFileSync(join(sources, '.gitignore'), '/made/_CPack_Packages\n')
    git('add', '.')
    git('commit', '-q', '-m', 'sources')
    git('tag', 'v1')
    project = join(temporaryFolder(), 'project')
    run(process.env.ADIT_BINARY, ['new', project, '--template', 'webhook'])
  })

  test('builds adit of the sources that ADIT_SOURCE names, passes the tests and runs the action', () => {
    const { names, status, said } = runJob(project, { ADIT_SOURCE: `file://${sources}#v1` }, cache)
    assert.equal(status, 0, said)
    assert.ok(names.includes('Build packages of them'))
    assert.equal(JSON.parse(said).statusCode, 200)
  })

  test('builds it once, as long as the sources stay', () => {
    const { names, status, said } = runJob(project, { ADIT_SOURCE: `file://${sources}` }, cache)
    assert.equal(status, 0, said)
    assert.deepEqual(names.filter((name) => name.startsWith('Build')), [])
  })

  test('says what to set where it is not set, and what is missing where the sources are', () => {
    const unset = runJob(project, {}, new Map())
    assert.notEqual(unset.status, 0)
    assert.match(unset.said, /^::error::Set the variable ADIT_SOURCE of this repository /m)
    const astray = runJob(project, { ADIT_SOURCE: `file://${sources}#v2` }, new Map())
    assert.notEqual(astray.status, 0)
    assert.match(astray.said, /has no v2/)
  })
})
