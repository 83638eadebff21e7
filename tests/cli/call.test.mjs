import assert from 'node:assert/strict'
import { execFile, execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createSecureServer } from 'node:http2'
import { join } from 'node:path'
import { after, before, beforeEach, describe, test } from 'node:test'
import { ADIT, emulator, project, run, start, temporaryFolder, toDotenv } from './adit.mjs'

const settings = {
  IMS_OAUTH_S2S_CLIENT_ID: 'oauth-client',
  IMS_OAUTH_S2S_CLIENT_SECRET: 'secret-' + Math.random().toString(36).slice(2),
  IMS_OAUTH_S2S_ORG_ID: 'DEF@AdobeOrg',
  IMS_OAUTH_S2S_SCOPES: '["openid","AdobeID"]'
}

describe('adit call', () => {
  let ims, root, server, origin, requests, answer
  const cache = temporaryFolder()
  before(async () => {
    root = project({ '.env': toDotenv(settings) })
    ims = await emulator(['--env-file', join(root, '.env')])
    server = createServer(async (request, response) => {
      const chunks = []
      for await (const chunk of request) chunks.push(chunk)
      requests.push(
        { method: request.method, url: request.url, headers: request.headers, body: Buffer.concat(chunks).toString() }
      )
      await answer(response, requests.length)
    })
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
    origin = `http://127.0.0.1:${server.address().port}`
  })
  after(() => server.close())
  beforeEach(() => {
    requests = []
    answer = (response) => response.end('fine')
  })
  const call = (args, options = {}) =>
    run(['call', '--ims', ims.origin, ...args], { cwd: root, env: { XDG_CACHE_HOME: cache }, ...options })
  const known = (...args) => call(['--api-host', origin, ...args])

  test('speaks HTTP/1.1 to a server that offers HTTP/2', async () => {
    const folder = temporaryFolder()
    execFileSync('openssl',
      [
        'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '9', '-subj',
        '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-keyout', folder + '/key', '-out', folder + '/crt'
      ],
      { stdio: 'ignore' })
    const versions = []
    const modern =
      createSecureServer({ allowHTTP1: true, key: readFileSync(folder + '/key'), cert: readFileSync(folder + '/crt') },
        (request, response) => { versions.push(request.httpVersion); response.end('fine') })
    await new Promise((resolve) => modern.listen(0, '127.0.0.1', resolve))
    try {
      const { code, stderr } = await call([`https://localhost:${modern.address().port}/`],
        { env: { XDG_CACHE_HOME: cache, SSL_CERT_FILE: folder + '/crt' } })
      assert.equal(code, 0, stderr)
      assert.deepEqual(versions, ['1.1'])
    } finally { modern.close() }
  })

  test('reaches an API of Adobe through the emulator', async () => {
    const { code, stdout, stderr } = await call(['https://analytics.adobe.io/discovery/me'])
    assert.equal(code, 0, stderr)
    assert.ok(JSON.parse(stdout))
  })

  test('fills in token, key and organisation only for the hosts on its list', async () => {
    assert.equal((await known(origin + '/x?y=z')).code, 0)
    const [{ headers, url }] = requests
    assert.equal(url, '/x?y=z')
    assert.match(headers.authorization, /^Bearer [\w-]+\.[\w-]+\.[\w-]+$/)
    assert.equal(headers['x-api-key'], 'oauth-client')
    assert.equal(headers['x-gw-ims-org-id'], 'DEF@AdobeOrg')
    const { stderr } = await call([origin + '/x'])
    for (const name of ['authorization', 'x-api-key', 'x-gw-ims-org-id'])
      assert.equal(requests[1].headers[name], undefined)
    assert.match(stderr, /no token is sent to this host/)
  })

  test('accepts hosts from ADIT_API_HOSTS, and rejects invalid ones', async () => {
    const env = (hosts) => ({ XDG_CACHE_HOME: cache, ADIT_API_HOSTS: hosts })
    await call([origin], { env: env('api.example.com, ' + origin) })
    assert.ok(requests[0].headers.authorization)
    assert.equal((await call([origin], { env: env('*') })).code, 2)
  })

  test('needs no credentials for other hosts', async () => {
    const { code, stdout } = await call([origin], { cwd: temporaryFolder() })
    assert.equal(code, 0)
    assert.equal(stdout, 'fine')
    assert.equal((await call(['https://analytics.adobe.io/x'], { cwd: temporaryFolder() })).code, 2)
  })

  test('sends the method, headers and body that its options name', async () => {
    const file = join(root, 'body.json')
    writeFileSync(file, '{"a":\n1}')
    await known('-X', 'PUT', '-H', 'X-One: 1', '-H', 'x-api-key: mine', '-d', '{"b":2}', origin)
    await known('-d', 'a=1', '-d', 'b=2', origin)
    await known('-d', '@' + file, origin)
    await call(['--api-host', origin, '-H', 'Content-Type: text/plain', '-d', '-', origin], { input: 'from stdin' })
    assert.deepEqual(requests.map(({ method, headers, body }) => [method, headers['content-type'], body]), [
      ['PUT', 'application/json', '{"b":2}'],
      ['POST', 'application/x-www-form-urlencoded', 'a=1&b=2'],
      ['POST', 'application/json', '{"a":\n1}'],
      ['POST', 'text/plain', 'from stdin']
    ])
    assert.equal(requests[0].headers['x-one'], '1')
    assert.equal(requests[0].headers['x-api-key'], 'mine')
  })

  test('accepts the data options of curl', async () => {
    const file = join(root, 'part.txt')
    writeFileSync(file, 'a b&c')
    await known('--json', '{"a":1}', origin)
    await known('--json', '{"a":', '--json', '1}', '-H', 'Accept: text/csv', origin)
    await known('--data-raw', '@me', '-d', 'x=1', origin)
    await known('--data-binary', '@' + file, origin)
    await known('--data-urlencode', 'q=a b+c&=', '--data-urlencode', `f@${file}`, '--data-urlencode', '=1/2', origin)
    await known('--json', '@' + file, origin)
    assert.deepEqual(requests.map(({ headers, body }) => [headers['content-type'], headers.accept, body]), [
      ['application/json', 'application/json', '{"a":1}'],
      ['application/json', 'text/csv', '{"a":1}'],
      ['application/x-www-form-urlencoded', '*/*', 'x=1&@me'],
      ['application/x-www-form-urlencoded', '*/*', 'a b&c'],
      ['application/x-www-form-urlencoded', '*/*', 'q=a%20b%2Bc%26%3D&f=a%20b%26c&1%2F2'],
      ['application/json', 'application/json', 'a b&c']
    ])
    assert.ok(requests.every(({ method }) => method === 'POST'))
  })

  test('puts data into the query, sends HEAD requests, and can be silent, like curl', async () => {
    await known('-G', '-d', 'a=1', '--data-urlencode', 'b= c', origin + '/x?y=z#end')
    await known('-G', '--data-raw', 'a=1', origin + '/x')
    assert.deepEqual(requests.map(({ method, url, body }) => [method, url, body]), [
      ['GET', '/x?y=z&a=1&b=%20c', ''], ['GET', '/x?a=1', '']
    ])
    answer = (response) => response.setHeader('X-Two', '2').end()
    const head = await known('-I', origin)
    assert.equal(requests[2].method, 'HEAD')
    assert.match(head.stdout, /^HTTP 200\n[^]*x-two: 2/i)
    const silent = await call(['-sSL', '--compressed', '-m', '30', origin])
    assert.equal(silent.code, 0)
    assert.equal(silent.stderr, '')
    for (const args of [
      ['--json', '{}', '-d', 'a'], ['-G', '--json', '{}'], ['-G', '-d', '@x'], ['--data-urlencode', 'a@-'],
      ['--json', '@a', '--json', '@b']
    ])
      assert.equal((await known(...args, origin)).code, 2, args.join(' '))
  })

  test('names the replacement of each other option of curl, or why there is none', async () => {
    const answers = {
      '-F a=b': /multipart\/form-data\. curl does, with adit's token: curl -F … -H "\$\(adit token --header\)"/,
      '--form-string a=b': /multipart/, '-k': /certificates are always verified\. SSL_CERT_FILE/,
      '--insecure': /verified/, '--cacert ca.pem': /SSL_CERT_FILE/, '-E c.pem': /client certificates/,
      '-u a:b': /Authorization/, '--oauth2-bearer x': /token/, '-x http://p': /HTTPS_PROXY/,
      '--proxy=http://p': /HTTPS_PROXY/, '--proxy-user a:b': /USER:PASSWORD/, '--noproxy x': /NO_PROXY/,
      '-A x': /User-Agent/, '-Ax': /User-Agent/, '-e x': /Referer/, '-b a=b': /Cookie/, '-c jar': /no cookies/,
      '-r 0-9': /Range/, '-C -': /Range/, '-z x': /If-Modified-Since/, '--etag-compare x': /If-None-Match/,
      '-D x': /-i prints/, '-w x': /-i prints/, '-f': /exit code is 1/, '--fail-with-body': /exit code is 1/,
      '-T x': /-X PUT -d @FILE/, '-O': /-o FILE/, '--connect-timeout 3': /--max-time/,
      '--retry-delay 1': /--retry N/, '--location-trusted': /follows no redirect/,
      '--max-redirs 3': /five redirects/, '--resolve a:1:b': /ADIT_ENDPOINTS/, '--http1.1': /speaks HTTP\/1\.1/,
      '--http1.0': /speaks HTTP\/1\.1/, '--http2': /speaks HTTP\/1\.1/, '--tlsv1.2': /TLS 1\.2 or newer/,
      '-#': /leave it out/, '-N': /leave it out/, '-g': /leave it out/, '--next': /one request/,
      '--url x': /without an option/, '--url-query a=b': /-G -d/, '-K x': /no options from a file/,
      '--trace x': /-v prints/
    }
    for (const [words, expected] of Object.entries(answers)) {
      const { code, stderr } = await call([...words.split(' '), origin])
      assert.equal(code, 2, words)
      assert.match(stderr, expected, words)
      const [name] = /^(--[^= ]+|-.)/.exec(words)
      assert.ok(stderr.startsWith(`adit: adit call does not have curl's option ${name}: `), stderr)
    }
    assert.match((await call(['--ftp-port', '-', origin])).stderr, /has no option --ftp-port/)
    assert.equal(requests.length, 0)
  })

  test('sets, repeats, empties and removes headers as curl does', async () => {
    await known('-H', 'X-One: 1', '-H', 'x-one: 2', '-H', 'X-Empty;', '-H', 'Authorization:', '-H', 'x-api-key:', '-H',
      'User-Agent:', origin)
    await known('-d', 'a=1', '-H', 'Content-Type:', origin)
    await known('-d', 'a=1', '-H', 'content-type;', origin)
    await known('-H', 'x-api-key: a', '-H', 'x-api-key: b', origin)
    assert.equal(requests[0].headers['x-one'], '1, 2')
    assert.equal(requests[0].headers['x-empty'], '')
    for (const name of ['authorization', 'x-api-key', 'user-agent']) assert.ok(!(name in requests[0].headers), name)
    assert.equal(requests[0].headers['x-gw-ims-org-id'], 'DEF@AdobeOrg')
    assert.ok(!('content-type' in requests[1].headers))
    assert.equal(requests[1].body, 'a=1')
    assert.equal(requests[2].headers['content-type'], '')
    assert.equal(requests[3].headers['x-api-key'], 'a, b')
  })

  test('shows the headers with -i and writes whole answers to -o', async () => {
    answer = (response) => response.setHeader('X-Two', '2').end('body')
    const { stdout } = await known('-i', origin)
    assert.match(stdout, /^HTTP 200\n/)
    assert.match(stdout, /x-two: 2/i)
    assert.ok(stdout.endsWith('\n\nbody'))
    const file = join(root, 'out.bin')
    assert.equal((await known('-o', file, origin)).stdout, '')
    assert.equal(readFileSync(file, 'utf8'), 'body')
  })

  test('keeps an existing file if the answer is an error or incomplete', async () => {
    const folder = temporaryFolder()
    const file = join(folder, 'out')
    writeFileSync(file, 'older')
    answer = (response) => { response.statusCode = 404; response.end('{"message":"no such thing"}') }
    const missing = await known('-o', file, origin)
    assert.equal(missing.code, 1)
    assert.equal(missing.stdout, '{"message":"no such thing"}')
    assert.match(missing.stderr, /404: no such thing/)
    answer = (response) => {
      response.setHeader('content-length', 1000)
      response.write('part', () => response.destroy())
    }
    assert.equal((await known('-o', file, origin)).code, 1)
    assert.equal(readFileSync(file, 'utf8'), 'older')
    assert.deepEqual(readdirSync(folder), ['out'])
  })

  test('fetches a new token once after 401013', async () => {
    answer = (response, count) => {
      response.statusCode = count === 1 ? 401 : 200
      response.end(count === 1 ? '{"error_code":"401013","message":"Oauth token is not valid"}' : 'in')
    }
    const { code, stdout } = await known(origin)
    assert.equal(code, 0)
    assert.equal(stdout, 'in')
    assert.notEqual(requests[0].headers.authorization, requests[1].headers.authorization)
    requests = []
    answer = (response) => { response.statusCode = 401; response.end('{"error_code":"401013"}') }
    assert.equal((await known(origin)).code, 1)
    assert.equal(requests.length, 2)
  })

  test('drops a refused token if the body from stdin cannot be sent again, and says so', async () => {
    answer = (response) => { response.statusCode = 401; response.end('{"error_code":"401013"}') }
    const refused = await call(['--api-host', origin, '-d', '-', origin], { input: 'once' })
    assert.equal(refused.code, 1)
    assert.equal(requests.length, 1)
    assert.match(refused.stderr, /adit deleted it, but did not send the request again, because the body can be read only once/)
    answer = (response) => response.end('fine')
    assert.equal((await call(['--api-host', origin, '-d', '-', origin], { input: 'again' })).code, 0)
    assert.notEqual(requests[0].headers.authorization, requests[1].headers.authorization)
  })

  test('removes a refused token from the store even if IMS issues no new one', async () => {
    const once = (env = {}) =>
      call(['--api-host', origin, '-d', '-', origin], { input: 'once', env: { XDG_CACHE_HOME: cache, ...env } })
    assert.equal((await once()).code, 0)
    answer = (response) => { response.statusCode = 401; response.end('{"error_code":"401013"}') }
    assert.equal((await fetch(ims.origin + '/__adit/faults', { method: 'POST', body: '{"fault":"reset"}' })).status,
      200)
    const refused = await once({ ADIT_TOKEN_TIMEOUT: '0.2' })
    assert.match(refused.stderr, /The API answered 401[^]*adit deleted it/)
    assert.equal((await fetch(ims.origin + '/__adit/faults', { method: 'DELETE' })).status, 200)
    answer = (response) => response.end('fine')
    const { code, stderr } = await once()
    assert.equal(code, 0, stderr)
    const [first, second, third] = requests.map(({ headers }) => headers.authorization)
    assert.equal(first, second)
    assert.notEqual(second, third)
  })

  test('stops at Ctrl-C while it waits for a new token', async () => {
    assert.equal((await known(origin)).code, 0)
    answer = (response) => { response.statusCode = 401; response.end('{"error_code":"401013"}') }
    const faults = async (method, body) => (await fetch(ims.origin + '/__adit/faults', { method, body })).status
    const faultCount = async () => (await (await fetch(ims.origin + '/__adit/stats')).json()).faults
    assert.equal(await faults('POST', '{"fault":"latency","delay":"600s"}'), 200)
    const before = await faultCount()
    const child =
      start(['call', '--ims', ims.origin, '--api-host', origin, origin], { cwd: root, env: { XDG_CACHE_HOME: cache } })
    const closed = once(child, 'close')
    while (child.exitCode === null && await faultCount() === before) ;
    child.kill('SIGINT')
    const [, signal] = await closed
    assert.equal(await faults('DELETE'), 200)
    assert.equal(signal, 'SIGINT')
    assert.equal(requests.length, 2)
  })

  test('names the pause that an API asks for, and where a redirect leads', async () => {
    answer = (response) => { response.statusCode = 429; response.setHeader('Retry-After', '3600'); response.end() }
    const busy = await known(origin)
    assert.equal(busy.code, 1)
    assert.match(busy.stderr, /Wait 3600 s \(Retry-After\), until 20\d\d-/)
    for (const [args, words] of [[[], /redirect to http:\/\/other\.example\/there, which is another origin/], [
      ['-d', 'x'], /a redirect to http:\/\/other\.example\/there\?a=b, which was not followed/
    ]]) {
      requests = []
      answer = (response) => {
        response.statusCode = 307
        response.setHeader('Location', 'http://other.example/there?a=b')
        response.end()
      }
      const { code, stderr } = await known(...args, origin + '/start')
      assert.equal(code, 1)
      assert.match(stderr, words)
      assert.equal(requests.length, 1)
    }
    answer = (response, count) => {
      if (count === 1) { response.statusCode = 302; response.setHeader('Location', '/there') } response.end('there')
    }
    requests = []
    assert.equal((await known(origin + '/start')).stdout, 'there')
    assert.deepEqual(requests.map(({ url, headers }) => [url, !!headers.authorization]),
      [['/start', true], ['/there', true]])
  })

  test('says that the disk is full, with -o and on stdout', async () => {
    answer = (response) => response.end('x'.repeat(1 << 20))
    const file = await known('-o', '/dev/full', origin)
    assert.equal(file.code, 1)
    assert.match(file.stderr, /\/dev\/full: No space left on device/)
    const ended = await new Promise((resolve, reject) => execFile('/bin/sh',
      ['-c', '"$0" "$@" >/dev/full', ADIT, 'call', '--ims', ims.origin, '--api-host', origin, origin],
      { cwd: root, env: { PATH: process.env.PATH, HOME: cache, XDG_CACHE_HOME: cache } },
      (error, _, stderr) => error ? resolve({ code: error.code, stderr }) : reject(new Error('no failure'))))
    assert.equal(ended.code, 1)
    assert.match(ended.stderr, /No space left on device/)
  })

  test('waits as long as Retry-After says, and retries as often as --retry says', async () => {
    answer = (response) => { response.statusCode = 429; response.setHeader('Retry-After', '50'); response.end() }
    const waiting =
      start(['call', '--ims', ims.origin, '--api-host', origin, origin], { cwd: root, env: { XDG_CACHE_HOME: cache } })
    let printed = ''
    for await (const data of waiting.stderr.setEncoding('utf8')) {
      printed += data
      if (printed.includes('again in')) waiting.kill('SIGINT')
    }
    assert.match(printed, /answered 429; trying again in 50 s/)
    assert.equal(requests.length, 1)
    requests = []
    answer = (response, count) => {
      response.statusCode = count === 1 ? 429 : 200
      response.setHeader('Retry-After', '1')
      response.end('x')
    }
    const { code, stderr } = await known('-d', '@' + join(root, '.env'), origin)
    assert.equal(code, 0, stderr)
    assert.match(stderr, /answered 429; trying again in 1 s/)
    assert.equal(requests[0].body, requests[1].body)
    answer = (response) => { response.statusCode = 429; response.end() }
    assert.equal((await known('--retry', '0', origin)).code, 1)
    assert.equal(requests.length, 3)
  })

  test('reports wrong arguments with exit code 2', async () => {
    for (const args of [
      ['analytics.adobe.io/x'], ['ftp://analytics.adobe.io/x'], ['-H', 'nothing', origin], ['-X', 'a b', origin],
      ['-d', '@/no/such/file', origin], ['--max-time', 'soon', origin], []
    ]) {
      const { code, stderr } = await call(args)
      assert.equal(code, 2, args.join(' ') + stderr)
    }
    assert.equal(requests.length, 0)
  })

  test('does not keep a long answer or a long body in memory', async () => {
    const megabytes = 200
    const chunk = Buffer.alloc(1 << 20, 'x')
    const file = join(temporaryFolder(), 'long')
    answer = async (response) => {
      response.setHeader('content-length', megabytes * chunk.length)
      for (let n = 0; n < megabytes; ++n)
        if (!response.write(chunk)) await new Promise((resolve) => response.once('drain', resolve))
      response.end()
    }
    const child = start(['call', '--ims', ims.origin, '--api-host', origin, '-o', file, origin],
      { cwd: root, env: { XDG_CACHE_HOME: cache } })
    let most = 0
    const timer = setInterval(() => {
      const path = `/proc/${child.pid}/status`
      if (!existsSync(path)) return
      try {
        most = Math.max(most, Number(/VmHWM:\s+(\d+)/.exec(readFileSync(path, 'utf8'))?.[1] ?? 0))
      } catch {} // the process has ended
    }, 20)
    const code = await new Promise((resolve) => child.on('close', resolve))
    clearInterval(timer)
    assert.equal(code, 0)
    assert.equal(statSync(file).size, megabytes << 20)
    // A build with AddressSanitizer needs 110 MB in any case.
    assert.ok(most > 0 && most < megabytes * 1024 * 3 / 4, `${most} kB`)
  })
})
