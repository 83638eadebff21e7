// Tells the steps of a Node.js action that concern tokens, as adit's own library tells a C++ action's (src/base/trace.h): one JSON line
// each on the descriptor that ADIT_TRACE_FD names. Everything that speaks HTTP in Node.js announces its requests on diagnostics channels:
// the http and https modules with axios, node-fetch or request on top on one pair, the global fetch and undici on another.
'use strict'

const { subscribe } = require('node:diagnostics_channel')
const fs = require('node:fs')

const TOKEN_ENDPOINT = /^\/ims\/(exchange\/jwt|token\/v\d+)\/?$/
const descriptor = Number(process.env.ADIT_TRACE_FD)
const begun = new WeakMap()

// `kind` is the step as programs count it (trace::StepKind).
function tell (kind, step, detail, request) {
  const us = Math.round((performance.now() - (begun.get(request) ?? performance.now())) * 1000)
  try {
    fs.writeSync(descriptor, JSON.stringify({ step, detail, us, kind }) + '\n')
  } catch {} // nobody listens any more
}

function answered (request, { method, origin, path, authorization, status }) {
  const bare = String(path).replace(/[?#].*/s, '')
  if (TOKEN_ENDPOINT.test(bare)) {
    if (status === 200) tell('token_received', 'token received', `${method} ${origin}${bare}`, request)
  } else if (/^bearer /i.test(authorization ?? '')) {
    tell('api_called', 'API called', `${method} ${origin}${bare} -> ${status}`, request)
  }
}

// undici keeps the headers as text, or as names and values in turn.
function headerOf (headers, name) {
  const all = typeof headers === 'string' ? headers.split('\r\n').flatMap((line) => line.split(/: (.*)/s, 2)) : Array.from(headers ?? [])
  const at = all.findIndex((one, index) => index % 2 === 0 && String(one).toLowerCase() === name)
  return at < 0 ? undefined : String(all[at + 1])
}

const begin = ({ request }) => { begun.set(request, performance.now()) }

if (Number.isInteger(descriptor) && descriptor > 2) {
  subscribe('http.client.request.start', begin)
  subscribe('http.client.response.finish', ({ request, response }) => answered(request, {
    method: request.method, origin: `${request.protocol}//${request.getHeader('host')}`, path: request.path, authorization: request.getHeader('authorization'), status: response.statusCode
  }))
  subscribe('undici:request:create', begin)
  subscribe('undici:request:headers', ({ request, response }) => answered(request, {
    method: request.method, origin: request.origin, path: request.path, authorization: headerOf(request.headers, 'authorization'), status: response.statusCode
  }))
}
