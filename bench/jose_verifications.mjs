// Measures how many access tokens npm's jose verifies per second with a local key set. Prints the number.
//
// Usage: node jose_verifications.mjs FOLDER-OF-PACKAGES [SECONDS]
import { generateKeyPairSync } from 'node:crypto'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const [folder, seconds = '3'] = process.argv.slice(2)
const { createLocalJWKSet, exportJWK, jwtVerify, SignJWT } =
  await import(pathToFileURL(createRequire(resolve(folder, 'package.json')).resolve('jose')))
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const kid = 'ims_na1-key-at-1'
const keys = createLocalJWKSet({ keys: [{ ...await exportJWK(publicKey), kid, alg: 'RS256', use: 'sig' }] })
// The same claims as in bench/verification_bench.cc.
const token = await new SignJWT({
  id: '1700000000000_0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9_ue1',
  type: 'access_token',
  client_id: '58b23182d80a40fea8b12bc236d71167',
  user_id: '1F072B8A63C6E0230A495EE1@techacct.adobe.com',
  as: 'ims-na1',
  aa_id: '1F072B8A63C6E0230A495EE1@techacct.adobe.com',
  ctp: 0,
  scope: 'openid,AdobeID,read_organizations,additional_info.projectedProductContext',
  created_at: String(Date.now()),
  expires_in: '86400000'
}).setProtectedHeader({ alg: 'RS256', kid }).sign(privateKey)

async function verifyFor (milliseconds) {
  const start = performance.now()
  let count = 0
  for (; performance.now() - start < milliseconds; ++count) await jwtVerify(token, keys, { algorithms: ['RS256'] })
  return count / (performance.now() - start) * 1000
}
await verifyFor(500) // warm up
console.log(await verifyFor(Number(seconds) * 1000))
