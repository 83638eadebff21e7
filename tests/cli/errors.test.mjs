// Provokes every error that a user can get from the command. Its text is in errors/approved.txt, to be read as a user
// would: what happened, where, what to do. After a change of messages, run ADIT_APPROVE=1 node --test
// tests/cli/errors.test.mjs, then read the difference.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { ADIT, HERE, assertion, emulator, jwtEnv, keys, run, secret, temporaryFolder, toDotenv } from './adit.mjs'
import { actions } from './errors/actions.mjs'
import { beginnings } from './errors/beginnings.mjs'
import { apiServer, consoleAnswers, consoleServer } from './errors/console.mjs'
import { credentials } from './errors/credentials.mjs'
import { deploying } from './errors/deploying.mjs'
import { emulator as emulatorCases } from './errors/emulator.mjs'
import { files } from './errors/files.mjs'
import { network } from './errors/network.mjs'
import { project } from './errors/project.mjs'
import { sites, unreachable } from './errors/sites.mjs'
import { tokens } from './errors/tokens.mjs'
import { usage } from './errors/usage.mjs'
import { zip } from '../platform/zip.mjs'

const APPROVED = join(HERE, 'errors', 'approved.txt')

const pem = (type, options) =>
  generateKeyPairSync(type, { ...options, publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: {
    type: 'pkcs8', format: 'pem', ...options?.lock
  } })

// Makes programs that cannot be packed: one needs a library that no longer exists, one is larger than a platform
// accepts.
function programs (folder) {
  const compile = (...args) => execFileSync('c++', args, { cwd: folder })
  writeFileSync(join(folder, 'lib.cc'), 'int gone() { return 1; }\n')
  writeFileSync(join(folder, 'lost.cc'), 'int gone();\nint main() { return gone(); }\n')
  compile('-shared', '-fPIC', '-o', 'libgone.so', 'lib.cc')
  compile('-o', 'lost', 'lost.cc', '-L.', '-lgone')
  rmSync(join(folder, 'libgone.so'))
  writeFileSync(join(folder, 'bytes'), randomBytes(23 << 20))
  writeFileSync(join(folder, 'large.cc'),
    'asm(".data\\n.globl bytes\\nbytes: .incbin \\"bytes\\"\\n");\nint main() {}\n')
  compile('-o', 'large', 'large.cc')
  return { lost: join(folder, 'lost'), large: join(folder, 'large') }
}

async function makeKeys () {
  const folder = made
  await run(['key', 'generate', '--out', 'k'], { cwd: folder })
  const other = pem('rsa', { modulusLength: 2048 })
  const short = pem('rsa', { modulusLength: 1024 })
  const elliptic = pem('ec', { namedCurve: 'P-256' })
  const x25519 = pem('x25519')
  return {
    rsa: keys.privateKey, publicKey: keys.publicKey, jwk: createPublicKey(keys.publicKey).export({ format: 'jwk' }),
    other: other.privateKey, otherPublicKey: other.publicKey,
    short: short.privateKey, shortPublicKey: short.publicKey,
    elliptic: elliptic.privateKey, ellipticPublicKey: elliptic.publicKey,
    x25519: x25519.privateKey, x25519PublicKey: x25519.publicKey,
    encrypted: pem('rsa', { modulusLength: 2048, lock: { cipher: 'aes-256-cbc', passphrase: 'right' } }).privateKey,
    certificate: readFileSync(join(folder, 'k.crt'), 'utf8'),
    ...programs(folder)
  }
}

// A server that misbehaves in the way that the first part of the path names.
function misbehavingServer () {
  const json = (response, status, body, headers = {}) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body)
  const answers = {
    ok: (_, response) => json(response, 200, '{}'),
    object: (_, response) => json(response, 200, '{}'),
    array: (_, response) => json(response, 200, '[1]'),
    503: (_, response) => json(response, 503, '{"error":"service_unavailable"}'),
    429: (_, response) => json(response, 429, '{"error":"too_many_requests"}', { 'retry-after': '3600' }),
    500: (_, response) => json(response, 500, '{"error":"internal_error","error_description":"something broke"}',
      { 'x-debug-id': 'abc-123' }),
    html: (_, response) =>
      response.writeHead(502, { 'content-type': 'text/html' }).end('<html><body>Bad gateway</body></html>'),
    garbage: (_, response) => json(response, 200, 'hello'),
    empty: (_, response) => json(response, 200, '{"token_type":"bearer"}'),
    cut: (_, response) => {
      response.writeHead(200, { 'content-length': '1000' })
      response.write('{')
      setImmediate(() => response.destroy())
    },
    reset: (request) => request.socket.resetAndDestroy(),
    silent: () => {},
    interrupted: () => {},
    away: (_, response) => response.writeHead(307, { location: 'http://other.example/there?code=1' }).end(),
    console: consoleServer(secret),
    round: (_, response) => response.writeHead(302, { location: '/round' }).end()
  }
  const server = createServer((request, response) => {
    request.resume()
    const name = request.url.split('/')[1]
    const answer = name.startsWith('api-') ? apiServer(name.slice(4)) : answers[name]
    request.on('end', () => {
      happened(`received ${request.method} ${request.url}\n`)
      answer ? answer(request, response) : response.writeHead(404).end()
    })
  })
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
}

const home = temporaryFolder()
// The folder with keys and programs for the cases.
const made = temporaryFolder()
// Called with what the running command prints to stderr, and with each request to the server.
let happened = () => {}

// Runs the command and returns { code, stderr }. It gets SIGINT as soon as its output or its requests match
// `interrupted`.
function runToEnd (args, { env = {}, input = '', shell, cwd, interrupted }) {
  const [program, ...first] = shell ? ['/bin/sh', '-c', shell, ADIT] : [ADIT]
  const child = spawn(program, [...first, ...args],
    { cwd, env: { PATH: process.env.PATH, HOME: home, LANG: 'C.UTF-8', ...env }, stdio: ['pipe', 'pipe', 'pipe'] })
  let course = ''
  happened = (what) => {
    const before = course
    course += what
    if (interrupted?.test(course) && !interrupted.test(before)) child.kill('SIGINT')
  }
  child.stdin.on('error', () => {}) // a command that fails early does not read its input
  child.stdin.end(input)
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (data) => { stderr += data; happened(data) })
  child.stdout.resume()
  const timer = setTimeout(() => child.kill('SIGKILL'), 60_000)
  return new Promise((resolve) => child.on('close', (code) => { clearTimeout(timer); resolve({ code, stderr }) }))
}

const ancestors = (folder) => folder === '/' ? [folder] : [folder, ...ancestors(dirname(folder))]

const approvedLine = (text, folder) => text
  .replaceAll(folder, 'PROJECT').replaceAll(home, 'HOME').replaceAll(dirname(ADIT), 'BIN').replaceAll(secret, 'SECRET')
  .replace(/(?<=:|\bport )(3[2-9]|[45]\d|6[0-5])\d{3}\b/g, 'PORT') // ports that the system chooses
  .replaceAll(made, 'MADE')
  .replace(['in PROJECT', ...ancestors(tmpdir())].join(', '), 'in PROJECT, /tmp, /')
  .replaceAll(`${tmpdir()}/`, '/tmp/')
  .replace(/(?<=The package of default\/large has )[\d.]+/, 'MORE') // the rest of its content depends on the system
  .replace(/\([^()]* ago\)/g, '(SOME TIME ago)')
  .replace(/eyJ[\w.-]+/g, 'TOKEN')
  .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
  .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{32}\b/g, 'ID')

async function provoke ([title, args, options = {}], taken) {
  const folder = temporaryFolder()
  for (const [name, content] of Object.entries(options.files ?? {})) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content, { mode: 0o600 })
  }
  const { code, stderr } = await runToEnd(args.map((argument) => argument === 'TAKEN' ? String(taken) : argument),
    { ...options, cwd: folder, env: {
      ...options.env, ...(options.config && { XDG_CONFIG_HOME: join(folder, options.config) }),
      ...(options.credentials && jwtEnv())
    } })
  const lines = stderr.split('\n').filter((line) => line !== '' && (options.only ?? /^/).test(line))
  const message = approvedLine(lines.join('\n'), folder)
  const shown = approvedLine(
    args.map((argument) => /^[\w@./:=,*-]+$/.test(argument) ? argument : JSON.stringify(argument)).join(' '), folder
  )
  return { title, code, message, text: `### ${title}\n$ adit ${shown}\n${message}\n[exit ${code}]\n` }
}

describe('errors', () => {
  const groups = []
  let server
  let approved = ''
  before(async () => {
    const keysMade = await makeKeys()
    server = await misbehavingServer()
    const origin = `http://127.0.0.1:${server.address().port}`
    const ims = await emulator(['--env-file', join(clientFolder(), '.env')])
    const tls = await emulator(['--tls'])
    const tools = {
      made: keysMade, zip, toDotenv, jwtEnv, assertion, origin, emulatorOrigin: ims.origin, tlsOrigin: tls.origin,
      foreignToken: assertion({ exp: 4102444800 })
    }
    const all = {
      'Wrong usage': usage, 'Beginnings': beginnings, Projects: project, 'Credentials and keys': credentials(tools),
      'Files of the Developer Console, and .env': files(tools), 'JSON Web Tokens': tokens(tools),
      'IMS, APIs and stores': network(tools), 'Client secrets, and refusals of APIs': consoleAnswers(tools),
      'Building, running, packing': actions(tools), Deploying: deploying(tools), 'The emulator': emulatorCases(tools)
    }
    for (const [group, cases] of Object.entries(all)) {
      const outcomes = []
      for (const one of cases) outcomes.push(await provoke(one, server.address().port))
      groups.push({ group, outcomes })
    }
    const text = groups.map(({ group, outcomes }) =>
      `## ${group}\n\n${outcomes.map(({ text }) => text).join('\n')}`).join('\n')
    if (process.env.ADIT_APPROVE) writeFileSync(APPROVED, text)
    approved = text
  })
  after(() => { server.closeAllConnections(); server.close() })

  function clientFolder () {
    const folder = temporaryFolder()
    writeFileSync(join(folder, '.env'), toDotenv(jwtEnv()))
    return folder
  }
  const each = (check) => groups.flatMap(({ outcomes }) => outcomes).forEach(check)

  test('have the approved texts', () => assert.equal(approved, readFileSync(APPROVED, 'utf8')))

  test('end with 1 or 2, or 130 for Ctrl-C, never with a signal or 0', () => each(({ title, code }) =>
    assert.ok([1, 2].includes(code) || (code === 130 && title.includes('interrupted')), `${title}: ${code}`)))

  test('begin with the name of the program, and are written for people', () => each(({ title, message }) => {
    assert.match(message, /^adit: [^\n]{12,}/, title)
    assert.ok(!/terminate called|std::|boost|errno|exception/i.test(message), `${title}: ${message}`)
    assert.ok(!/\.\.$|: :|\bnull\b/.test(message), `${title}: ${message}`)
  }))

  test('show no secret', () => each(({ title, message }) =>
    assert.ok(!message.includes(secret) && !message.includes('PRIVATE KEY-----\n'), title)))

  test('are all the errors in the source code, except those that are listed with a reason', () => {
    const words = approved.replace(/\s+/g, ' ')
    const missing = sites().filter(({ pieces }) => !pieces.some((piece) => words.includes(piece)))
      .filter(({ pieces }) => !pieces.some((piece) => unreachable.some(([known]) => piece.includes(known))))
    assert.deepEqual(missing.map(({ file, line, pieces }) => `${file}:${line}: ${pieces.join(' … ')}`), [])
  })
})
