// The project's actions, sequences and triggers: the URL, state and inputs of each action.
import { code, h, mark, megabytes, place, replace, section, span } from './dom.js'
import { loadActions, on, post, state } from './data.js'
import { inputTable, unsetInput } from './activation.js'

const WORDS = { waiting: 'not built yet', building: 'building', ready: 'ready', failed: 'cannot run' }
const unfolded = new Set()

function annotationsOf (action) {
  return [
    action.web ? 'web' : 'needs the API key', action.adobe_auth && 'require-adobe-auth',
    ...Object.entries(action.annotations).filter(
      ([name, value]) => value === true && !['web-export', 'require-adobe-auth'].includes(name)
    ).map(([name]) => name)
  ].filter(Boolean).join(', ')
}

function one (action) {
  const unset = (action.inputs ?? []).filter((input) => input.unset)
  const inputs = action.inputs?.length > 0 &&
    section(`Inputs (${(action.inputs ?? []).length})`, unfolded.has(action.name), inputTable(action.inputs))
  if (inputs)
    inputs.addEventListener('toggle', () => unfolded[inputs.open ? 'add' : 'delete'](action.name))
  return h('article', { class: 'card' },
    h('h3', {}, action.name),
    h('p', { class: 'facts' }, action.components ? h('span', {}, 'sequence') : mark(action.state, WORDS[action.state]),
      !action.components && h('span', {}, action.kind), action.deployed && h('span', {}, 'deployed'),
      h('span', {}, annotationsOf(action)),
      action.process ? h('span', {}, `warm: process ${action.process}, ${megabytes(action.memory_bytes)}`)
        : !action.components && h('span', { class: 'quiet' }, 'no process'),
      h('span', { class: 'quiet' }, place(action.where))),
    h('p', { class: 'address' }, h('code', {}, location.origin + action.path)),
    action.output && code(action.output, `Why ${action.name} cannot run`),
    action.components && h('ol', { class: 'chain' }, action.components.map((component) => h('li', {}, component))),
    unset.length > 0 && h('ul', { class: 'unset-list' }, unset.map((input) => h('li', {}, unsetInput(input)))),
    inputs,
    h('p', {},
      h('a', { class: 'button', href: `#/call/${encodeURIComponent(action.name)}` }, 'Call',
        h('span', { class: 'unseen' }, ' ' + action.name))))
}

function alarmOf ({ alarm }) {
  if (!alarm) return 'no alarm'
  if (alarm.cron !== undefined) return `alarm, cron ${alarm.cron}`
  if (alarm.minutes !== undefined) return `alarm, every ${alarm.minutes === 1 ? 'minute' : `${alarm.minutes} minutes`}`
  return 'alarm, once'
}

function nextOf ({ alarm, next_ms: time }) {
  if (time === undefined) return alarm && h('span', { class: 'quiet' }, 'does not fire again')
  return h('span', {}, `next ${new Date(time).toLocaleString('en-GB')}, in ${span(Math.max(0, time - Date.now()))}`)
}

function trigger (one) {
  const outcome = h('span', { role: 'status' })
  const fire = async () => {
    try {
      const { activation } = await post('triggers/fire', { trigger: one.name })
      outcome.textContent =
        activation ? 'Fired. Activations shows the actions that it started.' : 'The trigger has no active rule.'
    } catch (error) {
      outcome.textContent = error.message
    }
  }
  return h('article', { class: 'card' }, h('h3', {}, one.name),
    h('p', { class: 'facts' }, h('span', {}, 'trigger'), h('span', {}, alarmOf(one)), nextOf(one)),
    one.rules.length === 0 && h('p', { class: 'quiet' }, 'The trigger has no rule, so it starts no action.'),
    one.rules.map((rule) => h('ol', { class: 'chain' }, [one.name, `rule ${rule.name}`, rule.action].map((name) =>
      h('li', {}, name)), !rule.active && h('li', {}, mark('refused', 'inactive')))),
    h('p', { class: 'facts' }, h('button', { type: 'button', onclick: fire }, 'Fire',
      h('span', { class: 'unseen' }, ' ' + one.name)), outcome))
}

export function show (main) {
  const body = h('div', { class: 'cards side-by-side' })
  const trouble = h('div', {})
  const triggers = h('div', { class: 'cards side-by-side' })
  const triggersTitle = h('h2', { class: 'second' }, 'Triggers')
  main.append(h('h2', {}, 'Actions'), trouble, body, triggersTitle, triggers)
  const draw = () => {
    replace(trouble,
      state.project.configuration_error &&
        h('section', { class: 'why' }, h('h3', {}, 'The configuration cannot be read'),
          code(state.project.configuration_error, 'What is wrong'),
          h('p', {}, 'adit dev uses the last configuration that it could read.')))
    replace(body, state.actions.map(one),
      state.actions.length === 0 && h('p', { class: 'empty' }, 'The project has no action.'))
    triggersTitle.hidden = state.project.triggers.length === 0
    replace(triggers, state.project.triggers.map(trigger))
  }
  draw()
  loadActions()
  const stop = on('actions', () => {
    // Do not replace the element that has the focus.
    if (![body, triggers].some((part) => part.contains(document.activeElement))) draw()
  })
  const timer = setInterval(loadActions, 5000)
  return () => { stop(); clearInterval(timer) }
}
