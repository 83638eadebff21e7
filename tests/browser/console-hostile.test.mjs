// Text that would be HTML, in every field that a project, a client of the emulator or a caller can set: the page shows
// it as text.
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { emulator, jwtEnv, project, toDotenv } from '../cli/adit.mjs'
import { ask, dev } from '../platform/dev.mjs'
import { TIMEOUT, browser, goTo, open } from './browser.mjs'

// HTML that would run, with the field's name, so that a test can see that the page shows the field.
const evil = (field) => `${field}<img src=x onerror="document.title='taken'"><script>document.title='taken'</script>`
// The same without a slash, for names of files and of the project.
const evilFile = (field) => `${field}<img src=x onerror=document.title='taken'>`
// The same without blanks, commas and slashes, for scopes and paths. A form feed separates a tag's attributes, too.
const evilWord = (field) => `${field}<img\fsrc=x\fonerror=document.title='taken'>`
const yaml = JSON.stringify

const files = {
  'package.json': JSON.stringify({ name: evilFile('project') }),
  'app.config.yaml': `application:
  $include: ${yaml(evilFile('included') + '.yaml')}
`,
  [evilFile('included') + '.yaml']: `runtimeManifest:
  packages:
    shop:
      actions:
        hello:
          function: ${yaml(`actions/${evilFile('function')}.js`)}
          runtime: nodejs:20
          web: 'yes'
          annotations:
            ${yaml(evil('annotation'))}: true
            ${yaml(evil('annotation-text'))}: ${yaml(evil('annotation-value'))}
          inputs:
            ${yaml(evil('input'))}: ${yaml(evil('literal'))}
            GREETING: $GREETING
            UNSET: $UNSET_VARIABLE
        missing:
          function: ${yaml(`actions/${evilFile('missing')}.js`)}
          runtime: nodejs:20
          web: 'yes'
      triggers:
        nightly:
          feed: /whisk.system/alarms/alarm
          inputs: { cron: '0 3 * * *', trigger_payload: ${yaml(evil('payload'))} }
      rules:
        nightly-hello: { trigger: nightly, action: hello }
`,
  [`actions/${evilFile('function')}.js`]: `exports.main = (params) => {
  console.log(${yaml(evil('log'))})
  console.error(${yaml(evil('stderr'))})
  const request = { method: ${yaml(evil('method'))}, url: ${yaml(evil('url'))}, error: ${yaml(evil('failure'))} }
  for (const more of [{}, { method: [1], url: { a: 1 }, status: '200', error: 7, us: 'x' }, { us: 2 ** 63, status: -1 }])
    require('fs').writeSync(Number(process.env.ADIT_TRACE_FD),
      JSON.stringify({ kind: 'request_ended', ...request, ...more }) + '\\n')
  return { statusCode: 500, headers: { 'x-evil': ${yaml(evil('header'))} }, body: { error: ${yaml(evil('error'))} } }
}
`,
  '.env': toDotenv({
    ...jwtEnv({
      JWT_CLIENT_ID: evil('client'), JWT_TECHNICAL_ACCOUNT_ID: evil('account'), JWT_IMS_ORG: evil('org'),
      JWT_METASCOPES: evil('metascope')
    }),
    GREETING: `'${evil('greeting').replaceAll("'", '')}'`
  })
}

let root
let server
let context
before(async () => {
  root = project(files)
  server = await dev(root, ['--ims', 'local'])
  context = await browser()
}, { timeout: TIMEOUT })
after(async () => {
  await context?.close()
  await server?.stop()
})

// Opens everything that a view folds or hides, and sees that the text of each of these fields is there, as text.
async function shows (page, ...fields) {
  for (const field of fields) await page.getByText(`${field}<img`).first().waitFor({ state: 'attached' })
  await page.evaluate(() => document.querySelectorAll('details').forEach((folded) => { folded.open = true }))
  // Each button becomes the value.
  const hidden = page.getByRole('button', { name: /^Show the value/ })
  while (await hidden.count() > 0) await hidden.first().click()
  assert.equal(await page.locator('img, main script, iframe').count(), 0)
  assert.doesNotMatch(await page.title(), /^taken$/)
  assert.deepEqual(page.faults, [])
}

test('the names and values of a project are text', { timeout: TIMEOUT }, async () => {
  const page = await open(context, server.first.console)
  const { headers } = await ask(server.origin + '/api/v1/web/shop/hello/' + encodeURIComponent(evil('path')) + '?' +
    encodeURIComponent(evil('name')) + '=' + encodeURIComponent(evil('query')))
  await ask(server.origin + '/api/v1/web/shop/missing')
  await page.getByRole('row', { name: /shop\/missing/ }).waitFor()
  await shows(page, 'error', 'project')
  await goTo(page, '#/activation/' + headers['x-openwhisk-activation-id'])
  await shows(page, 'error', 'stderr', 'log', 'header', 'input', 'included', 'method', 'url', 'failure')
  for (const field of ['literal', 'greeting', 'query', 'name']) await page.getByText(`${field}<img`).first().waitFor()
  await goTo(page, '#/actions')
  await shows(page, 'annotation', 'missing', 'included', 'input')
  await goTo(page, '#/call/shop%2Fhello')
  await page.getByLabel('Path and query after the action’s URL').fill('?a=' + encodeURIComponent(evil('sent')))
  await page.getByRole('button', { name: 'Call', exact: true }).click()
  await page.getByRole('heading', { name: 'Answer: 500' }).waitFor()
  await shows(page, 'error', 'sent')
  await goTo(page, '#/problems')
  await shows(page, 'included', 'missing')
  await page.close()
})

test('a configuration that cannot be read is text', { timeout: TIMEOUT }, async () => {
  const page = await open(context, server.first.console)
  const path = join(root, evilFile('included') + '.yaml')
  const whole = readFileSync(path, 'utf8')
  await goTo(page, '#/actions')
  for (const kind of ['packages', 'actions', 'triggers', 'rules']) {
    writeFileSync(path, whole.replace(new RegExp(`^( *${kind}:\\n *)[a-z-]+:`, 'm'), `$1${yaml(evil(kind))}:`))
    await page.getByRole('heading', { name: 'The configuration cannot be read' }).waitFor()
    await page.getByText(`${kind}<img`).first().waitFor()
    await shows(page, kind)
  }
  writeFileSync(path, whole)
  await page.getByRole('heading', { name: 'The configuration cannot be read' }).waitFor({ state: 'detached' })
  await page.close()
})

test('integrations, scopes, faults and requests of the emulator are text', { timeout: TIMEOUT }, async () => {
  const folder = project({
    'integrations.yaml': `integrations:
  - client_id: ${yaml(evil('id'))}
    client_secrets: [a-secret-of-the-client]
    org_id: ${yaml(evil('organization'))}
    technical_account_id: ${yaml(evil('technical'))}
    scopes: [${yaml(evilWord('scope'))}]
    product_profiles: [${yaml(evil('profile'))}]
`
  })
  const ims = await emulator(['--integrations', join(folder, 'integrations.yaml')])
  const page = await open(context, (await ims.until(/console: (\S+)/))[1])
  const token = (id) => fetch(ims.origin + '/ims/token/v3', {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials', client_id: id, client_secret: 'a-secret-of-the-client', scope: evilWord('scope')
    })
  })
  const issued = await token(evil('id'))
  assert.equal(issued.status, 200, await issued.text())
  assert.equal((await token(evil('stranger'))).status, 400)
  await fetch(ims.origin + '/ims/' + encodeURIComponent(evil('path')))
  await goTo(page, '#/tokens')
  await shows(page, 'id', 'scope', 'stranger')
  const fault = await fetch(ims.origin + '/__adit/faults', {
    method: 'POST', body: JSON.stringify({ fault: 'reset', path: '/api/assets/' + evilWord('fault') })
  })
  assert.equal(fault.status, 200, await fault.text())
  await goTo(page, '#/emulator')
  await shows(page, 'id', 'organization', 'technical', 'scope', 'profile', 'fault', 'stranger')
  await page.getByText('/ims/path%3Cimg').first().waitFor()
  await page.getByRole('button', { name: /^Remove the fault/ }).click()
  await page.getByText('The fault reset is removed.').waitFor()
  await page.close()
  await ims.stop()
})
