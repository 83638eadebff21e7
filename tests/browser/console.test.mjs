// Every view of `adit dev`'s console, used as a person would: in both themes, in a wide and a narrow window, with the
// keyboard alone.
import assert from 'node:assert/strict'
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { ask, eventually } from '../platform/dev.mjs'
import { EVIL, TIMEOUT, browser, goTo, open, seriousFaults, shop } from './browser.mjs'

let root
let server
let context
const web = (path) => ask(server.origin + '/api/v1/web/shop/' + path)
const api = (page, path) => page.evaluate(async (from) => (await fetch('/__adit/api/' + from)).json(), path)
const records = async () => (await ask(server.origin + '/api/v1/activations?limit=200&docs=true')).json()
const newest = async (page, action) =>
  (await api(page, 'activations')).activations.find((one) => one.action === action && one.state !== 'running')

before(async () => {
  ({ root, server } = await shop())
  context = await browser()
  for (const path of [
    'hello?name=Ada', 'crash', 'chain?n=1', 'report', 'thrower?say=' + encodeURIComponent(EVIL),
    'evil?say=' + encodeURIComponent(EVIL)
  ])
    await web(path)
}, { timeout: TIMEOUT })
after(async () => {
  await context?.close()
  await server?.stop()
})

test('the token leaves the address bar; without the cookie everything is refused', { timeout: TIMEOUT }, async () => {
  for (const path of ['/__adit/', '/__adit/app.js', '/__adit/api/project'])
    assert.equal((await ask(server.origin + path)).status, 401)
  const page = await open(context, server.first.console)
  assert.equal(page.url(), server.origin + '/__adit/')
  const wanted = `adit_console_${new URL(server.origin).port}`
  const [cookie] = (await context.cookies()).filter(({ name }) => name === wanted)
  assert.deepEqual([cookie.httpOnly, cookie.sameSite, cookie.secure, cookie.path], [true, 'Strict', true, '/__adit/'])
  assert.equal(await page.evaluate(() => document.cookie), '')
  // Neither GET nor another page changes anything.
  const headers = { cookie: `${cookie.name}=${cookie.value}` }
  const { id } = await newest(page, 'shop/hello')
  const replay = `${server.origin}/__adit/api/activations/${id}/replay`
  assert.equal((await ask(replay, { headers })).status, 404)
  assert.equal((await ask(replay, { method: 'POST', headers })).status, 403)
  assert.equal(
    (await ask(replay,
      { method: 'POST', headers: { ...headers, 'x-adit-console': '1', origin: 'http://localhost:3000' } })).status,
    403
  )
  await page.close()
})

test('the table shows what the activations API answers', { timeout: TIMEOUT }, async () => {
  const page = await open(context, server.first.console)
  await page.getByRole('row', { name: /shop\/report/ }).first().waitFor()
  const expected =
    (await records()).map((record) => record.annotations.find(({ key }) => key === 'path').value.replace(/^[^/]*\//,
      '')).sort()
  const shown = (await api(page, 'activations')).activations.map(({ action }) => action).sort()
  assert.deepEqual(shown, expected)
  assert.equal(await page.getByText(`${expected.length} of ${expected.length}`).count(), 1)
  assert.match(await page.getByRole('row', { name: /shop\/report/ }).first().innerText(),
    /answered 500: the exchange answered 400/)
  assert.match(await page.getByRole('row', { name: /shop\/crash/ }).first().innerText(), /the sky fell/)
  // A new activation appears without a reload.
  await page.getByLabel('Filter').fill('hello')
  await page.getByText(`1 of ${expected.length}`).waitFor()
  await web('hello')
  await page.getByText(`2 of ${expected.length + 1}`).waitFor()
  await page.getByRole('button', { name: 'Pause' }).click()
  await web('hello')
  await page.getByText('paused, 1 new').waitFor()
  await page.getByRole('button', { name: 'Resume' }).click()
  await page.getByText(`3 of ${expected.length + 2}`).waitFor()
  await page.getByLabel('Filter').fill('')
  await page.getByLabel('Show').selectOption('failed')
  await page.getByRole('row', { name: /shop\/hello/ }).first().waitFor({ state: 'detached' })
  await page.close()
})

test('a failed activation names the unset input and the refused request', { timeout: TIMEOUT }, async () => {
  const page = await open(context, server.first.console)
  await page.getByRole('row', { name: /shop\/report/ }).first().click()
  const why = page.getByRole('region', { name: 'Why it failed' })
  await why.getByText('REPORT_KEY is unset').waitFor()
  await why.getByText(/token exchange: POST https:\/\/ims-na1.adobelogin.com\/ims\/token\/v3 answered 400: invalid client_id parameter: no such integration/).waitFor()
  await why.getByText('REPORT_KEY is missing').waitFor()
  assert.ok(!(await page.locator('body').innerText()).includes(
    readFileSync(join(root, '.env'), 'utf8').match(/JWT_CLIENT_SECRET=(.*)/)[1]
  ))
  const { id } = await newest(page, 'shop/report')
  const record = (await records()).find(({ activationId }) => activationId === id)
  const detail = await api(page, 'activations/' + id)
  assert.deepEqual(detail.result, record.response.result)
  assert.deepEqual(detail.logs, record.logs)
  assert.deepEqual(detail.trace.map(({ name }) => name).filter((name) => name !== 'wait'),
    ['process start', 'init', 'run', 'request'])
  assert.equal(detail.trace.find(({ name }) => name === 'request').parent,
    detail.trace.find(({ name }) => name === 'run').id)
  await page.close()
})

test('a sequence shows its components', { timeout: TIMEOUT }, async () => {
  const page = await open(context, server.first.console)
  const { id } = await newest(page, 'shop/chain')
  await goTo(page, `#/activation/${id}`)
  const links = page.getByRole('table').first().getByRole('link')
  await links.first().waitFor()
  assert.deepEqual(await links.allInnerTexts(), ['shop/add', 'shop/add', 'shop/show'])
  await links.first().click()
  await page.getByRole('link', { name: 'part of shop/chain' }).waitFor()
  await page.close()
})

test('an activation is copied as curl, replayed, edited and sent', { timeout: TIMEOUT }, async () => {
  const page = await open(context, server.first.console)
  const { id } = await newest(page, 'shop/hello')
  await goTo(page, `#/activation/${id}`)
  await page.getByRole('button', { name: 'Copy as curl' }).click()
  await page.getByRole('region', { name: 'The request as a curl command' }).waitFor()
  assert.match(await page.evaluate(() => navigator.clipboard.readText()),
    /^curl -X GET 'https:\/\/localhost:\d+\/api\/v1\/web\/shop\/hello'/)
  await page.getByRole('button', { name: 'Replay' }).click()
  await page.waitForFunction((before) => location.hash !== before, `#/activation/${id}`)
  await page.getByRole('link', { name: 'Edit and send' }).click()
  await page.getByLabel('Path and query after the action’s URL').fill('?name=Grace')
  await page.getByRole('button', { name: 'Call', exact: true }).click()
  await page.getByRole('heading', { name: 'Answer: 200' }).waitFor()
  assert.match(await page.getByRole('region', { name: 'Body of the answer' }).innerText(), /"hello": "Grace"/)
  await page.getByRole('link', { name: 'Show the whole activation' }).click()
  await page.getByRole('heading', { level: 2, name: 'shop/hello' }).waitFor()
  await page.close()
})

test('the form calls every kind of action, with the key and with the local token', { timeout: TIMEOUT }, async () => {
  const page = await open(context, server.first.console)
  await goTo(page, '#/call/shop%2Fkeyed')
  await page.getByLabel('Name of parameter 1', { exact: true }).fill('answer')
  await page.getByLabel('Value of parameter 1', { exact: true }).fill('42')
  await page.getByRole('button', { name: 'Call', exact: true }).click()
  await page.getByRole('heading', { name: 'Answer: 200' }).waitFor()
  assert.deepEqual(JSON.parse(await page.getByRole('region', { name: 'Body of the answer' }).innerText()),
    { got: { answer: 42 } })
  await goTo(page, '#/call/shop%2Fsecured')
  assert.ok(await page.getByLabel('Send a token of the local IMS').isChecked())
  await page.getByRole('button', { name: 'Call', exact: true }).click()
  await page.getByRole('heading', { name: 'Answer: 200' }).waitFor()
  await page.getByLabel('Send a token of the local IMS').uncheck()
  await page.getByRole('button', { name: 'Call', exact: true }).click()
  await page.getByRole('heading', { name: 'Answer: 401' }).waitFor()
  await page.close()
})

test('inputs have an origin, and secrets no value', { timeout: TIMEOUT }, async () => {
  const page = await open(context, server.first.console)
  await goTo(page, '#/actions')
  const card = page.getByRole('article').filter({ has: page.getByRole('heading', { name: 'shop/report' }) })
  await card.getByText('Inputs (4)').click()
  await card.getByText('secret, not shown').waitFor()
  assert.match(await card.innerText(), /\$GREETING from .*\.env:\d+/)
  assert.match(await card.innerText(), /literal in ext\.config\.yaml:\d+/)
  await card.getByRole('button', { name: 'Show the value of GREETING' }).click()
  await card.getByText('hello', { exact: true }).waitFor()
  const secret =
    (await api(page, 'actions')).actions.find(({ name }) => name === 'shop/report').inputs.find(({ name }) =>
      name === 'JWT_CLIENT_SECRET')
  assert.ok(!('value' in secret))
  await page.close()
})

test('triggers show their rules and next alarm, and are fired', { timeout: TIMEOUT }, async () => {
  const page = await open(context, server.first.console)
  await goTo(page, '#/actions')
  const card = (name) => page.getByRole('article').filter({ has: page.getByRole('heading', { name, exact: true }) })
  await card('hourly').getByText('alarm, every 60 minutes').waitFor()
  await card('hourly').getByText(/^next .*, in (1 h|59 min|60 min)/).waitFor()
  await card('hourly').getByText('rule hourly-report').waitFor()
  await card('came').getByText('The trigger has no rule, so it starts no action.').waitFor()
  const before = (await api(page, 'activations')).activations.filter(({ action }) => action === 'shop/hello').length
  await page.getByRole('button', { name: 'Fire hourly' }).click()
  await card('hourly').getByText('Fired.').waitFor()
  await eventually(async () => (await api(page, 'activations')).activations
    .filter(({ action }) => action === 'shop/hello').length === before + 1)
  await page.getByRole('button', { name: 'Fire came' }).click()
  await card('came').getByText('The trigger has no active rule.').waitFor()
  await page.close()
})

test('results, logs and errors of an action are shown as text', { timeout: TIMEOUT }, async () => {
  const page = await open(context, server.first.console)
  for (const action of ['shop/evil', 'shop/thrower']) {
    const { id } = await newest(page, action)
    await goTo(page, `#/activation/${id}`)
    await page.getByText('<img src=x onerror=').first().waitFor()
    await page.evaluate(() => document.querySelectorAll('details').forEach((folded) => { folded.open = true }))
  }
  await goTo(page, '#/call/shop%2Fevil')
  await page.getByLabel('Path and query after the action’s URL').fill('?say=' + encodeURIComponent(EVIL))
  await page.getByRole('button', { name: 'Call', exact: true }).click()
  await page.getByRole('heading', { name: 'Answer: 200' }).waitFor()
  await goTo(page, '#/activation/' + encodeURIComponent(EVIL))
  await goTo(page, '#/call/' + encodeURIComponent(EVIL))
  assert.equal(await page.locator('img, main script, iframe').count(), 0)
  assert.doesNotMatch(await page.title(), /^taken$/)
  assert.deepEqual(page.faults, [])
  await page.close()
})

test('the findings of adit check appear and disappear as the files change', { timeout: TIMEOUT }, async () => {
  const page = await open(context, server.first.console)
  await goTo(page, '#/problems')
  await page.getByText('REPORT_KEY').first().waitFor()
  const whole = readFileSync(join(root, 'ext.config.yaml'), 'utf8')
  writeFileSync(join(root, 'ext.config.yaml'), whole + '  broken: [\n')
  await page.getByText(/ext\.config\.yaml:\d+/).first().waitFor()
  await eventually(async () => (await api(page, 'problems')).findings.some(({ code }) => code === 'invalid_yaml'))
  await goTo(page, '#/actions')
  await page.getByRole('heading', { name: 'The configuration cannot be read' }).waitFor()
  writeFileSync(join(root, 'ext.config.yaml'), whole)
  appendFileSync(join(root, '.env'), 'REPORT_KEY=here\n')
  await page.getByRole('heading', { name: 'The configuration cannot be read' }).waitFor({ state: 'detached' })
  await page.getByText('REPORT_KEY is unset').waitFor({ state: 'detached' })
  await page.close()
})

test('each plot has its figures as text', { timeout: TIMEOUT }, async () => {
  const page = await open(context, server.first.console)
  await goTo(page, '#/plots')
  await page.getByRole('img', { name: /^Latency: p50 .*, p95 .*, \d+ activations?$/ }).first().waitFor()
  await page.getByRole('img', { name: /^Memory: \d+ MB now, of 256 MB allowed$/ }).first().waitFor()
  await page.close()
})

// The controls of the page that are visible.
const controls = () =>
  [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')]
    .filter((element) => element.checkVisibility({ visibilityProperty: true }) && !element.disabled)

// Returns the controls that the Tab key does not reach. Begins anew if the view is drawn again meanwhile.
async function missedByTab (page) {
  for (;;) {
    await page.locator('.skip').focus()
    const count = await page.evaluate(
      `(${controls})().map((element) => { element.dataset.drawn = 'before'; return element }).length`)
    for (let step = 0; step < count + 5; ++step) {
      await page.evaluate(() => { document.activeElement.dataset.reached = 'yes' })
      await page.keyboard.press('Tab')
    }
    const after = await page.evaluate(`(${controls})().map((element) => ({
      isNew: !element.dataset.drawn, reached: !!element.dataset.reached, html: element.outerHTML.slice(0, 100) }))`)
    if (!after.some(({ isNew }) => isNew)) return after.filter(({ reached }) => !reached).map(({ html }) => html)
  }
}

test('the Tab key reaches every control of every view, and each has a name', { timeout: TIMEOUT }, async () => {
  const page = await open(context, server.first.console)
  const { id } = await newest(page, 'shop/report')
  for (const hash of [
    '#/activations', `#/activation/${id}`, '#/actions', '#/call/shop%2Freport', '#/problems', '#/plots', '#/tokens',
    '#/emulator'
  ]) {
    await goTo(page, hash)
    await page.locator('main h3, main select, main li, main .empty').first().waitFor({ state: 'attached' })
    assert.deepEqual(await missedByTab(page), [], hash)
    const lines = (await page.locator('body').ariaSnapshot()).split('\n')
    const nameless = /^ *- (button|link|textbox|searchbox|combobox|switch|checkbox):?$/
    assert.deepEqual(lines.filter((line) => nameless.test(line)), [], `${hash}: controls without a name`)
  }
  await page.close()
})

test('EventSource follows the events by itself', { timeout: TIMEOUT }, async () => {
  const page = await open(context, server.first.console)
  await page.evaluate((last) => {
    globalThis.received = []
    const source = new EventSource('/__adit/api/events?after=' + last)
    source.addEventListener('activation', ({ data, lastEventId }) =>
      globalThis.received.push({ ...JSON.parse(data), lastEventId }))
  }, (await api(page, 'project')).last_event)
  await web('hello?name=one')
  await web('hello?name=two')
  const ended = async () => {
    const received = await page.evaluate(() => globalThis.received)
    const succeeded = received.filter(({ http_status: status }) => status === 200)
    return new Set(succeeded.map(({ id }) => id)).size >= 2 && received
  }
  const ids = (await eventually(ended)).map(({ lastEventId }) => lastEventId)
  assert.equal(new Set(ids).size, ids.length, 'no event comes twice')
  await page.close()
})

test('rows and links work with the keyboard alone', { timeout: TIMEOUT }, async () => {
  const page = await open(context, server.first.console)
  await page.getByRole('row', { name: /shop\/hello/ }).first().waitFor()
  await page.getByRole('grid').focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await page.waitForFunction(() => document.querySelector('[role=grid]').getAttribute('aria-activedescendant'))
  const id = await page.getByRole('grid').getAttribute('aria-activedescendant')
  await page.keyboard.press('Enter')
  await page.waitForFunction((row) => location.hash === '#/activation/' + row.slice(4), id)
  await page.getByRole('link', { name: 'Problems' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 2, name: 'Problems' }).waitFor()
  await page.close()
})

for (const theme of ['light', 'dark']) {
  for (const width of [1440, 390]) {
    test(`axe finds nothing serious, nothing is cut off: ${theme}, ${width} pixels`, { timeout: TIMEOUT }, async () => {
      const page = await open(context, server.first.console, { theme, width })
      await page.getByRole('row', { name: /shop\/report/ }).first().waitFor()
      const { id } = await newest(page, 'shop/report')
      for (const hash of [
        '#/activations', `#/activation/${id}`, '#/actions', '#/call/shop%2Freport', '#/problems', '#/plots'
      ]) {
        await goTo(page, hash)
        await page.locator('main h3, main select, main li, main .empty').first().waitFor({ state: 'attached' })
        assert.deepEqual(await seriousFaults(page), [], hash)
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true,
          `${hash} is wider than the window`)
      }
      assert.deepEqual(page.faults, [])
      await page.close()
    })
  }
}
