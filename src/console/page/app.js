// Shows the view that the URL names, and whether the server answers.
import { h, replace } from './dom.js'
import { follow, loadProblems, on, state } from './data.js'
import * as activations from './activations.js'
import * as activation from './activation.js'
import * as actions from './actions.js'
import * as call from './call.js'
import * as problems from './problems.js'
import * as plots from './plots.js'
import * as tokens from './tokens.js'
import * as emulator from './emulator.js'

const VIEWS = [
  ['activations', 'Activations', activations], ['actions', 'Actions', actions], ['call', 'Call', call],
  ['problems', 'Problems', problems], ['plots', 'Plots', plots],
  ['tokens', 'Tokens', tokens], ['emulator', 'Emulator', emulator]
]
const main = document.getElementById('main')
let leave = () => {}
let shown = ''

const tabs = new Map(VIEWS.map(([name, title]) => {
  const count = h('span', { class: 'count' })
  const link = h('a', { href: `#/${name}` }, title, count)
  const item = h('li', { hidden: true }, link)
  document.getElementById('views').append(item)
  return [name, { link, count, item }]
}))

// The URL's fragment is #/VIEW/ARGUMENT?QUERY. An argument may contain slashes.
function route () {
  if (location.hash === '#main') return main.focus()
  const [path, query] = location.hash.replace(/^#\/?/, '').split('?')
  const [name, ...rest] = path.split('/')
  const { views } = state.project
  const tab = name === 'activation' ? 'activations' : views.includes(name) ? name : views[0]
  const view = name === 'activation' && views.includes(tab) ? activation : VIEWS.find(([one]) => one === tab)[2]
  for (const [one, { link }] of tabs)
    one === tab ? link.setAttribute('aria-current', 'page') : link.removeAttribute('aria-current')
  leave()
  replace(main)
  leave = view.show(main, decodeURIComponent(rest.join('/')), new URLSearchParams(query)) ?? (() => {})
  const title = main.querySelector('h2')?.textContent ?? 'Console'
  document.title = `${title} – adit ${state.project.name}`
  if (shown) main.focus({ preventScroll: true })
  shown = location.hash || '#/'
  scrollTo(0, 0)
}

const command = () => state.project.command ?? 'The server'
on('connection', () => {
  const line = document.getElementById('connection')
  line.className = state.connected ? '' : 'gone'
  line.textContent = state.connected ? '' : state.unauthorized
    ? `${command()} was restarted. Open the new URL that it printed.` : `${command()} does not answer. Trying again…`
})
on('project', () => {
  document.getElementById('project').textContent = state.project.name
  for (const [name, { item }] of tabs) item.hidden = !state.project.views.includes(name)
  // The first view needs the project's data.
  if (!shown) route()
})
on('problems', () => {
  const count = state.findings.filter((finding) => finding.severity === 'error').length
  replace(tabs.get('problems').count,
    count > 0 && h('span', {}, h('span', { 'aria-hidden': 'true' }, String(count)),
      h('span', { class: 'unseen' }, `, ${count} ${count === 1 ? 'error' : 'errors'}`)))
})
let asking
on('problems-changed',
  () => { asking ??= setTimeout(() => { asking = undefined; loadProblems().catch(() => {}) }, 300) })

addEventListener('hashchange', () => { if (state.project.views) route() })
follow()
