// The frame: which view is shown, and whether the server is there.
import { h, replace } from './dom.js'
import { follow, loadProblems, on, state } from './data.js'
import * as activations from './activations.js'
import * as activation from './activation.js'
import * as actions from './actions.js'
import * as call from './call.js'
import * as problems from './problems.js'
import * as plots from './plots.js'

const VIEWS = [
  ['activations', 'Activations', activations], ['actions', 'Actions', actions], ['call', 'Call', call],
  ['problems', 'Problems', problems], ['plots', 'Plots', plots]
]
const main = document.getElementById('main')
let leave = () => {}
let shown = ''

const tabs = new Map(VIEWS.map(([name, title]) => {
  const count = h('span', { class: 'count' })
  const link = h('a', { href: `#/${name}` }, title, count)
  document.getElementById('views').append(h('li', {}, link))
  return [name, { link, count }]
}))

// #/VIEW/ARGUMENT?QUESTION; names may hold slashes.
function route () {
  if (location.hash === '#main') return main.focus()
  const [path, question] = location.hash.replace(/^#\/?/, '').split('?')
  const [name, ...rest] = path.split('/')
  const view = name === 'activation' ? activation : (VIEWS.find(([one]) => one === name) ?? VIEWS[0])[2]
  const tab = name === 'activation' ? 'activations' : tabs.has(name) ? name : 'activations'
  for (const [one, { link }] of tabs)
    one === tab ? link.setAttribute('aria-current', 'page') : link.removeAttribute('aria-current')
  leave()
  replace(main)
  leave = view.show(main, decodeURIComponent(rest.join('/')), new URLSearchParams(question)) ?? (() => {})
  const title = main.querySelector('h2')?.textContent ?? 'Console'
  document.title = `${title} – adit ${state.project.name ?? ''}`
  if (shown) main.focus({ preventScroll: true })
  shown = location.hash
  scrollTo(0, 0)
}

on('connection', () => {
  const line = document.getElementById('connection')
  line.className = state.connected ? '' : 'gone'
  line.textContent = state.connected ? '' : state.stranger
    ? 'adit dev was started again. Open the URL that it prints now.' : 'adit dev does not answer. Trying again…'
})
on('project', () => { document.getElementById('project').textContent = state.project.name ?? '' })
on('problems', () => {
  const count = state.findings.filter((finding) => finding.severity === 'error').length
  replace(tabs.get('problems').count,
    count > 0 && h('span', {}, h('span', { 'aria-hidden': 'true' }, String(count)),
      h('span', { class: 'unseen' }, `, ${count} ${count === 1 ? 'error' : 'errors'}`)))
})
let asking
on('problems-changed',
  () => { asking ??= setTimeout(() => { asking = undefined; loadProblems().catch(() => {}) }, 300) })

addEventListener('hashchange', route)
route()
follow()
