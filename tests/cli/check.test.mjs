import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { ADIT, jwtEnv, project, run, temporaryFolder, toDotenv } from './adit.mjs'

// Adobe's tutorial, as it is printed there. The test makes up the values of .env.
const manifest = `operations:
  view:
    - type: web
      impl: index.html
actions: actions
runtimeManifest:
  packages:
    dx-excshell-1:
      license: Apache-2.0
      actions:
        generic:
          function: actions/generic/index.js
          web: 'yes'
          runtime: nodejs:16
          inputs:
            LOG_LEVEL: debug
            JWT_CLIENT_ID: $JWT_CLIENT_ID
            JWT_TECHNICAL_ACCOUNT_ID: $JWT_TECHNICAL_ACCOUNT_ID
            JWT_IMS_ORG: $JWT_IMS_ORG
            JWT_METASCOPES: $JWT_METASCOPES
            JWT_PRIVATE_KEY: $JWT_PRIVATE_KEY
          annotations:
            require-adobe-auth: false
            final: true

`
const source = `async function main(params) {
  // params.NOT_READ
  const missing = checkMissingRequestInputs(params, [
    "JWT_CLIENT_ID", "JWT_TECHNICAL_ACCOUNT_ID", "JWT_IMS_ORG", "JWT_CLIENT_SECRET", "JWT_METASCOPES", "JWT_PRIVATE_KEY"], [])
  return params.JWT_CLIENT_SECRET
}
exports.main = main
`
const seed = (changes = {}) => project({
  'ext.config.yaml': manifest, '.env': toDotenv(jwtEnv()), '.gitignore': '.env\n', 'actions/generic/index.js': source,
  ...changes
})
const findings = async (root, args = [], options = {}) => {
  const { stdout, stderr } = await run(['check', '--json', ...args], { cwd: root, ...options })
  assert.doesNotThrow(() => JSON.parse(stdout), stdout + stderr)
  return JSON.parse(stdout)
}
const of = (all, code) => all.filter((finding) => finding.code === code)

describe('adit check', () => {
  test("finds the tutorial's missing mapping, its retired credential and its retired Node.js", async () => {
    const all = await findings(seed())
    const [mapping] = of(all, 'input_not_mapped')
    assert.deepEqual([mapping.severity, mapping.file, mapping.line], ['error', 'ext.config.yaml', 15])
    assert.match(mapping.fix, /JWT_CLIENT_SECRET: \$JWT_CLIENT_SECRET/)
    assert.equal(of(all, 'jwt_retired')[0].file, '.env')
    assert.match(of(all, 'jwt_retired')[0].message, /2024-06-03.*2025-06-30.*2026-03-01/)
    assert.equal(of(all, 'runtime_retired')[0].line, 14)
    assert.equal(of(all, 'action_open').length, 1)
    assert.ok(!all.some((finding) => finding.message.includes('NOT_READ')))
    assert.equal((await run(['check'], { cwd: seed() })).code, 1)
  })

  test('finds the same in the settings that the tutorial prints, with dots as placeholders', async () => {
    const { JWT_PRIVATE_KEY: _, ...rest } = jwtEnv()
    const root = project({
      'ext.config.yaml': manifest,
      '.env': `...\n${toDotenv(rest)}JWT_PRIVATE_KEY=LS0tLS1C..kQgUFJJVkFURSBLRVktLS0tLQ==\n`
    })
    const all = await findings(root)
    const places = (code) => of(all, code).map(({ severity, file, line }) => [severity, file, line])
    assert.deepEqual(places('input_not_mapped'), [['error', 'ext.config.yaml', 15]])
    assert.deepEqual(places('jwt_retired'), [['warning', '.env', 2]])
    assert.deepEqual(places('runtime_retired'), [['warning', 'ext.config.yaml', 14]])
    assert.deepEqual(places('key_is_example'), [['error', '.env', 7]])
    assert.deepEqual(places('env_line_ignored'), [['warning', '.env', 1]])
    for (const { fix } of all) assert.ok(fix.length > 5)
  })

  test('fixes a mapping only if the variable is set', async () => {
    const root = seed({
      'actions/generic/index.js': "exports.main = (params) => [params.LATER, params.HOST_NAME]\n",
      '.env': toDotenv({ ...jwtEnv(), HOST_NAME: 'x' })
    })
    await run(['check', '--fix', '--yes'], { cwd: root })
    const fixed = readFileSync(join(root, 'ext.config.yaml'), 'utf8')
    assert.ok(fixed.includes('HOST_NAME: $HOST_NAME') && !fixed.includes('LATER'))
  })

  test('reports annotations that cancel each other', async () => {
    const all = await findings(seed({ 'ext.config.yaml': manifest.replace('require-adobe-auth: false',
      'require-adobe-auth: true') }))
    assert.deepEqual(of(all, 'annotations_conflict').map(({ severity, line }) => [severity, line]), [['note', 24]])
  })

  test('warns of inputs that every caller of a web action can replace', async () => {
    const reported = async (from, to, env = {}) => of(
      await findings(
        seed({ 'ext.config.yaml': manifest.replace(from, to), '.env': toDotenv({ ...jwtEnv(), ...env }) })
      ),
      'inputs_not_final'
    )
    assert.deepEqual(await reported('', ''), [])
    for (const to of ['', '            final: false\n', "            final: 'true'\n"]) {
      const [finding, ...others] = await reported('            final: true\n', to)
      assert.equal(others.length, 0)
      assert.equal(finding.severity, 'warning')
      assert.match(finding.message,
        /^Anyone who calls dx-excshell-1\/generic can replace its inputs, among them JWT_PRIVATE_KEY: /)
      assert.match(finding.fix, /`final: true`/)
    }
    // The finding is about addresses to which secrets are sent, literal or from a variable, and not about inputs that
    // matter to nobody.
    const bare = (inputs) =>
      'runtimeManifest:\n  packages:\n    p:\n      actions:\n        a:\n          function: actions/generic/index.js\n          web: \'yes\'\n          runtime: nodejs:22\n          inputs:\n' +
        inputs.map((input) => `            ${input}\n`).join('')
    const names = async (...inputs) =>
      of(await findings(seed({ 'ext.config.yaml': bare(inputs), '.env': 'WHERE=https://api.example\n' })),
        'inputs_not_final').map(({ message }) => /among them (.*):/.exec(message)[1])
    assert.deepEqual(await names('LOG_LEVEL: debug'), [])
    assert.deepEqual(await names('BASE: $WHERE', 'OTHER: http://other.example/x', 'LOG_LEVEL: debug'), ['BASE, OTHER'])
    // No finding for an action that cannot be called from the web, or that gets no parameters.
    for (const web of ["'no'", 'raw'])
      assert.deepEqual(await reported(/web: 'yes'([^]*?)            final: true\n/, `web: ${web}$1`), [], web)
    // With a validator, `final` would have no effect. The finding is then about `require-adobe-auth`.
    assert.deepEqual(await reported(/false\n            final: true\n/, 'true\n'), [])
    const [conflict] = of(
      await findings(seed({ 'ext.config.yaml': manifest.replace('require-adobe-auth: false',
        'require-adobe-auth: true') })),
      'annotations_conflict'
    )
    assert.match(conflict.message, /after deployment callers reach a sequence with a validator instead of the action/)
  })

  test('reports the missing mapping even if the source is missing', async () => {
    const root = project({ 'ext.config.yaml': manifest, '.env': toDotenv(jwtEnv()) })
    const all = await findings(root)
    assert.match(of(all, 'input_not_mapped')[0].fix, /JWT_CLIENT_SECRET/)
  })

  test('reads files with Windows line ends, and keeps these when it changes a file', async () => {
    const windows = (text) => text.replaceAll('\n', '\r\n')
    const root = seed({
      'ext.config.yaml': windows(manifest), '.env': windows(toDotenv(jwtEnv())),
      'actions/generic/index.js': windows(source)
    })
    assert.equal(of(await findings(root), 'input_not_mapped')[0].line, 15)
    await run(['check', '--fix', '--yes'], { cwd: root })
    const fixed = readFileSync(join(root, 'ext.config.yaml'), 'utf8')
    assert.match(fixed, /JWT_CLIENT_SECRET: \$JWT_CLIENT_SECRET\r\n/)
    assert.ok(!/[^\r]\n/.test(fixed))
    assert.equal(of(await findings(root), 'input_not_mapped').length, 0)
  })

  test('changes nothing with --fix if there is no terminal to ask at', async () => {
    const root = seed()
    const { code, stderr } = await run(['check', '--fix'], { cwd: root })
    assert.equal(code, 2)
    assert.match(stderr,
      /^--- ext\.config\.yaml\n\+\+\+ ext\.config\.yaml\n@@ [^]*^\+ +JWT_CLIENT_SECRET: \$JWT_CLIENT_SECRET$/m)
    assert.equal(readFileSync(join(root, 'ext.config.yaml'), 'utf8'), manifest)
  })

  test('fixes the mode of .env, .gitignore, a mapping and a misspelt key', async () => {
    const root = project({
      'ext.config.yaml': manifest.replace('annotations:', 'anotations:'), '.env': toDotenv(jwtEnv()),
      'actions/generic/index.js': source
    })
    chmodSync(join(root, '.env'), 0o644)
    await run(['check', '--fix', '--yes'], { cwd: root })
    assert.equal(statSync(join(root, '.env')).mode & 0o777, 0o600)
    assert.equal(readFileSync(join(root, '.gitignore'), 'utf8'), '.env\n')
    assert.match(readFileSync(join(root, 'ext.config.yaml'), 'utf8'), /\n {10}annotations:/)
    const codes = (await findings(root)).map((finding) => finding.code)
    for (const code of ['env_readable', 'env_not_ignored', 'input_not_mapped', 'unknown_key'])
      assert.ok(!codes.includes(code), code)
  })

  test('leaves a misspelt key to the user that lets everybody call the action', async () => {
    const misspelt = `application:
  runtimeManifest:
    packages:
      p:
        actions:
          a: { function: a.js, runtime: nodejs:22, webb: 'yes', annotations: { web-exprt: true, finl: true } }
`
    const root = project({ 'app.config.yaml': misspelt, 'a.js': 'exports.main = () => ({})\n', 'package.json': '{}' })
    await run(['check', '--fix', '--yes'], { cwd: root })
    assert.equal(readFileSync(join(root, 'app.config.yaml'), 'utf8'), misspelt.replace('finl', 'final'))
    const { stdout } = await run(['check'], { cwd: root })
    assert.match(stdout, /Did you mean `web`\? --fix does not change it, because everybody could call the action then\./)
  })

  test('finds secrets in files that git tracks', async () => {
    const env = jwtEnv()
    const root = seed({ 'notes.txt': `a\nb ${env.JWT_CLIENT_SECRET}\n` })
    const git = (...args) => execFileSync('git', ['-C', root, ...args], { stdio: 'pipe' })
    git('init', '-q')
    git('add', 'notes.txt')
    git('add', '-f', '.env')
    const all = await findings(root)
    assert.deepEqual(of(all, 'secret_tracked').map(({ file, line }) => [file, line]), [['notes.txt', 2]])
    assert.equal(of(all, 'env_tracked').length, 1)
    assert.ok(!JSON.stringify(all).includes(env.JWT_CLIENT_SECRET))
  })

  test('recognises a client secret of the Developer Console that .env does not contain', async () => {
    const made = (length) => 'p8e-' + Array.from({ length }, (_, index) => 'aB3_'[index % 4]).join('')
    const root = seed({
      'old.json': `{\n  "client_secret": "${made(32)}"\n}\n`,
      'notes.txt': `p8e-… has 36 characters; ${made(31)} and x${made(32)} are none\n`
    })
    execFileSync('git', ['-C', root, 'init', '-q'])
    execFileSync('git', ['-C', root, 'add', '.'])
    const all = await findings(root)
    assert.deepEqual(of(all, 'secret_tracked').map(({ file, line }) => [file, line]), [['old.json', 2]])
    assert.ok(!JSON.stringify(all).includes(made(32)))
  })

  test('finds copies of .env that git does not ignore, and makes git ignore them', async () => {
    const root = seed({
      '.env.backup': toDotenv(jwtEnv()), '.env.example': 'A=\n', '.env.local': 'A=1\n',
      '.gitignore': '.env\n.env.local\n'
    })
    execFileSync('git', ['-C', root, 'init', '-q'])
    assert.deepEqual(of(await findings(root), 'env_not_ignored').map(({ file }) => file), ['.env.backup'])
    await run(['check', '--fix', '--yes'], { cwd: root })
    assert.equal(readFileSync(join(root, '.gitignore'), 'utf8'), '.env\n.env.local\n.env.backup\n')
    assert.deepEqual(of(await findings(root), 'env_not_ignored'), [])
  })

  test('finds keys and credentials that git does not ignore, under any name, and makes git ignore them', async () => {
    const { privateKey } = generateKeyPairSync('rsa',
      { modulusLength: 2048, privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: {
        type: 'spki', format: 'pem'
      } })
    const console = JSON.stringify({ CLIENT_SECRETS: ['p8e-' + 'a1'.repeat(16)] })
    const files = {
      'private.key': privateKey, 'certs/old.pem': privateKey, 'workspace.json': console, 'store.p12': 'x',
      'public.pem': 'no key\n', 'ignored.key': privateKey, '.gitignore': '.env\n/ignored.key\n'
    }
    const root = seed(files)
    execFileSync('git', ['-C', root, 'init', '-q'])
    const named = async () => of(await findings(root), 'secret_not_ignored').map(({ file }) => file).sort()
    assert.deepEqual(await named(), ['certs/old.pem', 'private.key', 'store.p12', 'workspace.json'])
    await run(['check', '--fix', '--yes'], { cwd: root })
    assert.deepEqual(await named(), [])
    // Without git, only files that a .gitignore would usually name are reported.
    const plain = seed({ 'private.key': privateKey, 'other.key': 'no key\n', '.gitignore': '.env\n' })
    assert.deepEqual(of(await findings(plain), 'secret_not_ignored').map(({ file }) => file), ['private.key'])
    writeFileSync(join(plain, '.gitignore'), '.env\n*.key\n')
    assert.deepEqual(of(await findings(plain), 'secret_not_ignored'), [])
  })

  test('accepts any mode of a file with examples', async () => {
    const root = seed({ '.env.example': toDotenv(jwtEnv()) })
    chmodSync(join(root, '.env.example'), 0o644)
    const { stdout } = await run(['check', '--env-file', '.env.example', '--strict'], { cwd: root })
    assert.doesNotMatch(stdout, /env_readable/)
    chmodSync(join(root, '.env'), 0o644)
    assert.match((await run(['check', '--strict'], { cwd: root })).stdout, /env_readable/)
  })

  test('reports that @adobe/jwt-auth returns no accessToken', async () => {
    const program = source.replace('exports.main',
      "const auth = require('@adobe/jwt-auth')\nconst token = async (config) => { const { accessToken } = await auth(config); return accessToken }\nexports.main")
    const [found] = of(await findings(seed({ 'actions/generic/index.js': program })), 'property_undefined')
    assert.equal(found.severity, 'error')
    assert.match(found.message, /^@adobe\/jwt-auth returns no `accessToken`/)
    assert.match(found.fix, /`access_token`/)
  })

  test('omits the findings that --ignore names, and wraps no line in a pipe', async () => {
    const root = seed({ '.gitignore': '' })
    const all = await findings(root)
    assert.equal(of(all, 'env_not_ignored').length, 1)
    assert.deepEqual(await findings(root, ['--ignore', 'env_not_ignored', '--ignore', 'nothing']),
      all.filter(({ code }) => code !== 'env_not_ignored'))
    const { stdout } = await run(['check'], { cwd: root, env: { COLUMNS: '40' } })
    assert.ok(stdout.split('\n').some((line) => /^\.gitignore: warning: .*\[env_not_ignored\]$/.test(line)), stdout)
  })

  test('reports keys that only Adobe\'s tools act on as notes; other commands name them in one line', async () => {
    const root = project({
      'app.config.yaml':
        'application:\n  hostname: x.example\n  hooks: { deploy-static: ./mine }\n  runtimeManifest:\n    packages:\n      p:\n        actions:\n          a: { function: a.js, runtime: "nodejs:22" }\n',
      'package.json': '{"name":"k","version":"1.0.0"}', 'a.js': 'exports.main = () => ({})\n' })
    const left = of(await findings(root), 'key_left_to_aio')
    assert.deepEqual(left.map(({ severity, line }) => [severity, line]), [['note', 2], ['note', 3]])
    const { code, stderr } = await run(['invoke', 'a'], { cwd: root })
    assert.equal(code, 0)
    assert.match(stderr,
      /adit does not act on these keys of the configuration, which Adobe's tools act on: `hostname`, `deploy-static`\. See `adit check`\./)
  })

  test('writes its findings in the formats of GitHub and code scanning', async () => {
    const root = seed({
      '.env': toDotenv(jwtEnv()).replace('JWT_CLIENT_SECRET=', 'JWT_CLIENT_SECRT='),
      'a, b: 50%.json': `"p8e-${'a1'.repeat(16)}"\n`
    })
    execFileSync('git', ['-C', root, 'init', '-q'])
    const all = await findings(root)
    assert.ok(all.length > 1)
    const github = (await run(['check', '--format', 'github'], { cwd: root })).stdout.trimEnd().split('\n')
    assert.equal(github.length, all.length)
    for (const line of github)
      assert.match(line,
        /^::(error|warning|notice) (file=[^,:]+,)?(line=\d+,)?(col=\d+,)?title=adit check%3A \w+::.+%0A.+$/)
    assert.ok(github.some((line) => line.includes('file=a%2C b%3A 50%25.json,title=')), github.join('\n'))
    const sarif = JSON.parse((await run(['check', '--format', 'sarif'], { cwd: root })).stdout)
    assert.deepEqual([sarif.version, sarif.runs.length, sarif.runs[0].tool.driver.name], ['2.1.0', 1, 'adit'])
    assert.deepEqual(sarif.runs[0].results.map(({ ruleId, level }) => [ruleId, level]),
      all.map(({ code, severity }) => [code, severity]))
    for (const [index, { message, locations: [{ physicalLocation }] = [{}] }] of sarif.runs[0].results.entries()) {
      assert.equal(message.text, `${all[index].message}\n${all[index].fix}`)
      if (all[index].file) assert.equal(decodeURIComponent(physicalLocation.artifactLocation.uri), all[index].file)
      if (all[index].line) assert.equal(physicalLocation.region.startLine, all[index].line)
    }
    const rules = new Set(sarif.runs[0].tool.driver.rules.map(({ id }) => id))
    for (const { code } of all) assert.ok(rules.has(code))
  })

  test('reports a value that ends at a #, which may be meant as a part of it', async () => {
    const root = seed({
      '.env':
        toDotenv(jwtEnv()) + "A=cut#off\nB=whole # a comment\nC='quoted#whole'#comment\nD=\"quoted#whole\"\nE=#empty\n"
    })
    const cut = of(await findings(root), 'env_value_cut')
    assert.deepEqual(cut.map(({ severity, line }) => [severity, line]), [['warning', 7]])
    assert.match(cut[0].message, /^The value of A /)
  })

  test('asks whether a line of .env with nearly the right name is the one that is missing', async () => {
    const env = toDotenv(jwtEnv()).replace('JWT_CLIENT_SECRET=', 'JWT_CLIENT_SECRT=')
    const [{ fix }] = of(await findings(seed({ '.env': env })), 'credential_incomplete')
    assert.match(fix, /^Is JWT_CLIENT_SECRT in line 2 meant for JWT_CLIENT_SECRET\? Otherwise put its value into /)
  })

  test('calls a credential complete only if it is', async () => {
    const says = async (changes) => (await run(['check'], { cwd: seed({ '.env': toDotenv(jwtEnv(changes)) }) })).stdout
    assert.match(await says({}), /The JWT credential is complete/)
    assert.doesNotMatch(await says({ JWT_PRIVATE_KEY: 'bm8ga2V5' }), /is complete/)
    assert.match(await says({ JWT_METASCOPES: '[]' }), /is incomplete\. Empty: JWT_METASCOPES\./)
  })

  test('continues after errors in the files themselves', async () => {
    const root = seed({ 'ext.config.yaml': manifest.replace("web: 'yes'",
      "web: 'yes'\n          limits: { timeout: 5, memory: lots }") })
    const codes = (await findings(root)).map((finding) => finding.code)
    for (const code of ['invalid_limit', 'invalid_config', 'input_not_mapped', 'runtime_retired'])
      assert.ok(codes.includes(code), code)
    const broken = await findings(seed({ 'ext.config.yaml': 'a: [1\nb: }' }))
    assert.equal(of(broken, 'invalid_yaml')[0]?.file, 'ext.config.yaml')
    assert.equal(of(broken, 'jwt_retired').length, 1)
  })

  test('works with spaces and non-ASCII letters in names, without a home, in a read-only folder', async () => {
    const root = join(temporaryFolder(), 'Größe und Maß')
    mkdirSync(join(root, 'actions/generic'), { recursive: true })
    writeFileSync(join(root, 'ext.config.yaml'), manifest)
    writeFileSync(join(root, '.env'), toDotenv(jwtEnv()), { mode: 0o600 })
    chmodSync(root, 0o555)
    try {
      const all = await findings(root, [], { env: { HOME: '' } })
      assert.equal(of(all, 'input_not_mapped').length, 1)
    } finally { chmodSync(root, 0o755) }
  })

  test('ends with 2 if there is no project',
    async () => assert.equal((await run(['check'], { cwd: temporaryFolder() })).code, 2))

  test('fails for warnings with --strict only', async () => {
    const clean = manifest.replace('JWT_CLIENT_ID: $JWT_CLIENT_ID',
      'JWT_CLIENT_ID: $JWT_CLIENT_ID\n            JWT_CLIENT_SECRET: $JWT_CLIENT_SECRET')
    const root = seed({ 'ext.config.yaml': clean })
    const result = await run(['check'], { cwd: root })
    assert.equal(result.code, 0, result.stdout)
    assert.equal((await run(['check', '--strict'], { cwd: root })).code, 1)
    assert.ok(!result.stdout.includes('\x1b'))
  })

  test('exchanges a token and calls an API with --online', async () => {
    const root = seed()
    const { stdout } = await run(['check', '--online', '--ims', 'local'], { cwd: root })
    assert.match(stdout, /gave a token/)
  })

  test('sends the token of --online only to hosts of Adobe, or that the user has named', async () => {
    const requests = []
    const server = createServer((request, response) => { requests.push(request.headers); response.end('{}') })
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${server.address().port}`
    try {
      const check = (env) => findings(seed(), ['--online', '--ims', 'local', '--api', url + '/x?y'], { env })
      const [refused] = of(await check({}), 'foreign_host')
      assert.equal(refused.message,
        `The API cannot be called: no token is sent to ${url}/x, which is not an API of Adobe over https.`)
      assert.deepEqual(requests, [])
      assert.deepEqual(of(await check({ ADIT_API_HOSTS: url }), 'foreign_host'), [])
      assert.match(requests[0].authorization, /^Bearer eyJ/)
    } finally { server.close() }
  })

  test('colours and wraps in a narrow terminal', async () => {
    const script =
      'import pty,sys,os,fcntl,termios,struct\npid,fd=pty.fork()\nif pid==0:\n  os.chdir(sys.argv[1]); os.execv(sys.argv[2],[sys.argv[2],"check"])\nfcntl.ioctl(fd,termios.TIOCSWINSZ,struct.pack("HHHH",24,40,0,0))\nout=b""\ntry:\n  while True:\n    d=os.read(fd,4096)\n    if not d: break\n    out+=d\nexcept OSError: pass\nsys.stdout.buffer.write(out)'
    const { stdout } = spawnSync('python3', ['-c', script, seed(), ADIT],
      { encoding: 'utf8', timeout: 60_000, env: { PATH: process.env.PATH, TERM: 'xterm', COLUMNS: '40' } })
    assert.ok(stdout.includes('\x1b['))
    // eslint-disable-next-line no-control-regex
    const lines = stdout.replace(/\x1b\[[\d;]*m/g, '').split(/\r?\n/)
    assert.ok(lines.filter((line) => line.includes(' ') && line.length > 60).length === 0, lines.join('\n'))
  })

  test('checks a hostile project in limited time, and lists a limited number of findings', async () => {
    const names = Array.from({ length: 3000 }, (_, i) => `$GONE_${i}`)
    const root = seed({
      '.env': toDotenv(jwtEnv()) + 'KEY=value\n'.repeat(25_000) +
        Array.from({ length: 20_000 }, (_, i) => `GONE${i}=x\nA${i}_SECRET=not-there-${i}\n`).join(''),
      ...Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`tracked${i}`, '-----BEGIN '.repeat(95_000)])),
      'ext.config.yaml': manifest.replace('LOG_LEVEL: debug', `LOG_LEVEL: ${names.join(' ')}`),
      'actions/generic/index.js':
        "const required = ['JWT_CLIENT_ID', ...required]\n" + 'const { A } = params;\n'.repeat(10_000) + source
    })
    execFileSync('git', ['-C', root, 'init', '-q'])
    execFileSync('git', ['-C', root, 'add', 'tracked*'], { shell: false })
    const all = await findings(root, [], { timeout: 60_000 })
    assert.equal(of(all, 'variable_unset').length, 1000)
    assert.equal(of(all, 'too_many_findings').length, 1)
    assert.ok(of(all, 'env_key_twice').length > 0)
  })
})
