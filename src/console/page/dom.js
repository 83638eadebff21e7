// Makes elements. Every text is added as a text node and never parsed as HTML.
const SVG = 'http://www.w3.org/2000/svg'

function fill (element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === null || value === false) continue
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value)
    else if (name === 'value' || name === 'checked') element[name] = value
    else element.setAttribute(name, value === true ? '' : String(value))
  }
  element.append(
    ...children.flat(Infinity).filter((child) => child !== undefined && child !== null && child !== false)
      .map((child) => child instanceof Node ? child : document.createTextNode(String(child)))
  )
  return element
}

export const h = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children)
export const svg = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children)

export function replace (element, ...children) {
  element.replaceChildren(...children.flat(Infinity).filter((child) =>
    child !== undefined && child !== null && child !== false))
}

// A state, shown by a shape, a word and a colour.
const MARKS = {
  success: '✓', ready: '✓', failed: '✕', error: '✕', refused: '⊘', running: '◌', building: '◌', waiting: '·',
  warning: '▲', note: '•', unset: '✕'
}
export function mark (state, word = state) {
  return h('span', { class: `mark ${state}` }, h('span', { 'aria-hidden': 'true' }, (MARKS[state] ?? '•') + ' '), word)
}

// How an activation ended. An HTTP status of 400 or more is a failure, even if the platform calls it a success.
export const hasFailed = (row) => row.state === 'failed' || row.http_status >= 400
export function outcome (row) {
  if (row.status === 'refused') return 'refused'
  if (row.state === 'failed') return row.status
  return hasFailed(row) ? `answered ${row.http_status}` : row.state
}

export const pretty = (value) => typeof value === 'string' ? value : JSON.stringify(value, null, 2)

// Formats a text that is JSON; returns any other text unchanged.
export function prettyText (text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}

export function duration (ms) {
  if (ms === undefined) return ''
  if (ms < 10) return `${ms.toFixed(1)} ms`
  if (ms < 1000) return `${Math.round(ms)} ms`
  return `${(ms / 1000).toFixed(2)} s`
}

// A long duration in two units: `23 h 59 min`.
export function span (ms) {
  const seconds = Math.round(ms / 1000)
  const units = [[86400, 'd'], [3600, 'h'], [60, 'min'], [1, 's']]
  const first = Math.max(0, units.findIndex(([length]) => seconds >= length))
  if (seconds < 1) return '0 s'
  return units.slice(first, first + 2).map(([length, unit], at) =>
    [Math.floor((at === 0 ? seconds : seconds % units[first][0]) / length), unit])
    .filter(([count], at) => at === 0 || count > 0).map((pair) => pair.join(' ')).join(' ')
}

export const megabytes = (bytes) => `${Math.round(bytes / 1048576)} MB`
export const clock = (ms) =>
  new Date(ms).toLocaleTimeString('en-GB', { hour12: false }) + '.' + String(Math.floor(ms % 1000)).padStart(3, '0')
export const place = (where) => where?.file ? where.file + (where.line ? ':' + where.line : '') : ''
export const say = (text) => { document.getElementById('announcements').textContent = text }

// A part of a view that the user can fold.
export function section (title, open, ...children) {
  return h('details', { open, class: 'section' }, h('summary', {}, h('h3', {}, title)), ...children)
}

export const code = (text, label) => h('pre', { tabindex: '0', role: 'region', 'aria-label': label }, text)
