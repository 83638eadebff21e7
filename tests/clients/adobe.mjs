// An emulator that Adobe's own clients cannot distinguish from Adobe: HTTPS under Adobe's host names, used by client
// processes that trust its CA.
import { fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import https from 'node:https'
import { join } from 'node:path'
import { after } from 'node:test'
import { fileURLToPath } from 'node:url'
import { emulator, keys, project, secret, temporaryFolder } from '../cli/adit.mjs'

const HERE = fileURLToPath(new URL('.', import.meta.url))
export const NPM = process.env.ADIT_NPM
if (!NPM) throw new Error('ADIT_NPM must name the folder that tools/install-npm filled')

export const IMS = 'https://ims-na1.adobelogin.com'
export const STAGE = 'https://ims-na1-stg1.adobelogin.com'
export const METASCOPE = 'ent_analytics_bulk_ingest_sdk'

// The account for which every test's clients are registered.
export const account = { org_id: 'DEF@AdobeOrg', technical_account_id: 'ABC@techacct.adobe.com' }
const jwtClient = { ...account, client_secret: secret, metascopes: [METASCOPE], public_keys: [keys.publicKey] }
export const clients = [
  { client_id: 'jwt-client', ...jwtClient },
  { client_id: 'lacks-exchange-jwt', ...jwtClient, exchange_jwt: false },
  { client_id: 'converted', ...jwtClient, converted_to_oauth: true },
  { client_id: 'throttled', ...jwtClient, token_rate: '1/1h' },
  { client_id: 'oauth-client', ...account, client_secret: secret, scopes: ['openid', 'AdobeID', 'read_organizations'] }
]

// Processes that are stopped after the file's tests. A hook that is set inside `before` would run as soon as `before`
// ends.
const children = []
after(() => children.forEach((child) => child.kill()))

// { origin, ca, fault(fault), clearFaults(), rotateKeys(), stats() }
export async function adobe (args = []) {
  // JSON is YAML.
  const root = project({ 'integrations.yaml': JSON.stringify({ integrations: clients }, null, 2) })
  const ca = join(root, 'ca.pem')
  const { origin } =
    await emulator(['--quiet', '--integrations', join(root, 'integrations.yaml'), '--tls', '--ca-out', ca, ...args])
  const own = (method, path, body) => new Promise((resolve, reject) => {
    const request = https.request(origin + '/__adit/' + path,
      { method, ca: readFileSync(ca), agent: false, headers: { 'content-type': 'application/json' } })
    request.on('error', reject)
    request.on('response', async (response) => {
      const text = Buffer.concat(await response.toArray()).toString()
      if (response.statusCode < 300) resolve(text && JSON.parse(text))
      else reject(new Error(`${path}: ${response.statusCode} ${text}`))
    })
    request.end(body && JSON.stringify(body))
  })
  return {
    origin,
    ca,
    fault: (fault) => own('POST', 'faults', fault),
    clearFaults: () => own('DELETE', 'faults'),
    rotateKeys: () => own('POST', 'keys/rotate'),
    stats: () => own('GET', 'stats')
  }
}

// Starts a process in which Adobe's hosts are this emulator. `run(function, ...args)` calls the function there with the
// arguments and a `require` for the packages; the function cannot use variables of the test. What it throws becomes an
// Error with its name, code and sdkDetails.
export function clientOf (ims, env = {}) {
  const home = temporaryFolder()
  const child = fork(join(HERE, 'client_process.cjs'), [], {
    execArgv: ['--require', join(HERE, 'adobe_hosts.cjs')],
    cwd: home,
    env: {
      PATH: process.env.PATH,
      HOME: home,
      XDG_CONFIG_HOME: home,
      ADIT_NPM: NPM,
      EMULATOR_PORT: new URL(ims.origin).port,
      NODE_EXTRA_CA_CERTS: ims.ca,
      ...env
    }
  })
  const waiting = new Map()
  child.on('message', ({ number, value, error }) => {
    const { resolve, reject } = waiting.get(number)
    waiting.delete(number)
    if (error) reject(Object.assign(new Error(error.message), error))
    else resolve(value)
  })
  child.on('exit', (code) => {
    for (const { reject } of waiting.values()) reject(new Error(`the client's process ended: ${code}`))
  })
  children.push(child)
  let count = 0
  return {
    run: (source, ...args) => new Promise((resolve, reject) => {
      const number = ++count
      waiting.set(number, { resolve, reject })
      child.send({ number, source: source.toString(), args })
    }),
    end: () => child.kill()
  }
}

export const claimsOf = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url'))
