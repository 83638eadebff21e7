// Runs npm's oauth2-mock-server with an RSA key until standard input is closed. Prints its origin.
//
// Usage: node oauth2_mock_server.mjs FOLDER-OF-PACKAGES
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const { OAuth2Server } =
  await import(pathToFileURL(createRequire(resolve(process.argv[2], 'package.json')).resolve('oauth2-mock-server')))
const server = new OAuth2Server()
await server.issuer.keys.generate('RS256')
await server.start(0, '127.0.0.1')
console.log(`http://127.0.0.1:${server.address().port}`)
process.stdin.resume().on('end', () => process.exit())
