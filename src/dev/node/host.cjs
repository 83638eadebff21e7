// Runs a Node.js action by OpenWhisk's HTTP contract on a Unix socket: node version.cjs --socket PATH. The `code` in
// /init is the path of the file or folder that `function` in the manifest names. Activations run concurrently, each in
// its own async context. Through this context, `process.env` shows each activation its own `__OW_` variables, and an
// uncaught error is assigned to the activation that it belongs to. Errors of an action become the contract's errors, in
// the form that the platform's Node.js runtime gives them (apache/openwhisk-runtime-nodejs, core/nodejsActionBase).
'use strict'

const { AsyncLocalStorage } = require('node:async_hooks')
const fs = require('node:fs')
const http = require('node:http')
const Module = require('node:module')
const path = require('node:path')
const { pathToFileURL } = require('node:url')

require('./steps.cjs')

const SENTINEL = 'XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX\n'
const MAX_BODY = 64 << 20
// setTimeout accepts at most 31 bits of milliseconds.
const MAX_WAIT = 0x7fffffff
const KEEP_ALIVE = 3_600_000
const MAX_LOG_WAIT = 5_000

const [, socketPath] = process.argv.splice(2) // On the platform, an action sees no arguments either.
const write = { out: process.stdout.write.bind(process.stdout), err: process.stderr.write.bind(process.stderr) }
const contexts = new AsyncLocalStorage()
const running = new Set()
let action
let initialising = false

// process.env as the running activation sees it: the activation's variables hide those of the process. A variable that
// an activation sets is set for the whole process, as on the platform.
function installEnvironmentProxy () {
  const real = process.env
  const own = () => contexts.getStore()?.environment
  process.env = new Proxy(real, {
    get: (_, name) => own()?.[name] ?? real[name],
    has: (_, name) => own()?.[name] !== undefined || name in real,
    set: (_, name, value) => {
      real[name] = value
      const mine = own()
      if (mine && name in mine) mine[name] = String(value)
      return true
    },
    deleteProperty: (_, name) => { delete own()?.[name]; return delete real[name] },
    ownKeys: () => [...new Set([...Reflect.ownKeys(real), ...Object.keys(own() ?? {})])],
    defineProperty: (_, name, description) => { real[name] = description.value; return true },
    getOwnPropertyDescriptor: (_, name) => {
      const value = own()?.[name] ?? real[name]
      return value === undefined ? undefined : { value, writable: true, enumerable: true, configurable: true }
    }
  })
}

function entryFile (where) {
  if (!fs.statSync(where).isDirectory()) return where
  const manifest = path.join(where, 'package.json')
  const main = fs.existsSync(manifest) ? JSON.parse(fs.readFileSync(manifest, 'utf8')).main : undefined
  return require.resolve(path.join(where, main ?? 'index.js'))
}

// On the platform, actions have been bundled by webpack, which is less strict than Node.js.
function importModule (file, again = '') {
  Module.register?.(pathToFileURL(path.join(__dirname, 'bundled.mjs')))  // since Node.js 18.19
  return import(pathToFileURL(file) + again)
}

// Whether a file looks like an ES module that uses what only webpack gives it, perhaps long after it was loaded.
function needsHooks (file) {
  const text = fs.readFileSync(file, 'utf8')
  return /^\s*(import\b(?!\s*\()|export\b)/m.test(text) &&
    /\b(import\s*\(|require\b|__dirname\b|__filename\b)|\*\s*as\s+[\w$]+\s+from\s*['"]\./.test(text)
}

// Loads a file as CommonJS, or as an ES module if it is one. Only Node.js itself can reliably tell which of them a file
// is.
async function load (file) {
  if (file.endsWith('.mjs') || (!file.endsWith('.cjs') && needsHooks(file))) return importModule(file)
  try {
    return require(file)
  } catch (error) {
    // Since 22.12, require() also loads ES modules. It caches a failed resolution by URL, so the next attempt needs
    // another URL.
    if (
      [
        'ERR_MODULE_NOT_FOUND', 'ERR_UNSUPPORTED_DIR_IMPORT', 'ERR_IMPORT_ATTRIBUTE_MISSING',
        'ERR_IMPORT_ASSERTION_TYPE_MISSING'
      ].includes(error?.code) || (error instanceof ReferenceError && error.message.includes('in ES module scope'))
    )
      return importModule(file, '?bundled')
    const isModule =
      ['ERR_REQUIRE_ESM', 'ERR_REQUIRE_ASYNC_MODULE', 'ERR_REQUIRE_CYCLE_MODULE'].includes(error?.code) ||
      (
        error instanceof SyntaxError &&
          /import statement|Unexpected token 'export'|import\.meta|await is only valid/.test(error.message)
      )
    // A name that Node.js does not find in a CommonJS module.
    const lacksName = error instanceof SyntaxError && /does not provide an export|Named export/.test(error.message)
    if (!isModule && !lacksName) throw error
    return importModule(file, lacksName ? '?bundled' : '')
  }
}

async function init (value) {
  if (!value || typeof value !== 'object' || typeof value.code !== 'string' || value.code === '')
    throw new Error('Missing main/no code to execute.')
  for (const [name, text] of Object.entries(value.env ?? {}))
    process.env[name] = typeof text === 'string' ? text : JSON.stringify(text)
  const name = value.main || 'main'
  const loaded = await load(entryFile(path.resolve(value.code)))
  const alone = name === 'main' && typeof loaded.default === 'function' ? loaded.default : undefined
  const found = loaded[name] ?? loaded.default?.[name] ?? alone
  if (typeof found !== 'function') {
    throw new Error(
      `Action entrypoint '${name}' is not a function: ${value.code} exports ${Object.keys(loaded).join(', ') || 'nothing'}.`
    )
  }
  action = found
}

// Converts the reason of a rejection to the value of `error`, as the platform's runtime does (npm's serialize-error). A
// falsy reason becomes {}. An object keeps its own properties, at any depth, without functions; a reference to itself
// becomes '[Circular]'. An Error also keeps its non-enumerable texts.
function describe (error) {
  if (!error) return {}
  if (typeof error === 'function') return `[Function: ${error.name || 'anonymous'}]`
  if (typeof error === 'symbol') return String(error) // the platform's runtime would answer {}, a success
  return typeof error === 'object' ? withoutCycles(error, []) : error
}

function withoutCycles (from, above) {
  const to = Array.isArray(from) ? [] : {}
  const seen = [...above, from]
  for (const [key, value] of Object.entries(from)) {
    if (typeof value === 'function') continue
    if (!value || typeof value !== 'object') to[key] = value
    else to[key] = seen.includes(value) ? '[Circular]' : withoutCycles(value, seen)
  }
  for (const name of ['name', 'message', 'stack', 'code']) if (typeof from[name] === 'string') to[name] = from[name]
  return to
}

// JSON.stringify escapes a lone surrogate, which JSON parsers reject. Replaces such escapes by U+FFFD.
const wellFormed = (text) => text.includes('\\ud') ? text.replace(/\\\\|\\ud[89a-f][0-9a-f]{2}/g,
  (found) => found === '\\\\' ? found : '\ufffd') : text

// Returns the result as JSON text, or the error that prevents this. `null`, and what `toJSON` returns, is valid JSON
// that the platform rejects later.
function answerOf (result) {
  const value = result === undefined ? {} : result
  if (typeof value !== 'object') {
    write.err(`Result must be of type object but has type "${typeof value}": ${String(value)}\n`)
    return refusal('The action did not return a dictionary or array.')
  }
  try {
    return { status: 200, text: wellFormed(JSON.stringify(value) ?? '') }
  } catch (error) {
    write.err(`The action's result cannot be written as JSON: ${String(error?.message ?? error)}\n`)
    return { ...refusal('Internal error.'), status: 500 }
  }
}

const refusal = (message) => ({ status: 502, text: JSON.stringify({ error: message }) })

async function activate (params) {
  let result
  try {
    result = action(params)
  } catch (error) {
    write.err(`${error?.stack ?? error}\n`)
    return refusal('An error has occurred: ' + error)
  }
  try {
    return answerOf(await result)
  } catch (error) {
 // A rejection is the action's own error; its reason is the result.
    return answerOf({ error: describe(error) })
  }
}

function run (message) {
  if (!message || typeof message !== 'object') return refusal('The activation is not a JSON object.')
  if (!action) return refusal('The action is not initialised.')
  const environment = {}
  for (const [key, value] of Object.entries(message)) {
    if (key !== 'value' && value !== null)
      environment['__OW_' + key.toUpperCase()] = typeof value === 'string' ? value : JSON.stringify(value)
  }
  return new Promise((resolve) => {
    const context = { environment, answer }
    const left = Number(message.deadline) - Date.now()
    const timer = left >= 0 && left < MAX_WAIT
      ? setTimeout(() => answer(refusal('The action exceeded its time limits.')), left) : undefined
    function answer (given) {
      clearTimeout(timer)
      running.delete(context)
      resolve(given)
    }
    running.add(context)
    contexts.run(context, () => activate(message.value ?? {}).then(answer, (error) => answer(refusal(String(error)))))
  })
}

// Handles an uncaught exception or an unhandled rejection: ends the activation that it comes from, if that is known.
// Other activations go on.
function failInBackground (error) {
  write.err(`${error?.stack ?? error}\n`)
  const context = contexts.getStore() ?? (running.size === 1 ? running.values().next().value : undefined)
  if (context && running.has(context)) context.answer(refusal('An error has occurred: ' + error))
}

// The pipe may not accept everything at once; the stream buffers the rest. The log is complete when the stream reports
// that the sentinel is written.
function endLog (write) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, MAX_LOG_WAIT)
    write(SENTINEL, () => { clearTimeout(timer); resolve() })
  })
}

function readBody (request) {
  return new Promise((resolve, reject) => {
    const parts = []
    let size = 0
    request.on('data', (part) => {
      size += part.length
      if (size > MAX_BODY) reject(new Error('The request is too large.'))
      else parts.push(part)
    })
    request.on('end', () => resolve(Buffer.concat(parts)))
    request.on('error', reject)
  })
}

async function answerRequest (request) {
  let message
  try {
    message = JSON.parse((await readBody(request)).toString('utf8'))
  } catch {
    return { ...refusal('The request is not JSON.'), status: 400 }
  }
  if (request.method === 'POST' && request.url === '/init') {
    if (initialising || action) return { ...refusal('Cannot initialize the action more than once.'), status: 403 }
    initialising = true
    try {
      await init(message?.value)
      return { status: 200, text: '{"OK":true}' }
    } catch (error) {
      write.err(`${error?.stack ?? error}\n`)
      return refusal('Initialization has failed due to: ' + error)
    } finally {
      initialising = false
    }
  }
  if (request.method === 'POST' && request.url === '/run') {
    const answer = await run(message)
    await Promise.all([endLog(write.out), endLog(write.err)])
    return answer
  }
  return { ...refusal('There are only POST /init and POST /run.'), status: 404 }
}

installEnvironmentProxy()
process.on('uncaughtException', failInBackground)
process.on('unhandledRejection', failInBackground)
const server = http.createServer((request, response) => {
  answerRequest(request).catch((error) => refusal(String(error))).then(({ status, text }) => {
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
    response.end(text)
  })
})
server.requestTimeout = server.headersTimeout = server.timeout = 0
server.keepAliveTimeout = KEEP_ALIVE
server.listen({ path: socketPath, backlog: 511 })
