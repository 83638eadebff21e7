// A C++ action in the console: its build, why it failed, and its requests when activations overlap.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, before, test } from 'node:test'
import { jwtEnv, project, toDotenv } from '../cli/adit.mjs'
import { ask, dev, eventually } from '../platform/dev.mjs'
import { TIMEOUT, browser, goTo, open } from './browser.mjs'

const cmake = (name) => `cmake_minimum_required(VERSION 3.25)
project(${name} LANGUAGES CXX)
find_package(adit REQUIRED)
adit_add_action(${name} SOURCES ${name}.cc)
`

const files = {
  'ext.config.yaml': `runtimeManifest:
  packages:
    shop:
      actions:
        order:
          function: order
          runtime: cpp
          web: 'yes'
          limits:
            concurrency: 2
          inputs:
            JWT_CLIENT_ID: $JWT_CLIENT_ID
            SHOP_REGION: $SHOP_REGION
        broken:
          function: broken
          runtime: cpp
          web: 'yes'
`,
  '.env': toDotenv(jwtEnv()),
  'order/CMakeLists.txt': cmake('order'),
  'broken/CMakeLists.txt': cmake('broken'),
  'broken/broken.cc': '#include "no_such_header.h"\n',
  'order/order.cc': `#include <atomic>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <thread>

#include "adit/action.h"
#include "adit/http.h"

std::atomic<int> here{0};

// Requests "url". With "meet", waits first until two activations run.
adit::Response run(const adit::Params& params, const adit::Activation&) {
  adit::Logger log("order");
  const auto how = params.get<std::string>("how");
  if (how == "throw") throw std::runtime_error("the sky fell");
  if (how == "abort") std::abort();
  if (params.has("meet"))
    for (++here; here < 2;) std::this_thread::yield();
  const auto answer = adit::http::Request::get(params.require<std::string>("url")).send();
  if (!answer.ok()) return adit::error_response(500, "The shop answered " + std::to_string(answer.status()), log);
  return adit::Response::json(200, adit::json::object{{"status", answer.status()}});
}

ADIT_ACTION(run)
`
}

let shop
let server
let context
const order = (path, more = '') =>
  ask(`${server.origin}/api/v1/web/shop/order?url=${encodeURIComponent(shop.url + path)}${more}`)

before(async () => {
  const listening = createServer((request, response) => {
    response.writeHead(request.url === '/missing' ? 404 : 200).end('{}')
  })
  await new Promise((resolve) => listening.listen(0, '127.0.0.1', resolve))
  shop = { url: `http://127.0.0.1:${listening.address().port}`, close: () => listening.close() }
  server = await dev(project(files), ['--ims', 'local'])
  context = await browser()
}, { timeout: 2 * TIMEOUT })
after(async () => {
  await context?.close()
  await server?.stop()
  shop?.close()
})

test('why a C++ action answered 500: its input and its request', { timeout: 2 * TIMEOUT }, async () => {
  const answer = await order('/missing')
  assert.equal(answer.status, 500, answer.text)
  const page = await open(context, server.first.console)
  await page.getByRole('row', { name: /shop\/order/ }).first().click()
  const why = page.getByRole('region', { name: 'Why it failed' })
  await why.getByText('The shop answered 404').first().waitFor()
  await why.getByText('SHOP_REGION is unset').waitFor()
  await why.getByText(`GET ${shop.url}/missing answered 404`).waitFor()
  for (const step of ['process start', 'run']) await page.getByRole('rowheader', { name: step }).waitFor()
  await goTo(page, '#/actions')
  await page.getByRole('article').getByText(/cpp/).first().waitFor()
  assert.deepEqual(page.faults, [])
  await page.close()
})

for (const [how, action, expected] of [
  ['an exception', 'order?how=throw', /the sky fell/], ['a crash', 'order?how=abort', /signal 6 \(SIGABRT/],
  ['a missing parameter', 'order', /url/], ['a build that fails', 'broken', /no_such_header\.h/]
]) {
  test(`why a C++ action failed: ${how}`, { timeout: 2 * TIMEOUT }, async () => {
    const answer = await ask(`${server.origin}/api/v1/web/shop/${action}`)
    assert.ok(answer.status >= 400, answer.text)
    const page = await open(context, server.first.console)
    const name = new RegExp('shop/' + action.replace(/\?.*/, ''))
    await page.getByRole('row', { name }).filter({ hasNotText: 'running' }).first().click()
    const why = page.getByRole('region', { name: 'Why it failed' })
    await why.waitFor()
    assert.match(await why.innerText(), expected)
    await page.close()
  })
}

test('each of two activations that overlap shows its own requests', { timeout: 2 * TIMEOUT }, async () => {
  await Promise.all(['/first', '/second'].map((path) => order(path, '&meet=1')))
  const page = await open(context, server.first.console)
  const api = (path) => page.evaluate(async (from) => (await fetch('/__adit/api/' + from)).json(), path)
  const newest = async () => (await api('activations')).activations.slice(0, 2)
  await eventually(async () => (await newest()).every(({ state }) => state !== 'running'))
  const outgoing = await Promise.all((await newest()).map(async ({ id }) => {
    const { params, trace } = await api('activations/' + id)
    const requests = trace.filter(({ name }) => name === 'request')
    return [params.url, ...requests.map(({ method, url, status }) => ({ method, url, status }))]
  }))
  for (const [url, ...requests] of outgoing) assert.deepEqual(requests, [{ method: 'GET', url, status: 200 }])
  assert.deepEqual(outgoing.map(([url]) => url).sort(), [shop.url + '/first', shop.url + '/second'])
  await page.close()
})
