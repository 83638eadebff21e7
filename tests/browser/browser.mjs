// Shared by the tests of the console: Chromium, headless, and a project with actions of each kind.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NPM, atExit, jwtEnv, project, toDotenv } from '../cli/adit.mjs'
import { dev } from '../platform/dev.mjs'

const load = createRequire(join(NPM, 'package.json'))
const { chromium } = load('playwright-core')
const AXE = readFileSync(load.resolve('axe-core/axe.min.js'), 'utf8')
export const TIMEOUT = 180_000

const PROGRAM =
  [process.env.ADIT_CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
    path && existsSync(path))
if (!PROGRAM) throw new Error('These tests drive Chromium: tools/install-packages installs it.')

// A new browser with an empty profile, which sends no requests of its own.
export async function browser () {
  const profile = mkdtempSync(join(tmpdir(), 'adit-browser-'))
  const running = await chromium.launchPersistentContext(profile, {
    executablePath: PROGRAM,
    headless: true,
    chromiumSandbox: false,
    ignoreHTTPSErrors: true,
    timeout: TIMEOUT,
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'
    ],
    permissions: ['clipboard-read', 'clipboard-write']
  })
  running.setDefaultTimeout(TIMEOUT)
  atExit(() => {
    try {
      rmSync(profile, { recursive: true, force: true, maxRetries: 10 })
    } catch {} // the browser of a failed test may still write
  })
  return running
}

// Opens the console with the URL that the command prints. `faults` collects the page's errors.
export async function open (context, url, { theme = 'light', width = 1440, height = 900 } = {}) {
  const page = await context.newPage()
  page.faults = []
  page.on('pageerror', (error) => page.faults.push(String(error)))
  page.on('console',
    (message) => { if (/Content.Security.Policy|Refused to/.test(message.text())) page.faults.push(message.text()) })
  page.on('dialog', (dialog) => { page.faults.push('a dialog: ' + dialog.message()); dialog.dismiss() })
  await page.setViewportSize({ width, height })
  await page.emulateMedia({ colorScheme: theme })
  await page.goto(url)
  await page.getByRole('heading', { level: 2 }).first().waitFor()
  return page
}

export const goTo = async (page, hash) => {
  await page.evaluate((to) => { location.hash = to }, hash)
  await page.getByRole('heading', { level: 2 }).first().waitFor()
}

// The violations that axe-core calls serious or critical.
export async function seriousFaults (page) {
  await page.evaluate(AXE) // through the debugger, which the Content-Security-Policy does not restrict
  return page.evaluate(async () => (await globalThis.axe.run(document, { resultTypes: ['violations'] })).violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) =>
      `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`))
}

export const EVIL = '<img src=x onerror="document.title=\'taken\'"><script>document.title=\'taken\'</script>"\'&lt;'

const functions = {
  hello:
    'exports.main = (params) => { console.log("hello", params.name); return { body: { hello: params.name ?? "world" } } }',
  add: 'exports.main = ({ n }) => ({ n: Number(n) + 1 })',
  show: 'exports.main = ({ n }) => ({ body: { n } })',
  crash: 'exports.main = () => { console.error("about to fail"); throw new Error("the sky fell") }',
  report: `exports.main = async (params) => {
    if (!params.REPORT_KEY) console.error('REPORT_KEY is missing')
    const answer = await fetch('https://ims-na1.adobelogin.com/ims/token/v3', { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'grant_type=client_credentials&client_id=nobody&client_secret=nothing&scope=openid' })
    return { statusCode: 500, body: { error: 'the exchange answered ' + answer.status } }
  }`,
  evil:
    `exports.main = (params) => { console.log(params.say); console.error(params.say); return { headers: { 'x-say': 'a' }, body: { [params.say]: params.say } } }`,
  thrower: 'exports.main = (params) => { throw new Error(params.say) }',
  keyed: 'exports.main = (params) => ({ got: params })',
  secured: 'exports.main = () => ({ body: "in" })'
}

export const files = () => ({
  'ext.config.yaml': `runtimeManifest:
  packages:
    shop:
      actions:
${Object.keys(functions).map((name) => `        ${name}:
          function: actions/${name}.js
          runtime: nodejs:20
${name === 'keyed' ? '' : "          web: 'yes'\n"}${name === 'secured' ? '          annotations:\n            require-adobe-auth: true\n' : ''}${name === 'report' ? '          inputs:\n            REPORT_KEY: $REPORT_KEY\n            LOG_LEVEL: debug\n            GREETING: $GREETING\n            JWT_CLIENT_SECRET: $JWT_CLIENT_SECRET\n' : ''}`).join('')}      sequences:
        chain:
          actions: add, add, show
          web: 'yes'
      triggers:
        hourly:
          feed: /whisk.system/alarms/interval
          inputs: { minutes: 60 }
        came: {}
      rules:
        hourly-report:
          trigger: hourly
          action: hello
`,
  '.env': toDotenv({ ...jwtEnv(), GREETING: 'hello' }),
  ...Object.fromEntries(Object.entries(functions).map(([name, text]) => [`actions/${name}.js`, text + '\n']))
})

// A running adit dev of this project: { root, server }.
export async function shop (args = []) {
  const root = project(files())
  return { root, server: await dev(root, ['--ims', 'local', ...args]) }
}
