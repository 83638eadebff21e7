// Measures what the console of `adit dev` costs. Three servers run in turn, several times: one with the console closed,
// one whose events a client follows as the page does, without showing them, and one with the page open in Chromium. The
// client shows what the console costs `adit dev` itself; Chromium also needs processor time. Then it measures the page:
// its weight, its first paint, and its longest tasks. Run it on a machine that does nothing else: node
// bench/console.mjs, with ADIT_BINARY and ADIT_NPM as the tests have them (cmake/AditTest.cmake).
import { Agent, request } from 'node:http'
import { readFileSync } from 'node:fs'
import { browser, open, shop } from '../tests/browser/browser.mjs'

const ROUNDS = 5
const TIMES = 600
const CALLERS = 4

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]
const megabytes = (kilobytes) => (kilobytes / 1024).toFixed(1)

// Activations of one warm Node.js action per second. The callers keep their connections open.
async function rate (server, times = TIMES) {
  const agent = new Agent({ keepAlive: true, maxSockets: CALLERS })
  let left = times
  const once = () => new Promise((resolve, reject) => {
    request(server.origin + '/api/v1/web/shop/hello', { agent }, (answer) => {
      answer.resume().on('end', resolve)
    }).on('error', reject).end()
  })
  const begun = performance.now()
  await Promise.all(Array.from({ length: CALLERS }, async () => { while (left-- > 0) await once() }))
  agent.destroy()
  return times / (performance.now() - begun) * 1000
}

// The resident memory of the process, in KB.
const memory = ({ child }) => Number(readFileSync(`/proc/${child.pid}/status`, 'utf8').match(/VmRSS:\s+(\d+)/)[1])

// The processor time that the process itself has used, in ms. It depends little on what else the machine does.
function processorTime ({ child }) {
  const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}

// Reads the console's data and its stream of events as the page does, and shows nothing: what is left is the server's
// part of the work. Returns a function that ends it.
async function follow (server) {
  const agent = new Agent({ keepAlive: true })
  const get = (path, headers = {}) => new Promise((resolve, reject) => {
    request(server.origin + path, { agent, headers }, (answer) => {
      let body = ''
      answer.setEncoding('utf8').on('data', (text) => { body += text })
      answer.on('end', () => resolve({ body, cookie: answer.headers['set-cookie']?.[0].split(';')[0] }))
    }).on('error', reject).end()
  })
  const { cookie } = await get(server.first.console.slice(server.origin.length))
  const api = async (path) => (await get('/__adit/api/' + path, { cookie })).body
  let last = JSON.parse(await api('project')).last_event
  for (const path of ['requests', 'activations', 'problems', 'memory']) await api(path)
  let ended = false
  const following = (async () => {
    while (!ended) last = [...(await api(`events?after=${last}`)).matchAll(/^id: (\S+)$/gm)].at(-1)?.[1] ?? last
  })().catch((error) => { if (!ended) throw error })
  return () => { ended = true; agent.destroy(); return following }
}

async function besideEachOther (context) {
  const names = ['closed', 'followed', 'open']
  const servers = {}
  for (const name of names) servers[name] = (await shop(['--http'])).server
  const page = await open(context, servers.open.first.console)
  const end = await follow(servers.followed)
  const rates = Object.fromEntries(names.map((name) => [name, []]))
  const times = { closed: 0, followed: 0, open: 0 }
  for (let round = 0; round <= ROUNDS; ++round) {
    for (const name of names) {
      const before = processorTime(servers[name])
      const now = await rate(servers[name])
      if (round === 0) continue // cold
      rates[name].push(now)
      times[name] += processorTime(servers[name]) - before
    }
    // The page shows everything before the next round begins.
    await page.getByText(new RegExp(`^${(round + 1) * TIMES} of `)).waitFor()
  }
  const words = { closed: 'console closed', followed: 'a client follows the events', open: 'the page is open' }
  for (const name of names) {
    const ratio = median(rates.closed.map((value, at) => rates[name][at] / value))
    const each = times[name] / ROUNDS / TIMES
    console.log(`${words[name]}: ${median(rates[name]).toFixed(0)} activations a second (${ratio.toFixed(3)}), ` +
      `${each.toFixed(3)} ms of processor time of adit dev for each (${(times[name] / times.closed).toFixed(3)}), ` +
      `${megabytes(memory(servers[name]))} MB`)
  }
  await end()
  await page.close()
  for (const name of names) await servers[name].stop()
}

async function thePage (context) {
  const { server } = await shop(['--http'])
  const paints = []
  let weight = 0
  for (let round = 0; round < ROUNDS; ++round) {
    const page = await open(context, server.first.console)
    await page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint').length > 0)
    paints.push(await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0].startTime))
    weight = await page.evaluate(() => [performance.getEntriesByType('navigation')[0],
      ...performance.getEntriesByType('resource').filter(({ name }) => !name.includes('/api/'))]
      .reduce((bytes, { transferSize }) => bytes + transferSize, 0))
    await page.close()
  }
  console.log(`the page: ${(weight / 1024).toFixed(0)} KB, first paint after ${median(paints).toFixed(0)} ms`)

  const page = await open(context, server.first.console)
  await page.evaluate(() => {
    globalThis.longest = 0
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) globalThis.longest = Math.max(globalThis.longest, duration)
    }).observe({ type: 'longtask' })
  })
  const longest = () => page.evaluate(() => {
    const was = globalThis.longest
    globalThis.longest = 0
    return was
  })
  await page.evaluate(async () => {
    const { take } = await import('/__adit/data.js')
    const grid = document.querySelector('[role=grid]')
    for (let n = 0; n < 10_000; n += 100) {
      take(Array.from({ length: 100 }, (_, at) => ({
        id: `made-${n + at}`, action: 'shop/hello', state: 'success', status: 'success', start_ms: Date.now(),
        duration_ms: 1
      })))
      grid.scrollTop = (n * 37) % Math.max(1, grid.scrollHeight)
      await new Promise(requestAnimationFrame)
    }
  })
  console.log(`10,000 activations while the table is scrolled: longest task ${(await longest()).toFixed(0)} ms (0: below 50)`)

  // 100 real activations a second. Each causes several events.
  const begun = performance.now()
  let sent = 0
  const waiting = []
  while (sent < 500) {
    for (; sent < (performance.now() - begun) / 10 && sent < 500; ++sent) waiting.push(rate(server, 1))
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  await Promise.all(waiting)
  const took = (performance.now() - begun) / 1000
  await page.getByText(/ of 10000$/).waitFor()
  console.log(`${(500 / took).toFixed(0)} activations a second in the live table: ` +
    `longest task ${(await longest()).toFixed(0)} ms (0: below 50)`)
  await page.close()
  await server.stop()
}

const context = await browser()
await besideEachOther(context)
await thePage(context)
await context.close()
