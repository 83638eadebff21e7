import assert from 'node:assert/strict'
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { base64, keys, run, secret, temporaryFolder } from './adit.mjs'
import { zip } from '../platform/zip.mjs'

const oauth = {
  client_id: 'oauth-id', client_secrets: [secret, 'second'], technical_account_id: 'T@techacct.adobe.com',
  scopes: ['openid', 'AdobeID']
}
const jwt = { client_id: 'jwt-id', client_secret: secret, technical_account_id: 'T@techacct.adobe.com', meta_scopes: [
  'ent_adobeio_sdk'
] }
const workspace = (credentials) => ({ project: { org: { ims_org_id: 'O@AdobeOrg' }, workspace: {
  details: { credentials, runtime: { namespaces: [{ name: 'ns', auth: secret }] } }
} } })
const both = workspace([
  { name: 'One', integration_type: 'oauth_server_to_server', oauth_server_to_server: oauth },
  { name: 'Two', integration_type: 'service', jwt },
  { name: 'Three', integration_type: 'apikey', api_key: { client_id: 'x' } }
])

// Runs `adit import` in a new folder with this .env.
async function imports (content, { env, args = [], name = 'Übung file.json' } = {}) {
  const folder = temporaryFolder()
  writeFileSync(join(folder, name),
    Buffer.isBuffer(content) || typeof content === 'string' ? content : JSON.stringify(content))
  if (env !== undefined) writeFileSync(join(folder, '.env'), env)
  const result = await run(['import', name, ...args], { cwd: folder })
  const read = () => { try { return readFileSync(join(folder, '.env'), 'utf8') } catch { return undefined } }
  return { ...result, folder, env: read() }
}

describe('adit import', () => {
  test('imports both credentials and the namespace of a workspace file', async () => {
    const { code, stdout, stderr, env, folder } = await imports(both)
    assert.equal(code, 0, stderr)
    assert.equal(env, `JWT_CLIENT_ID=jwt-id
JWT_CLIENT_SECRET=${secret}
JWT_TECHNICAL_ACCOUNT_ID=T@techacct.adobe.com
JWT_IMS_ORG=O@AdobeOrg
JWT_METASCOPES=ent_adobeio_sdk
IMS_OAUTH_S2S_CLIENT_ID=oauth-id
IMS_OAUTH_S2S_CLIENT_SECRET=${secret}
IMS_OAUTH_S2S_ORG_ID=O@AdobeOrg
IMS_OAUTH_S2S_SCOPES='["openid","AdobeID"]'
SERVICE_API_KEY=oauth-id
AIO_runtime_namespace=ns
AIO_runtime_auth=${secret}
`)
    assert.equal(statSync(join(folder, '.env')).mode & 0o777, 0o600)
    assert.match(stderr, /'Three'/)
    assert.ok(!(stdout + stderr).includes(secret))
  })

  test('says that a file has no client secret, and writes what it has', async () => {
    const { client_secrets: _, ...rest } = oauth
    const { env, stderr } = await imports(
      workspace([{ name: 'One', integration_type: 'oauth_server_to_server', oauth_server_to_server: rest }])
    )
    assert.match(stderr, /the client secret is not in this file: copy it from .* into IMS_OAUTH_S2S_CLIENT_SECRET/)
    assert.match(env, /^IMS_OAUTH_S2S_CLIENT_ID=oauth-id$/m)
    assert.doesNotMatch(env, /SECRET/)
  })

  test('names each part of a credential that a file does not contain, unless .env has it', async () => {
    const missing = async (content, options) => [...(await imports(content, options)).stderr
      .matchAll(/the ([a-z ]+) (?:is|are) not in this file: copy (?:it|them) from .* into (\w+)/g)]
      .map(([, part, name]) => `${part}: ${name}`)
    // The Developer Console's download of a JWT credential has no metascopes.
    const download = { CLIENT_SECRET: secret, ORG_ID: 'O@AdobeOrg', API_KEY: 'id', TECHNICAL_ACCOUNT_ID: 'T@x' }
    assert.deepEqual(await missing(download), ['metascopes: JWT_METASCOPES'])
    assert.deepEqual(await missing(download, { env: 'JWT_METASCOPES=ent_adobeio_sdk\n' }), [])
    assert.deepEqual(await missing({ API_KEY: 'id', TECHNICAL_ACCOUNT_ID: '' }), ['client secret: JWT_CLIENT_SECRET',
      'technical account id: JWT_TECHNICAL_ACCOUNT_ID', 'organisation id: JWT_IMS_ORG', 'metascopes: JWT_METASCOPES'])
    assert.deepEqual(await missing({ CLIENT_ID: 1e31, CLIENT_SECRETS: [], ORG_ID: 'O@AdobeOrg' }), [
      'client id: IMS_OAUTH_S2S_CLIENT_ID', 'client secret: IMS_OAUTH_S2S_CLIENT_SECRET', 'scopes: IMS_OAUTH_S2S_SCOPES'
    ])
  })

  test('reads client secrets that are objects, as the API of the Developer Console lists them', async () => {
    const { env } = await imports({ CLIENT_ID: 'id', CLIENT_SECRETS: [{ uuid: 'u', client_secret: secret }] })
    assert.match(env, new RegExp(`^IMS_OAUTH_S2S_CLIENT_SECRET=${secret}$`, 'm'))
  })

  test('finds a setting of the aio CLI that .env spells in another letter case', async () => {
    const { code, stderr } = await imports(both, { env: 'AIO_RUNTIME_NAMESPACE=other\n' })
    assert.equal(code, 2)
    assert.match(stderr, /already has other values for AIO_RUNTIME_NAMESPACE/)
    const { env } = await imports(both, { env: 'aio_runtime_NAMESPACE=other\n', args: ['--replace'] })
    assert.match(env, /^aio_runtime_NAMESPACE=ns$/m)
    assert.doesNotMatch(env, /AIO_runtime_namespace/)
  })

  test('keeps the IMS that the service credentials of AEM name', async () => {
    const aem = (imsEndpoint) => ({ ok: true, integration: {
      imsEndpoint, metascopes: 'ent_aem_cloud_api',
      technicalAccount: { clientId: 'cm-p1-e2-integration-0', clientSecret: secret }, id: 'T@techacct.adobe.com',
      org: 'O@AdobeOrg', privateKey: keys.privateKey
    } })
    const ims = async (endpoint) => /^ADIT_IMS=(.*)$/m.exec((await imports(aem(endpoint))).env)?.[1]
    assert.equal(await ims('ims-na1-stg1.adobelogin.com'), 'stage')
    assert.equal(await ims('https://ims-na1-stg1.adobelogin.com/'), 'stage')
    assert.equal(await ims('IMS-na1-stg1.adobelogin.com:443'), 'stage')
    assert.equal(await ims('ims-na1.adobelogin.com'), 'prod')
    assert.equal(await ims('ims-na2.adobelogin.com'), 'https://ims-na2.adobelogin.com')
  })

  test('imports all metascopes of the service credentials of AEM, also from an array', async () => {
    const scopes = async (metascopes) => /^JWT_METASCOPES=(.*)$/m.exec((await imports({ integration: {
      metascopes, technicalAccount: { clientId: 'cm-p1-e2', clientSecret: secret }, id: 'T@x', org: 'O@AdobeOrg',
      privateKey: keys.privateKey
    } })).env)?.[1]
    assert.equal(await scopes('one,two'), 'one,two')
    assert.equal(await scopes(['one', 'two']), 'one,two')
  })

  test('reports that a file is in UTF-16', async () => {
    const { code, stderr } = await imports(Buffer.from('\ufeff' + JSON.stringify(both), 'utf16le'))
    assert.equal(code, 2)
    assert.match(stderr, /is UTF-16, not UTF-8/)
  })

  test('imports the file of one credential, and an .aio', async () => {
    const one =
      await imports({ CLIENT_ID: 'id', CLIENT_SECRETS: [secret], ORG_ID: 'O@AdobeOrg', SCOPES: ['AdobeID,openid'] })
    assert.match(one.env, /^IMS_OAUTH_S2S_CLIENT_ID=id\n[^]*S2S_SCOPES='\["AdobeID","openid"\]'/)
    const aio = await imports(
      {
        ims: { contexts: { mine: { ...jwt, ims_org_id: 'O@AdobeOrg', private_key: keys.privateKey.split('\n') }, cli: {
          access_token: { token: 'x' }
        } } },
        runtime: { namespace: 'n' }
      },
      { name: '.aio' }
    )
    assert.equal(aio.code, 0, aio.stderr)
    assert.ok(
      aio.env.includes(`JWT_PRIVATE_KEY=${base64(keys.privateKey)}\n`) && aio.env.includes('AIO_runtime_namespace=n\n')
    )
  })

  const aioEnv = `JWT_CLIENT_ID=jwt-id
JWT_CLIENT_SECRET=${secret}
JWT_TECHNICAL_ACCOUNT_ID=T@techacct.adobe.com
JWT_IMS_ORG=O@AdobeOrg
JWT_METASCOPES=ent_adobeio_sdk,ent_user_sdk
JWT_PRIVATE_KEY=${base64(keys.privateKey)}
AIO_runtime_namespace=ns
AIO_runtime_auth=${secret}
`

  test('imports an .aio in Hjson, as the aio CLI writes it and as people change it', async () => {
    const lines = keys.privateKey.trim().split('\n')
    const text = `{
  # mine
  ims: {
    contexts: {
      $current: "mine",
      mine: {
        client_id: "jwt-id",
        client_secret: ${secret}
        technical_account_id: 'T@techacct.adobe.com'
        ims_org_id: O@AdobeOrg
        meta_scopes: [
          ent_adobeio_sdk
          "ent_user_sdk",
        ],
        private_key:
          '''
          ${lines.join('\n          ')}
          '''
      }
    }
  },
  runtime: { namespace: "ns", auth: "${secret}" }, // the end
}
`
    for (const content of [text, '\ufeff' + text.replaceAll('\n', '\r\n')]) {
      const { stderr, env } = await imports(content, { name: '.aio' })
      assert.equal(env, aioEnv, stderr)
    }
  })

  test('imports an .aio in YAML', async () => {
    const text = `ims:
  contexts:
    mine:
      client_id: jwt-id
      client_secret: ${secret}
      technical_account_id: T@techacct.adobe.com
      ims_org_id: O@AdobeOrg
      meta_scopes: [ent_adobeio_sdk, ent_user_sdk]
      private_key: |
        ${keys.privateKey.trim().split('\n').join('\n        ')}
runtime:
  namespace: ns
  auth: ${secret}
`
    for (const content of [text, text.replaceAll('\n', '\r\n')]) {
      const { stderr, env } = await imports(content, { name: '.aio' })
      assert.equal(env, aioEnv, stderr)
    }
  })

  test('says that the .aio of `aio app use` does not contain the values', async () => {
    const stripped = workspace([{ id: '1', name: 'Mine', integration_type: 'oauth_server_to_server' }])
    delete stripped.project.workspace.details.runtime
    const { code, stderr, env } = await imports(stripped, { name: '.aio' })
    assert.equal(code, 2)
    assert.match(stderr, /'Mine': its values are not in this file/)
    assert.equal(env, undefined)
  })

  test("imports the service credentials of AEM's own console", async () => {
    const { stderr, env } = await imports({
      ok: true,
      integration: {
        imsEndpoint: 'ims-na1.adobelogin.com', metascopes: 'ent_adobeio_sdk,ent_user_sdk',
        technicalAccount: { clientId: 'jwt-id', clientSecret: secret }, email: 'a@techacct.adobe.com',
        id: 'T@techacct.adobe.com', org: 'O@AdobeOrg', privateKey: keys.privateKey.replaceAll('\n', '\r\n'),
        certificateExpirationDate: '2027-01-01T00:00:00.000Z'
      },
      statusCode: 200
    })
    assert.equal(env,
      aioEnv.replace(/JWT_PRIVATE_KEY=[^]*/,
        `ADIT_IMS=prod\nJWT_PRIVATE_KEY=${base64(keys.privateKey)}\nJWT_CERTIFICATE_EXPIRES=2027-01-01T00:00:00Z\n`),
      stderr)
  })

  test('imports the key of a config.zip', async () => {
    const { code, stderr, env } = await imports(zip(['config/private.key', keys.privateKey]), { name: 'config.zip' })
    assert.equal(code, 0, stderr)
    assert.equal(env, `JWT_PRIVATE_KEY=${base64(keys.privateKey)}\n`)
  })

  test('refuses zips that lead out, are huge, encrypted or damaged', async () => {
    for (const [bytes, words] of [[zip(['../private.key', keys.privateKey]), /leads out/],
      [zip(['..\\private.key', keys.privateKey]), /leads out/], [zip(['/etc/private.key', 'x']), /leads out/],
      [zip(['private.key', 'A'.repeat(3e6)]), /more than 1 MB/],
      [zip(['private.key', keys.privateKey, 1]), /encrypted/], [Buffer.from('PK\x03\x04 broken'), /damaged|no zip/],
      [zip(['readme.txt', 'x']), /no private key/]]) {
      const { code, stderr, env } = await imports(bytes, { name: 'config.zip' })
      assert.equal(code, 2, stderr)
      assert.match(stderr, words)
      assert.equal(env, undefined)
    }
  })

  test('never loses a value: refuses, keeps or replaces it as requested', async () => {
    const before = '# mine\r\nIMS_OAUTH_S2S_CLIENT_ID="old" # c\r\nX=1'
    const refused = await imports(both, { env: before })
    assert.equal(refused.code, 2)
    assert.match(refused.stderr, /IMS_OAUTH_S2S_CLIENT_ID[^]*--replace/)
    assert.equal(refused.env, before)
    const kept = await imports(both, { env: before, args: ['--keep'] })
    assert.match(kept.env, /^# mine\r\nIMS_OAUTH_S2S_CLIENT_ID="old" # c\r\nX=1\r\nJWT_CLIENT_ID=jwt-id\r\n/)
    const replaced = await imports(both, { env: before, args: ['--replace', '--json'] })
    assert.match(replaced.env, /^# mine\r\nIMS_OAUTH_S2S_CLIENT_ID="oauth-id" # c\r\n/)
    assert.equal(
      readFileSync(JSON.parse(replaced.stdout).backup.replace(/^\.env/, join(replaced.folder, '.env')), 'utf8'), before
    )
    assert.deepEqual(JSON.parse(replaced.stdout).replaced, ['IMS_OAUTH_S2S_CLIENT_ID'])
    const dry = await imports(both, { env: before, args: ['--replace', '--dry-run'] })
    assert.equal(dry.env, before)
    assert.equal(readdirSync(dry.folder).length, 2)
  })

  test('warns if others can read an existing file that contains secrets now', async () => {
    const warnings = async (mode) => {
      const folder = temporaryFolder()
      writeFileSync(join(folder, 'file.json'), JSON.stringify(both))
      writeFileSync(join(folder, '.env'), 'X=1\n', { mode })
      return (await run(['import', 'file.json'], { cwd: folder })).stderr
    }
    assert.match(await warnings(0o644), /other users of this machine can read \.env: chmod 600 \.env/)
    assert.doesNotMatch(await warnings(0o600), /other users/)
  })

  test('asks which credential if there are several', async () => {
    const two = workspace([{ name: 'One', oauth_server_to_server: oauth }, {
      name: 'Two', oauth_server_to_server: { ...oauth, client_id: 'two' }
    }])
    const refused = await imports(two)
    assert.equal(refused.code, 2)
    assert.match(refused.stderr, /--credential: One, Two/)
    assert.match((await imports(two, { args: ['--credential', 'Two'] })).env, /CLIENT_ID=two/)
    assert.match((await imports(two, { args: ['--credential', 'Nope'] })).stderr, /no credential of that name/)
  })

  test('says that another file is not one that it can import', async () => {
    for (const [content, words] of [
      ['{', /not JSON: a } is missing at line 1, column 2/], ['[]', /is not a JSON object/], ['{}', /no credential/],
      ['', /is empty/], ['dear friend', /neither JSON nor/], ['a: [', /neither JSON nor/],
      [Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2]), /neither JSON nor/]
    ]) {
      const { code, stderr, env } = await imports(content)
      assert.equal(code, 2, stderr)
      assert.match(stderr, words)
      assert.equal(env, undefined)
    }
  })
})
