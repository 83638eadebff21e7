// Runs an action that is a program. Starts the program once in a container, with the package's own C library, and sends
// activations to it over a Unix socket with OpenWhisk's HTTP contract.
'use strict'

const { spawn } = require('node:child_process')
const fs = require('node:fs')
const http = require('node:http')
const os = require('node:os')
const path = require('node:path')

const CONCURRENCY = require('./package.json').adit.concurrency
const START_LIMIT_MS = 20_000
const LONGEST_MS = 3 * 3600_000
const MAX_TRIES = 3
// How long to wait for the program's end after a connection has broken.
const END_LIMIT_MS = 2_000
const NO_RESULT = 'The action did not return a dictionary or array.'
const PROPERTIES =
  ['ACTION_NAME', 'ACTION_VERSION', 'ACTIVATION_ID', 'API_HOST', 'API_KEY', 'DEADLINE', 'NAMESPACE', 'TRANSACTION_ID']

// The path of a Unix socket has at most 107 bytes (unix(7)). It consists of the folder's path and a number.
const LONGEST_FOLDER = 96

let folder  // of the sockets
let loader  // of the program's C library
let starts = 0
let current  // the program that is running or starting

function environment () {
  const env = { ...process.env }
  // These would load the container's libraries into the process.
  for (const name of ['LD_PRELOAD', 'LD_LIBRARY_PATH', 'LD_AUDIT']) delete env[name]
  if (!env.SSL_CERT_DIR && !env.SSL_CERT_FILE) env.SSL_CERT_DIR = path.join(__dirname, 'certs')
  if (!env.OPENSSL_CONF) env.OPENSSL_CONF = '/dev/null'
  return env
}

// Makes a folder in the first place where this process may write, which depends on the container, and returns the
// result of `use(folder)`. `use` throws if it cannot use the folder; then the next place is tried.
function inNewFolder (purpose, use) {
  const refusals = []
  for (const place of new Set([os.tmpdir(), '/tmp', '/var/tmp', '/dev/shm', process.cwd(), __dirname])) {
    if (Buffer.byteLength(place) > LONGEST_FOLDER) continue
    let made
    try {
      made = fs.mkdtempSync(path.join(place, 'adit-'))
      const result = use(made)
      process.once('exit', () => fs.rmSync(made, { recursive: true, force: true }))
      return result
    } catch (error) {
      refusals.push(error.message)
      if (made) fs.rmSync(made, { recursive: true, force: true })
    }
  }
  throw new Error(
    `The action's program needs a folder for ${purpose}, and this container lets it make none: ${refusals.join('; ')}`
  )
}

const isExecutable = (file) => { try { fs.accessSync(file, fs.constants.X_OK); return true } catch { return false } }

// Returns the path of an executable file. The program that unpacked the zip may have ignored its file modes. If the
// mode cannot be changed, because the file belongs to another user or is read-only, returns the path of a copy.
function executable (file) {
  if (isExecutable(file)) return file
  try {
    fs.chmodSync(file, 0o755)
    if (isExecutable(file)) return file
  } catch {}
  return inNewFolder('its loader', (made) => {
    const copy = path.join(made, path.basename(file))
    fs.copyFileSync(file, copy)
    fs.chmodSync(copy, 0o755)
    fs.accessSync(copy, fs.constants.X_OK)  // throws on a file system that is mounted with noexec
    return copy
  })
}

function start () {
  folder ??= inNewFolder('its socket', (made) => made)
  const lib = path.join(__dirname, 'lib')
  loader ??= executable(path.join(lib, fs.readdirSync(lib).find((name) => name.startsWith('ld-linux-'))))
  const socket = path.join(folder, String(++starts))
  const program = { socket, end: undefined, agent: new http.Agent({ keepAlive: true, maxSockets: CONCURRENCY }) }
  let gone
  program.gone = new Promise((resolve) => { gone = resolve })
  const ended = (why) => {
    if (program.end) return
    program.end = why
    gone()
    fs.rmSync(socket, { force: true })
    if (current === program) current = undefined
  }
  // The program ends when its stdin is closed. So it ends with this process, which holds the other end of the pipe.
  const child = spawn(loader, ['--inhibit-cache', '--library-path', lib, path.join(__dirname, 'bin/action'),
    '--socket', socket, '--concurrency', String(CONCURRENCY)],
    { cwd: __dirname, env: environment(), stdio: ['pipe', 'inherit', 'inherit'] })
  child.stdin.on('error', () => {})
  child.on('error', (error) => ended(`The action's program could not be started: ${error.message}`))
  child.on('exit',
    (code, signal) => ended(`The action's program ended with ${signal ? `signal ${signal}` : `exit code ${code}`}.`))
  child.unref()
  child.stdin.unref?.()
  program.ready = initialise(program, child)
  program.ready.catch(() => {})  // activations report the error
  return program
}

function post (program, route, text, limit) {
  return new Promise((resolve, reject) => {
    const request = http.request({
      agent: program.agent, socketPath: program.socket, method: 'POST', path: route,
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
    }, (response) => {
      const parts = []
      response.on('data', (part) => parts.push(part))
      response.on('error', done(reject))
      response.on('end', () => {
        // The program closes the connection when it takes no more activations, because it is about to end.
        if (response.headers.connection === 'close' && current === program) current = undefined
        done(resolve)({ status: response.statusCode, text: Buffer.concat(parts).toString() })
      })
    })
    const timer = setTimeout(() => request.destroy(new Error('The action did not answer in time.')), limit)
    const done = (then) => (value) => { clearTimeout(timer); then(value) }
    request.on('error', done(reject))
    request.end(text)
  })
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

async function initialise (program, child) {
  const message = JSON.stringify({ value: { name: 'action', main: 'main', code: '', binary: true, env: {} } })
  for (const begin = Date.now(); !program.end; await pause(1)) {
    try {
      await post(program, '/init', message, START_LIMIT_MS)
      return
    } catch (error) {
      if (Date.now() - begin < START_LIMIT_MS) continue  // it does not listen yet
      child.kill('SIGKILL')
      throw new Error(`The action's program did not start within ${START_LIMIT_MS / 1000} s: ${error.message}`)
    }
  }
  throw new Error(program.end)
}

// Whether the program ended before it had read the whole request. Only then can the request be sent again without
// running an activation twice. In that case the error comes from a system call. If the program had read everything,
// Node.js reports "socket hang up" instead.
const wasNotRead =
  (error) => ['EPIPE', 'ECONNRESET', 'ECONNREFUSED', 'ENOENT'].includes(error.code) && error.syscall !== undefined

async function forward (message, limit) {
  const text = JSON.stringify(message)
  for (let tries = 1; ; ++tries) {
    const program = current ??= start()
    await program.ready
    try {
      return await post(program, '/run', text, limit)
    } catch (error) {
      if (!error.code) throw error
      if (current === program) current = undefined
      if (wasNotRead(error) && tries < MAX_TRIES) continue
      await Promise.race([program.gone, pause(END_LIMIT_MS)])
      throw new Error(`${program.end ?? 'The action\'s program broke its connection.'} This activation was running.`)
    }
  }
}

async function main (params) {
  // Read the environment before the first `await`, because the next activation overwrites it.
  const message = { value: params ?? {} }
  for (const name of PROPERTIES) {
    const value = process.env['__OW_' + name]
    if (value !== undefined) message[name.toLowerCase()] = value
  }
  const left = Number(message.deadline) - Date.now()
  try {
    // The program itself answers at the deadline. This limit is for a program that does not. A deadline in the past
    // comes from a platform whose clock differs, and is ignored.
    const { status, text } = await forward(message, left > 0 ? Math.min(left + 1000, LONGEST_MS) : LONGEST_MS)
    try {
      const result = JSON.parse(text)
      // Not an object, so that the container reports an error of the action.
      return status === 502 && result.error === NO_RESULT ? NO_RESULT : result
    } catch {
      return { error: `The action's program answered ${status} and no JSON.` }
    }
  } catch (error) {
    return { error: error.message }
  }
}

try {
  current = start()
} catch {}  // the first activation tries again and reports the error
exports.main = main
