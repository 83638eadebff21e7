// Makes the pictures of docs/console.md in the folder ADIT_PICTURES. tools/screenshots starts it.
import { test } from 'node:test'
import { join } from 'node:path'
import { ask } from '../platform/dev.mjs'
import { TIMEOUT, browser, goTo, open, shop } from './browser.mjs'

const folder = process.env.ADIT_PICTURES

test('pictures', { timeout: TIMEOUT }, async () => {
  const { server } = await shop()
  for (const path of ['hello?name=Ada', 'chain?n=1', 'hello', 'hello', 'crash', 'report', 'hello'])
    await ask(server.origin + '/api/v1/web/shop/' + path)
  const context = await browser()
  const page = await open(context, server.first.console, { width: 1000, height: 560 })
  const take = (name) => page.screenshot({ path: join(folder, `console-${name}.png`) })
  await page.getByRole('row', { name: /shop\/report/ }).first().waitFor()
  await take('activations')
  await page.getByRole('row', { name: /shop\/report/ }).first().click()
  await page.getByText('REPORT_KEY is missing').first().waitFor()
  await page.setViewportSize({ width: 1000, height: 760 })
  await take('activation')
  await goTo(page, '#/actions')
  const card = page.getByRole('article').filter({ has: page.getByRole('heading', { name: 'shop/report' }) })
  await card.getByText('Inputs (4)').click()
  await card.getByText('secret, not shown').waitFor()
  await card.screenshot({ path: join(folder, 'console-actions.png') })
  await goTo(page, '#/emulator')
  await page.getByText('Integrations (1)').waitFor()
  await page.getByRole('switch', { name: 'Server error' }).click()
  await ask(server.origin + '/api/v1/web/shop/report')
  await page.getByText('with a fault').waitFor()
  await page.setViewportSize({ width: 1000, height: 860 })
  await take('emulator')
  await context.close()
  await server.stop()
})
