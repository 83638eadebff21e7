// The limits of deployed actions, and deployed programs that do not implement OpenWhisk's contract.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { project } from '../cli/adit.mjs'
import { ask, dev } from './dev.mjs'
import { zip } from './zip.mjs'

const KEY = 'user:password'
const headers = {
  authorization: 'Basic ' + Buffer.from(KEY).toString('base64'), 'content-type': 'application/json'
}
const SKELETON = 'openwhisk/dockerskeleton'

describe('a deployed action', { concurrency: false, timeout: 1_200_000 }, () => {
  let server
  before(async () => {
    const files = {
      'ext.config.yaml': 'runtimeManifest:\n  packages: {}\n',
      '.env': `AIO_runtime_namespace=mine\nAIO_runtime_auth=${KEY}\n`
    }
    server = await dev(project(files), ['--http'])
  })
  after(async () => { await server?.stop() })

  const api = (path, method, body) =>
    ask(`${server.origin}/api/v1/namespaces/_/${path}`, { method, headers, body: JSON.stringify(body) })
  const deploy = async (name, exec, limits) => {
    const made = await api(`actions/${name}?overwrite=true`, 'PUT', { exec, limits })
    assert.equal(made.status, 200, made.text)
    return made.json()
  }
  const node = (code) => ({ kind: 'nodejs:default', code })
  const native = (program) => ({ kind: 'blackbox', image: SKELETON, code: zip(['exec', program]).toString('base64') })
  const invoke = async (name, params = {}) => {
    const answer = await api(`actions/${name}?blocking=true`, 'POST', params)
    const { response, activationId } = answer.json()
    return { status: answer.status, response, activationId }
  }
  const logsOf = async (id) => (await api(`activations/${id}/logs`, 'GET')).json().logs

  test('is stopped at its time limit', async () => {
    const made = await deploy('slow', node('exports.main = () => new Promise(() => {})'), { timeout: 300 })
    assert.equal(made.limits.timeout, 300)
    const { status, response } = await invoke('slow')
    assert.equal(status, 502)
    assert.equal(response.status, 'action developer error')
    // On a busy machine, Node.js itself may take that long to start.
    assert.match(response.result.error,
      /^The action exceeded its time limits of 300 milliseconds( during initialization)?\.$/)
  })

  test('is stopped if it exceeds its memory limit', async () => {
    const code = 'exports.main = () => { const all = []; for (;;) all.push(Buffer.alloc(1 << 20, 1)) }'
    await deploy('greedy', node(code), { memory: 128, timeout: 60_000 })
    const { status, response } = await invoke('greedy')
    assert.deepEqual([status, response.result], [502, { error: 'The action exhausted its memory and was aborted.' }])
  })

  test('runs as many concurrent activations as its limit allows, and the others after them', async () => {
    const code = `let now = 0, most = 0, all = []
exports.main = async ({ wait }) => {
  most = Math.max(most, ++now)
  if (all.push(0) === wait) for (const go of all.filter(Boolean)) go()
  else if (wait) await new Promise((resolve) => { all[all.length - 1] = resolve })
  --now
  return { most }
}`
    await deploy('together', node(code), { concurrency: 3 })
    await invoke('together')
    const together = await Promise.all([1, 2, 3].map(() => invoke('together', { wait: 4 })))
    assert.deepEqual(together.map(({ status }) => status), [200, 200, 200])
    assert.equal((await invoke('together')).response.result.most, 3)
    await deploy('alone', node('let now = 0, most = 0\nexports.main = async () => { most = Math.max(most, ++now); ' +
      'await new Promise(setImmediate); --now; return { most } }'), { concurrency: 1 })
    const alone = await Promise.all([...Array(8)].map(() => invoke('alone')))
    assert.deepEqual(alone.map(({ response }) => response.result.most), Array(8).fill(1))
  })

  test('keeps no more log than its limit', async () => {
    const code = 'exports.main = () => { for (let i = 0; i < 3000; ++i) console.log("x".repeat(1000)); return {} }'
    await deploy('talkative', node(code), { logs: 1 })
    const logs = await logsOf((await invoke('talkative')).activationId)
    assert.ok(logs.join('').length < 2 << 20)
    assert.match(logs.at(-1), /Logs were truncated because the total bytes size exceeds the limit of 1048576 bytes/)
  })

  test('cannot have limits outside of their ranges', async () => {
    for (const [limits, words] of [
      [{ timeout: 99 }, 'below allowed threshold of 100 milliseconds'],
      [{ memory: 4097 }, 'exceeds allowed threshold of 4294967296 B'],
      [{ concurrency: 501 }, 'exceeds allowed threshold of 500']
    ]) {
      const answer = await api('actions/limited', 'PUT', { exec: node('x'), limits })
      assert.equal(answer.status, 400)
      assert.ok(answer.json().error.includes(words), answer.text)
    }
  })

  test('may be a program that reads its argument and prints its result', async () => {
    const program = '#!/bin/sh\necho "of its log"\necho "{\\"got\\":$1,\\"name\\":\\"$__OW_ACTION_NAME\\"}"\n'
    await deploy('program', native(program))
    const { response, activationId } = await invoke('program', { n: 1 })
    assert.deepEqual(response.result, { got: { n: 1 }, name: '/mine/program' })
    assert.match((await logsOf(activationId))[0], /stdout: of its log$/)
  })

  for (const [what, program, log] of [
    ['prints no result', '#!/bin/sh\necho "of its log"\necho hello\n', /stdout: of its log$/],
    ['prints nothing', '#!/bin/sh\necho "no reason" >&2\nexit 3\n', /stderr: no reason$/],
    ['is none', 'neither_script_nor_program', /stderr: .*not found/]
  ]) {
    test(`fails with a clear message if its program ${what}`, async () => {
      await deploy('wrong', native(program))
      const { status, response, activationId } = await invoke('wrong')
      assert.equal(status, 502)
      assert.match(JSON.stringify(response.result), /The action did not return a dictionary or array\./)
      assert.match((await logsOf(activationId))[0], log)
    })
  }

  test('that is a program is stopped at its time limit, too', async () => {
    await deploy('sleeper', native('#!/bin/sh\nexec sleep 600\n'), { timeout: 300 })
    const { status, response } = await invoke('sleeper')
    assert.equal(status, 502)
    assert.match(JSON.stringify(response.result), /exceeded its time limits/)
  })

  test('fails with a clear message without a program, and of another image', async () => {
    await deploy('empty', { kind: 'blackbox', image: SKELETON, code: zip(['readme', 'x']).toString('base64') })
    const empty = await invoke('empty')
    assert.match(empty.response.result.error, /The zip contains no file exec, which is the program to run/)
    await deploy('image', { kind: 'blackbox', image: 'someone/image' })
    assert.match((await invoke('image')).response.result.error, /The image someone\/image cannot be run here/)
  })
})
