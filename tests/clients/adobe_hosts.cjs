// Preloaded into a client's process: redirects connections to port 443 of Adobe's hosts to the emulator. Only the
// socket changes: names in URLs, Host headers, SNI and the check of the certificate are Adobe's, and no package is
// changed.
const net = require('node:net')

const port = Number(process.env.EMULATOR_PORT)
const adobes = /\.(adobelogin\.com|adobe\.io)$/
const { connect } = net.Socket.prototype

net.Socket.prototype.connect = function (...args) {
  // net.connect and tls.connect pass on [options, callback] as one array.
  const options = Array.isArray(args[0]) ? args[0][0] : args[0]
  if (adobes.test(options?.host ?? '')) {
    if (Number(options.port) !== 443) throw new Error(`${options.host}:${options.port} is not for the emulator`)
    Object.assign(options, { host: '127.0.0.1', port })
  }
  return connect.apply(this, args)
}
