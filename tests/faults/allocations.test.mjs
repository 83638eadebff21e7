// One allocation fails, another one in each run. The result must be an error or a success, not an abort or a process
// that hangs. OpenSSL 3.0 and glibc do not survive all such failures: crashes inside other libraries are counted, and
// there may be only few.
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { ADIT, atExit, emulator, jwtEnv, project, temporaryFolder, toDotenv } from '../cli/adit.mjs'

const { ADIT_FAILING_MALLOC: preloaded, ADIT_GET_PROBE: probe } = process.env

function started (command, args, env, cwd) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd, env: { PATH: process.env.PATH, ...env, LD_PRELOAD: preloaded }, stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 60_000, killSignal: 'SIGKILL'
    })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (text) => { stdout += text })
    child.stderr.on('data', (text) => { stderr += text })
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
}

// Returns the function of another library in which a crash happened, or an empty text if it was in adit or is unknown.
// The command contains such libraries, too, so addr2line must resolve its frames.
function notOurs (stderr) {
  // glibc's __cxa_thread_atexit_impl can report the failure only in this way.
  if (stderr.includes('Fatal glibc error: failed to register TLS destructor')) return 'thread_local'
  for (const [, path, exported, offset] of stderr.matchAll(/^(\S+)\(([^+)]*)\+?(0x[0-9a-f]+)?\) ?\[0x[0-9a-f]+\]$/gm)) {
    if (/failing_malloc|\/libc\.so|\/libstdc\+\+|\/libgcc_s/.test(path)) continue
    if (/\.so[.\d]*$/.test(path)) return `${path} ${exported}`
    const name = spawnSync('addr2line', ['-Cfe', path, offset]).stdout?.toString().split('\n')[0] ?? ''
    if (name.startsWith('std::') || name.startsWith('operator new')) continue
    return /adit::|^main$|^\?\?$|^$/.test(name) ? '' : name
  }
  return ''
}

// Runs the command once for each of `points` failing allocations, evenly spread over all allocations of a run. Returns
// how many runs succeeded.
async function failAtEach (points, { command, args, cwd, success }) {
  const run = (env) => started(command, args(temporaryFolder()),
    { ...env, XDG_CACHE_HOME: temporaryFolder(), HOME: cwd ?? '/nonexistent' }, cwd)
  const count = join(temporaryFolder(), 'count')
  const whole = await run({ ADIT_COUNT_FILE: count })
  assert.equal(whole.code, 0, whole.stderr)
  const all = Number(readFileSync(count, 'utf8'))
  assert.ok(all > points, `${all} allocations`)
  // The first allocations start OpenSSL and the program itself.
  const first = Array.from({ length: 20 }, (_, i) => 1 + i)
  const numbers = [...first, ...Array.from({ length: points }, (_, i) => 1 + Math.floor(i * all / points))]
  const bad = []
  const crashes = []
  let successes = 0
  await Promise.all(Array.from({ length: availableParallelism() }, async () => {
    for (let at = numbers.pop(); at !== undefined; at = numbers.pop()) {
      const { code, signal, stdout, stderr } = await run({ ADIT_FAIL_AT: String(at) })
      const well = code === 0 ? success.test(stdout)
        : [1, 2].includes(code) && stderr.length > 0 && !stderr.includes('terminate called')
      if ((signal === 'SIGSEGV' || stderr.includes('Fatal glibc error')) && notOurs(stderr))
        crashes.push(notOurs(stderr))
      else if (!well)
        bad.push(
          `at ${at} of ${all}: code ${code}, signal ${signal}, stdout '${stdout.slice(0, 80)}', stderr '${stderr.slice(0, 2000)}'`
        )
      if (code === 0) ++successes
    }
  }))
  assert.deepEqual(bad, [])
  assert.ok(crashes.length <= points / 50, crashes.join(', '))
  return successes
}

describe('an allocation that fails', () => {
  let ims, root
  before(async () => {
    root = project({ 'ext.config.yaml': 'runtimeManifest: {}\n', '.env': toDotenv(jwtEnv()) })
    ims = await emulator(['--env-file', join(root, '.env')])
  })
  const token = /^[\w-]+\.[\w-]+\.[\w-]+\n$/

  test('in adit token is an error or a success', async () => {
    const args = (folder) => ['token', '--ims', ims.origin, '--store', `file:${folder}/tokens`]
    const successes = await failAtEach(300, { command: ADIT, args, cwd: root, success: token })
    assert.ok(successes < 300, 'some of them matter')
  })

  test('in adit token with a store in Redis is an error or a success', async (t) => {
    const socket = join(temporaryFolder(), 'redis.sock')
    const server = spawn('redis-server', ['--port', '0', '--unixsocket', socket, '--save', ''],
      { stdio: ['ignore', 'pipe', 'ignore'] })
    atExit(() => server.kill('SIGKILL'))
    await new Promise((resolve) => server.stdout.on('data',
      (text) => { if (/ready to accept|The server is now ready/i.test(text)) resolve() }))
    const args = () => ['token', '--ims', ims.origin, '--fresh', '--store', `unix:${socket}`]
    await failAtEach(150, { command: ADIT, args, cwd: root, success: token })
  })

  test('in get() and async_get() is an error or a success', async () => {
    const args = (folder) => [`file:${folder}/tokens`]
    await failAtEach(400, { command: probe, args, success: /^the-token\n$/ })
  })
})
