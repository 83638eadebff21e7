// A stranger sees a failed activation and opens it: "Why it failed" names the cause, for each cause that actions have.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, before, test } from 'node:test'
import { jwtEnv, project, toDotenv } from '../cli/adit.mjs'
import { ask, dev } from '../platform/dev.mjs'
import { TIMEOUT, browser, goTo, open } from './browser.mjs'

// As App Builder's templates do: whatever goes wrong, the caller reads "server error".
const hides = (body) => `exports.main = async (params) => {
  try { ${body} } catch (error) { return { statusCode: 500, body: { error: 'server error' } } }
}`
const token = (secret) => `const answer = await fetch('https://ims-na1.adobelogin.com/ims/token/v3', {
  method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials', client_id: 'test-client',
  client_secret: ${secret}, scope: 'openid' }) })
if (!answer.ok) throw new Error()`
const me = (headers) => `const { access_token: token } = await (await fetch(
  'https://ims-na1.adobelogin.com/ims/token/v3', { method: 'POST', body: new URLSearchParams({
  grant_type: 'client_credentials', client_id: 'oauth-client', client_secret: 'oauth-secret', scope: 'openid'
  }) })).json()
const answer = await fetch('https://analytics.adobe.io/discovery/me', { headers: ${headers} })
if (!answer.ok) throw new Error()
return { body: await answer.json() }`
const RIGHT = "{ authorization: 'Bearer ' + token, 'x-api-key': 'oauth-client' }"

// Each action, how it is called, and what the page says.
const CAUSES = {
  unset: [hides('new URL(params.SHOP_URL)'),
    /SHOP_URL is unset: \$SHOP_URL is not set\..*Named in ext\.config\.yaml:\d+/],
  secret: [hides(token("'wrong'")), /token exchange: POST \S+\/ims\/token\/v3 answered 401: invalid client_secret/],
  'no-token': [hides(me("{ authorization: 'Bearer undefined', 'x-api-key': 'oauth-client' }")),
    /GET \S+\/discovery\/me answered 401: the token is not a JWT: undefined/],
  'no-key': [hides(me("{ authorization: 'Bearer ' + token }")), /answered 403: the header x-api-key is missing/],
  limited: [hides(me(RIGHT)), /answered 429: a fault is switched on for it/, { status: 429 }],
  down: [hides(me(RIGHT)), /answered 503: a fault is switched on for it/, { status: 503 }],
  slow: [hides('await fetch(params.silent)'),
    /time limits of 5000 milliseconds[^]*GET \S+ was not answered before the activation ended/],
  closed: [hides('await fetch(params.silent)'), /GET \S+ failed: the connection was closed \(\w+\)/],
  nowhere: [hides("await fetch('http://127.0.0.1:20999/')"), // below the ports that Linux chooses
    /GET http:\/\/127\.0\.0\.1:20999\/ failed: nothing listens at this address \(ECONNREFUSED\)/],
  'no-host': [hides("await fetch('http://no-such-host.invalid/')"), /failed: .*host name.*/],
  throws: ['exports.main = (params) => params.order.id', /Cannot read properties of undefined \(reading 'id'\)/],
  exits: ["exports.main = () => { console.error('no disk'); process.exit(3) }", /ended with exit code 3[^]*no disk/],
  crashes: ['exports.main = () => process.abort()', /It crashed: signal 6 \(SIGABRT/],
  syntax: ['exports.main = () => {{', /SyntaxError[^]*syntax\.js:\d+/],
  module: ["require('no-such-module')", /Cannot find module 'no-such-module'/],
  missing: [undefined, /The function of .* does not exist: actions\/missing\.js/]
}

const MORE = {
  unset: '          inputs: { SHOP_URL: $SHOP_URL }\n', slow: '          limits: { timeout: 5000 }\n'
}

const files = {
  'ext.config.yaml': `runtimeManifest:
  packages:
    shop:
      actions:
${Object.keys(CAUSES).map((name) => `        ${name}:
          function: actions/${name}.js
          runtime: nodejs:20
          web: 'yes'
${MORE[name] ?? ''}`).join('')}`,
  '.env': toDotenv({
    ...jwtEnv(), IMS_OAUTH_S2S_CLIENT_ID: 'oauth-client', IMS_OAUTH_S2S_CLIENT_SECRET: 'oauth-secret',
    IMS_OAUTH_S2S_ORG_ID: 'DEF@AdobeOrg', IMS_OAUTH_S2S_SCOPES: 'openid'
  }),
  ...Object.fromEntries(Object.entries(CAUSES).filter(([, [text]]) => text).map(([name, [text]]) =>
    [`actions/${name}.js`, text + '\n']))
}

let silent
let server
let context
before(async () => {
  silent = createServer(() => {})
  await new Promise((resolve) => silent.listen(0, '127.0.0.1', resolve))
  server = await dev(project(files), ['--ims', 'local'])
  context = await browser()
}, { timeout: TIMEOUT })
after(async () => {
  await context?.close()
  await server?.stop()
  silent?.closeAllConnections()
  silent?.close()
})

for (const [name, [, expected, fault]] of Object.entries(CAUSES)) {
  test(`why it failed: ${name}`, { timeout: TIMEOUT }, async () => {
    const page = await open(context, server.first.console)
    if (fault) {
      assert.equal(await page.evaluate(async (body) => (await fetch('/__adit/api/faults',
        { method: 'POST', headers: { 'x-adit-console': '1' }, body: JSON.stringify(body) })).status,
      { fault: 'status', path: '/discovery', count: 1, ...fault }), 200)
    }
    const query = ['slow', 'closed'].includes(name) ? `?silent=http://127.0.0.1:${silent.address().port}/` : ''
    const pending = ask(server.origin + '/api/v1/web/shop/' + name + query)
    // While the activation runs, a request without an answer is not a failure.
    if (name === 'closed') {
      await page.evaluate(async () => {
        const read = async (path) => (await fetch('/__adit/api/' + path, { headers: { 'x-adit-console': '1' } })).json()
        for (;;) {
          const [newest] = (await read('activations')).activations
          if (newest?.action === 'shop/closed' && (await read('activations/' + newest.id)).trace.length > 0) break
          await new Promise((resolve) => setTimeout(resolve, 50))
        }
      })
      await page.getByRole('row', { name: /shop\/closed/ }).filter({ hasText: 'running' }).first().click()
      const step = page.getByRole('row', { name: /GET http/ })
      assert.match(await step.innerText(), /running/)
      assert.equal(await step.getAttribute('class'), '')
      silent.closeAllConnections()
      await goTo(page, '#/activations')
    }
    const answer = await pending
    assert.ok(answer.status >= 400, answer.text)
    await page.getByRole('row', { name: new RegExp('shop/' + name) }).filter({ hasNotText: 'running' }).first().click()
    const why = page.getByRole('region', { name: 'Why it failed' })
    await why.waitFor()
    assert.match(await why.innerText(), expected)
    // The view "Call" shows the same beside the answer.
    if (name === 'secret') {
      await goTo(page, '#/call/shop%2Fsecret')
      await page.getByRole('button', { name: 'Call', exact: true }).click()
      await page.getByRole('heading', { name: 'Answer: 500' }).waitFor()
      assert.match(await why.innerText(), expected)
    }
    await page.close()
  })
}
