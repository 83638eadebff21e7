// The shell's blocks of a Markdown file, run in order by one bash; blocks.mjs reads them.
import { spawn } from 'node:child_process'

// A block that takes longer hangs: the longest one compiles an action, on a machine that compiles beside.
const kBlockTime = 240_000

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`

// What the script of a file begins with. A terminal is a process group of its own, so that what a block has started
// ends with it, whatever that is; what the terminals have said is shown where a block fails, which is often for their
// sake.
const kBeginning = `set -euo pipefail
exec 2>&1  # one stream, so that what is said stays in order
terminals=()
finish() {
  local status=$?
  trap - EXIT
  for terminal in "\${terminals[@]}"; do kill -- "-$terminal" 2>/dev/null || true; done
  wait
  if ((status != 0)); then tail -n +1 "$HOME"/terminal-*.log 2>/dev/null || true; fi
  exit "$status"
}
trap finish EXIT
`

// One script for all that a file tells its reader to do. Before each block it says "AT LINE" on descriptor 9: the last
// one said is the block that failed.
function toScript (blocks) {
  let script = kBeginning
  for (const { language, text, line, path, ownTerminal } of blocks) {
    if (language !== 'sh' && !path) continue
    script += `echo "AT ${line}" >&9\n`
    if (path) {
      script += `mkdir -p "$(dirname ${quoted(path)})"\nprintf %s ${quoted(text)} >${quoted(path)}\n`
    } else if (ownTerminal) {
      // Up when it says where it listens.
      const log = `"$HOME/terminal-${line}.log"`
      script += `: >${log}\nset -m\nbash -euo pipefail -c ${quoted(text)} >>${log} 2>&1 9>&- &\nset +m\nterminals+=($!)\n` +
        `until grep -q '^listening on ' ${log}; do kill -0 $! 2>/dev/null || exit 1; sleep 0.05; done\n`
    } else {
      script += text
    }
  }
  return script
}

// Runs the blocks: { code, output, at }, `at` being the line of the block that it came to. A block past its time, in
// milliseconds (a function of `at` says how long that is), is ended, and the rest with it.
export function runBlocks (blocks, { cwd, env, time = () => kBlockTime }) {
  const child = spawn('bash', ['-c', toScript(blocks)], {
    cwd, env, stdio: ['ignore', 'pipe', 'pipe', 'ignore', 'ignore', 'ignore', 'ignore', 'ignore', 'ignore', 'pipe'],
    detached: true
  })
  const result = { output: '', at: '' }
  let timer, killer
  const kill = (signal) => { try { process.kill(-child.pid, signal) } catch {} }
  const watch = () => {
    clearTimeout(timer)
    const limit = time(result.at)
    timer = setTimeout(() => {
      result.output += `\n(nothing came of it in ${limit / 1000} s)\n`
      kill('SIGTERM')  // the script ends its terminals
      killer = setTimeout(() => kill('SIGKILL'), 10_000)
    }, limit)
  }
  watch()
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (data) => { result.output += data })
  child.stdio[9].setEncoding('utf8').on('data',
    (data) => { result.at = String(data).trim().split('\n').at(-1).replace('AT ', ''); watch() })
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      clearTimeout(killer)
      resolve({ ...result, code: code ?? signal })
    })
  })
}
