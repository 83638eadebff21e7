// The tokens that the emulator issued, the token requests that it refused, and a decoder for tokens.
import { clock, code, h, mark, replace, say, span, svg } from './dom.js'
import { get, on, post, state } from './data.js'

const MOST = 100
const GRANTS = { jwt_bearer: 'JWT exchange', client_credentials: 'client credentials' }

// How long a token is still valid, as a bar and in words.
function life (token, now, revoke) {
  const whole = Math.max(1, token.expires_ms - token.issued_ms)
  const left = token.state === 'valid' ? Math.max(0, Math.min(whole, token.expires_ms - now)) : 0
  const words = { valid: `${span(left)} left of ${span(whole)}`, expired: `expired at ${clock(token.expires_ms)}` }
  return h('div', { class: 'life' },
    svg('svg', { viewBox: '0 0 100 6', preserveAspectRatio: 'none', class: 'bar left', 'aria-hidden': 'true' },
      svg('rect', { class: 'track', x: 0, y: 0, width: 100, height: 6, rx: 1 }),
      left > 0 && svg('rect', { class: 'span', x: 0, y: 0, width: left / whole * 100, height: 6, rx: 1 })),
    h('span', { class: 'quiet' }, words[token.state] ?? token.state),
    token.state === 'valid' && h('button', { type: 'button', class: 'small', onclick: () => revoke(token) }, 'Revoke',
      h('span', { class: 'unseen' }, ` the token of ${token.client_id}, ${clock(token.issued_ms)}`)))
}

const stateMark = (token, words = token.state) => mark(token.state === 'valid' ? 'success' : 'failed', words)

function issued (token, now, revoke) {
  const scopes = token.scopes.map((scope) => [h('code', {}, scope), ' '])
  return h('li', {},
    h('p', { class: 'facts' }, stateMark(token), h('strong', {}, token.client_id),
      h('span', {}, GRANTS[token.grant] ?? token.grant), h('span', { class: 'quiet' }, clock(token.issued_ms))),
    h('p', { class: 'scopes' }, scopes.length > 0 ? scopes : h('span', { class: 'quiet' }, 'no scopes')),
    life(token, now, revoke))
}

function refusedRequest (request) {
  return h('li', {},
    h('p', { class: 'facts' }, mark('refused', `${request.status} ${request.error ?? ''}`),
      h('strong', {}, request.client_id ?? 'no client id'), h('span', { class: 'quiet' }, clock(request.time_ms))),
    h('p', {}, request.reason ?? (request.faults ? 'A fault is switched on.' : '')),
    h('p', { class: 'quiet id' }, `${request.method} ${request.path}`,
      request.debug_id && `, debug id ${request.debug_id}`))
}

function part (text) {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0))
  const value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  if (typeof value !== 'object' || value === null) throw new Error()
  return value
}

// { header, claims } of a JWT, not verified; undefined if the text is not a JWT.
function decode (text) {
  try {
    const [header, claims, signature, ...more] = text.trim().replace(/^Bearer\s+/i, '').split('.')
    return signature === undefined || more.length > 0 ? undefined : { header: part(header), claims: part(claims) }
  } catch {
    return undefined
  }
}

// When a token expires: `exp` in seconds, or IMS's `created_at` and `expires_in` in milliseconds.
function endOf (claims) {
  if (claims.created_at !== undefined && claims.expires_in !== undefined)
    return Number(claims.created_at) + Number(claims.expires_in)
  return claims.exp === undefined ? undefined : Number(claims.exp) * 1000
}

function decoded (text, known) {
  const found = decode(text)
  if (!found)
    return h('p', {}, mark('failed', 'This is not a JWT.'),
      ' A JWT has three parts with dots between them. The first two are JSON in base64url.')
  const end = endOf(found.claims)
  const isTime = Number.isFinite(end) && Math.abs(end) < 8.64e15
  const ours = known.find(({ id }) => id === found.claims.id)
  const ended = isTime && end <= Date.now()
  const time = isTime && new Date(end).toLocaleString('en-GB')
  const ending = ended
    ? [mark('failed', `expired ${time}`), h('span', {}, `${span(Date.now() - end)} ago`)]
    : [mark('success', `valid until ${time}`), h('span', {}, `${span(end - Date.now())} left`)]
  return [
    h('p', { class: 'facts' }, isTime ? ending : h('span', {}, 'The token does not say when it expires.'),
      ours && stateMark(ours, `issued here, ${ours.state}`)),
    h('h4', {}, 'Claims'), code(JSON.stringify(found.claims, null, 2), 'Claims of the token'),
    h('h4', {}, 'Header'), code(JSON.stringify(found.header, null, 2), 'Header of the token'),
    h('p', { class: 'quiet' }, 'The signature was not verified.')
  ]
}

function decoder (known) {
  const result = h('div', { class: 'decoded', 'aria-live': 'polite' })
  const draw = () => replace(result, field.value.trim() && decoded(field.value, known()))
  const field = h('textarea', {
    id: 'token', rows: 4, spellcheck: 'false', autocomplete: 'off', placeholder: 'eyJ…', oninput: draw
  })
  return h('section', { class: 'card', 'aria-labelledby': 'decode' }, h('h3', { id: 'decode' }, 'Decode a token'),
    h('p', { class: 'quiet' }, 'This page decodes the token itself. It sends nothing and keeps nothing.'),
    h('label', { class: 'field' }, 'Token', field), result)
}

export function show (main) {
  let shown = { tokens: [], refused: [], keys: [] }
  let ahead = 0
  const decoding = decoder(() => shown.tokens)
  if (!state.project.views.includes('emulator')) {
    main.append(h('h2', {}, 'Tokens'), h('p', { class: 'quiet' }, 'Your actions use a real IMS. ',
      'With adit dev --ims local, this page shows the tokens that the local IMS issues and refuses.'), decoding)
    return
  }
  const outcome = h('p', { role: 'status' })
  const act = async (path, body, done) => {
    try {
      await post(path, body)
      await load(true)
      outcome.textContent = done
    } catch (error) {
      outcome.textContent = error.message
    }
  }
  const revoke = (token) => act('tokens/revoke', { id: token.id }, `The token of ${token.client_id} is revoked.`)
  const rotate = () => act('keys/rotate', {}, 'A new key signs new tokens. Tokens that were issued earlier stay valid.')
  const keys = h('p', { class: 'facts' })
  const list = h('ul', { class: 'rows' })
  const refused = h('ul', { class: 'rows' })
  const [issuedTitle, refusedTitle] = [h('h3', { id: 'issued' }), h('h3', { id: 'refused' })]
  main.append(h('h2', {}, 'Tokens'), h('div', { class: 'tools' }, keys,
    h('button', { type: 'button', onclick: rotate }, 'Rotate the key'), outcome),
    h('div', { class: 'columns even' },
      h('section', { class: 'card', 'aria-labelledby': 'issued' }, issuedTitle, list),
      h('div', { class: 'cards' },
        h('section', { class: 'card', 'aria-labelledby': 'refused' }, refusedTitle, refused), decoding)))

  function draw (always) {
    const older = shown.tokens.length - MOST
    // Do not replace the element that has the focus.
    if (!always && list.contains(document.activeElement)) return
    issuedTitle.textContent = `Issued (${shown.tokens.length})`
    refusedTitle.textContent = `Refused (${shown.refused.length})`
    const earlier = shown.keys.length - 1
    const verify = earlier === 1 ? 'key verifies' : 'keys verify'
    replace(keys, h('span', {}, 'Signed with ', h('code', {}, shown.keys[0] ?? '')),
      earlier > 0 && h('span', { class: 'quiet' }, `${earlier} older ${verify} earlier tokens`))
    const now = Date.now() + ahead
    const quiet = (text) => h('li', { class: 'quiet' }, text)
    replace(list, shown.tokens.slice(0, MOST).map((token) => issued(token, now, revoke)),
      shown.tokens.length === 0 && quiet('No token yet. A token that your code requests appears here.'),
      older > 0 && quiet(`and ${older} older`))
    replace(refused, shown.refused.slice(0, MOST).map(refusedRequest),
      shown.refused.length === 0 && quiet('No token request was refused.'))
  }
  async function load (always = false) {
    shown = await get('tokens')
    ahead = shown.now_ms - Date.now()
    draw(always)
  }
  // Several changes at once cause one request.
  let asking
  const soon = () => { asking ??= setTimeout(() => { asking = undefined; load().catch(() => {}) }, 300) }
  load().catch((error) => { outcome.textContent = error.message })
  const announce = ({ path, status, reason, error }) => {
    if (status >= 400 && /^\/ims\/(token|exchange)\//.test(path))
      say(`A token request was refused: ${reason ?? error ?? status}`)
  }
  const stops = [on('tokens-changed', soon), on('request', announce),
    on('connection', () => { if (state.connected) soon() })]
  const timer = setInterval(soon, 10_000)
  return () => { stops.forEach((stop) => stop()); clearInterval(timer); clearTimeout(asking) }
}
