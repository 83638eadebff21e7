// AEM as a Cloud Service, whose own Developer Console still issues JWT credentials: from the downloaded file to a
// request for an asset.
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { emulator, jwtEnv, keys, probeManifest, project, run, secret, temporaryFolder, toDotenv } from './adit.mjs'

const days = (count) => new Date(Date.now() + count * 86_400_000 + 3_600_000).toISOString()
const file = (changes = {}) => ({
  ok: true,
  integration: {
    imsEndpoint: 'ims-na1.adobelogin.com', metascopes: 'ent_aem_cloud_api',
    technicalAccount: { clientId: 'cm-p1-e2-integration-0', clientSecret: secret },
    email: 'a@techacct.adobe.com', id: 'T@techacct.adobe.com', org: 'O@AdobeOrg',
    privateKey: keys.privateKey.replaceAll('\n', '\r\n'), publicKey: '', certificateExpirationDate: days(300),
    ...changes
  },
  statusCode: 200
})
const env = (changes = {}) =>
  toDotenv(jwtEnv({ JWT_CLIENT_ID: 'cm-p1-e2-integration-0', JWT_METASCOPES: 'ent_aem_cloud_api', ...changes }))
const author = 'https://author-p1-e2.adobeaemcloud.com'
const cache = temporaryFolder()
const adit = (root, args, changes = {}) => run(args, { cwd: root, env: { XDG_CACHE_HOME: cache, ...changes } })

async function imports (content, { before = undefined, args = [] } = {}) {
  const root = project({ 'aem.json': JSON.stringify(content), ...(before === undefined ? {} : { '.env': before }) })
  const result = await adit(root, ['import', 'aem.json', ...args])
  const read = () => { try { return readFileSync(join(root, '.env'), 'utf8') } catch { return '' } }
  return { ...result, root, env: read() }
}

describe('AEM as a Cloud Service', () => {
  test('import keeps the IMS and the end of the certificate', async () => {
    const { code, stderr, env } = await imports(file({ certificateExpirationDate: '2027-01-31T00:00:00.000Z' }))
    assert.equal(code, 0, stderr)
    assert.match(env, /^ADIT_IMS=prod$/m)
    assert.match(env, /^JWT_CERTIFICATE_EXPIRES=2027-01-31T00:00:00Z$/m)
    for (const [endpoint, setting] of [
      ['ims-na1-stg1.adobelogin.com', 'stage'], ['IMS-NA1-STG1.adobelogin.com', 'stage'],
      ['https://ims-na1.adobelogin.com/', 'prod'], ['ims-eu1.adobelogin.com', 'https://ims-eu1.adobelogin.com']
    ]) {
      const { stderr, env } = await imports(file({ imsEndpoint: endpoint }))
      assert.ok(env.split('\n').includes('ADIT_IMS=' + setting), endpoint + ': ' + stderr)
    }
  })

  test('a credential never goes to another IMS than its file names', async () => {
    const conflict = await imports(file({ imsEndpoint: 'ims-na1-stg1.adobelogin.com' }), { before: 'ADIT_IMS=prod\n' })
    assert.equal(conflict.code, 2)
    assert.match(conflict.stderr, /ADIT_IMS/)
    const foreign = await imports(file({ imsEndpoint: 'ims.evil.example' }))
    assert.equal(foreign.code, 2)
    assert.match(foreign.stderr, /names an IMS that is not one of Adobe's/)
    assert.equal(foreign.env, '')
    for (const endpoint of [
      'http://ims-na1.adobelogin.com', 'user@ims-na1.adobelogin.com', 'ims-na1.adobelogin.com/ims', 'a b',
      'ims-na1.adobelogin.com\nX=1'
    ])
      assert.match((await imports(file({ imsEndpoint: endpoint }))).stderr, /imsEndpoint/, endpoint)
    const { root } = await imports(file({ imsEndpoint: 'ims-na1-stg1.adobelogin.com' }))
    const { stderr } = await adit(root, ['token', '--store', 'memory:'], {
      ADIT_ENDPOINTS:
        'https://ims-na1-stg1.adobelogin.com=http://127.0.0.1:9,https://ims-na1.adobelogin.com=http://127.0.0.1:10',
      ADIT_TOKEN_TIMEOUT: '0.1'
    })
    assert.match(stderr, /127\.0\.0\.1:9\b|ims-na1-stg1/)
  })

  test('the certificate in the file is used, and must match the key', async () => {
    const root = temporaryFolder()
    assert.equal((await adit(root, ['key', 'generate'])).code, 0)
    const certificate = readFileSync(join(root, 'certificate_pub.crt'), 'utf8')
    const fits = await imports(file({
      privateKey: readFileSync(join(root, 'private.key'), 'utf8'), publicKey: certificate,
      certificateExpirationDate: 'nonsense'
    }))
    assert.equal(fits.code, 0, fits.stderr)
    assert.match(fits.env, /^JWT_CERTIFICATE_EXPIRES=\d{4}-\d\d-\d\dT/m)
    const other = await imports(file({ publicKey: certificate }))
    assert.equal(other.code, 2)
    assert.match(other.stderr, /do not belong together/)
  })

  test('check calls nothing retired, and warns from 30 days before the certificate ends', async () => {
    const check = async (expires) => {
      const root = project({
        'ext.config.yaml': probeManifest, '.env': env({ JWT_CERTIFICATE_EXPIRES: expires }), 'probe/CMakeLists.txt': ''
      })
      return JSON.parse((await adit(root, ['check', '--json'])).stdout).map(({ code }) => code)
    }
    const fine = await check(days(31))
    for (const code of [
      'jwt_retired', 'metascope_no_url', 'metascope_unknown', 'certificate_ends', 'certificate_ended'
    ])
      assert.ok(!fine.includes(code), code)
    assert.ok((await check(days(29))).includes('certificate_ends'))
    assert.ok((await check(days(-1))).includes('certificate_ended'))
  })

  test('check --online calls the environment of the client id, and no other', async () => {
    const root = project({ 'ext.config.yaml': probeManifest, '.env': env() })
    const codes = async (url) => JSON.parse(
      (await adit(root, ['check', '--json', '--online', '--ims', 'local', '--api', url])).stdout
    ).map(({ code }) => code)
    assert.ok(!(await codes(author + '/content/dam.json')).some((code) =>
      ['foreign_host', 'api_refused', 'untrusted_destination'].includes(code)))
    assert.ok((await codes(author.replace('e2', 'e3') + '/content/dam.json')).includes('foreign_host'))
  })

  test('token also warns of the certificate, and only in these 30 days', async () => {
    const warned = async (expires) => {
      const { code, stderr } =
        await adit(project({ '.env': env({ JWT_CERTIFICATE_EXPIRES: expires }) }), ['token', '--ims', 'local'])
      assert.equal(code, 0, stderr)
      return /The certificate of JWT_PRIVATE_KEY (ends|ended) on/.test(stderr)
    }
    assert.equal(await warned(days(31)), false)
    assert.equal(await warned(days(29)), true)
    assert.equal(await warned(days(-1)), true)
  })

  test('migrate has nothing to convert, says why, and changes nothing', async () => {
    const root = project({ 'ext.config.yaml': probeManifest, '.env': env() })
    for (const args of [['migrate'], ['migrate', '--both']]) {
      const { code, stdout } = await adit(root, args)
      assert.equal(code, 0)
      assert.match(stdout, /nothing to convert.*AEM as a Cloud Service/s)
    }
    assert.match(JSON.parse((await adit(root, ['migrate', '--json'])).stdout).nothing_because, /AEM/)
    assert.equal(readFileSync(join(root, '.env'), 'utf8'), env())
    assert.equal(readFileSync(join(root, 'ext.config.yaml'), 'utf8'), probeManifest)
  })

  test('call reaches its own environment, from the root to the asset, and no other', async () => {
    const { root } = await imports(file())
    for (const path of [
      '/content/dam.json', '/api/assets.json', '/api/assets/example.json', '/api/assets/example/adit.jpg.json'
    ]) {
      const { code, stdout, stderr } = await adit(root, ['call', '--ims', 'local', author + path])
      assert.equal(code, 0, stderr)
      assert.ok(JSON.parse(stdout))
    }
    assert.equal(
      (await adit(root, ['call', '--ims', 'local', author.replace('author', 'publish') + '/content/dam.json'])).code, 0
    )
    for (const host of ['author-p1-e3', 'author-p11-e2', 'preview-p1-e2', 'x.author-p1-e2']) {
      const { code, stderr } =
        await adit(root, ['call', '--ims', 'local', `https://${host}.adobeaemcloud.com/content/dam.json`])
      assert.equal(code, 1, host)
      assert.match(stderr, /no token is sent to this/, host)
    }
    const plain = await adit(root, ['call', '--ims', 'local', author.replace('https', 'http') + '/content/dam.json'])
    assert.match(plain.stderr, /no token is sent to this environment of AEM without TLS: write https/)
  })

  test('if .env contains an OAuth credential as well, each goes to its own hosts', async () => {
    const root = project({ '.env': env() + toDotenv({
      IMS_OAUTH_S2S_CLIENT_ID: 'other', IMS_OAUTH_S2S_CLIENT_SECRET: secret + 'o', IMS_OAUTH_S2S_ORG_ID: 'O@AdobeOrg',
      IMS_OAUTH_S2S_SCOPES: 'openid'
    }) })
    assert.equal((await adit(root, ['call', '--ims', 'local', author + '/content/dam.json'])).code, 0)
    assert.equal((await adit(root, ['call', '--ims', 'local', 'https://analytics.adobe.io/discovery/me'])).code, 0)
  })

  test("a project's client id does not send the user's own credential to an AEM environment", async () => {
    const { JWT_CLIENT_SECRET, JWT_PRIVATE_KEY, ...rest } =
      jwtEnv({ JWT_CLIENT_ID: 'cm-p1-e2-integration-0', JWT_METASCOPES: 'ent_aem_cloud_api' })
    const root = project({ '.env': toDotenv(rest) })
    const own = { JWT_CLIENT_SECRET, JWT_PRIVATE_KEY }
    const { code, stderr } = await adit(root, ['call', '--ims', 'local', author + '/content/dam.json'], own)
    assert.equal(code, 2)
    assert.match(stderr, /untrusted_destination|JWT_CLIENT_ID/)
    assert.equal(
      (await adit(root,
        ['call', '--ims', 'local', '--api-host', 'author-p1-e2.adobeaemcloud.com', author + '/content/dam.json'],
        own)).code,
      0
    )
  })

  describe('with its own emulator', () => {
    let ims
    before(async () => { ims = await emulator(['--env-file', join(project({ '.env': env() }), '.env')]) })

    test('a local development token is accepted and sent to the hosts that were named', async () => {
      const { stdout } = await adit(project({ '.env': env() }), ['token', '--ims', ims.origin])
      const { code, stderr, root, env: imported } = await imports({ ok: true, accessToken: stdout.trim() })
      assert.equal(code, 0, stderr)
      assert.equal(imported, `AEM_ACCESS_TOKEN=${stdout.trim()}\n`)
      const url = author + '/content/dam.json'
      const unnamed = await adit(root, ['call', '--ims', ims.origin, url])
      assert.equal(unnamed.code, 1)
      assert.match(unnamed.stderr, /AEM_ACCESS_TOKEN does not say which environment/)
      const named = await adit(root, ['call', '--ims', ims.origin, '--api-host', 'author-p1-e2.adobeaemcloud.com', url])
      assert.equal(named.code, 0, named.stderr)
      writeFileSync(join(root, '.env'), imported + 'ADIT_API_HOSTS=author-p1-e2.adobeaemcloud.com\n')
      assert.equal((await adit(root, ['call', '--ims', ims.origin, url])).code, 0)
      const hostile = project({ '.env': 'ADIT_API_HOSTS=author-p1-e2.adobeaemcloud.com\n' })
      assert.equal((await adit(hostile, ['call', '--ims', ims.origin, url], { AEM_ACCESS_TOKEN: stdout.trim() })).code,
        2)
    })

    test('a local development token that has expired is not sent', async () => {
      const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
      const token = [
        part({ alg: 'RS256' }),
        part({ type: 'access_token', client_id: 'dev-console-prod', created_at: '1000', expires_in: '86400000' }), 'x'
      ].join('.')
      const { root } = await imports({ ok: true, accessToken: token })
      const { code, stderr } =
        await adit(root, ['call', '--ims', ims.origin, '--api-host', 'author-p1-e2.adobeaemcloud.com', author + '/x'])
      assert.equal(code, 2)
      assert.match(stderr, /expired at 1970-01-02/)
    })

    test('the log says why AEM refuses a request', async () => {
      for (const [token, words] of [['undefined', /401 unauthorized \(the token is not a JWT: undefined\)/], [
        '', /the header Authorization is missing/
      ]]) {
        await fetch(ims.origin + '/content/dam.json', { headers: token ? { authorization: 'Bearer ' + token } : {} })
        const { stderr } = await adit(project({ '.env': env() }), [
          'call', '--ims', 'local', '-H', token ? 'Authorization: Bearer ' + token : 'Authorization:',
          author + '/content/dam.json'
        ])
        assert.match(stderr, words.source.includes('undefined') ? /the token is not a JWT: undefined/ : words)
        assert.match(stderr, /AEM rejected the request's own token/)
      }
      const { stderr } = await ims.stop()
      assert.match(stderr, /401 unauthorized \(the token is not a JWT: undefined\)/)
    })
  })
})
