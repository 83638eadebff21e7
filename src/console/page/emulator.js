// The emulator: switches for faults, rates, integrations, and the requests that it answered.
import { clock, duration, h, mark, replace } from './dom.js'
import { get, on, post, state } from './data.js'

const MOST = 100
const PLACES = [['', 'IMS'], ['/discovery', 'Analytics: /discovery'], ['/api', 'Analytics reports, AEM assets: /api'],
  ['/content', 'AEM: /content'], ['/containers', 'State: /containers'], ['/console', 'Developer Console: /console']]
const whole = (text) => /^\d+$/.test(text.trim()) ? Number(text) : text

// Each switch: the faults that it controls, the setting that it has, and the fault that it sets.
const SWITCHES = [
  {
    title: 'Latency',
    field: 'Delay',
    value: '500ms',
    own: ({ fault }) => fault === 'latency',
    make: (value) => ({ fault: 'latency', delay: value }),
    says: ({ delay = 0 }) => `${duration(delay)} late`
  }, {
    title: '429 Too Many Requests',
    field: 'Retry-After in seconds',
    value: '2',
    own: ({ fault, status }) => fault === 'status' && status === 429,
    make: (value) => ({ fault: 'status', status: 429, ...(value.trim() && { retry_after: whole(value) }) }),
    says: ({ retry_after: seconds }) => seconds === undefined ? 'without Retry-After' : `Retry-After ${seconds}`
  }, {
    title: 'Server error',
    field: 'Status',
    value: '503',
    choices: ['500', '502', '503', '504'],
    own: ({ fault, status = 503 }) => fault === 'status' && status >= 500,
    make: (value) => ({ fault: 'status', status: Number(value) }),
    says: ({ status = 503 }) => `answers ${status}`
  }, {
    title: 'Clock skew',
    field: 'Ahead by',
    value: '10m',
    own: ({ fault }) => fault === 'clock_skew',
    make: (value) => ({ fault: 'clock_skew', delay: value }),
    says: ({ delay = 0 }) => `${duration(Math.abs(delay))} ${delay < 0 ? 'behind' : 'ahead'}`
  }
]

const placeOf = ({ path = '' }) => path === '' ? 'requests to IMS' : `requests below ${path}`
const countOf = ({ count }) => count ? `, ${count} more ${count === 1 ? 'time' : 'times'}` : ''

function switchRow (one, act) {
  const field = one.choices
    ? h('select', {}, one.choices.map((choice) => h('option', { selected: choice === one.value }, choice)))
    : h('input', { value: one.value, autocomplete: 'off', spellcheck: 'false' })
  const place = h('select', {}, PLACES.map(([value, word]) => h('option', { value }, word)))
  const words = h('span', { class: 'quiet' })
  let active = []
  const turn = () => {
    if (active.length > 0) return act(active.map((fault) => ['faults/remove', fault]), `${one.title} is off.`)
    return act([['faults', { ...one.make(field.value), ...(place.value && { path: place.value }) }]],
      `${one.title} is on.`)
  }
  const toggle = h('button', {
    type: 'button', role: 'switch', class: 'switch', 'aria-checked': 'false', 'aria-label': one.title, onclick: turn
  }, h('span', { class: 'knob', 'aria-hidden': 'true' }), h('span', { class: 'word', 'aria-hidden': 'true' }, 'off'))
  const fields = h('div', { class: 'pair', role: 'group', 'aria-label': one.title },
    h('label', {}, one.field, field), h('label', {}, 'Of requests to', place))
  return {
    node: h('li', {}, toggle, h('div', {}, h('strong', {}, one.title), ' ', words), fields),
    draw (faults) {
      active = faults.filter(one.own)
      toggle.setAttribute('aria-checked', String(active.length > 0))
      toggle.querySelector('.word').textContent = active.length > 0 ? 'on' : 'off'
      words.textContent = active.map((fault) => `${one.says(fault)}, ${placeOf(fault)}${countOf(fault)}`).join('; ')
      fields.hidden = active.length > 0
    }
  }
}

function jwtExchange (one) {
  if (one.converted_to_oauth) return 'answers 500, because the integration was converted to OAuth'
  if (!one.may_exchange_jwt) return 'refused, because the integration lacks the scope exchange_jwt'
  return one.certificates > 0 && `${one.certificates} ${one.certificates === 1 ? 'certificate' : 'certificates'}`
}

function integration (one) {
  const fact = (title, value) => value && value.length !== 0 && [h('dt', {}, title), h('dd', {}, value)]
  const list = (texts) => texts.map((text) => [h('code', {}, text), ' '])
  const profiles = one.product_profiles.join(', ') || mark('warning', 'none, so every API answers 403')
  const used = one.secrets.filter((secret) => secret.last_used_ms)
    .map((secret) => `${clock(secret.last_used_ms)} (${secret.grant})`)
  return h('li', {}, h('strong', {}, one.client_id), h('dl', { class: 'facts-list' },
    fact('Organization', one.org_id),
    fact('Technical account', one.technical_account_id),
    fact('JWT exchange', jwtExchange(one)),
    fact('Metascopes', list(one.metascopes)),
    fact('Scopes', list(one.scopes)),
    fact('Product profiles', profiles),
    fact('Secrets', `${one.secrets.length}, ${used.length > 0 ? 'last used ' + used.join(', ') : 'not used yet'}`),
    fact('Token rate', one.token_rate),
    fact('API rate', one.api_rate)))
}

function requestRow (request) {
  const why = [request.error, request.reason].filter(Boolean).join(': ')
  return h('li', {},
    h('span', { class: 'quiet number' }, clock(request.time_ms)),
    mark(request.status >= 400 ? 'refused' : 'success', String(request.status)),
    h('span', { class: 'target' }, h('strong', {}, `${request.method} ${request.path}`), why && h('span', {}, ' ', why),
      request.faults && [' ', mark('warning', 'with a fault')]),
    h('span', { class: 'quiet' }, request.client_id ?? ''),
    h('span', { class: 'quiet number' }, duration(request.duration_ms)),
    h('span', { class: 'quiet id' }, request.debug_id ?? ''))
}

const matches = (request, text) => !text ||
  [request.path, request.status, request.client_id, request.error, request.reason, request.debug_id]
    .some((part) => String(part ?? '').toLowerCase().includes(text))

const quietItem = (text) => h('li', { class: 'quiet' }, text)
const card = (id, title, ...content) =>
  h('section', { class: 'card', 'aria-labelledby': id }, h('h3', { id }, title), ...content)

export function show (main) {
  let shown
  let text = ''
  const outcome = h('p', { role: 'status' })
  const act = async (changes, done) => {
    try {
      for (const [path, body] of changes) await post(path, body)
      outcome.textContent = done
    } catch (error) {
      outcome.textContent = error.message
    }
    await load().catch(() => {})
  }
  const switches = SWITCHES.map((one) => switchRow(one, act))
  const others = h('ul', { class: 'rows' })
  const rateField = () => h('input', { placeholder: 'no limit', autocomplete: 'off', spellcheck: 'false', size: 10 })
  const [tokenRate, apiRate] = [rateField(), rateField()]
  const setRates = (event) => {
    event.preventDefault()
    act([['rates', { token: tokenRate.value, api: apiRate.value }]], 'The rates are set.')
  }
  const rates = h('form', { class: 'rates', onsubmit: setRates }, h('label', {}, 'Token requests', tokenRate),
    h('label', {}, 'API calls', apiRate), h('button', { type: 'submit' }, 'Set the rates'))
  const facts = h('p', { class: 'facts' })
  const [integrations, log] = [h('ul', { class: 'rows' }), h('ul', { class: 'rows log' })]
  const integrationsTitle = h('span', {})
  const count = h('p', { class: 'quiet' })
  const search = h('input', { type: 'search', oninput: () => { text = search.value.trim().toLowerCase(); drawLog() } })
  main.append(h('h2', {}, 'Emulator'), h('div', { class: 'tools' }, facts, outcome),
    h('div', { class: 'columns even' },
      card('faults', 'Faults', h('ul', { class: 'rows switches' }, switches.map(({ node }) => node)), others),
      h('div', { class: 'cards' },
        card('rates', 'Rates',
          h('p', { class: 'quiet' }, 'The limit for each integration, for example 10/1m or 5/s. ',
            'Requests above it are answered 429.'), rates),
        card('integrations', integrationsTitle, integrations))),
    card('log', 'Requests', h('div', { class: 'tools' }, h('label', {}, 'Filter ', search), count), log))

  function draw () {
    const { stats } = shown
    const figures = [
      ['Requests', stats.requests], ['tokens issued', stats.exchanges.jwt + stats.exchanges.client_credentials],
      ['token requests refused', stats.rejected], ['API calls', stats.api_calls],
      ['API calls refused', stats.api_rejected], ['tokens revoked', stats.revoked]
    ]
    replace(facts, h('code', {}, shown.origin),
      figures.map(([words, number]) => h('span', { class: number ? '' : 'quiet' }, `${words}: ${number}`)))
    for (const one of switches) one.draw(shown.faults)
    replace(others, shown.faults.filter((fault) => !SWITCHES.some(({ own }) => own(fault))).map(otherFault))
    if (document.activeElement !== tokenRate) tokenRate.value = shown.rates.token ?? ''
    if (document.activeElement !== apiRate) apiRate.value = shown.rates.api ?? ''
    integrationsTitle.textContent = `Integrations (${shown.integrations.length})`
    replace(integrations, shown.integrations.slice(0, MOST).map(integration),
      shown.integrations.length === 0 && quietItem('The emulator has no integration, so it refuses every token request.'),
      shown.integrations.length > MOST && quietItem(`and ${shown.integrations.length - MOST} more`))
  }
  function otherFault (fault) {
    const remove = () => act([['faults/remove', fault]], `The fault ${fault.fault} is removed.`)
    return h('li', { class: 'other' },
      h('span', {}, mark('warning', fault.fault), ` ${placeOf(fault)}${countOf(fault)}`),
      h('button', { type: 'button', class: 'small', onclick: remove }, 'Remove',
        h('span', { class: 'unseen' }, ` the fault ${fault.fault}`)))
  }
  function drawLog () {
    const found = state.requests.filter((request) => matches(request, text))
    const more = found.length > MOST ? `, the newest ${MOST} are shown` : ''
    count.textContent = `${found.length} of ${state.requests.length}${more}`
    const none = state.requests.length > 0 ? 'No request matches the filter.' : 'No request yet.'
    replace(log, found.slice(0, MOST).map(requestRow), found.length === 0 && quietItem(none))
  }
  const load = async () => {
    shown = await get('emulator')
    draw()
  }
  let asking
  const soon = () => { asking ??= setTimeout(() => { asking = undefined; drawLog(); load().catch(() => {}) }, 300) }
  load().catch((error) => { outcome.textContent = error.message })
  drawLog()
  const stops = [on('requests', soon), on('emulator-changed', soon),
    on('connection', () => { if (state.connected) soon() })]
  return () => { stops.forEach((stop) => stop()); clearTimeout(asking) }
}
