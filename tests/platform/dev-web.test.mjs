// The rules of web actions as callers see them: each rule of the platform over a real connection, with an action that
// answers as the test asks. Requests that a client library would not send are written by hand.
import assert from 'node:assert/strict'
import { request } from 'node:http'
import { connect } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { project } from '../cli/adit.mjs'
import { ask, dev } from './dev.mjs'

const give = 'exports.main = ({ r }) => r === undefined ? {} : JSON.parse(r)\n'
const echo = 'exports.main = (params) => ({ body: params })\n'
const throws =
  'exports.main = async ({ kind }) => { throw kind === "http" ? { statusCode: 404, body: "gone" } : kind === "text" ? "words" : new Error("shelf is empty") }\n'
const action = (code, more = {}) => ({ function: `${code}.js`, runtime: 'nodejs:22', web: 'yes', ...more })
const packages = {
  p: {
    inputs: { OF_PACKAGE: 'package', OF_BOTH: 'package' },
    actions: {
      give: action('give'),
      own: action('give', { annotations: { 'web-custom-options': true } }),
      echo: action('echo', { inputs: { OF_BOTH: 'action', EMPTY: '' } }),
      final: action('echo', { inputs: { OF_BOTH: 'action', EMPTY: '' }, annotations: { final: true } }),
      off: action('echo', { inputs: { OF_BOTH: 'action' }, annotations: { final: false } }),
      secured:
        action('echo', { inputs: { OF_BOTH: 'action' }, annotations: { final: true, 'require-adobe-auth': true } }),
      throws: action('throws'),
      raw: action('echo', { web: 'raw' }),
      number: action('echo', { annotations: { 'require-whisk-auth': 12345 } }),
      caller: action('echo', { annotations: { 'require-whisk-auth': true } }),
      anybody: action('echo', { annotations: { 'require-whisk-auth': false } }),
      hidden: action('echo', { web: 'no' }),
      'a.b.json': action('echo')
    }
  },
  default: { actions: { hello: action('echo') } }
}

// Returns everything that one connection receives until it is closed.
const raw = (origin, ...parts) => new Promise((resolve, reject) => {
  const { hostname, port } = new URL(origin)
  const socket = connect({ host: hostname, port, timeout: 120_000 })
  let text = ''
  socket.on('error', reject).on('timeout', () => socket.destroy(new Error('no end; so far: ' + text)))
  socket.setEncoding('utf8').on('data', (data) => { text += data })
  socket.on('close', () => resolve(text))
  for (const part of parts) socket.write(part)
})

describe('a web action', { concurrency: false, timeout: 1_200_000 }, () => {
  let server
  let url
  const echoed = async (path, options) => {
    const answer = await ask(url + path, options)
    assert.equal(answer.status, 200, answer.text)
    return answer.json()
  }
  const json = { 'content-type': 'application/json' }
  // Returns the HTTP answer if the action returns this result.
  const given = (result, { extension = '', name = 'give', ...options } = {}) =>
    ask(`${url}${name}${extension}`,
      { method: 'POST', headers: json, body: JSON.stringify({ r: JSON.stringify(result) }), ...options })
  const refused = async (pending, status, error) => {
    const answer = await pending
    assert.deepEqual([answer.status, answer.json().error], [status, error])
    assert.match(answer.json().code, /^[0-9a-f]{32}$/)
    return answer
  }

  before(async () => {
    const root = project({
      'ext.config.yaml': JSON.stringify({ runtimeManifest: { packages } }), 'give.js': give, 'echo.js': echo,
      'throws.js': throws, '.env': 'AIO_runtime_namespace=mine\nAIO_runtime_auth=user:password\n'
    })
    server = await dev(root, ['--http'])
    url = server.origin + '/api/v1/web/p/'
  })
  after(async () => { await server?.stop() })

  describe('address', () => {
    test('a path of package and action finds the action, with any extension and the rest of the path', async () => {
      for (const [path, rest] of [
        ['echo', ''], ['echo.http', ''], ['echo/', '/'], ['echo/a/b.json', '/a/b.json'], ['echo.http/x%20y', '/x%20y']
      ])
        assert.equal((await echoed(path)).__ow_path, rest, path)
    })
    test('an action is found by a name with dots, in the default package, and after its namespace', async () => {
      assert.equal((await echoed('a.b.json.http')).__ow_method, 'get')
      assert.equal((await ask(url + 'a.b.json')).status, 404) // `a.b` with the extension json
      for (const path of ['web/default/hello', 'web/mine/default/hello', 'web/_/default/hello', 'web/mine/p/echo.http'])
        assert.equal((await ask(server.origin + '/api/v1/' + path)).status, 200, path)
    })
    test('every other path is answered with 404', async () => {
      for (const path of ['hidden', 'nothing', 'echo.pdf', 'echo%2fx', '', 'e%zz'])
        await refused(ask(url + path), 404, 'The requested resource does not exist.')
      for (const path of [
        '/else', '/api/v1/web/', '/api/v1/web/q/echo', '/api/v1/web/other/p/echo', '/api/v2/web/p/echo'
      ])
        assert.equal((await ask(server.origin + path)).status, 404, path)
    })
    test('seven methods reach the action, and every other method is answered with 405', async () => {
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])
        assert.equal((await echoed('echo', { method })).__ow_method, method.toLowerCase())
      for (const method of ['TRACE', 'PROPFIND', 'REPORT'])
        assert.equal((await ask(url + 'echo', { method })).status, 405, method)
    })
  })

  describe('parameters', () => {
    test('the action gets the method, headers in lower case and the path, but no user, query or body', async () => {
      const params = await echoed('echo', { headers: { 'X-Mine': 'Yes' } })
      assert.deepEqual(Object.keys(params).filter((name) => name.startsWith('__ow_')).sort(),
        ['__ow_headers', '__ow_method', '__ow_path'])
      assert.equal(params.__ow_headers['x-mine'], 'Yes')
      assert.ok(params.__ow_headers.host)
      assert.equal((await echoed('echo', { method: 'POST', headers: json, body: '{}' })).__ow_headers['content-type'],
        'application/json')
    })
    test('the query overrides the inputs, and the body overrides the query', async () => {
      const params =
        await echoed('echo?a=query&b=query', { method: 'POST', headers: json, body: '{"b":"body","EMPTY":"given"}' })
      assert.deepEqual([params.OF_PACKAGE, params.OF_BOTH, params.a, params.b, params.EMPTY],
        ['package', 'action', 'query', 'body', 'given'])
    })
    test('query parameters arrive as decoded strings, and the last one of a name counts', async () => {
      const params = await echoed('echo?n=1&n=2&text=a+b%20c%26&flag&umlaut=%C3%A4')
      assert.deepEqual([params.n, params.text, params.flag, params.umlaut], ['2', 'a b c&', '', 'ä'])
    })
    test('a form becomes parameters, other JSON and text the body, and binary types are in base64', async () => {
      const post =
        (type, body) => echoed('echo', { method: 'POST', headers: type ? { 'content-type': type } : {}, body })
      assert.equal((await post('application/x-www-form-urlencoded', 'a=1+2&b=%20')).a, '1 2')
      assert.deepEqual((await post('application/json', '[1,{"a":null}]')).__ow_body, [1, { a: null }])
      assert.equal((await post('application/json; charset=utf-8', '"text"')).__ow_body, 'text')
      assert.equal((await post('application/json', 'null')).__ow_body, null)
      assert.equal((await post('text/plain', 'ä')).__ow_body, 'ä')
      assert.equal((await post('application/xml', '<a/>')).__ow_body, '<a/>')
      for (const type of ['application/octet-stream', 'image/png', ''])
        assert.equal((await post(type, Buffer.from([0, 255, 10]))).__ow_body, 'AP8K', type)
      for (const type of ['text/plain', 'image/png']) assert.equal((await post(type, '')).__ow_body, '', type)
      for (const type of ['application/json', 'application/x-www-form-urlencoded', ''])
        assert.equal('__ow_body' in await post(type, ''), false, type)
    })
    test('a raw action gets the query and the body unparsed', async () => {
      const params = await echoed('raw?a=%20&b', { method: 'POST', headers: json, body: '{"c":1}' })
      assert.deepEqual([params.__ow_query, params.__ow_body, params.a, params.c],
        ['a=%20&b', Buffer.from('{"c":1}').toString('base64'), undefined, undefined])
      const empty = await echoed('raw')
      assert.deepEqual([empty.__ow_query, empty.__ow_body], ['', ''])
      assert.equal(
        (await echoed('raw', { method: 'PUT', headers: { 'content-type': 'text/csv' }, body: 'a;b' })).__ow_body, 'a;b'
      )
      assert.equal((await echoed('raw?__ow_method=x')).__ow_query, '__ow_method=x')
    })
    test('the action gets the namespace of an authenticated caller', async () => {
      const authorization = 'Basic ' + Buffer.from('user:password').toString('base64')
      assert.equal((await echoed('echo', { headers: { authorization } })).__ow_user, 'mine')
      assert.equal((await echoed('echo', { headers: { authorization: authorization + 'x' } })).__ow_user, undefined)
    })
  })

  describe('refusal', () => {
    const notAllowed = 'Request defines parameters that are not allowed (e.g., reserved properties).'
    test('a caller may not give reserved or final parameters', async () => {
      for (const name of [
        '__ow_method', '__ow_headers', '__ow_path', '__ow_user', '__ow_query', '__ow_body', 'OF_BOTH', 'OF_PACKAGE'
      ]) {
        await refused(ask(`${url}final?${name}=x`), 400, notAllowed)
        await refused(ask(url + 'final', { method: 'POST', headers: json, body: JSON.stringify({ [name]: 1 }) }), 400,
          notAllowed)
        await refused(
          ask(url + 'final',
            { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: name + '=x' }),
          400, notAllowed
        )
      }
      await echoed('final?EMPTY=given')
      await refused(ask(url + 'echo?__ow_body=x'), 400, notAllowed)
    })
    test('a caller may override an input of an action that is not final', async () => {
      for (const name of ['echo', 'off']) assert.equal((await echoed(name + '?OF_BOTH=caller')).OF_BOTH, 'caller', name)
      // `final` is lost when a validator replaces the action on the web.
      assert.equal((await ask(url + 'secured?OF_BOTH=caller')).status, 401)
    })
    test('a body that does not match its content type is answered with 400', async () => {
      const answer = await ask(url + 'echo', { method: 'POST', headers: json, body: '{"a":' })
      assert.equal(answer.status, 400)
      assert.match(answer.json().error, /^The request content was malformed:\n/)
      assert.equal(answer.headers['access-control-allow-origin'], '*')
    })
    test('a body of exactly one megabyte is accepted, and a larger one is answered with 413', async () => {
      const post = (size) =>
        ask(url + 'raw', { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'x'.repeat(size) })
      const most = await post(1 << 20)
      assert.notEqual(most.status, 413)
      await refused(post((1 << 20) + 1), 413, `Request larger than allowed: ${(1 << 20) + 1} > ${1 << 20} bytes.`)
    })
    test('a request without the header that require-whisk-auth requires is answered with 401', async () => {
      const words = 'Authentication is possible but has failed or not yet been provided.'
      const authorization = 'Basic ' + Buffer.from('user:password').toString('base64')
      await refused(ask(url + 'number'), 401, words)
      await refused(ask(url + 'number', { headers: { 'x-require-whisk-auth': '1234' } }), 401, words)
      await refused(ask(url + 'number', { headers: { authorization } }), 401, words)
      await echoed('number', { headers: { 'x-require-whisk-auth': '12345' } })
      await refused(ask(url + 'caller'), 401, words)
      await refused(ask(url + 'caller', { headers: { 'x-require-whisk-auth': 'true' } }), 401, words)
      assert.equal((await echoed('caller', { headers: { authorization } })).__ow_user, 'mine')
      await echoed('anybody')
    })
  })

  describe('response', () => {
    const invalid = (type) => `Response is not valid '${type}'.`
    test('the status is 200, 204 without a body, or what the action sets as number or string', async () => {
      for (const [result, status, text, type] of [
        [{}, 204, '', undefined], [{ body: '' }, 204, '', undefined], [{ body: null }, 204, '', undefined],
        [{ body: 'x' }, 200, 'x', 'text/html; charset=UTF-8'], [{ body: { a: 1 } }, 200, '{"a":1}', 'application/json'],
        [{ body: [1] }, 200, '[1]', 'application/json'],
        [{ body: 5 }, 200, '5', 'application/json'], [{ body: false }, 200, 'false', 'application/json'],
        [{ statusCode: 418, body: 'tea' }, 418, 'tea', 'text/html; charset=UTF-8'],
        [{ statusCode: '201' }, 201, '', undefined],
        [{ statusCode: 299, body: 'own' }, 299, 'own', 'text/html; charset=UTF-8'],
        [{ statusCode: 302, headers: { location: '/x' } }, 302, '', undefined],
        [{ statusCode: 200, headers: { 'content-type': 'text/css' }, body: '' }, 200, '', undefined]
      ]) {
        const answer = await given(result)
        assert.deepEqual([answer.status, answer.text, answer.headers['content-type']], [status, text, type],
          JSON.stringify(result))
        assert.match(answer.headers['x-openwhisk-activation-id'], /^[0-9a-f]{32}$/)
      }
    })
    test('a result that is not an HTTP response is answered with 400', async () => {
      for (const result of [
        [1], { statusCode: 'x' }, { statusCode: 200.5 }, { statusCode: null, body: 'x' }, { headers: [] },
        { headers: { a: null } }, { headers: { a: { b: 1 } } }, { headers: 'text' }
      ])
        await refused(given(result), 400, invalid('message/http'))
    })
    test('headers may be strings, numbers, booleans, or lists of them', async () => {
      const answer = await given(
        { headers: { 'set-cookie': ['a=1', 'b=2'], 'X-Number': 7, 'x-bool': true, 'x-list': ['1', 2] }, body: 'x' }
      )
      assert.deepEqual(answer.headers['set-cookie'], ['a=1', 'b=2'])
      assert.deepEqual([answer.headers['x-number'], answer.headers['x-bool'], answer.headers['x-list']],
        ['7', 'true', '1, 2'])
    })
    test('the server frames the body, whatever headers the action sets', async () => {
      const answer = await given(
        { headers: { 'content-length': 3, 'transfer-encoding': 'chunked', connection: 'upgrade' }, body: 'longer' }
      )
      assert.deepEqual([answer.text, answer.headers['content-length'], answer.headers['transfer-encoding']],
        ['longer', '6', undefined])
    })
    test('a body of a binary type is decoded from base64, and one of a JSON type may be', async () => {
      const typed = (type, body) => given({ headers: { 'Content-Type': type }, body })
      const image = await typed('image/png', 'aGVsbG8=')
      assert.deepEqual([image.text, image.headers['content-type']], ['hello', 'image/png'])
      await refused(typed('image/png', 'no base64!'), 400,
        'Response type in header did not match generated content type.')
      assert.equal((await typed('application/json', Buffer.from('{"a":1}').toString('base64'))).text, '{"a":1}')
      assert.equal((await typed('application/json', '{"a":1}')).text, '{"a":1}')
      assert.equal((await typed('text/plain', 'aGVsbG8=')).text, 'aGVsbG8=')
      assert.equal((await typed('application/vnd.mine+json', { a: 1 })).status, 200)
      await refused(typed('text/plain', { a: 1 }), 400, 'Response type in header did not match generated content type.')
      await refused(typed('nonsense', 'x'), 400, 'Response did not specify a known content-type.')
    })
    test('a response whose content type Accept excludes is replaced by 406', async () => {
      const accept = (value, path = 'give?r=' + encodeURIComponent('{"body":"plain"}')) =>
        ask(url + path, { headers: { accept: value } })
      await refused(accept('application/json'), 406,
        'Resource representation is only available with these types:\ntext/html; charset=UTF-8')
      await refused(accept('text/html', 'echo'), 406,
        'Resource representation is only available with these types:\napplication/json')
      for (const value of ['*/*', 'text/*', 'application/json, text/html;q=0.1'])
        assert.equal((await accept(value)).status, 200, value)
      assert.equal((await accept('text/html', 'echo?__ow_path=x')).status, 400, 'errors go out in any case')
      assert.equal((await accept('image/png', 'give')).status, 204)
    })
    test('an async function that throws is answered with 400, unless it throws an HTTP response', async () => {
      await refused(ask(url + 'throws'), 400, invalid('message/http'))
      await refused(ask(url + 'throws?kind=text'), 400, invalid('message/http'))
      const gone = await ask(url + 'throws?kind=http')
      assert.deepEqual([gone.status, gone.text], [404, 'gone'])
    })
    test('the extension .json returns the whole result', async () => {
      for (const result of [{ a: 1, statusCode: 500 }, [1, 2], {}]) {
        const answer = await given(result, { extension: '.json' })
        assert.deepEqual([answer.status, answer.json(), answer.headers['content-type']],
          [200, result, 'application/json'])
      }
    })
    test('the extensions .html and .svg return a field that is a string', async () => {
      for (const [extension, type, name] of [
        ['.html', 'text/html; charset=UTF-8', 'text/html'], ['.svg', 'image/svg+xml', 'image/svg+xml']
      ]) {
        const field = extension.slice(1)
        for (const result of [{ body: '<b/>' }, { [field]: '<b/>' }, { body: '<b/>', [field]: 'other' }]) {
          const answer = await given(result, { extension })
          assert.deepEqual([answer.status, answer.text, answer.headers['content-type']], [200, '<b/>', type],
            JSON.stringify(result))
        }
        for (const result of [{}, { body: 1 }, { other: 'x' }, { [field]: {} }])
          await refused(given(result, { extension }), 400, invalid(name))
      }
    })
    test('the extension .text returns any value as text', async () => {
      for (const [result, text] of [
        [{ body: 'x' }, 'x'], [{ text: 'y' }, 'y'], [{ body: 5 }, '5'], [{ body: true }, 'true'],
        [{ body: null }, 'null'], [{ body: [1, 'a', []] }, '[1, "a", []]'], [[1, 2], '[1, 2]']
      ]) {
        const answer = await given(result, { extension: '.text' })
        assert.deepEqual([answer.status, answer.text, answer.headers['content-type']],
          [200, text, 'text/plain; charset=UTF-8'], JSON.stringify(result))
      }
      assert.equal((await given({ body: { a: 1 } }, { extension: '.text' })).text, '{\n  "a": 1\n}')
      await refused(given({ other: 1 }, { extension: '.text' }), 404, 'Response does not include requested property.')
    })
    test('an application error is returned like a result', async () => {
      const own = await given({ error: { statusCode: 503, body: { error: 'later' }, headers: { 'retry-after': 3 } } })
      assert.deepEqual([own.status, own.json(), own.headers['retry-after']], [503, { error: 'later' }, '3'])
      await refused(given({ error: 'words' }), 400, invalid('message/http'))
      const wanted = await given({ error: { a: 1 } }, { extension: '.json' })
      assert.deepEqual([wanted.status, wanted.json()], [200, { a: 1 }])
      assert.equal((await given({ error: 'words' }, { extension: '.text' })).text, 'words')
      assert.equal((await given({ error: '<b/>' }, { extension: '.html' })).text, '<b/>')
    })
    test('a crash is answered without any details', async () => {
      await refused(ask(url + 'give?r={'), 400, 'There was an error processing your request.')
      await refused(given(5), 400, 'There was an error processing your request.')
    })
  })

  describe('CORS', () => {
    const usual = 'Authorization, Origin, X-Requested-With, Content-Type, Accept, User-Agent'
    const methods = 'OPTIONS, GET, DELETE, POST, PUT, HEAD, PATCH'
    const allowed =
      ({ headers }) => [headers['access-control-allow-origin'], headers['access-control-allow-methods'], headers[
        'access-control-allow-headers'
      ]]
    test('every response allows all origins', async () => {
      for (const pending of [
        ask(url + 'echo'), ask(url + 'echo?__ow_path=x'), ask(url + 'number'), ask(url + 'give?r={'),
        given({ statusCode: 500 })
      ])
        assert.deepEqual(allowed(await pending), ['*', methods, usual])
    })
    test('OPTIONS is answered without an activation, authenticated or not', async () => {
      for (const name of ['echo', 'number', 'caller', 'echo/x?__ow_path=1']) {
        const answer =
          await ask(url + name, { method: 'OPTIONS', headers: { 'access-control-request-headers': 'x-a, x-b' } })
        assert.deepEqual([answer.status, answer.text, ...allowed(answer)], [200, '', '*', methods, 'x-a, x-b'])
        assert.equal(answer.headers['x-openwhisk-activation-id'], undefined)
      }
      assert.equal((await ask(url + 'nothing', { method: 'OPTIONS' })).status, 404)
    })
    test('an action with web-custom-options answers OPTIONS itself', async () => {
      const answer = await ask(
        `${url}own?r=${encodeURIComponent(JSON.stringify({ headers: { 'access-control-allow-origin': 'https://mine' }, body: 'x' }))}`,
        { method: 'OPTIONS' }
      )
      assert.deepEqual([answer.status, answer.text, ...allowed(answer)],
        [200, 'x', 'https://mine', undefined, undefined])
      assert.match(answer.headers['x-openwhisk-activation-id'], /^[0-9a-f]{32}$/)
    })
  })

  describe('browsers', () => {
    const status = async (headers, options = {}) => (await ask(url + 'echo', { headers, ...options })).status
    const post = { method: 'POST', body: '{}' }
    test('a page of another site runs nothing, whatever it sends', async () => {
      const from = server.lines.length
      for (const headers of [
        { origin: 'https://evil.example' }, { origin: 'null' }, { origin: 'http://localhost.evil.example:3000' },
        { origin: 'https://experience.adobe.com' },
        { 'sec-fetch-site': 'cross-site' },
        { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
        { 'sec-fetch-site': 'cross-site', referer: 'https://evil.example/localhost' },
        { origin: 'http://evil.example', host: 'evil.example' }
      ]) {
        for (const [path, options] of [
          ['/api/v1/web/p/echo', {}], ['/api/v1/web/p/echo', post], ['/api/v1/web/p/echo', { method: 'OPTIONS' }],
          ['/api/v1/web/p/own', { method: 'OPTIONS' }], ['/api/v1/activations', {}], ['/api/v1/p/echo', post],
          ['/api/v1/namespaces/_/actions', {}]
        ]) {
          const answer = await ask(server.origin + path, { ...options, headers: {
            ...headers, authorization: 'Basic ' + Buffer.from('user:password').toString('base64')
          } })
          assert.equal(answer.status, 403, path + JSON.stringify(headers))
          assert.equal(answer.headers['access-control-allow-origin'], undefined)
          assert.equal(answer.headers['x-openwhisk-activation-id'], undefined)
        }
      }
      const { error } = (await ask(url + 'echo', { headers: { origin: 'https://evil.example' } })).json()
      assert.match(error,
        /^This server answers pages of this machine, and the request comes from a page of https:\/\/evil\.example\. .*--allow-origin https:\/\/evil\.example$/)
      const line = await server.seen((one) => one.event === 'request' && one.refused, from)
      assert.deepEqual([line.status, line.hint],
        [403, 'If you trust that page, allow it: --allow-origin https://evil.example'])
    })
    test('a page of this machine is answered with the headers for every origin, as after deployment', async () => {
      for (const origin of [
        'http://localhost:3000', 'https://localhost:9080', 'http://127.0.0.1:8080', 'http://[::1]:1234'
      ]) {
        for (const site of ['same-site', 'cross-site']) {
          const answer = await ask(url + 'echo', { ...post, headers: { origin, 'sec-fetch-site': site } })
          assert.deepEqual([answer.status, answer.headers['access-control-allow-origin']], [200, '*'], origin)
        }
      }
      assert.equal(await status({ 'sec-fetch-site': 'cross-site', referer: 'http://localhost:3000/page' }), 200)
      for (const site of ['none', 'same-origin', 'same-site'])
        assert.equal(await status({ 'sec-fetch-site': site }), 200, site)
    })
    test('a page that uses another host name runs nothing', async () => {
      for (const host of [
        'evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', 'evil-localhost', '0.0.0.0', '[::]', 'box'
      ]) {
        assert.equal(await status({ host }), 403, host)
        assert.equal((await ask(server.origin + '/api/v1/activations', { headers: { host } })).status, 403, host)
      }
      assert.equal(await status({ host: 'localhost:80@evil.example' }), 400)
      for (const host of ['LOCALHOST', 'localhost.', '127.0.0.1:1', '[::1]:9080', 'app.localhost'])
        assert.equal(await status({ host }), 200, host)
    })
    test('--allow-origin allows the pages of an origin, and its host name', async () => {
      const other = await dev(
        project({
          'ext.config.yaml': JSON.stringify({ runtimeManifest: { packages } }), 'give.js': give, 'echo.js': echo,
          'throws.js': throws
        }),
        ['--http', '--allow-origin', 'https://experience.adobe.com', '--allow-origin', 'https://tunnel.example'])
      try {
        const echo = (headers) => ask(other.origin + '/api/v1/web/p/echo', { headers })
        const answer = await echo({ origin: 'https://experience.adobe.com', 'sec-fetch-site': 'cross-site' })
        assert.deepEqual([answer.status, answer.headers['access-control-allow-origin']], [200, '*'])
        assert.equal((await echo({ host: 'tunnel.example' })).status, 200)
        for (const origin of [
          'http://experience.adobe.com', 'https://evil.experience.adobe.com',
          'https://experience.adobe.com.evil.example'
        ])
          assert.equal((await echo({ origin })).status, 403, origin)
      } finally {
        await other.stop()
      }
    })
  })

  describe('size limit', () => {
    const announced = (path, more, length = 50 << 20) => raw(server.origin,
      `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${more}Content-Length: ${length}\r\n\r\n`)
    const key = `Authorization: Basic ${Buffer.from('user:password').toString('base64')}\r\n`
    test('a body that is announced as too large for its caller is refused before it is sent', async () => {
      for (const [path, more] of [
        ['/api/v1/p/echo', ''], ['/api/v1/p/echo', key], ['/api/v1/namespaces/_/actions/p/echo', ''],
        ['/api/v1/web/p/echo', ''], ['/api/v1/activations', ''], ['/', '']
      ])
        assert.match(await announced(path, more), /^HTTP\/1\.1 413 [^]*"code":"[0-9a-f]{32}"/, path)
      assert.match(await announced('/api/v1/web/p/echo', ''),
        new RegExp(`Access-Control-Allow-Origin: \\*[^]*Request larger than allowed: ${50 << 20} > ${1 << 20} bytes\\.`,
          'i'))
      assert.match(await announced('/api/v1/p/echo', '', (64 << 10) + 1), /^HTTP\/1\.1 413 /)
      assert.match(await announced('/api/v1/web/p/echo', 'Origin: https://evil.example\r\n', (64 << 10) + 1),
        /^HTTP\/1\.1 413 /)
    })
    test('a chunked body that becomes too large is refused', async () => {
      const chunk = (64 << 10).toString(16) + '\r\n' + 'x'.repeat(64 << 10) + '\r\n'
      const text = await raw(server.origin,
        'POST /api/v1/web/p/echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n',
        chunk.repeat(17)).catch((error) => error.message)
      assert.match(text, /^HTTP\/1\.1 413 |ECONNRESET|EPIPE/)
    })
    test('a caller with the key may send as much as an action accepts', async () => {
      const body = JSON.stringify({ text: 'x'.repeat(900_000) })
      const answer = await ask(server.origin + '/api/v1/p/echo', { method: 'POST', body, headers: {
        ...json, authorization: 'Basic ' + Buffer.from('user:password').toString('base64')
      } })
      assert.deepEqual([answer.status, answer.json().body.text.length], [200, 900_000])
    })
  })

  describe('HTTP', () => {
    const head = (more = '', method = 'POST', path = '/api/v1/web/p/echo', version = '1.1') =>
      `${method} ${path} HTTP/${version}\r\nHost: localhost\r\n${more}\r\n`
    test('HEAD is answered as GET, without the body', async () => {
      const text = await raw(server.origin,
        head('Connection: close\r\n', 'HEAD', '/api/v1/web/p/give?r=' + encodeURIComponent('{"body":"12345"}')))
      assert.match(text, /^HTTP\/1\.1 200 OK\r\n/)
      assert.match(text, /\r\ncontent-length: 5\r\n/i)
      assert.ok(text.endsWith('\r\n\r\n'))
      assert.equal((await ask(url + 'echo', { method: 'HEAD' })).text, '')
    })
    test('HTTP/1.0 works with and without keep-alive and Host', async () => {
      assert.match(await raw(server.origin, 'GET /api/v1/web/p/echo HTTP/1.0\r\n\r\n'), /^HTTP\/1\.[01] 200 /)
      const two = await raw(server.origin, head('Connection: keep-alive\r\n', 'GET', '/api/v1/web/p/echo', '1.0'),
        head('', 'GET', '/api/v1/web/p/echo', '1.0'))
      assert.equal(two.match(/HTTP\/1\.1 200 OK/g).length, 2)
    })
    test('several requests on one connection are answered in order', async () => {
      const get = (n, more = '') =>
        head(more, 'GET', '/api/v1/web/p/give?r=' + encodeURIComponent(JSON.stringify({ body: 'n' + n })))
      const text = await raw(server.origin, get(1) + get(2), get(3, 'Connection: close\r\n'))
      assert.deepEqual(text.match(/n\d(?=HTTP|$)/g), ['n1', 'n2', 'n3'])
    })
    test('a body may come in chunks, or after 100 Continue', async () => {
      const chunked = await raw(server.origin,
        head('Transfer-Encoding: chunked\r\nContent-Type: application/json\r\nConnection: close\r\n'),
        '5;x=y\r\n{"chu\r\n', '9\r\nnks": 12}\r\n0\r\nTrailer: x\r\n\r\n')
      assert.match(chunked, /"chunks":12/)
      const waited = await new Promise((resolve, reject) => {
        const sent =
          request(url + 'echo', { method: 'POST', headers: { ...json, expect: '100-continue' }, timeout: 120_000 },
            async (answer) => resolve(Buffer.concat(await answer.toArray()).toString()))
        sent.on('continue', () => sent.end('{"waited":1}')).on('error', reject).on('timeout',
          () => sent.destroy(new Error('no 100 Continue')))
        sent.flushHeaders()
      })
      assert.equal(JSON.parse(waited).waited, 1)
    })
    test('invalid requests are refused', async () => {
      for (const [text, status] of [
        ['NONSENSE\r\n\r\n', 400], ['GET /api/v1/web/p/echo HTTP/1.1\r\n\r\n', 400], ['GET / HTTP/3.0\r\n\r\n', 505],
        [head('Content-Length: x\r\n'), 400],
        [head('Content-Length: 3\r\nTransfer-Encoding: chunked\r\n'), 400],
        [head('X: ' + 'y'.repeat(64 << 10) + '\r\n'), 431], [head('Expect: magic\r\nContent-Length: 1\r\n'), 417]
      ]) assert.match(await raw(server.origin, text), new RegExp(`^HTTP/1\\.1 ${status} `), text.slice(0, 60))
      assert.equal((await ask(url + 'echo')).status, 200)
    })
  })
})
