// The console over time: a second tab, a restart of the server, ten thousand activations.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ask, dev } from '../platform/dev.mjs'
import { TIMEOUT, browser, open, shop } from './browser.mjs'

// Four callers at a time, which a busy machine can still answer.
async function callOften (origin, times) {
  let left = times
  const one = async () => { while (left-- > 0) await ask(origin + '/api/v1/web/shop/hello?n=' + left) }
  await Promise.all(Array.from({ length: 4 }, one))
}

test('two tabs show the same, and both continue after the server restarts', { timeout: 2 * TIMEOUT }, async () => {
  const { root, server } = await shop()
  const context = await browser()
  const first = await open(context, server.first.console)
  const second = await open(context, server.origin + '/__adit/')
  await ask(server.origin + '/api/v1/web/shop/hello')
  for (const page of [first, second]) await page.getByText('1 of 1').waitFor()
  await server.stop()
  for (const page of [first, second]) await page.getByText('adit dev does not answer').waitFor()
  const again = await dev(root, ['--ims', 'local', '--port', new URL(server.origin).port])
  for (const page of [first, second]) await page.getByText('adit dev does not answer').waitFor({ state: 'detached' })
  await ask(again.origin + '/api/v1/web/shop/hello')
  for (const page of [first, second]) await page.getByText('2 of 2').waitFor()
  await context.close()
  await again.stop()
})

test('ten thousand activations', { timeout: 3 * TIMEOUT }, async () => {
  const { server } = await shop(['--http'])
  const context = await browser()
  const page = await open(context, server.first.console)
  await callOften(server.origin, 1_000)
  await page.getByText('1000 of 1000').waitFor()
  // Add the others as events would, without running them.
  await page.evaluate(async () => {
    const { take } = await import('/__adit/data.js')
    for (let n = 0; n < 12_000; n += 100) {
      take(Array.from({ length: 100 }, (_, at) => ({
        id: `made-${n + at}`, action: 'shop/hello', state: 'success', status: 'success', start_ms: Date.now(),
        duration_ms: 1
      })))
      await new Promise(requestAnimationFrame)
    }
  })
  await page.getByText('10000 of 10000').waitFor()
  assert.ok(await page.getByRole('row').count() < 100, 'only rows in sight exist')
  await page.getByRole('grid').evaluate((grid) => { grid.scrollTop = grid.scrollHeight })
  await page.locator('[aria-rowindex="10001"]').waitFor()
  // The newest is first; none is missing, none is there twice.
  const ids = await page.evaluate(async () => (await import('/__adit/data.js')).state.activations.map(({ id }) => id))
  assert.deepEqual(ids, Array.from({ length: 10_000 }, (_, at) => `made-${11_999 - at}`))
  // The server keeps the last thousand.
  assert.equal(
    (await page.evaluate(async () => (await (await fetch('/__adit/api/activations')).json()).activations)).length, 1000
  )
  assert.deepEqual(page.faults, [])
  await context.close()
  await server.stop()
})
