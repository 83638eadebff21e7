// The server's data that the page shows, kept up to date by the server's events.
const ROOT = '/__adit/api/'
const MOST = 10_000
const MOST_REQUESTS = 500

export const state = { project: {}, actions: [], activations: [], findings: [], requests: [], connected: true,
  unauthorized: false }
const byId = new Map()
const listeners = new Map()

export function on (topic, listener) {
  if (!listeners.has(topic)) listeners.set(topic, new Set())
  listeners.get(topic).add(listener)
  return () => listeners.get(topic).delete(listener)
}

function emit (topic, details) {
  for (const listener of listeners.get(topic) ?? []) listener(details)
}

export async function get (path) {
  const answer = await fetch(ROOT + path, { cache: 'no-store' })
  if (!answer.ok)
    throw Object.assign(
      new Error((await answer.json().catch(() => ({}))).message ?? `The server answered ${answer.status}.`),
      { status: answer.status }
    )
  return answer.json()
}

export async function post (path, body = {}) {
  const answer = await fetch(ROOT + path, {
    method: 'POST', headers: { 'content-type': 'application/json', 'x-adit-console': '1' }, body: JSON.stringify(body)
  })
  const value = await answer.json().catch(() => ({}))
  if (!answer.ok)
    throw new Error([value.message ?? `The server answered ${answer.status}.`, value.hint].filter(Boolean).join(' '))
  return value
}

// Adds an activation in front, or updates it in place. Returns how many were added.
function put (summary) {
  const known = byId.get(summary.id)
  if (known) {
    Object.assign(known, summary)
    return 0
  }
  byId.set(summary.id, summary)
  state.activations.unshift(summary)
  while (state.activations.length > MOST) byId.delete(state.activations.pop().id)
  return 1
}

export function take (summaries) {
  const added = summaries.map(put).reduce((a, b) => a + b, 0)
  for (const summary of summaries) emit('activation', summary)
  if (summaries.length > 0) emit('activations', { added })
}

// Adds the emulator's requests in front. Skips those that the page has read already.
function takeRequests (requests) {
  const known = state.requests[0]?.number ?? 0
  const added = requests.filter(({ number }) => number > known).reverse()
  if (added.length === 0) return
  state.requests = [...added, ...state.requests].slice(0, MOST_REQUESTS)
  for (const request of added) emit('request', request)
  emit('requests')
  if (added.some(({ path }) => path.startsWith('/ims/'))) emit('tokens-changed')
}

let last = ''

export async function load () {
  const project = await get('project')
  state.project = project
  last = project.last_event
  if (project.views.includes('emulator')) state.requests = (await get('requests')).requests
  if (project.views.includes('activations')) {
    state.actions = project.actions
    for (const summary of (await get('activations')).activations.reverse()) put(summary)
  }
  for (const topic of ['project', 'actions', 'requests', 'tokens-changed', 'emulator-changed',
      'problems-changed']) emit(topic)
  emit('activations', { added: 0 })
}

let reloading
export function loadActions () {
  reloading ??= new Promise((resolve) => setTimeout(resolve, 100)).then(() => get('project')).then((project) => {
    state.project = project
    state.actions = project.actions
    emit('project')
    emit('actions')
  }).catch(() => {}).finally(() => { reloading = undefined })
  return reloading
}

export async function loadProblems () {
  if (!state.project.views.includes('problems')) return
  state.findings = (await get('problems')).findings
  emit('problems')
}

async function receive (text) {
  const summaries = []
  const requests = []
  for (const block of text.split('\n\n')) {
    const fields = Object.fromEntries(block.split('\n').filter((line) => /^\w+: /.test(line)).map((line) =>
      [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]))
    if (fields.id) last = fields.id
    if (fields.event === 'activation') {
      summaries.push(JSON.parse(fields.data))
    } else if (fields.event === 'action' || fields.event === 'configuration') {
      loadActions()
      emit('problems-changed')
    } else if (fields.event === 'request') {
      requests.push(JSON.parse(fields.data))
    } else if (fields.event === 'emulator') {
      emit('tokens-changed')
      emit('emulator-changed')
    } else if (fields.event === 'reset') {
      await load()
    }
  }
  take(summaries)
  takeRequests(requests)
}

function connected (is) {
  if (state.connected === is) return
  state.connected = is
  emit('connection')
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
const shown = () => new Promise((resolve) => {
  if (!document.hidden) return resolve()
  document.addEventListener('visibilitychange', resolve, { once: true })
})

// Asks for the events after the last one, again and again. A hidden page does not ask, because a browser opens few
// connections to one server.
export async function follow () {
  let behind = true
  for (;;) {
    await shown()
    try {
      if (behind) await load()
      behind = false
      const answer = await fetch(`${ROOT}events?after=${encodeURIComponent(last)}`, { cache: 'no-store' })
      if (answer.status === 401) throw Object.assign(new Error(), { status: 401 })
      if (!answer.ok) throw new Error()
      await receive(await answer.text())
      state.unauthorized = false
      connected(true)
    } catch (error) {
      state.unauthorized = error.status === 401
      behind = true
      state.connected = true
      connected(false)
      await pause(700)
    }
  }
}
