// The views "Tokens" and "Emulator", of adit emulator and of adit dev --ims local.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { assertion, emulator, jwtEnv, project, secret, toDotenv } from '../cli/adit.mjs'
import { ask, dev } from '../platform/dev.mjs'
import { EVIL, TIMEOUT, browser, goTo, open, seriousFaults, shop } from './browser.mjs'

const env = jwtEnv()
let ims
let url
let context
const post = (path, fields) => fetch(ims.origin + path, { method: 'POST', body: new URLSearchParams(fields) })
const exchange = (change = {}) => post('/ims/exchange/jwt',
  { client_id: env.JWT_CLIENT_ID, client_secret: secret, jwt_token: assertion(), ...change })
const token = async () => (await (await exchange()).json()).access_token
const me = (bearer) => fetch(ims.origin + '/discovery/me',
  { headers: { authorization: `Bearer ${bearer}`, 'x-api-key': env.JWT_CLIENT_ID } })
const api = (page, path) => page.evaluate(async (from) => (await fetch('/__adit/api/' + from)).json(), path)
const isSwitched = (page, name, checked) => page.getByRole('switch', { name, checked }).waitFor()

before(async () => {
  const root = project({ '.env': toDotenv(env) })
  ims = await emulator(['--env-file', join(root, '.env')])
  url = (await ims.until(/console: (\S+)/))[1]
  context = await browser()
}, { timeout: TIMEOUT })
after(async () => {
  await context?.close()
  await ims?.stop()
})

test('the emulator has the console’s safety: a cookie for everything, other pages refused, no change by GET',
  { timeout: TIMEOUT }, async () => {
  for (const path of ['/__adit/', '/__adit/app.js', '/__adit/api/project', '/__adit/api/tokens',
      '/__adit/api/events']) assert.equal((await ask(ims.origin + path)).status, 401, path)
  const page = await open(context, url)
  assert.equal(page.url(), ims.origin + '/__adit/')
  const [cookie] = (await context.cookies()).filter(({ name }) => name === `adit_console_${new URL(ims.origin).port}`)
  assert.deepEqual([cookie.httpOnly, cookie.sameSite, cookie.path], [true, 'Strict', '/__adit/'])
  assert.notEqual(cookie.value, new URL(url).searchParams.get('token'), 'the printed token is not the session')
  const headers = { cookie: `${cookie.name}=${cookie.value}` }
  const rotate = ims.origin + '/__adit/api/keys/rotate'
  const { keys } = await api(page, 'tokens')
  assert.equal((await ask(rotate, { headers })).status, 404)
  for (const more of [{}, { 'x-adit-console': '1', origin: 'http://localhost:3000' },
      { 'x-adit-console': '1', 'sec-fetch-site': 'same-site' }]) assert.equal((await ask(rotate,
    { method: 'POST', headers: { ...headers, ...more }, body: '{}' })).status, 403)
  assert.equal((await ask(ims.origin + '/__adit/', { headers: { ...headers, host: 'rebound.example' } })).status, 403)
  assert.deepEqual((await api(page, 'tokens')).keys, keys)
  assert.match((await ask(ims.origin + '/__adit/', { headers })).headers['content-security-policy'],
    /default-src 'none'/)
  assert.deepEqual(await page.getByRole('navigation').getByRole('link').allInnerTexts(), ['Tokens', 'Emulator'])
  await page.close()
})

test('what was issued and refused is listed as it happens, and never a token', { timeout: TIMEOUT }, async () => {
  const page = await open(context, url)
  const issued = page.getByRole('region', { name: /^Issued/ })
  const refused = page.getByRole('region', { name: /^Refused/ })
  await page.getByText('No token yet').waitFor()
  const bearer = await token()
  await issued.getByText(env.JWT_CLIENT_ID, { exact: true }).waitFor()
  await issued.getByText(/left of 1 d$/).waitFor()
  await exchange({ client_secret: 'wrong' })
  await refused.getByText('invalid client_secret parameter').waitFor()
  await refused.getByText('401 invalid_client').waitFor()
  await exchange({ jwt_token: assertion({ exp: 1 }) })
  await refused.getByText('JWT token has expired').waitFor()
  const shown = JSON.stringify([await api(page, 'tokens'), await api(page, 'requests'), await api(page, 'emulator')])
    + await page.content()
  for (const hidden of [bearer, bearer.split('.')[2], secret]) assert.ok(!shown.includes(hidden))
  await page.close()
})

test('a token is revoked, and the key rotated', { timeout: TIMEOUT }, async () => {
  const page = await open(context, url)
  const bearer = await token()
  assert.equal((await me(bearer)).status, 200)
  const issued = page.getByRole('region', { name: /^Issued/ })
  await page.getByText('Issued (2)').waitFor()
  await issued.getByRole('button', { name: /^Revoke/ }).first().click()
  await page.getByText(`The token of ${env.JWT_CLIENT_ID} is revoked.`).waitFor()
  await issued.getByText('revoked').first().waitFor()
  assert.equal((await me(bearer)).status, 401)
  const before = (await api(page, 'tokens')).keys
  await page.getByRole('button', { name: 'Rotate the key' }).click()
  await page.getByText('1 older key verifies earlier tokens').waitFor()
  const { keys } = await (await fetch(ims.origin + '/ims/keys')).json()
  assert.deepEqual((await api(page, 'tokens')).keys, keys.map(({ kid }) => kid))
  assert.notEqual(keys[0].kid, before[0])
  await page.close()
})

test('a pasted token is decoded in the page and sent nowhere', { timeout: TIMEOUT }, async () => {
  const page = await open(context, url)
  const bearer = await token()
  await page.getByText('Issued (3)').waitFor()
  const sent = []
  page.on('request', (request) => sent.push(request.url() + (request.postData() ?? '')))
  await page.getByLabel('Token', { exact: true }).fill('Bearer ' + bearer)
  await page.getByText('issued here, valid').waitFor()
  assert.deepEqual(JSON.parse(await page.getByRole('region', { name: 'Claims of the token' }).innerText()),
    JSON.parse(Buffer.from(bearer.split('.')[1], 'base64url')))
  await page.getByLabel('Token', { exact: true }).fill(assertion({ exp: 1 }))
  await page.getByText(/^. expired /).waitFor()
  for (const text of ['undefined', 'a.b.c', '..', `${Buffer.from('7').toString('base64url')}.bnVsbA.x`]) {
    await page.getByLabel('Token', { exact: true }).fill(text)
    await page.getByText('This is not a JWT.').waitFor()
  }
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
  await page.getByLabel('Token', { exact: true })
    .fill(`${part({ [EVIL]: EVIL })}.${part({ exp: EVIL, id: EVIL, [EVIL]: { [EVIL]: EVIL } })}.x`)
  await page.getByText('The token does not say when it expires.').waitFor()
  assert.equal(sent.filter((what) => !what.includes('/__adit/api/events?after=')
      && !what.endsWith('/__adit/api/tokens')).length, 0, sent.join('\n'))
  assert.deepEqual(page.faults, [])
  await page.close()
})

test('each fault is a switch, and rates are set', { timeout: 2 * TIMEOUT }, async () => {
  const page = await open(context, url)
  await goTo(page, '#/emulator')
  const row = (name) => page.getByRole('listitem').filter({ has: page.getByRole('switch', { name }) })
  const turn = async (name, on) => {
    await page.getByRole('switch', { name }).click()
    await isSwitched(page, name, on)
  }
  await turn('429 Too Many Requests', true)
  const limited = await exchange()
  assert.deepEqual([limited.status, limited.headers.get('retry-after')], [429, '2'])
  await turn('429 Too Many Requests', false)
  assert.equal((await exchange()).status, 200)

  await row('Server error').getByLabel('Status').selectOption('502')
  await row('Server error').getByLabel('Of requests to').selectOption('/discovery')
  await turn('Server error', true)
  await page.getByText('answers 502, requests below /discovery').waitFor()
  assert.deepEqual([(await exchange()).status, (await me(await token())).status], [200, 502])
  await turn('Server error', false)

  await row('Latency').getByLabel('Delay').fill('1ms')
  await turn('Latency', true)
  assert.equal((await exchange()).status, 200)
  assert.equal((await api(page, 'requests')).requests[0].faults, 1)
  await turn('Latency', false)
  await row('Latency').getByLabel('Delay').fill('soon')
  await page.getByRole('switch', { name: 'Latency' }).click()
  await page.getByText(/duration/).first().waitFor()
  await isSwitched(page, 'Latency', false)

  await row('Clock skew').getByLabel(/Ahead by/).fill('-1h')
  await turn('Clock skew', true)
  await page.getByText('behind, requests to IMS').waitFor()
  assert.equal((await exchange({ jwt_token: assertion({ exp: Math.floor(Date.now() / 1000) - 600 }) })).status, 200)
  await turn('Clock skew', false)

  // One that was set from elsewhere is shown, too, and removed.
  await fetch(ims.origin + '/__adit/faults', { method: 'POST', body: '{"fault":"reset","path":"/content","count":3}' })
  await page.reload()
  await page.getByText('requests below /content, 3 more times').waitFor()
  await page.getByRole('button', { name: 'Remove the fault reset' }).click()
  await page.getByText('requests below /content').waitFor({ state: 'detached' })
  assert.deepEqual((await (await fetch(ims.origin + '/__adit/faults')).json()).faults, [])

  await page.getByLabel('Token requests').first().fill('1/1h')
  await page.getByRole('button', { name: 'Set the rates' }).click()
  await page.getByText('The rates are set.').waitFor()
  await exchange()
  assert.equal((await exchange()).status, 429)
  await page.getByLabel('Token requests').first().fill('')
  await page.getByRole('button', { name: 'Set the rates' }).click()
  await page.waitForFunction(async () => (await (await fetch('/__adit/api/emulator')).json()).rates.token === null)
  assert.equal((await exchange()).status, 200)
  await page.close()
})

test('the request log names the reason and the debug id, and shows hostile requests as text', { timeout: TIMEOUT },
  async () => {
  const page = await open(context, url)
  await goTo(page, '#/emulator')
  await me('undefined')
  const log = page.getByRole('region', { name: 'Requests' })
  await log.getByText('the token is not a JWT: undefined').waitFor()
  const answer = await exchange({ client_id: EVIL, client_secret: EVIL, jwt_token: EVIL })
  await log.getByText(answer.headers.get('x-debug-id')).waitFor()
  await fetch(ims.origin + '/ims/' + encodeURIComponent(EVIL) + '?' + encodeURIComponent(EVIL))
  await log.getByLabel('Filter').fill('onerror')
  await log.getByText('2 of').waitFor()
  await log.getByText('<img src=x').first().waitFor()
  await goTo(page, '#/tokens')
  await page.getByRole('region', { name: /^Refused/ }).getByText('<img src=x').first().waitFor()
  assert.equal(await page.locator('img, main script, iframe').count(), 0)
  assert.doesNotMatch(await page.title(), /^taken$/)
  assert.deepEqual(page.faults, [])
  await page.close()
})

for (const theme of ['light', 'dark']) {
  for (const width of [1440, 390]) {
    test(`axe finds nothing serious in the emulator’s views: ${theme}, ${width} pixels`, { timeout: TIMEOUT },
      async () => {
      const page = await open(context, url, { theme, width })
      for (const [hash, text] of [['#/tokens', /^Issued \([1-9]/], ['#/emulator', 'Integrations (1)']]) {
        await goTo(page, hash)
        await page.getByText(text).waitFor()
        if (hash === '#/tokens') await page.getByLabel('Token', { exact: true }).fill(assertion())
        assert.deepEqual(await seriousFaults(page), [], hash)
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true,
          `${hash} is wider than the window`)
      }
      await page.getByRole('switch', { name: 'Latency' }).focus()
      await page.keyboard.press('Space')
      await isSwitched(page, 'Latency', true)
      assert.deepEqual(await seriousFaults(page), [])
      await page.keyboard.press('Space')
      await isSwitched(page, 'Latency', false)
      assert.deepEqual(page.faults, [])
      await page.close()
    })
  }
}

test('adit dev --ims local has both views, with a real IMS only the decoder', { timeout: 2 * TIMEOUT }, async () => {
  const { root, server } = await shop()
  await ask(server.origin + '/api/v1/web/shop/report')
  const page = await open(context, server.first.console)
  await page.getByRole('link', { name: 'Tokens' }).click()
  await page.getByRole('region', { name: /^Refused/ }).getByText('no such integration').waitFor()
  await page.getByRole('link', { name: 'Emulator' }).click()
  await page.getByText('Integrations (1)').waitFor()
  await page.getByRole('switch', { name: 'Server error' }).click()
  await isSwitched(page, 'Server error', true)
  await ask(server.origin + '/api/v1/web/shop/report')
  await page.getByText('with a fault').waitFor()
  await page.close()
  await server.stop()

  const real = await dev(root, ['--ims', ims.origin])
  const other = await open(context, real.first.console)
  await other.getByRole('link', { name: 'Tokens' }).click()
  await other.getByLabel('Token', { exact: true }).fill(assertion())
  await other.getByRole('region', { name: 'Claims of the token' }).waitFor()
  assert.equal(await other.getByRole('link', { name: 'Emulator' }).count(), 0)
  await other.close()
  await real.stop()
})
