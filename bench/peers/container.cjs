// OpenWhisk's Node.js runtime, as far as it counts here: /init requires the unpacked action (its zip's unpacking is
// left out), /run calls `main`. Node.js's own http module instead of the runtime's express, which costs more.
//
// Usage: container.cjs PORT ACTION_FOLDER
'use strict'
const http = require('http')
let main
const names =
  ['action_name', 'action_version', 'activation_id', 'api_host', 'api_key', 'deadline', 'namespace', 'transaction_id']

async function answer (path, message) {
  if (path === '/init') {
    Object.assign(process.env, message.value.env)
    main = require(process.argv[3])[message.value.main]
    return { ok: true }
  }
  for (const name of names)
    if (message[name] !== undefined) process.env['__OW_' + name.toUpperCase()] = String(message[name])
  return main(message.value)
}

http.createServer((request, response) => {
  const parts = []
  request.on('data', (part) => parts.push(part))
  request.on('end', async () => {
    let status = 200
    let result
    try {
      result = await answer(request.url, JSON.parse(Buffer.concat(parts).toString()))
    } catch (error) {
      status = 502
      result = { error: String(error && error.stack) }
    }
    const text = JSON.stringify(result)
    response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) })
    response.end(text)
  })
}).listen(Number(process.argv[2]), '127.0.0.1')
