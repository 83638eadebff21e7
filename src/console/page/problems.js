// The findings of `adit check`, live.
import { h, mark, place, replace, say } from './dom.js'
import { loadProblems, on, state } from './data.js'

const WORDS = { error: 'Error', warning: 'Warning', note: 'Note' }

export function show (main) {
  const body = h('div', {}, h('p', { class: 'quiet' }, 'Checking the project…'))
  main.append(h('h2', {}, 'Problems'), body)
  let before = ''
  const draw = () => {
    const now = JSON.stringify(state.findings)
    if (now === before) return
    before = now
    say(state.findings.length === 1 ? '1 problem' : `${state.findings.length} problems`)
    replace(body, state.findings.length === 0
      ? h('p', { class: 'empty' }, mark('success', 'adit check finds nothing wrong.'))
      : h('ul', { class: 'findings' }, state.findings.map((finding) => h('li', { class: finding.severity },
        h('p', {}, mark(finding.severity, WORDS[finding.severity]), ' ', h('code', {}, place(finding))),
        h('p', { class: 'words' }, finding.message),
        h('p', {}, finding.fix, finding.fixable && h('span', { class: 'quiet' }, ' (adit check --fix does it)'))))))
  }
  const stop = on('problems', draw)
  const load = () => loadProblems().catch(() => {})
  load()
  const timer = setInterval(load, 4000)
  return () => { stop(); clearInterval(timer) }
}
