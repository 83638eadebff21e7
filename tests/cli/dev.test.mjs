// `adit dev` from outside: real requests to a real server, with Node.js actions where the language does not matter.
import assert from 'node:assert/strict'
import { existsSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, describe, test } from 'node:test'
import { assertion, emulator, jwtEnv, probeProject, project, run, secret, start, toDotenv } from './adit.mjs'

const TIMEOUT = 30_000
const unwatched = new HttpsAgent({ rejectUnauthorized: false, keepAlive: false })

// { status, headers, text, json() }
function ask (url, { method = 'GET', headers = {}, body, ca } = {}) {
  return new Promise((resolve, reject) => {
    const secure = url.startsWith('https:')
    const agent = secure ? (ca ? new HttpsAgent({ ca }) : unwatched) : undefined
    const asked = (secure ? httpsRequest : httpRequest)(url, { method, headers, agent, timeout: TIMEOUT }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (data) => { text += data })
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, text, json: () => JSON.parse(text) }))
    })
    asked.on('error', reject).on('timeout', () => asked.destroy(new Error(`no answer from ${url}`)))
    asked.end(body)
  })
}

// A running `adit dev --json`: { origin, key, child, lines, seen(event), stop() }.
async function dev (root, args = [], options = {}) {
  const child = start(['dev', '--port', '0', '--json', ...args], { cwd: root, ...options })
  const lines = []
  const waiting = []
  let stderr = ''
  child.stderr.on('data', (data) => { stderr += data })
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(JSON.parse(line))
    for (const check of [...waiting]) check()
  })
  const closed = new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal, stderr })))
  const seen = (test, from = 0) => new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('not said: ' + test + '\n' + lines.map(JSON.stringify).join('\n') + stderr)), 120_000)
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

const echo = 'exports.main = async (params) => ({ body: params })\n'
const actions = {
  echo: { code: echo, web: true, inputs: { GREETING: '$GREETING', FIXED: 'fixed' } },
  raw: { code: echo, web: 'raw' },
  add: { code: 'exports.main = ({ n }) => ({ n: Number(n) + 1 })\n' },
  show: { code: 'exports.main = ({ n }) => ({ body: { n }, statusCode: 200 })\n' },
  fail: { code: 'exports.main = () => ({ error: { statusCode: 418, body: "no" } })\n', web: true },
  boom: { code: 'exports.main = () => { throw new Error("boom") }\n', web: true },
  slow: { code: 'exports.main = ({ ms }) => new Promise((resolve) => setTimeout(() => resolve({ body: "done" }), Number(ms)))\n', web: true },
  secured: { code: 'exports.main = () => { console.log("it ran"); return { body: "in" } }\n', web: true, annotations: { 'require-adobe-auth': true } },
  keyed: { code: echo, web: true, annotations: { 'require-whisk-auth': 'letmein' } }
}

function manifest (which = actions, extra = '') {
  let text = 'runtimeManifest:\n  packages:\n    p:\n      actions:\n'
  for (const [name, action] of Object.entries(which)) {
    text += `        ${name}:\n          function: actions/${name}.js\n          runtime: nodejs:20\n`
    if (action.web) text += `          web: ${action.web === 'raw' ? 'raw' : "'yes'"}\n`
    if (action.inputs) text += '          inputs:\n' + Object.entries(action.inputs).map(([key, value]) => `            ${key}: ${value}\n`).join('')
    if (action.annotations) text += '          annotations:\n' + Object.entries(action.annotations).map(([key, value]) => `            ${key}: ${value}\n`).join('')
  }
  return text + '      sequences:\n        chain:\n          actions: add, add, show\n          web: \'yes\'\n        broken:\n          actions: add, fail, show\n          web: \'yes\'\n' + extra
}

const nodeProject = () => project({
  'ext.config.yaml': manifest(),
  '.env': toDotenv({ ...jwtEnv(), GREETING: 'hello' }),
  ...Object.fromEntries(Object.entries(actions).map(([name, { code }]) => [`actions/${name}.js`, code]))
})


const childrenOf = (pid) => readdirSync('/proc').filter((entry) => {
  try {
    return /^\d+$/.test(entry) && readFileSync(`/proc/${entry}/stat`, 'utf8').split(') ')[1].split(' ')[1] === String(pid)
  } catch {
    return false
  }
})

// Tries until it is so; the time limit is the test's own.
async function eventually (what) {
  const end = Date.now() + 60_000
  for (;;) {
    const value = await what()
    if (value) return value
    assert.ok(Date.now() < end, 'it did not become so in time')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

describe('adit dev', { concurrency: false, timeout: 600_000 }, () => {
  let root
  let server
  const web = (path, options) => ask(`${server.origin}/api/v1/web/p/${path}`, options)
  const api = (path, { key = server.key, ...options } = {}) =>
    ask(`${server.origin}/api/v1/${path}`, { ...options, headers: { ...(key ? { authorization: 'Basic ' + Buffer.from(key).toString('base64') } : {}), ...options.headers } })

  before(async () => {
    root = nodeProject()
    server = await dev(root, ['--ims', 'local'])
  })
  after(async () => { await server?.stop() })

  test('serves web actions over HTTPS with a certificate that can be trusted', async () => {
    assert.match(server.origin, /^https:\/\/localhost:\d+$/)
    const ca = readFileSync(server.first.certificate)
    const answer = await ask(`${server.origin}/api/v1/web/p/echo?a=1`, { ca })
    assert.equal(answer.status, 200, answer.text)
    const params = answer.json()
    assert.equal(params.a, '1')
    assert.equal(params.GREETING, 'hello')
    assert.equal(params.__ow_method, 'get')
    assert.match(answer.headers['x-openwhisk-activation-id'], /^[0-9a-f]{32}$/)
    assert.equal(answer.headers['access-control-allow-origin'], '*')
    const kept = server.first.certificate.replace(/crt$/, 'pem')
    assert.equal(statSync(kept).mode & 0o777, 0o600)
  })

  test('answers 404 for what is no web action', async () => {
    for (const path of ['nothing', 'add', '']) assert.equal((await web(path)).status, 404, path)
    assert.equal((await ask(server.origin + '/')).status, 404)
    const { error, code } = (await web('nothing')).json()
    assert.equal(error, 'The requested resource does not exist.')
    assert.match(code, /^[0-9a-f]{32}$/)
  })

  test('keeps final parameters from the caller, and takes bodies', async () => {
    assert.equal((await web('echo?FIXED=other')).status, 400)
    const posted = await web('echo/rest?q=1', { method: 'POST', body: '{"b":[2]}', headers: { 'content-type': 'application/json' } })
    assert.deepEqual(posted.json().b, [2])
    assert.equal(posted.json().__ow_path, '/rest')
    assert.equal((await web('echo', { method: 'POST', body: Buffer.alloc(2 << 20) })).status, 413)
    assert.equal((await web('raw?x=%20', { method: 'PUT', body: 'text', headers: { 'content-type': 'text/plain' } })).json().__ow_query, 'x=%20')
  })

  test('answers OPTIONS itself, and HEAD without a body', async () => {
    const options = await web('echo', { method: 'OPTIONS', headers: { 'access-control-request-headers': 'x-mine' } })
    assert.equal(options.status, 200)
    assert.equal(options.headers['access-control-allow-headers'], 'x-mine')
    assert.equal(options.headers['x-openwhisk-activation-id'], undefined)
    const head = await web('echo', { method: 'HEAD' })
    assert.equal(head.status, 200)
    assert.equal(head.text, '')
  })

  test('gives an application error its status, and hides a crash', async () => {
    const failed = await web('fail')
    assert.deepEqual([failed.status, failed.text], [418, 'no'])
    assert.equal((await web('boom.json')).status < 500, true)
  })

  test('asks for what require-whisk-auth says', async () => {
    assert.equal((await web('keyed')).status, 401)
    assert.equal((await web('keyed', { headers: { 'x-require-whisk-auth': 'wrong' } })).status, 401)
    assert.equal((await web('keyed', { headers: { 'x-require-whisk-auth': 'letmein' } })).status, 200)
  })

  test('runs sequences, and ends them at an error', async () => {
    const chain = await web('chain?n=1')
    assert.deepEqual(chain.json(), { n: 3 })
    const broken = await web('broken?n=1')
    assert.equal(broken.status, 418)
    const id = broken.headers['x-openwhisk-activation-id']
    const record = (await api('activations/' + id)).json()
    assert.equal(record.logs.length, 2, 'show did not run')
  })

  test('runs any action by POST with the key, and none without', async () => {
    const body = '{"n":1}'
    assert.equal((await api('p/add', { method: 'POST', body, key: null })).status, 401)
    assert.equal((await api('p/add', { method: 'POST', body, key: 'wrong:key' })).status, 401)
    const answer = await api('p/add', { method: 'POST', body })
    assert.deepEqual([answer.status, answer.json()], [200, { n: 2 }])
    assert.equal((await api('p/nothing', { method: 'POST', body })).status, 404)
    assert.equal((await api('p/add', { method: 'POST', body: 'no json' })).status, 400)
    const whole = (await api('namespaces/_/actions/p/add?blocking=true', { method: 'POST', body })).json()
    assert.deepEqual(whole.response.result, { n: 2 })
    const begun = await api('namespaces/guest/actions/p/add', { method: 'POST', body })
    assert.equal(begun.status, 202)
    const { activationId } = begun.json()
    const record = await eventually(async () => {
      const found = await api('activations/' + activationId)
      return found.status === 200 && found.json()
    })
    assert.deepEqual(record.response.result, { n: 2 })
  })

  test('remembers activations', async () => {
    const answer = await web('echo?remember=me')
    const id = answer.headers['x-openwhisk-activation-id']
    const record = (await ask(`${server.origin}/api/v1/activations/${id}`)).json()
    assert.equal(record.activationId, id)
    assert.equal(record.name, 'echo')
    assert.equal(record.response.result.body.remember, 'me')
    assert.deepEqual(Object.keys((await api(`namespaces/_/activations/${id}/logs`)).json()), ['logs'])
    const list = (await ask(`${server.origin}/api/v1/activations?limit=1`)).json()
    assert.deepEqual([list.length, list[0].activationId], [1, id])
    assert.equal((await ask(`${server.origin}/api/v1/activations/${'f'.repeat(32)}`)).status, 404)
    assert.equal((await ask(`${server.origin}/api/v1/activations`, { headers: { host: 'evil.example' } })).status, 401)
  })

  test('lets nobody into a secured action whom IMS does not know', async () => {
    const missing = await web('secured')
    assert.deepEqual([missing.status, missing.json()], [401, { error: 'cannot authorize request, reason: missing authorization header' }])
    const org = await web('secured.json', { headers: { authorization: 'Bearer x' } })
    assert.deepEqual([org.status, org.json()], [401, { error: 'cannot authorize request, reason: missing x-gw-ims-org-id header' }])
    const forged = await web('secured', { headers: { authorization: 'Bearer ' + assertion(), 'x-gw-ims-org-id': 'DEF@AdobeOrg' } })
    assert.equal(forged.status, 401)
    const list = (await ask(`${server.origin}/api/v1/activations?name=secured&docs=true`)).json()
    assert.ok(list.length >= 3 && list.every(({ logs }) => logs.length === 0), 'it never ran')
  })

  test('lets a caller with a valid token in, of an IMS that runs elsewhere', async () => {
    const ims = await emulator(['--env-file', join(root, '.env')])
    const other = await dev(root, ['--ims', ims.origin])
    try {
      const exchanged = await ask(ims.origin + '/ims/exchange/jwt', {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ client_id: 'test-client', client_secret: secret, jwt_token: assertion() }).toString()
      })
      const token = exchanged.json().access_token
      const headers = { authorization: 'Bearer ' + token, 'x-gw-ims-org-id': 'DEF@AdobeOrg' }
      const allowed = await ask(other.origin + '/api/v1/web/p/secured', { headers })
      assert.deepEqual([allowed.status, allowed.text], [200, 'in'])
    } finally {
      await other.stop()
      await ims.stop()
    }
  })

  test('applies .env and manifest at the next activation, and a mistake not at all', async () => {
    const envFile = join(root, '.env')
    writeFileSync(envFile + '.new', toDotenv({ ...jwtEnv(), GREETING: 'goodbye' }))
    renameSync(envFile + '.new', envFile)
    assert.equal((await web('echo')).json().GREETING, 'goodbye')

    const file = join(root, 'ext.config.yaml')
    const from = server.lines.length
    writeFileSync(file, manifest() + '   oops: [\n')
    assert.equal((await web('echo')).json().GREETING, 'goodbye')
    const broken = await server.seen((line) => line.event === 'configuration_broken', from)
    assert.match(broken.error, /ext\.config\.yaml:\d+/)

    writeFileSync(file, manifest({ ...actions, echo: { ...actions.echo, inputs: { GREETING: 'from the manifest' } } }))
    assert.equal((await web('echo')).json().GREETING, 'from the manifest')
    writeFileSync(file, manifest())
    assert.equal((await web('echo')).json().GREETING, 'goodbye')
  })

  test('takes a changed script, written in place or renamed over', async () => {
    const file = join(root, 'actions/echo.js')
    for (const [word, write] of [['one', (text) => writeFileSync(file, text)], ['two', (text) => { writeFileSync(file + '.tmp', text); renameSync(file + '.tmp', file) }]]) {
      write(`exports.main = () => ({ body: '${word}' })\n`)
      await eventually(async () => (await web('echo')).text === word)
    }
    rmSync(file)
    writeFileSync(file, echo)
    await eventually(async () => { const answer = await web('echo?back=1'); return answer.status === 200 && answer.text.includes('back') })
  })

  test('lets what runs end when its script changes', async () => {
    const file = join(root, 'actions/slow.js')
    assert.equal((await web('slow?ms=1')).text, 'done')  // its process has read the old script now
    const running = web('slow?ms=2500')
    const from = server.lines.length
    writeFileSync(file, actions.slow.code.replace('done', 'new'))
    await server.seen((line) => line.event === 'swapped' && line.action === 'p/slow', from)
    assert.equal((await web('slow?ms=1')).text, 'new')
    assert.equal((await running).text, 'done')
  })

  test('says one line a request: status, time, cold or warm', async () => {
    const from = server.lines.length
    await web('echo')
    await web('echo')
    const second = await server.seen((line, at, all) => line.event === 'request' && line.action === 'p/echo' && line.start === 'warm', from)
    assert.equal(second.status, 200)
    assert.ok(second.duration_ms >= 0 && second.method === 'GET' && second.activation_id.length === 32)
  })

  test('survives a thousand callers at once', async () => {
    const answers = await Promise.all(Array.from({ length: 1000 }, (_, n) => web('echo?n=' + n).then((answer) => [answer.status, answer.json().n])))
    answers.forEach(([status, n], at) => assert.deepEqual([status, n], [200, String(at)]))
    assert.equal((await ask(`${server.origin}/api/v1/activations?limit=200`)).json().length, 200)
  })

  test('leaves no process and no socket behind at Ctrl-C, in the middle of an activation too', async () => {
    for (const signal of ['SIGINT', 'SIGTERM']) {
      const other = await dev(root, ['--http'])
      assert.match(other.origin, /^http:/)
      const running = ask(other.origin + '/api/v1/web/p/slow?ms=20000').catch(() => null)
      const children = await eventually(async () => { const all = childrenOf(other.child.pid); return all.length > 0 && all })
      const began = Date.now()
      const { code, stderr } = await other.stop(signal)
      assert.equal(code, 0, stderr)
      assert.ok(Date.now() - began < 10_000)
      await running
      for (const pid of children) assert.ok(!existsSync('/proc/' + pid) || /\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8')), `process ${pid} lives on`)
      await assert.rejects(ask(other.origin + '/'), /ECONNREFUSED/)
    }
  })

  test('says that its port is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => taken.once('listening', resolve))
    try {
      const { code, stderr } = await run(['dev', '--http', '--port', String(taken.address().port)], { cwd: root })
      assert.notEqual(code, 0)
      assert.match(stderr, new RegExp(`${taken.address().port}`))
      assert.match(stderr, /in use/i)
    } finally {
      taken.close()
    }
  })

  test('says that it is a development tool', async () => {
    assert.match((await run(['dev', '--help'])).stdout, /development tool for one machine/)
  })

  test('does not begin with a manifest that is wrong', async () => {
    const other = project({ 'ext.config.yaml': 'runtimeManifest: [\n' })
    const { code, stderr } = await run(['dev'], { cwd: other })
    assert.equal(code, 2)
    assert.match(stderr, /ext\.config\.yaml:\d+/)
  })

  describe('with a C++ action', () => {
    let native
    let cpp
    const probe = (query = '') => ask(native.origin + '/api/v1/web/tests/probe' + query)
    before(async () => {
      cpp = await probeProject()
      native = await dev(cpp, ['--ims', 'local'])
    })
    after(async () => { await native?.stop() })

    test('runs the seed\'s flow, exchanges once, and says so', async () => {
      const first = await probe()
      assert.equal(first.status, 200, first.text)
      assert.ok(first.json().rows.length > 0)
      assert.equal((await native.seen((line) => line.event === 'request')).token, 'exchanged')
      const from = native.lines.length
      assert.equal((await probe()).status, 200)
      assert.equal((await native.seen((line) => line.event === 'request', from)).token, 'cached')
    })

    test('builds a changed source and swaps it, with no request lost', async () => {
      const file = join(cpp, 'probe/probe.cc')
      const source = readFileSync(file, 'utf8')
      const statuses = []
      let asking = true
      const caller = (async () => {
        while (asking) statuses.push((await probe('?MODE=echo')).status)
      })()
      let from = native.lines.length
      writeFileSync(file, source.replace('run(const adit::Params& params', 'run(const adit::Params& params_wrong'))
      const failed = await native.seen((line) => line.event === 'build_failed', from)
      assert.match(failed.error, /does not compile/)
      assert.ok(native.lines.some((line) => line.event === 'build_output' && /error/.test(line.text)), 'the compiler\'s words')
      assert.equal((await probe('?MODE=echo')).status, 200, 'the old one serves')

      from = native.lines.length
      writeFileSync(file, source.replace('if (mode == "echo") return', 'if (mode == "echo") return adit::Response::json(201, adit::json::value(params.json())); else if (mode == "never") return'))
      await native.seen((line) => line.event === 'swapped', from)
      assert.equal((await probe('?MODE=echo')).status, 201)
      asking = false
      await caller
      assert.ok(statuses.length > 0 && statuses.every((status) => status === 200 || status === 201), statuses.join())
    })
  })
})
