// Plots of the last ten minutes for each action: latency, cold starts, memory.
import { duration, h, megabytes, replace, svg } from './dom.js'
import { get, on, state } from './data.js'

const MINUTES = 10
const BUCKETS = 40
const SPAN = MINUTES * 60_000
const [WIDTH, HEIGHT] = [280, 64]

function percentile (sorted, part) {
  return sorted.length === 0 ? undefined : sorted[Math.ceil(sorted.length * part) - 1] // the nearest rank
}

// A line through the values that are known. A single value is a dot.
function line (values, most, className) {
  const points = values.map((value, at) => value === undefined ? undefined : [
    (at + 0.5) / values.length * WIDTH, HEIGHT - 3 - value / most * (HEIGHT - 8)
  ]).filter(Boolean)
  if (points.length === 1)
    return svg('circle', { class: `dot ${className}`, cx: points[0][0], cy: points[0][1], r: 2.5 })
  return svg('polyline',
    { class: `line ${className}`, points: points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ') })
}

function plot (title, words, ...shapes) {
  return h('figure', {}, h('figcaption', {}, h('strong', {}, title), ' ', words),
    svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: 'plot', role: 'img', 'aria-label': `${title}: ${words}` },
      svg('line', { class: 'axis', x1: 0, y1: HEIGHT - 2, x2: WIDTH, y2: HEIGHT - 2 }), ...shapes))
}

function one (action, now, samples) {
  const runs = state.activations.filter((row) =>
    row.action === action.name && row.duration_ms !== undefined && row.start_ms > now - SPAN)
  const buckets = Array.from({ length: BUCKETS }, () => [])
  for (const row of runs)
    buckets[Math.min(BUCKETS - 1, Math.max(0, Math.floor((row.start_ms - now + SPAN) / SPAN * BUCKETS)))].push(row)
  const sorted = buckets.map((rows) => rows.map((row) => row.duration_ms).sort((a, b) => a - b))
  const all = runs.map((row) => row.duration_ms).sort((a, b) => a - b)
  const most = Math.max(...all, 1)
  const cold = buckets.map((rows) => rows.filter((row) => row.start === 'cold').length)
  const mostCold = Math.max(...cold, 1)
  const memory = Array.from({ length: BUCKETS }, () => undefined)
  for (const sample of samples) {
    const at = Math.floor((sample.time_ms - now + SPAN) / SPAN * BUCKETS)
    if (at >= 0 && at < BUCKETS && sample.memory[action.name])
      memory[at] = Math.max(memory[at] ?? 0, sample.memory[action.name])
  }
  const known = memory.filter((value) => value !== undefined)
  if (runs.length === 0 && known.length === 0) return undefined
  return h('article', { class: 'card' }, h('h3', {}, action.name), h('div', { class: 'plots' },
    plot('Latency',
      all.length
        ? `p50 ${duration(percentile(all, 0.5))}, p95 ${duration(percentile(all, 0.95))}, ${all.length} ${all.length === 1 ? 'activation' : 'activations'}`
        : 'no activation',
      line(sorted.map((times) => percentile(times, 0.95)), most, 'p95'),
      line(sorted.map((times) => percentile(times, 0.5)), most, 'p50')),
    !action.components && plot('Cold starts', String(cold.reduce((a, b) => a + b, 0)),
      cold.map((count, at) => count > 0 && svg('rect', {
        class: 'column', x: at / BUCKETS * WIDTH, width: WIDTH / BUCKETS - 1,
        y: HEIGHT - 2 - count / mostCold * (HEIGHT - 8), height: count / mostCold * (HEIGHT - 8)
      }))),
    !action.components && plot('Memory',
      known.length ? `${megabytes(known[known.length - 1])} now, of ${action.limits.memory_mb} MB allowed`
        : 'no process',
      line(memory, Math.max(...known, 1), 'p50'))))
}

export function show (main) {
  const body = h('div', { class: 'cards' })
  let samples = []
  main.append(h('h2', {}, 'The last ten minutes'),
    h('p', { class: 'quiet' }, 'Latency: the strong line is the median, the faint line the 95th percentile.'), body)
  const draw = () => {
    const now = Date.now()
    const cards = state.actions.map((action) => [action.name, one(action, now, samples)])
    const idle = cards.filter(([, card]) => card === undefined).map(([name]) => name)
    replace(body, cards.map(([, card]) => card),
      idle.length > 0 && h('p', { class: 'empty' }, `Not called in the last ten minutes: ${idle.join(', ')}.`),
      cards.length === 0 && h('p', { class: 'empty' }, 'The project has no action.'))
  }
  const load = () => get('memory').then((answer) => { samples = answer.samples }).catch(() => {}).then(draw)
  load()
  const timer = setInterval(load, 5000)
  const stop = on('actions', draw)
  return () => { stop(); clearInterval(timer) }
}
