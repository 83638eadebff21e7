// A form that calls an action, and beside it the answer and the activation.
import { code, h, prettyText, replace } from './dom.js'
import { get, on, post, state } from './data.js'
import { render } from './activation.js'

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']
const NOT_SENT = /^(host|connection|content-length|accept-encoding|origin|referer|sec-.*|transfer-encoding|x-adit-.*)$/i

// Reads a text as JSON if it is JSON.
function valueOf (text) {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

export function show (main, wanted, question) {
  let counter = 0
  const choice = h('select', { id: 'call-action', onchange: () => choose() })
  const method =
    h('select', { id: 'call-method', onchange: () => adapt() }, METHODS.map((name) => h('option', {}, name)))
  const rest =
    h('input', { id: 'call-rest', placeholder: '/more?name=value', autocomplete: 'off', spellcheck: 'false' })
  const rows = h('div', { class: 'parameters' })
  const headers =
    h('textarea', { id: 'call-headers', rows: 3, spellcheck: 'false', placeholder: 'accept: application/json' })
  const raw = h('textarea', { id: 'call-body', rows: 6, spellcheck: 'false' })
  const token = h('input', { type: 'checkbox', id: 'call-token' })
  const tokenLine = h('p', {}, h('label', { class: 'check' }, token, ' Send a token of the local IMS'))
  const webOnly = h('div', { class: 'pair' }, h('label', {}, 'Method', method),
    h('label', {}, 'Path and query after the action’s URL', rest))
  const result = h('section', { class: 'result', 'aria-live': 'polite', 'aria-label': 'Answer' },
    h('p', { class: 'quiet' }, 'The answer appears here.'))
  const send = h('button', { type: 'submit', class: 'main' }, 'Call')
  const bodyField = h('label', {}, 'Body (instead of the parameters)', raw)

  function add (name = '', value = '', hint = '') {
    const id = ++counter
    const row = h('div', { class: 'parameter' },
      h('input', {
        'aria-label': `Name of parameter ${id}`, class: 'name', value: name, autocomplete: 'off', spellcheck: 'false'
      }),
      h('input', {
        'aria-label': `Value of parameter ${name || id}`, class: 'value', value, placeholder: hint, autocomplete: 'off',
        spellcheck: 'false'
      }),
      h('button', { type: 'button', class: 'small', onclick: () => row.remove() }, 'Remove',
        h('span', { class: 'unseen' }, ` parameter ${name || id}`)))
    rows.append(row)
    return row
  }

  const action = () => state.actions.find((one) => one.name === choice.value)
  function adapt () {
    const now = action()
    if (!now) return
    webOnly.hidden = !now.web
    bodyField.hidden = now.web && method.value === 'GET'
    tokenLine.hidden = !(state.project.local_ims && now.web)
  }
  function choose () {
    const now = action()
    if (!now) return
    replace(rows)
    for (const input of now.inputs ?? [])
      add(input.name, '', input.unset ? 'unset' : input.secret ? 'a secret that is set' : 'set by the project')
    if ((now.inputs ?? []).length === 0) add()
    token.checked = now.adobe_auth
    adapt()
  }
  function fill () {
    const before = choice.value || wanted
    replace(choice, state.actions.map(({ name }) => h('option', { value: name }, name)))
    if (state.actions.some(({ name }) => name === before)) choice.value = before
    none.hidden = state.actions.length > 0
    columns.hidden = !none.hidden
  }

  async function takeFrom (id) {
    const detail = await get(`activations/${encodeURIComponent(id)}`)
    const { request } = detail
    if (!request) return
    choice.value = detail.action
    choose()
    replace(rows)
    const now = action()
    method.value = request.method
    if (now?.web)
      rest.value = request.path.slice(request.path.indexOf(now.path) === 0 ? now.path.length : request.path.length) +
        (request.query ? '?' + request.query : '')
    headers.value = request.headers.filter(
      ([name, value]) => !NOT_SENT.test(name) && value !== '<hidden>' && !/^(user-agent|authorization)$/i.test(name)
    ).map((pair) => pair.join(': ')).join('\n')
    token.checked = request.headers.some(([name]) => name.toLowerCase() === 'authorization') && now?.adobe_auth
    raw.value = prettyText(request.body)
    adapt()
  }

  async function submit (event) {
    event.preventDefault()
    const now = action()
    if (!now) return
    const given = Object.fromEntries(
      [...rows.children].map(
        (row) => [row.querySelector('.name').value.trim(), row.querySelector('.value').value]
      ).filter(([name, value]) => name && value !== '')
    )
    const asked = {
      action: now.name, method: now.web ? method.value : 'POST', rest: rest.value.trim(), headers: [], body: '',
      token: token.checked && !tokenLine.hidden
    }
    if (now.web && asked.method === 'GET') {
      const query = new URLSearchParams(given).toString()
      if (query) asked.rest += (asked.rest.includes('?') ? '&' : '?') + query
    } else if (raw.value.trim()) {
      asked.body = raw.value
    } else if (Object.keys(given).length > 0) {
      asked.body =
        JSON.stringify(Object.fromEntries(Object.entries(given).map(([name, text]) => [name, valueOf(text)])))
      asked.headers.push(['content-type', 'application/json'])
    }
    for (const line of headers.value.split('\n').filter((text) => text.includes(':')))
      asked.headers.push([line.slice(0, line.indexOf(':')).trim(), line.slice(line.indexOf(':') + 1).trim()])
    if (asked.body && !asked.headers.some(([name]) => name.toLowerCase() === 'content-type'))
      asked.headers.push(['content-type', typeof valueOf(asked.body) === 'string' ? 'text/plain' : 'application/json'])
    send.disabled = true
    replace(result, h('p', {}, 'Waiting for the answer…'))
    try {
      const answer = await post('call', asked)
      replace(result, h('h3', {}, `Answer: ${answer.status}`),
        code(prettyText(answer.body) || '(empty)', 'Body of the answer'),
        h('details', {}, h('summary', {}, 'Headers'),
          code(answer.headers.map((pair) => pair.join(': ')).join('\n'), 'Headers of the answer')))
      if (answer.activation) {
        const detail = await get(`activations/${answer.activation}`)
        result.append(h('p', {}, h('a', { href: `#/activation/${answer.activation}` }, 'Show the whole activation')),
          ...render(detail, false).flat().filter(Boolean))
      }
    } catch (error) {
      replace(result, h('p', { class: 'words' }, error.message))
    } finally {
      send.disabled = false
    }
  }

  const form = h('form', { onsubmit: submit }, h('label', {}, 'Action', choice), webOnly,
    h('fieldset', {}, h('legend', {}, 'Parameters'),
      h('p', { class: 'quiet' }, 'Leave a value empty to use the one that the project sets.'), rows,
      h('button', { type: 'button', class: 'small', onclick: () => add().querySelector('input').focus() },
        'Add a parameter')),
    h('label', {}, 'Headers, one in each line', headers), bodyField, tokenLine, send)
  const none = h('p', { class: 'empty' }, 'The project has no action to call.')
  const columns = h('div', { class: 'columns' }, form, result)
  main.append(h('h2', {}, 'Call'), none, columns)
  fill()
  choose()
  if (question.get('from')) {
    // The form is hidden until it is filled in, so that this overwrites nothing that the user writes.
    form.hidden = true
    takeFrom(question.get('from')).catch((error) => replace(result,
      h('p', {}, error.message))).finally(() => { form.hidden = false })
  }
  return on('actions', () => {
    const first = choice.options.length === 0
    fill()
    if (first) choose()
  })
}
