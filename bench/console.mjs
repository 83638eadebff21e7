// Measures what the console of `adit dev` costs: compares a server whose page is open with one without a page, and
// measures the page itself. Run it on an otherwise idle machine: node bench/console.mjs, with ADIT_BINARY and ADIT_NPM
// as in the tests (cmake/AditTest.cmake).
import { Agent, request } from 'node:http'
import { readFileSync } from 'node:fs'
import { browser, open, shop } from '../tests/browser/browser.mjs'

const ROUNDS = 5
const TIMES = 600
const CALLERS = 4

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]
const megabytes = (kilobytes) => (kilobytes / 1024).toFixed(1)

// Returns the activations per second of one warm Node.js action, with callers that keep their connections open.
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

// Returns the resident memory of the process in KB.
const memory = ({ child }) => Number(readFileSync(`/proc/${child.pid}/status`, 'utf8').match(/VmRSS:\s+(\d+)/)[1])

// Returns the processor time of the process in ms. Unlike the rate, it does not depend on other programs, such as the
// browser.
function processorTime ({ child }) {
  const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}

async function besideEachOther (context) {
  const [closed, watched] = [(await shop(['--http'])).server, (await shop(['--http'])).server]
  const page = await open(context, watched.first.console)
  const rates = { closed: [], watched: [] }
  const times = { closed: 0, watched: 0 }
  for (let round = 0; round <= ROUNDS; ++round) {
    for (const [name, server] of [['closed', closed], ['watched', watched]]) {
      const before = processorTime(server)
      rates[name].push(await rate(server))
      if (round > 0) times[name] += processorTime(server) - before
    }
    // Wait until the page shows everything, so that this does not affect the next round.
    await page.getByText(new RegExp(`^${(round + 1) * TIMES} of `)).waitFor()
  }
  for (const list of Object.values(rates)) list.shift() // cold
  const ratios = rates.closed.map((value, at) => rates.watched[at] / value)
  console.log(`activations a second: ${median(rates.closed).toFixed(0)} closed, ` +
    `${median(rates.watched).toFixed(0)} with the page open: ratio ${median(ratios).toFixed(3)} ` +
    `(${ratios.map((ratio) => ratio.toFixed(2)).join(' ')})`)
  console.log(`processor time of adit dev for one: ${(times.closed / ROUNDS / TIMES).toFixed(2)} ms closed, ` +
    `${(times.watched / ROUNDS / TIMES).toFixed(2)} ms with the page open: ` +
    `ratio ${(times.watched / times.closed).toFixed(3)}`)
  const [without, beside] = [memory(closed), memory(watched)]
  console.log(`memory of adit dev: ${megabytes(without)} MB closed, ${megabytes(beside)} MB with the page open, ` +
    `${megabytes(beside - without)} MB more`)
  await page.close()
  await Promise.all([closed.stop(), watched.stop()])
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

  // 100 real activations per second. Each causes two events.
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
  console.log(`${(500 / took).toFixed(0)} activations a second (${(1000 / took).toFixed(0)} events) in the live table: ` +
    `longest task ${(await longest()).toFixed(0)} ms (0: below 50)`)
  await page.close()
  await server.stop()
}

const context = await browser()
await besideEachOther(context)
await thePage(context)
await context.close()
