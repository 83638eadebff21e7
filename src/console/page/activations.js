// The activations, live: a table that has elements only for the rows in sight.
import { clock, duration, h, hasFailed, mark, outcome, replace, say } from './dom.js'
import { on, state } from './data.js'

const COLUMNS = [
  ['time', 'Time'], ['action', 'Action'], ['result', 'Result'], ['http', 'HTTP'], ['start', 'Start'],
  ['took', 'Duration'], ['caller', 'Caller'], ['token', 'Token']
]
const kept = { text: '', which: 'all', paused: false }

const matches = (row) => {
  if (kept.which === 'failed' && !hasFailed(row)) return false
  if (kept.which === 'running' && row.state !== 'running') return false
  if (kept.which === 'cold' && row.start !== 'cold') return false
  if (!kept.text) return true
  return [row.action, row.id, row.error, row.status, row.caller, row.http_status].some((part) =>
    String(part ?? '').toLowerCase().includes(kept.text))
}

function cell (name, ...content) {
  return h('div', { role: 'gridcell', class: `cell ${name}` }, ...content)
}

const resultOf = (row) => mark(row.status === 'refused' ? 'refused' : hasFailed(row) ? 'failed' : row.state,
  outcome(row) + (hasFailed(row) && row.error ? `: ${row.error}` : ''))

function cells (row) {
  return [
    cell('time', clock(row.start_ms)), cell('action', row.action), cell('result', resultOf(row)),
    cell('http', row.http_status ?? ''), cell('start', row.start ?? ''), cell('took', duration(row.duration_ms)),
    cell('caller', row.caller ?? ''), cell('token', row.token ?? '')
  ]
}

export function show (main) {
  let rows = []
  let active = -1
  let held
  let drawn = false
  const search = h('input',
    { type: 'search', value: kept.text, oninput: () => { kept.text = search.value.trim().toLowerCase(); refresh() } })
  const which = h('select', { onchange: () => { kept.which = which.value; refresh() } },
    [['all', 'all'], ['failed', 'failed'], ['running', 'running'], ['cold', 'cold starts']].map(([value, word]) =>
      h('option', { value, selected: kept.which === value }, word)))
  const pause = h('button',
    {
      type: 'button', 'aria-pressed': String(kept.paused),
      onclick: () => { kept.paused = !kept.paused; held = kept.paused ? [...state.activations] : undefined; refresh() }
    },
    'Pause')
  const count = h('p', { class: 'quiet', id: 'row-count' })
  const space = h('div', { class: 'space', role: 'rowgroup' })
  const head = h('div', { class: 'row head', role: 'row', 'aria-rowindex': 1 },
    COLUMNS.map(([name, title]) => h('div', { role: 'columnheader', class: `cell ${name}` }, title)))
  const empty = h('p', { class: 'empty' }, 'No activation yet. Call an action, for example in the view ',
    h('a', { href: '#/call' }, 'Call'), '. The activation appears here at once.')
  const noMatch = h('p', { class: 'empty' }, 'No activation matches the filter.')
  const grid = h('div',
    {
      class: 'grid', role: 'grid', tabindex: '0', 'aria-label': 'Activations, the newest first', onscroll: () => draw(),
      onkeydown: keys
    },
    h('div', { role: 'rowgroup' }, head), space)
  main.append(h('h2', {}, 'Activations'),
    h('div', { class: 'tools' }, h('label', {}, 'Filter ', search), h('label', {}, 'Show ', which), pause, count),
    empty, noMatch, grid)

  const height = () => matchMedia('(max-width: 700px)').matches ? 62 : 34

  function refresh (added = 0) {
    const all = kept.paused ? (held ??= [...state.activations]) : state.activations
    rows = kept.text || kept.which !== 'all' ? all.filter(matches) : all
    const news =
      !kept.paused ? 0 : held.length ? Math.max(0, state.activations.indexOf(held[0])) : state.activations.length
    pause.setAttribute('aria-pressed', String(kept.paused))
    pause.textContent = kept.paused ? 'Resume' : 'Pause'
    count.textContent = `${rows.length} of ${all.length}` + (kept.paused ? `, paused, ${news} new` : '')
    empty.hidden = state.activations.length > 0
    noMatch.hidden = !empty.hidden || rows.length > 0
    grid.hidden = rows.length === 0
    grid.setAttribute('aria-rowcount', String(rows.length + 1))
    // Keep the rows that the user reads in their place.
    if (added > 0 && grid.scrollTop > height() && !kept.paused) grid.scrollTop += added * height()
    if (added > 0 && active >= 0) active = Math.min(active + added, rows.length - 1)
    draw()
  }

  function draw () {
    if (drawn) return
    drawn = true
    requestAnimationFrame(() => {
      drawn = false
      const size = height()
      space.style.height = `${rows.length * size}px`
      const first = Math.max(0, Math.floor(grid.scrollTop / size) - 6)
      const end = Math.min(rows.length, first + Math.ceil(grid.clientHeight / size) + 14)
      replace(space, rows.slice(first, end).map((row, at) => {
        const index = first + at
        const line = h('div',
          {
            class: `row${row.cause ? ' part' : ''}`, role: 'row', id: `row-${row.id}`, 'aria-rowindex': index + 2,
            'aria-selected': String(index === active), onclick: () => open(index)
          },
          cells(row))
        line.style.transform = `translateY(${index * size}px)`
        return line
      }))
      if (active >= 0 && rows[active]) grid.setAttribute('aria-activedescendant', `row-${rows[active].id}`)
      else grid.removeAttribute('aria-activedescendant')
    })
  }

  function open (index) {
    if (rows[index]) location.hash = `#/activation/${rows[index].id}`
  }

  function keys (event) {
    const page = Math.max(1, Math.floor(grid.clientHeight / height()) - 2)
    const to = {
      ArrowDown: active + 1, ArrowUp: active - 1, PageDown: active + page, PageUp: active - page, Home: 0,
      End: rows.length - 1
    }[event.key]
    if (event.key === 'Enter') return open(active)
    if (to === undefined || rows.length === 0) return
    event.preventDefault()
    active = Math.max(0, Math.min(to, rows.length - 1))
    const top = active * height()
    if (top < grid.scrollTop) grid.scrollTop = top
    if (top + 2 * height() > grid.scrollTop + grid.clientHeight) grid.scrollTop = top + 2 * height() - grid.clientHeight
    draw()
  }

  const stops = [
    on('activations', ({ added }) => refresh(kept.text || kept.which !== 'all' ? 0 : added)),
    on('activation',
      (row) => { if (row.state === 'failed' && !kept.paused) say(`${row.action} failed: ${row.error ?? row.status}`) })
  ]
  addEventListener('resize', draw)
  refresh()
  return () => { stops.forEach((stop) => stop()); removeEventListener('resize', draw) }
}
