// Runs the shell blocks of a Markdown file in order in one bash; blocks.mjs reads them.
import { spawn } from 'node:child_process'

// A block that takes longer hangs. The longest one compiles an action, on a machine that also compiles other things.
const kBlockTime = 240_000

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`

// The beginning of the script of a file. Each background terminal is a process group, so that everything that a block
// has started ends with it. If a block fails, the output of the terminals is shown, because they are often the cause.
const kBeginning = `set -euo pipefail
exec 2>&1  # one stream, so that the output stays in order
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

// Makes one script from all blocks of a file. Before each block it writes "AT LINE" to descriptor 9, so the last one
// written is the block that failed.
function toScript (blocks) {
  let script = kBeginning
  for (const { language, text, line, path, ownTerminal } of blocks) {
    if (language !== 'sh' && !path) continue
    script += `echo "AT ${line}" >&9\n`
    if (path) {
      script += `mkdir -p "$(dirname ${quoted(path)})"\nprintf %s ${quoted(text)} >${quoted(path)}\n`
    } else if (ownTerminal) {
      // The server is ready when it prints where it listens.
      const log = `"$HOME/terminal-${line}.log"`
      script += `: >${log}\nset -m\nbash -euo pipefail -c ${quoted(text)} >>${log} 2>&1 9>&- &\nset +m\nterminals+=($!)\n` +
        `until grep -q '^listening on ' ${log}; do kill -0 $! 2>/dev/null || exit 1; sleep 0.05; done\n`
    } else {
      script += text
    }
  }
  return script
}

// Runs the blocks and returns { code, output, at }; `at` is the line of the last block that was started. A block that
// exceeds its time, in milliseconds (`time` is a function of `at`), is stopped together with the rest.
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
      kill('SIGTERM') // the script stops its terminals
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
