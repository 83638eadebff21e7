// Runs a program that does not implement OpenWhisk's HTTP contract, by this contract, on a Unix socket: node once.cjs
// --socket PATH. The `code` in /init is the program's path. The program is started for each activation with the
// parameters as its argument. Its last line on stdout is the result, everything else its log
// (apache/openwhisk-runtime-docker, core/actionProxy/actionproxy.py).
'use strict'

const { spawn } = require('node:child_process')
const http = require('node:http')

const SENTINEL = 'XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX\n'
const MAX_OUTPUT = 64 << 20
const [, socketPath] = process.argv.splice(2)
let program

const refusal = (error) => ({ status: 502, text: JSON.stringify({ error }) })

function resultOf (line) {
  try {
    const value = JSON.parse(line)
    if (value && typeof value === 'object') return { status: 200, text: JSON.stringify(value) }
  } catch {}
  return refusal('The action did not return a dictionary or array.')
}

function run (message) {
  const environment = { ...process.env }
  for (const [key, value] of Object.entries(message)) {
    if (key !== 'value' && value !== null)
      environment['__OW_' + key.toUpperCase()] = typeof value === 'string' ? value : JSON.stringify(value)
  }
  return new Promise((resolve) => {
    const child =
      spawn(program, [JSON.stringify(message.value ?? {})], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
    const left = Number(message.deadline) - Date.now()
    const timer = setTimeout(() => { child.kill('SIGKILL'); resolve(refusal('The action exceeded its time limits.')) },
      Math.max(1, left))
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text) => { if (output.length < MAX_OUTPUT) output += text })
    child.stderr.on('data', (bytes) => process.stderr.write(bytes))
    child.on('error', (error) => {
      clearTimeout(timer)
      const hint = error.code !== 'EACCES' ? ''
        : '. Its file system may be mounted with noexec. Set TMPDIR to a folder where programs can be run.'
      resolve(refusal('The action could not be started: ' + error.message + hint))
    })
    child.on('close', () => {
      clearTimeout(timer)
      const lines = output.split('\n').filter((line) => line.trim() !== '')
      const last = lines.pop() ?? ''
      for (const line of lines) process.stdout.write(line + '\n')
      resolve(resultOf(last))
    })
  })
}

async function answer (request) {
  const parts = []
  for await (const part of request) parts.push(part)
  const message = JSON.parse(Buffer.concat(parts).toString('utf8'))
  if (request.url === '/init') {
    program = message.value.code
    return { status: 200, text: '{"OK":true}' }
  }
  const answered = await run(message)
  await Promise.all([process.stdout, process.stderr].map((stream) => new Promise((resolve) => stream.write(SENTINEL,
    resolve))))
  return answered
}

const server = http.createServer((request, response) => {
  answer(request).catch((error) => refusal(String(error))).then(({ status, text }) => {
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
    response.end(text)
  })
})
server.requestTimeout = server.headersTimeout = server.timeout = 0
server.keepAliveTimeout = 3_600_000
server.listen({ path: socketPath, backlog: 511 })
