// Preloaded into a Node.js action. Redirects connections as ADIT_ENDPOINTS says: it contains pairs `origin=origin`,
// separated by commas; `https://*.example.com` means every host below example.com. Everything that speaks HTTP in
// Node.js (the http and https modules, axios, node-fetch and request on top of them, the global fetch, undici) opens
// its connections with tls.connect and net.Socket's connect, so these two functions are replaced. Requests keep their
// URL and Host. Connections to other hosts, and their TLS checks, are not changed. Written in a syntax that every
// version of Node.js can parse.
'use strict'

var net = require('net')
var tls = require('tls')

function parse (text) {
  var routes = new Map()
  text.split(',').forEach(function (pair) {
    if (!pair.trim()) return
    var sign = pair.indexOf('=')
    if (sign < 0) throw new Error("ADIT_ENDPOINTS: '" + pair.trim() + "' is not a pair origin=origin.")
    routes.set(new URL(pair.slice(0, sign).trim()).origin, new URL(pair.slice(sign + 1).trim()))
  })
  return routes
}

var routes = parse(process.env.ADIT_ENDPOINTS || '')

function find (origin) {
  if (routes.has(origin)) return routes.get(origin)
  var below
  routes.forEach(function (target, from) {
    var parts = from.split('://*')
    if (!below && parts.length === 2 && origin.indexOf(parts[0] + '://') === 0 && origin.endsWith(parts[1]))
      below = target
  })
  return below
}

function routeOf (scheme, options) {
  if (!options || options.path || options.socket) return undefined
  var host = String(options.host || options.hostname || options.servername || '').toLowerCase().replace(/\.$/, '')
  var port = Number(options.port || (scheme === 'https' ? 443 : 80))
  if (!host) return undefined
  try {
    return find(new URL(scheme + '://' + (net.isIPv6(host) ? '[' + host + ']' : host) + ':' + port).origin)
  } catch (error) {
    return undefined
  }
}

function targetOptions (target) {
  var secure = target.protocol === 'https:'
  return {
    host: target.hostname.replace(/^\[|\]$/g, ''), port: Number(target.port) || (secure ? 443 : 80),
    servername: secure ? target.hostname : undefined
  }
}

// Gives a plain socket, used between this machine and a local endpoint, the members that callers expect of a TLS
// socket.
function asSecure (socket) {
  socket.encrypted = true
  socket.authorized = true
  socket.authorizationError = null
  socket.alpnProtocol = false
  socket.getPeerCertificate = function () { return {} }
  socket.getCipher = function () { return {} }
  socket.getProtocol = function () { return null }
  socket.getSession = function () { return undefined }
  socket.isSessionReused = function () { return false }
  socket.setServername = function () {}
  socket.once('connect', function () { socket.emit('secureConnect') })
  return socket
}

function install () {
  var tlsConnect = tls.connect
  tls.connect = function connect () {
    var args = Array.prototype.slice.call(arguments)
    var callback = typeof args[args.length - 1] === 'function' ? args.pop() : undefined
    var options = typeof args[0] === 'object' && args[0] !== null
      ? args[0]
      : Object.assign({ port: args[0] }, typeof args[1] === 'string' ? { host: args[1] } : null,
        args.find(function (one) { return typeof one === 'object' && one !== null }))
    var target = routeOf('https', options)
    if (!target) return tlsConnect.apply(this, arguments)
    var to = targetOptions(target)
    if (target.protocol === 'https:') return tlsConnect.call(this, Object.assign({}, options, to), callback)
    var socket = asSecure(net.connect(
      { host: to.host, port: to.port, noDelay: options.noDelay, keepAlive: options.keepAlive, signal: options.signal }
    ))
    if (callback) socket.once('secureConnect', callback)
    return socket
  }

  var socketConnect = net.Socket.prototype.connect
  net.Socket.prototype.connect = function connect (first) {
    // net.connect() passes its arguments as one array, which a symbol marks as normalised. The options in it are
    // already a copy.
    var options = Array.isArray(first) ? first[0] : first
    var target = !(this instanceof tls.TLSSocket) && typeof options === 'object' ? routeOf('http', options) : undefined
    if (target && target.protocol === 'http:') {
      var to = targetOptions(target)
      if (Array.isArray(first)) {
        Object.assign(options, { host: to.host, port: to.port })
      } else {
        arguments[0] = Object.assign({}, options, { host: to.host, port: to.port })
      }
    }
    return socketConnect.apply(this, arguments)
  }
  require('module').syncBuiltinESMExports()

  // Otherwise a proxy would be asked for the real host. Programs read either spelling of the variable.
  var hosts = Array.from(routes.keys()).map(function (origin) { return new URL(origin).hostname.replace(/^\*/, '') })
  ;['NO_PROXY', 'no_proxy'].forEach(function (name) {
    process.env[name] = (process.env[name] ? process.env[name] + ',' : '') + hosts.join(',')
  })
}

if (routes.size > 0) install()
