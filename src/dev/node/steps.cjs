// Reports the trace steps of a Node.js action, as adit's library does in a C++ action (src/base/trace.h): one JSON line
// each, on the descriptor that ADIT_TRACE_FD names. The beginning and the end of each request are steps. The end of a
// request for a token, or with a token, is another step in addition, for people. Everything that speaks HTTP in Node.js
// publishes its requests on diagnostics channels: the http and https modules, with axios, node-fetch and request on top
// of them, on one pair of channels, the global fetch and undici on another.
'use strict'

const { subscribe } = require('node:diagnostics_channel')
const fs = require('node:fs')

const TOKEN_ENDPOINT = /^\/ims\/(exchange\/jwt|token\/v\d+)\/?$/
const descriptor = Number(process.env.ADIT_TRACE_FD)
const begun = new WeakMap()

// `kind` is what programs read (trace::StepKind); `step` and `detail` are for people.
function report (kind, members, { at, activation } = { at: performance.now() }) {
  const us = Math.round((performance.now() - at) * 1000)
  try {
    fs.writeSync(descriptor, JSON.stringify({ ...members, us, kind, activation }) + '\n')
  } catch {} // adit no longer reads the descriptor
}

const bareOf = (path) => String(path).replace(/[?#].*/s, '')
const urlOf = ({ origin, path }) => `${String(origin).replace(/\/\/[^/]*@/, '//')}${bareOf(path)}`

// The error may be any value of the action's, even one whose code cannot be read.
function codeOf (error) {
  try {
    return String(error?.code ?? error?.cause?.code ?? 'failed')
  } catch {
    return 'failed'
  }
}

function ended (request, { authorization, status, error, request_id, ...fields }) {
  const beginning = begun.get(request)
  if (beginning) begun.delete(request)
  const { method } = fields
  const url = urlOf(fields)
  const code = status === undefined ? codeOf(error) : undefined
  report('request_ended', { method, url, status, error: code, request_id }, beginning)
  if (TOKEN_ENDPOINT.test(bareOf(fields.path))) {
    if (status === 200) report('token_received', { step: 'token received', detail: `${method} ${url}` }, beginning)
  } else if (status !== undefined && /^bearer /i.test(authorization ?? '')) {
    report('api_called', { step: 'API called', detail: `${method} ${url} -> ${status}` }, beginning)
  }
}

// undici keeps headers as text, or as an array of alternating names and values.
function headerOf (headers, name) {
  const all = typeof headers === 'string' ? headers.split('\r\n').flatMap((line) => line.split(/: (.*)/s, 2))
    : Array.from(headers ?? [])
  const at = all.findIndex((one, index) => index % 2 === 0 && String(one).toLowerCase() === name)
  return at < 0 ? undefined : String(all[at + 1])
}

// The activation is known when the request is made, but not always when its response arrives.
const begin = (request, fields) => {
  const beginning = { at: performance.now(), activation: process.env.__OW_ACTIVATION_ID }
  begun.set(request, beginning)
  report('request_began', { method: fields.method, url: urlOf(fields) }, beginning)
}
const ofHttp = (request) => ({
  method: request.method, origin: `${request.protocol}//${request.getHeader('host')}`, path: request.path,
  authorization: request.getHeader('authorization')
})
const ofUndici = (request) => ({
  method: request.method, origin: request.origin, path: request.path,
  authorization: headerOf(request.headers, 'authorization')
})

if (Number.isInteger(descriptor) && descriptor > 2) {
  subscribe('http.client.request.start', ({ request }) => begin(request, ofHttp(request)))
  subscribe('http.client.response.finish',
    ({ request, response }) => ended(request, {
      ...ofHttp(request), status: response.statusCode,
      request_id: response.headers['x-debug-id'] ?? response.headers['x-request-id']
    }))
  subscribe('http.client.request.error',
    ({ request, error }) => { if (begun.has(request)) ended(request, { ...ofHttp(request), error }) })
  subscribe('undici:request:create', ({ request }) => begin(request, ofUndici(request)))
  subscribe('undici:request:headers',
    ({ request, response }) => ended(request, {
      ...ofUndici(request), status: response.statusCode,
      request_id: headerOf(response.headers, 'x-debug-id') ?? headerOf(response.headers, 'x-request-id')
    }))
  subscribe('undici:request:error',
    ({ request, error }) => { if (begun.has(request)) ended(request, { ...ofUndici(request), error }) })
}
