// Shared by the tests of `adit dev`: a client, a running server, and a project of Node.js actions for tests in which
// the language does not matter.
import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { createInterface } from 'node:readline'
import { atExit, jwtEnv, probeProject, project, start, toDotenv } from '../cli/adit.mjs'

// Milliseconds without receiving a byte. A machine that also compiles may need a minute for a thousand new callers.
const TIMEOUT = 180_000
const unwatched = new HttpsAgent({ rejectUnauthorized: false, keepAlive: false })

// { status, headers, text, json() }
export function ask (url, { method = 'GET', headers = {}, body, ca } = {}) {
  return new Promise((resolve, reject) => {
    const secure = url.startsWith('https:')
    const agent = secure ? (ca ? new HttpsAgent({ ca }) : unwatched) : undefined
    const sent = (secure ? httpsRequest : httpRequest)(url, { method, headers, agent, timeout: TIMEOUT }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (data) => { text += data })
      answer.on('end',
        () => resolve({ status: answer.statusCode, headers: answer.headers, text, json: () => JSON.parse(text) }))
    })
    sent.on('error', reject).on('timeout', () => sent.destroy(new Error(`no answer from ${url}`)))
    sent.end(body)
  })
}

// Starts `adit dev --json` and returns { origin, key, child, lines, seen(event), stop() }.
export async function dev (root, args = [], options = {}) {
  const child =
    start(['dev', ...(args.includes('--port') ? [] : ['--port', '0']), '--json', ...args], { cwd: root, ...options })
  atExit(() => child.kill('SIGKILL'))
  const lines = []
  const waiting = []
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (data) => { stderr += data })
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(JSON.parse(line))
    for (const check of [...waiting]) check()
  })
  const closed = new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal, stderr })))
  const seen = (test, from = 0) => new Promise((resolve, reject) => {
    const timer =
      setTimeout(() => reject(new Error('not printed: ' + test + '\n' + lines.map(JSON.stringify).join('\n') + stderr)),
        240_000)
    const check = () => {
      const found = lines.slice(from).find(test)
      if (!found) return
      clearTimeout(timer)
      waiting.splice(waiting.indexOf(check), 1)
      resolve(found)
    }
    waiting.push(check)
    check()
  })
  const first = await Promise.race([
    seen((line) => line.event === 'listening'),
    closed.then((end) => { throw new Error('adit dev ended: ' + JSON.stringify(end)) })
  ])
  const stop = (signal = 'SIGINT') => { child.kill(signal); return closed }
  return { origin: first.url, key: first.api_key, first, child, lines, seen, stop, stderr: () => stderr }
}

export const echo = 'exports.main = async (params) => ({ body: params })\n'
export const actions = {
  echo: { code: echo, web: true, inputs: { GREETING: '$GREETING', FIXED: 'fixed' } },
  final: { code: echo, web: true, inputs: { FIXED: 'fixed' }, annotations: { final: true } },
  raw: { code: echo, web: 'raw' },
  add: { code: 'exports.main = ({ n }) => ({ n: Number(n) + 1 })\n' },
  show: { code: 'exports.main = ({ n }) => ({ body: { n }, statusCode: 200 })\n' },
  fail: { code: 'exports.main = () => ({ error: { statusCode: 418, body: "no" } })\n', web: true },
  boom: { code: 'exports.main = () => { throw new Error("boom") }\n', web: true },
  slow: {
    code:
      'exports.main = ({ ms }) => new Promise((resolve) => setTimeout(() => resolve({ body: "done" }), Number(ms)))\n',
    web: true
  },
  secured: { code: 'exports.main = () => { console.log("it ran"); return { body: "in" } }\n', web: true, annotations: {
    'require-adobe-auth': true
  } },
  keyed: { code: echo, web: true, annotations: { 'require-whisk-auth': 'letmein' } }
}

export function manifest (which = actions, extra = '') {
  let text = 'runtimeManifest:\n  packages:\n    p:\n      actions:\n'
  for (const [name, action] of Object.entries(which)) {
    text += `        ${name}:\n          function: actions/${name}.js\n          runtime: nodejs:20\n`
    if (action.web) text += `          web: ${action.web === 'raw' ? 'raw' : "'yes'"}\n`
    if (action.inputs)
      text += '          inputs:\n' +
        Object.entries(action.inputs).map(([key, value]) => `            ${key}: ${value}\n`).join('')
    if (action.annotations)
      text += '          annotations:\n' +
        Object.entries(action.annotations).map(([key, value]) => `            ${key}: ${value}\n`).join('')
  }
  return text +
    '      sequences:\n        chain:\n          actions: add, add, show\n          web: \'yes\'\n        broken:\n          actions: add, fail, show\n          web: \'yes\'\n' +
    extra
}

export const nodeProject = () => project({
  'ext.config.yaml': manifest(),
  '.env': toDotenv({ ...jwtEnv(), GREETING: 'hello' }),
  ...Object.fromEntries(Object.entries(actions).map(([name, { code }]) => [`actions/${name}.js`, code]))
})

// Starts `adit dev` with the probe, a C++ action, and returns { root, server, probe(query) }.
export async function probeServer () {
  const root = await probeProject()
  const server = await dev(root, ['--ims', 'local'])
  return { root, server, probe: (query = '') => ask(server.origin + '/api/v1/web/tests/probe' + query) }
}

export const childrenOf = (pid) => readdirSync('/proc').filter((entry) => {
  try {
    return /^\d+$/.test(entry) &&
      readFileSync(`/proc/${entry}/stat`, 'utf8').split(') ')[1].split(' ')[1] === String(pid)
  } catch {
    return false
  }
})

// Repeats until the condition is true. The test's own time limit ends it.
export async function eventually (what) {
  const end = Date.now() + 180_000
  for (;;) {
    const value = await what()
    if (value) return value
    assert.ok(Date.now() < end, 'it did not become so in time')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
