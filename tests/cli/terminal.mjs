// Runs the command on a real pseudo-terminal, which python3's pty module makes.
import { spawn } from 'node:child_process'
import { ADIT, temporaryFolder } from './adit.mjs'

// Runs the program argv[3…] on a terminal of argv[1] columns in the folder argv[2] and copies its output to stdout. A
// line "key X" on stdin types the character with that number. Ends with the program's exit code, or with 128 plus the
// number of its signal.
const TERMINAL = `
import fcntl, os, pty, select, struct, sys, termios
columns, folder, command = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
child, terminal = pty.fork()
if child == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', 24, columns, 0, 0))
    os.chdir(folder)
    os.execvp(command[0], command)
watched = [terminal, 0]
while True:
    ready, _, _ = select.select(watched, [], [])
    if 0 in ready:
        typed = os.read(0, 4096)
        if typed: os.write(terminal, typed)
        else: watched.remove(0)
    if terminal in ready:
        try: output = os.read(terminal, 65536)
        except OSError: output = b''
        if not output: break
        os.write(1, output)
status = os.waitpid(child, 0)[1]
sys.exit(128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status))
`

const environment =
  (home, changes = {}) => ({ PATH: process.env.PATH, HOME: home, TERM: 'xterm', LANG: 'C.UTF-8', ...changes })

// Runs a command on a terminal and returns { type(text), until(pattern), ended }.
export function onTerminal (args, { cwd, columns = 80, env = {}, home = temporaryFolder(), program = ADIT } = {}) {
  const child = spawn('python3', ['-c', TERMINAL, String(columns), cwd ?? temporaryFolder(), program, ...args],
    { env: environment(home, env), stdio: ['pipe', 'pipe', 'inherit'] })
  const result = { output: '' }
  const waiting = []
  child.stdout.setEncoding('utf8').on('data', (data) => {
    result.output += data
    for (const wait of waiting) if (wait.pattern.test(result.output)) wait.resolve()
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), 60_000)
  result.ended =
    new Promise((resolve) => child.on('close', (code) => {
      clearTimeout(timer)
      resolve({ code, output: result.output })
    }))
  result.until = (pattern) => Promise.race([
    new Promise((resolve) => { if (pattern.test(result.output)) resolve(); else waiting.push({ pattern, resolve }) }),
    result.ended.then(({ output }) => { throw new Error(`it ended without ${pattern}:\n${output}`) })
  ])
  result.type = (text) => child.stdin.write(text)
  return result
}
