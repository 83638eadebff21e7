// One activation: why it failed, where its time went, what went in and what came out.
import {
  clock, code, duration, h, hasFailed as activationFailed, mark, outcome, place, pretty, prettyText, replace, say,
  section, svg
} from './dom.js'
import { get, on, post, state } from './data.js'

const WIDTH = 600
const requestOf = (span) => `${span.method} ${span.url}`
// A request that has ended has `status` or `error`. If it has neither, it is running, or the activation ended before.
function outcomeOf (span) {
  if (span.name !== 'request') return ''
  return span.status ?? span.error ?? (span.running ? 'running' : 'no answer')
}
const hasFailed = (span) =>
  span.failed === true || (span.name === 'request' && !span.running && !(span.status < 400))

const STATUSES = {
  400: 'the request is not valid', 401: 'the token or the credential was not accepted', 403: 'access is not allowed',
  404: 'there is nothing at this URL', 408: 'the request took too long', 413: 'the request is too large',
  429: 'too many requests', 500: 'the server failed', 502: 'the server behind a gateway failed',
  503: 'the server is not available', 504: 'the server behind a gateway did not answer in time'
}
const CODES = {
  ENOTFOUND: 'the host name is not known', EAI_AGAIN: 'the host name could not be looked up',
  ECONNREFUSED: 'nothing listens at this address', ECONNRESET: 'the connection was closed',
  UND_ERR_SOCKET: 'the connection was closed', ETIMEDOUT: 'the connection timed out',
  UND_ERR_CONNECT_TIMEOUT: 'the connection timed out', UND_ERR_HEADERS_TIMEOUT: 'no answer came in time',
  UND_ERR_ABORTED: 'the action ended the request', ABORT_ERR: 'the action ended the request'
}

// What became of a request that failed, in a sentence.
function failureOf (span) {
  const { status, error } = span
  if (status) {
    const meaning = span.reason ?? STATUSES[status]
    return `answered ${status}${meaning ? `: ${meaning}` : ''}`
  }
  if (error) return `failed: ${CODES[error] ? `${CODES[error]} (${error})` : error}`
  return 'was not answered before the activation ended'
}

function titleOf (span) {
  if (span.name === 'component') return span.detail
  if (span.name !== 'request') return span.name
  const request = requestOf(span)
  return span.token_exchange ? `token exchange: ${request}` : request
}

function depthOf (span, spans) {
  let depth = 0
  for (let one = span; one.parent !== undefined; one = spans[one.parent]) ++depth
  return depth
}

// Each step below the one that it is part of, in order of time.
function ordered (spans) {
  const below =
    (parent) => spans.filter((span) => span.parent === parent).sort((a, b) => a.start_ms - b.start_ms).flatMap((span) =>
      [span, ...below(span.id)])
  return below(undefined)
}

function bar (span, total) {
  const x = Math.max(0, Math.min(WIDTH - 2, span.start_ms / total * WIDTH))
  const width = Math.max(2, Math.min(WIDTH - x, span.duration_ms / total * WIDTH))
  return svg('svg', { viewBox: `0 0 ${WIDTH} 14`, preserveAspectRatio: 'none', class: 'bar', 'aria-hidden': 'true' },
    svg('rect', { class: 'track', x: 0, y: 6, width: WIDTH, height: 2 }),
    svg('rect', {
      class: `span ${span.name.replace(' ', '-')}${hasFailed(span) ? ' bad' : ''}`, x, y: 1, width, height: 12, rx: 1
    }))
}

function waterfall (detail) {
  const spans = detail.trace
  if (spans.length === 0)
    return h('p', { class: 'quiet' }, detail.state === 'running' ? 'The action is running.' : 'The action did not run.')
  const total = Math.max(detail.duration_ms ?? 0, ...spans.map((span) => span.start_ms + span.duration_ms), 0.001)
  return h('table', { class: 'waterfall' },
    h('caption', { class: 'unseen' }, 'The steps of the activation. A step that is part of another one follows it.'),
    h('thead', {},
      h('tr', {}, h('th', { scope: 'col' }, 'Step'),
        h('th', { scope: 'col', class: 'bars' }, '0 to ' + duration(total)),
        h('th', { scope: 'col', class: 'number' }, 'Begins'), h('th', { scope: 'col', class: 'number' }, 'Takes'))),
    h('tbody', {}, ordered(spans).map((span) => h('tr', { class: hasFailed(span) ? 'bad' : '' },
      h('th', { scope: 'row', class: `depth${Math.min(4, depthOf(span, spans))}` },
        span.activation ? h('a', { href: `#/activation/${span.activation}` }, titleOf(span)) : titleOf(span),
        span.name === 'request' &&
          [' ', hasFailed(span) ? mark('failed', outcomeOf(span)) : h('span', { class: 'quiet' }, outcomeOf(span))],
        span.name === 'component' && hasFailed(span) && [' ', mark('failed')]),
      h('td', { class: 'bars' }, bar(span, total)), h('td', { class: 'number' }, duration(span.start_ms)),
      h('td', { class: 'number' }, duration(span.duration_ms))))))
}

export function unsetInput (input) {
  const missing = input.from.filter((one) => one.unset).map((one) => '$' + one.variable)
  const [are, them] = missing.length > 1 ? ['are', 'them'] : ['is', 'it']
  return [
    mark('unset', `${input.name} is unset`),
    `: ${missing.join(' and ')} ${are} not set. Set ${them} in .env, `,
    'or in the environment in which you start adit dev. ',
    h('span', { class: 'quiet' }, `Named in ${place(input.where)}`)
  ]
}

// The reasons for a failure, for a reader who does not know the project.
function why (detail) {
  if (!activationFailed(detail)) return undefined
  const unset = (detail.inputs ?? []).filter((input) => input.unset)
  const requests = detail.trace.filter((span) => span.name === 'request' && hasFailed(span))
  const components = detail.trace.filter((span) => span.name === 'component' && span.failed)
  const words = detail.error ?? (detail.response ? `The answer is ${detail.http_status}.` : '')
  const logs = detail.logs.filter((line) => / stderr: /.test(line.slice(0, 45))).slice(0, 3)
  return h('section', { class: 'why', 'aria-labelledby': 'why' }, h('h3', { id: 'why' }, 'Why it failed'),
    words && h('p', { class: 'words' }, words),
    detail.build ? code(detail.build, 'What the build wrote') : detail.hint && h('p', {}, detail.hint),
    (unset.length > 0 || requests.length > 0 || components.length > 0) && h('ul', {},
      unset.map((input) => h('li', {}, unsetInput(input))),
      requests.map((span) => h('li', {}, mark('failed', `${titleOf(span)} ${failureOf(span)}`),
        h('span', { class: 'quiet' }, `, after ${duration(span.duration_ms)}`))),
      components.map((span) => h('li', {}, mark('failed', 'Its component '),
        h('a', { href: `#/activation/${span.activation}` }, span.detail), ' failed.'))),
    logs.length > 0 && [
      h('p', { class: 'quiet' }, 'The action wrote to stderr:'),
      code(logs.map((line) => line.replace(/^\S+ +stderr: /, '')).join('\n'), 'What the action wrote to stderr')
    ])
}

export function inputTable (inputs) {
  if (!inputs?.length) return h('p', { class: 'quiet' }, 'The action has no inputs.')
  return h('div', { class: 'wide', tabindex: '0', role: 'region', 'aria-label': 'Inputs' }, h('table',
    { class: 'inputs' },
    h('thead', {}, h('tr', {}, ['Input', 'Comes from', 'Value'].map((title) => h('th', { scope: 'col' }, title)))),
    h('tbody', {},
      inputs.map((input) => h('tr', {}, h('th', { scope: 'row' }, input.name), h('td', {}, originOf(input)),
        h('td', {}, valueOf(input)))))))
}

function originOf (input) {
  if (input.origin === 'literal') return ['literal ', h('span', { class: 'quiet' }, `in ${place(input.where)}`)]
  return input.from.map((one, at) => [at > 0 && ', ', one.unset ? mark('unset', `$${one.variable} is unset`) : [
    `$${one.variable} `,
    h('span', { class: 'quiet' }, one.where?.file ? `from ${place(one.where)}` : `from the ${one.source}`)
  ]])
}

function valueOf (input) {
  if (input.secret) return h('span', { class: 'quiet' }, 'secret, not shown')
  if (input.unset && input.empty) return h('span', { class: 'quiet' }, 'empty')
  if (input.empty) return h('span', { class: 'quiet' }, 'empty text')
  if (!('value' in input)) return ''
  const text = pretty(input.value)
  const button = h('button', { type: 'button', class: 'small', onclick: () => button.replaceWith(h('code', {}, text)) },
    'Show', h('span', { class: 'unseen' }, ` the value of ${input.name}`))
  return button
}

const headersText = (headers) => headers.map(([name, value]) => `${name}: ${value}`).join('\n')
const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`
const OWN_HEADERS = /^(host|connection|content-length|accept-encoding|user-agent|accept|sec-.*|transfer-encoding)$/i

export function curlOf (detail) {
  const { method, path, query, headers, body } = detail.request
  return [`curl -X ${method} ${quoted(location.origin + path + (query ? '?' + query : ''))}`,
    ...headers.filter(([name]) => !OWN_HEADERS.test(name)).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    ...(body ? [`--data-raw ${quoted(body)}`] : [])].join(' \\\n  ')
}

function tools (detail) {
  if (!detail.request) return undefined
  const outcome = h('p', { role: 'status' })
  const curl = h('div', {})
  const copy = async () => {
    const text = curlOf(detail)
    replace(curl, code(text, 'The request as a curl command'))
    try {
      await navigator.clipboard.writeText(text)
      outcome.textContent = 'Copied.'
    } catch {
      outcome.textContent = 'The browser does not allow the page to copy. Select the text below and copy it.'
    }
    if (text.includes('<hidden>')) outcome.textContent += ' Replace each <hidden> by the secret.'
  }
  const replay = async () => {
    outcome.textContent = 'Sending…'
    try {
      const answer = await post(`activations/${detail.id}/replay`)
      if (answer.activation) location.hash = `#/activation/${answer.activation}`
      else outcome.textContent = `The answer is ${answer.status}: ${answer.body}`
    } catch (error) {
      outcome.textContent = error.message
    }
  }
  return h('div', { class: 'tools' }, h('button', { type: 'button', onclick: copy }, 'Copy as curl'),
    detail.replayable && h('button', { type: 'button', onclick: replay }, 'Replay'),
    h('a', { class: 'button', href: `#/call/${encodeURIComponent(detail.action)}?from=${detail.id}` }, 'Edit and send'),
    outcome, curl)
}

// `full` adds the tools, the inputs, the request and the answer; the view "Call" shows the rest.
export function render (detail, full = true) {
  const { request, response } = detail
  return [
    h(full ? 'h2' : 'h3', {}, detail.action),
    h('p', { class: 'facts' },
      mark(detail.status === 'refused' ? 'refused' : activationFailed(detail) ? 'failed' : detail.state,
        outcome(detail)),
      detail.http_status && h('span', {}, `HTTP ${detail.http_status}`), detail.start && h('span', {}, detail.start),
      detail.duration_ms !== undefined && h('span', {}, duration(detail.duration_ms)),
      detail.token && h('span', {}, `token ${detail.token}`), h('span', {}, clock(detail.start_ms)),
      h('span', {}, detail.kind), h('span', { class: 'id' }, detail.id),
      detail.cause && h('a', { href: `#/activation/${detail.cause}` }, `part of ${detail.caller}`)),
    full && tools(detail),
    why(detail),
    section('Time', true, waterfall(detail)),
    full && section('Inputs', true, inputTable(detail.inputs)),
    section('Parameters, as the action got them', full, code(pretty(detail.params), 'Parameters')),
    section('Result', true, code(pretty(detail.result), 'Result')),
    section(`Log (${detail.logs.length} ${detail.logs.length === 1 ? 'line' : 'lines'})`, detail.logs.length > 0,
      detail.logs.length > 0 ? code(detail.logs.join('\n'), 'Log')
        : h('p', { class: 'quiet' }, 'The action wrote nothing.')),
    full && request && section(`Request: ${request.method} ${request.path}`, false,
      code(
        [
          `${request.method} ${request.path}${request.query ? '?' + request.query : ''}`, headersText(request.headers),
          '', prettyText(request.body)
        ].join('\n'),
        'Request'
      )),
    full && response && section(`Answer: ${response.status}`, detail.http_status >= 400,
      code([headersText(response.headers), '', prettyText(response.body)].join('\n'), 'Answer'))
  ]
}

export function show (main, id) {
  const body = h('div', {})
  main.append(h('p', { class: 'back' }, h('a', { href: '#/activations' }, '← All activations')), body)
  let state_ = ''
  const load = async () => {
    try {
      const detail = await get(`activations/${encodeURIComponent(id)}`)
      replace(body, render(detail))
      if (state_ === 'running' && detail.state !== 'running') say(`${detail.action} ended: ${detail.status}`)
      state_ = detail.state
      document.title = `${detail.action} – adit ${state.project.name ?? ''}`
    } catch (error) {
      replace(body, h('h2', {}, 'Activation'),
        h('p', {}, error.status === 404 ? 'adit dev does not have this activation. It keeps the last 1,000.'
          : error.message))
    }
  }
  load()
  const stops = [
    on('activation', (row) => { if (row.id === id || row.cause === id) load() }),
    on('connection', () => { if (state.connected) load() })
  ]
  return () => stops.forEach((stop) => stop())
}
