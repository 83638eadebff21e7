// The command in a real pseudo-terminal, which python3's pty module makes; and in places where files cannot be written.
import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { ADIT, asMounter, jwtEnv, project, run, secret, temporaryFolder, toDotenv } from './adit.mjs'
import { eventually } from '../platform/dev.mjs'
import { onTerminal } from './terminal.mjs'

const CTRL_C = '\x03'
// eslint-disable-next-line no-control-regex
const bare = (text) => text.replace(/\x1b\[[\d;?]*[A-Za-z]/g, '').replaceAll('\r', '')
// Returns the processes whose environment or arguments contain this folder.
const processesOf = (folder) => readdirSync('/proc').filter((name) => /^\d+$/.test(name)).filter((id) => {
  try {
    return readFileSync(`/proc/${id}/cmdline`, 'utf8').includes(folder) ||
      readFileSync(`/proc/${id}/environ`, 'utf8').includes(folder)
  } catch { return false }
})

const waits = (lines = '') => ({
  'ext.config.yaml':
    `runtimeManifest:\n  packages:\n    p:\n      actions:\n        a:\n          function: a.js\n          runtime: nodejs:22\n          web: 'yes'\n${lines}`,
  'a.js': "exports.main = () => { console.error('it runs'); return new Promise(() => setInterval(() => {}, 1000)) }\n",
  '.env': toDotenv(jwtEnv())
})

describe('in a terminal', () => {
  test('has colours, but not with NO_COLOR, in a dumb terminal or a pipe', async () => {
    const root = project(waits())
    const coloured = async (env) => (await onTerminal(['check'], { cwd: root, env }).ended).output.includes('\x1b[')
    assert.equal(await coloured({}), true)
    assert.equal(await coloured({ NO_COLOR: '1' }), false)
    assert.equal(await coloured({ TERM: 'dumb' }), false)
    assert.ok(!(await run(['check'], { cwd: root, env: { TERM: 'xterm' } })).stdout.includes('\x1b'))
  })

  test('the key o opens the console without Enter, and the terminal is restored afterwards', async () => {
    const home = temporaryFolder()
    writeFileSync(join(home, 'xdg-open'), '#!/bin/sh\nprintf %s "$1" >"$HOME/opened"\n', { mode: 0o755 })
    const terminal = onTerminal(['-c', 'trap : INT; "$0" emulator --port 0; stty -a', ADIT],
      { program: '/bin/sh', home, columns: 200, env: { PATH: `${home}:${process.env.PATH}` } })
    await terminal.until(/console: \S+ {2}\(o opens it\)/)
    const opened = async () => {
      terminal.type('o')
      return existsSync(join(home, 'opened')) && readFileSync(join(home, 'opened'), 'utf8') !== ''
    }
    await eventually(opened)
    // Other users can read the arguments of a process, so the browser gets a separate token that works once.
    const printed = /console: (\S+)/.exec(terminal.output)[1]
    const opening = readFileSync(join(home, 'opened'), 'utf8')
    assert.equal(opening.replace(/token=.*/, ''), printed.replace(/token=.*/, ''))
    assert.notEqual(opening, printed)
    const statuses = []
    for (const url of [opening, opening, printed, printed])
      statuses.push((await fetch(url, { redirect: 'manual' })).status)
    assert.deepEqual(statuses, [303, 401, 303, 303])
    terminal.type(CTRL_C)
    const { output } = await terminal.ended
    assert.match(output, / icanon /)
    assert.match(output, / echo /)
  })

  test('fits into a narrow window', async () => {
    const root = project({ ...waits(), 'a.js': 'exports.main = (params) => params.JWT_CLIENT_SECRET\n' })
    const { output } = await onTerminal(['check'], { cwd: root, columns: 40 }).ended
    const wide = bare(output).split('\n').filter((line) => [...line].length > 40 && line.trim().includes(' '))
    assert.deepEqual(wide, [])
  })

  test('wraps errors in a narrow window, but not their hints; and nothing in a pipe', async () => {
    const root = project({ ...waits(), '.env': 'JWT_CLIENT_ID=me\n' })
    for (const args of [['token'], ['key', 'generate', '--subject', 'CN=a, O=Example, Inc.']]) {
      const { code, output } = await onTerminal(args, { cwd: root, columns: 44 }).ended
      const piped = await run(args, { cwd: root, env: { COLUMNS: '44' } })
      assert.equal(code, piped.code)
      const lines = bare(output).trimEnd().split('\n')
      assert.deepEqual(lines.filter((line) => [...line].length > 44 && /^\S+\s+\S/.test(line)), [])
      assert.ok(
        piped.stderr.trimEnd().split('\n').filter((line) => line.startsWith(' ')).every((line) => lines.includes(line)),
        output
      )
      assert.equal(lines.join(' ').replace(/\s+/g, ' '), piped.stderr.trim().replace(/\s+/g, ' '))
      assert.ok(piped.stderr.split('\n').some((line) => line.length > 44), piped.stderr)
      // The hint stays indented.
      assert.match(lines.at(-1), /^ {2}\S/)
    }
  })

  test('prints a table with one line for each row in a pipe, and no line of blanks anywhere', async () => {
    const root = project({ ...waits(), '.env': 'IMS_OAUTH_S2S_SCOPES=' + 'openid,'.repeat(30) + '\n' })
    const piped = (await run(['info'], { cwd: root })).stdout
    assert.match(piped, /^ {2}IMS_OAUTH_S2S_SCOPES {2}(openid,){30} {2}\.env:1$/m)
    for (const columns of [40, 80, 400]) {
      const { output } = await onTerminal(['info'], { cwd: root, columns }).ended
      for (const text of [piped, bare(output)]) assert.doesNotMatch(text, /[ \t]$|\n\n./m)
    }
  })

  test('fits its whole help into a narrow window', async () => {
    for (const args of [['--help'], ['token', '--help'], ['key', '--help']]) {
      const { output } = await onTerminal(args, { columns: 44 }).ended
      assert.deepEqual(bare(output).split('\n').filter((line) => [...line].length > 44 && /\S .*\S /.test(line)), [])
      const words = (text) => text.replace(/\s+/g, ' ').trim()
      assert.equal(words(bare(output)), words((await run(args)).stdout))
    }
  })

  test('asks before --fix changes anything, and accepts no', async () => {
    for (const [answer, ignored] of [['n\n', false], ['\n', false], ['y\n', true]]) {
      const root = project(waits())
      const terminal = onTerminal(['check', '--fix'], { cwd: root })
      await terminal.until(/\[y\/N\]/)
      assert.match(bare(terminal.output), /\+\.env[^]*Make these changes\?/)
      terminal.type(answer)
      await terminal.ended
      assert.equal(existsSync(join(root, '.gitignore')), ignored)
    }
  })

  test('import asks what to do with an existing value', async () => {
    const root = project({
      'c.json': JSON.stringify({ CLIENT_ID: 'new', CLIENT_SECRETS: ['s'], ORG_ID: 'o', SCOPES: ['x'] }),
      '.env': 'IMS_OAUTH_S2S_CLIENT_ID=old\n'
    })
    const terminal = onTerminal(['import', 'c.json'], { cwd: root })
    await terminal.until(/IMS_OAUTH_S2S_CLIENT_ID has another value already[^]*\[y\/N\]/)
    terminal.type(CTRL_C)
    await terminal.ended
    assert.equal(readFileSync(join(root, '.env'), 'utf8'), 'IMS_OAUTH_S2S_CLIENT_ID=old\n')
    assert.deepEqual(readdirSync(root).sort(), ['.env', 'c.json'])
  })
})

describe('Ctrl-C', () => {
  const leavesNothing = async (root, args, ready, options = {}) => {
    const temporary = temporaryFolder()
    const before = readdirSync(root).sort()
    const running = onTerminal(args, { cwd: root, ...options, env: { TMPDIR: temporary, ...options.env } })
    await running.until(ready)
    running.type(CTRL_C)
    const { code, output } = await running.ended
    assert.ok(!/terminate called|Aborted|core dumped/.test(output), output)
    assert.deepEqual(processesOf(temporary), [])
    assert.deepEqual(readdirSync(temporary), [])
    assert.deepEqual(readdirSync(root).filter((name) => name !== 'dist').sort(), before)
    return { code, output }
  }

  test('stops dev and its actions', async () => {
    const { code } = await leavesNothing(project(waits()), ['dev', '--http', '--port', '0', '--ims', 'local'],
      /http:\/\/(localhost|127\.0\.0\.1):\d+/)
    assert.equal(code, 0)
  })

  test('stops the emulator', async () => {
    const { code } = await leavesNothing(project(waits()),
      ['emulator', '--env-file', '.env', '--tls', '--http-port', '0'], /listening on/)
    assert.equal(code, 0)
  })

  test('stops invoke and the running action', async () => {
    const { code } = await leavesNothing(project(waits()), ['invoke', '--ims', 'local'], /it runs/)
    assert.notEqual(code, 0)
  })

  test('stops token while IMS does not answer', async () => {
    const { code } = await leavesNothing(project(waits()),
      ['token', '--store', 'memory:', '--ims', 'http://127.0.0.1:1'], /trying again/)
    assert.notEqual(code, 0)
  })
})

describe('where files cannot be written', () => {
  const credential =
    JSON.stringify({ CLIENT_ID: 'new', CLIENT_SECRETS: [secret], ORG_ID: 'o@AdobeOrg', SCOPES: ['openid'] })
  const old = 'IMS_OAUTH_S2S_CLIENT_ID=old\nX=1\n'

  test('works without a home folder', async () => {
    const root = project({ '.env': toDotenv(jwtEnv()) })
    // Not even root can make a folder below a file.
    for (const env of [{ HOME: '' }, { HOME: join(root, '.env', 'home') }]) {
      const { code, stdout, stderr } = await run(['token', '--ims', 'local'], { cwd: root, env })
      assert.equal(code, 0, stderr)
      assert.match(stdout, /^eyJ/)
    }
  })

  // Runs two shell scripts in a new folder, the second one through `as`; `front` is the prefix of both. In the scripts,
  // `$1` is the command and `$2` the folder.
  const inFolder = (front, prepare, script, as = []) => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'at'))
    const both = `cd "$2/at" || exit 9; ${prepare}; exec ${as.join(' ')} sh -c "$3" sh "$1" "$2"`
    const [program, ...words] = [...front, 'sh', '-c', both, 'sh', ADIT, folder, script]
    const env = { PATH: process.env.PATH, HOME: folder, LANG: 'C.UTF-8' }
    return spawnSync(program, words, { encoding: 'utf8', env, timeout: 60_000 })
  }
  const mount = (options) => `mount -t tmpfs -o ${options} none "$2/at" && cd "$2/at" || exit 9`
  const files =
    `printf '%s' '${old.replaceAll('\n', '\\n')}' | sed 's/\\\\n/\\n/g' > .env; printf '%s' '${credential}' > c.json; printf 'actions: a\\n' > ext.config.yaml; printf 'JWT_CLIENT_ID=a\\nJWT_IMS_ORG=b\\n' > jwt.env`
  const works =
    '"$1" import c.json --replace; echo "code $?"; "$1" migrate --env-file jwt.env; echo "code $?"; "$1" check --fix --yes > /dev/null; echo "code $?"; "$1" key generate; echo "code $?"'
  const intact = '; echo "== files"; ls -A; echo "== env"; cat .env; echo "== jwt"; cat jwt.env'
  const judge = ({ stdout, stderr }, reason) => {
    assert.deepEqual(stdout.match(/code \d/g), ['code 1', 'code 1', 'code 1', 'code 1'], stdout + stderr)
    assert.equal(stderr.match(reason)?.length, 4, stderr)
    const [, names, env, jwt] = stdout.split(/== \w+\n/)
    assert.equal(env, old)
    assert.equal(jwt, 'JWT_CLIENT_ID=a\nJWT_IMS_ORG=b\n')
    assert.deepEqual(names.trim().split('\n').filter((name) => name !== 'fill').sort(),
      ['.env', 'c.json', 'ext.config.yaml', 'jwt.env'])
  }
  const limited = (root, args) => {
    const { status, stderr } = spawnSync('sh', ['-c', 'ulimit -f 0; exec "$0" "$@"', ADIT, ...args],
      { cwd: root, encoding: 'utf8', env: { PATH: process.env.PATH, HOME: root, LANG: 'C.UTF-8' } })
    assert.equal(status, 1, stderr)
    assert.match(stderr, /File too large/)
  }

  test('loses nothing if files may not grow', () => {
    const root = project({
      '.env': old, 'c.json': credential, 'ext.config.yaml': 'actions: a\n',
      'jwt.env': 'JWT_CLIENT_ID=a\nJWT_IMS_ORG=b\n'
    })
    for (const args of [
      ['import', 'c.json', '--replace'], ['migrate', '--env-file', 'jwt.env'], ['check', '--fix', '--yes'],
      ['key', 'generate']
    ])
      limited(root, args)
    assert.equal(readFileSync(join(root, '.env'), 'utf8'), old)
    assert.deepEqual(readdirSync(root).sort(), ['.env', 'c.json', 'ext.config.yaml', 'jwt.env'])
  })

  test('loses nothing on a full disk', (t) => {
    const mounter = asMounter()
    if (mounter) {
      const full = `${mount('size=32k')}; ${files}; dd if=/dev/zero of=fill bs=1k count=100 2>/dev/null`
      judge(inFolder(mounter, full, works + intact), /No space left on device/g)
    } else {
      t.diagnostic('no right to mount a file system that is full: files have a limit in size instead')
      judge(inFolder([], `${files}; ulimit -f 0`, works + intact), /File too large/g)
    }
  })

  test('loses nothing in a read-only folder', (t) => {
    const mounter = asMounter()
    if (mounter) {
      const readOnly = `${mount('size=64k')}; ${files}; mount -o remount,ro none "$2/at"`
      judge(inFolder(mounter, readOnly, works + intact), /Read-only file system/g)
    } else if (process.getuid() === 0) {
      t.diagnostic(
        "no right to mount a read-only file system: the folder is another user's, and root obeys permissions"
      )
      const obeying = ['setpriv', '--bounding-set=-dac_override', '--inh-caps=-dac_override']
      judge(inFolder([], `${files}; chown -R 65534 .`, works + intact, obeying), /Permission denied/g)
    } else {
      t.diagnostic('no right to mount a read-only file system: the permissions of the folder forbid to write')
      judge(inFolder([], `${files}; chmod 444 .env *; chmod 555 .`, works + intact + '; chmod 755 .'),
        /Permission denied/g)
    }
  })

  test('reports that its result cannot be written', () => {
    const { status, stderr } =
      spawnSync('sh', ['-c', 'exec "$0" check --json > /dev/full', ADIT], { cwd: project(waits()), encoding: 'utf8' })
    assert.equal(status, 1)
    assert.match(stderr, /could not be written to stdout/)
  })
})

test('a file or socket never gets the number of a stream that the caller closed', async () => {
  const child = spawn('/bin/sh', ['-c', 'exec "$0" emulator --port 0 <&- 2>&-', ADIT],
    { stdio: ['ignore', 'pipe', 'ignore'] })
  await new Promise((resolve) => child.stdout.once('data', resolve).once('end', resolve))
  const opened = [0, 2].map((number) => readlinkSync(`/proc/${child.pid}/fd/${number}`))
  child.kill('SIGKILL')
  assert.deepEqual(opened, ['/dev/null', '/dev/null'])
  const { stderr } = spawnSync('/bin/sh', ['-c', 'exec "$0" version >&-', ADIT], { encoding: 'utf8' })
  assert.match(stderr, /could not be written to stdout/)
})

describe('names and line ends', () => {
  test('Windows line ends, blanks and non-ASCII letters work in every input file', async () => {
    const windows = (text) => text.replaceAll('\n', '\r\n')
    const root = join(temporaryFolder(), 'Größe und Maß', '日本 語')
    mkdirSync(join(root, 'src', 'ä b'), { recursive: true })
    const put = (name, text) => writeFileSync(join(root, name), windows(text))
    put('app.config.yaml', 'extensions:\n  dx/excshell/1:\n    $include: src/ä b/ext.config.yaml\n')
    put('src/ä b/ext.config.yaml',
      'operations:\n  workerProcess:\n    - type: action\n      impl: p/a\n' +
        waits("          inputs:\n            NAME: $NAME\n")['ext.config.yaml'])
    put('src/ä b/a.js', 'exports.main = (params) => ({ name: params.NAME, given: params.given })\n')
    put('package.json', '{\n  "name": "x",\n  "version": "1.0.0"\n}\n')
    put('.env', 'NAME="Zoë ☃"\n')
    put('params.json', '{\n  "given": "ß"\n}\n')
    put('.gitignore', '.env\n')
    const checked = await run(['check', '--json'], { cwd: root })
    assert.deepEqual(
      JSON.parse(checked.stdout).map(({ code }) => code).filter((code) =>
        code !== 'env_readable' && code !== 'input_from_caller'),
      [], checked.stdout
    )
    const invoked = await run(['invoke', '-P', 'params.json'], { cwd: root })
    assert.deepEqual(JSON.parse(invoked.stdout), { name: 'Zoë ☃', given: 'ß' }, invoked.stderr)
    put('integrations.yaml', 'integrations:\n  - client_id: id\n    client_secret: s\n')
    const listening = onTerminal(['emulator', '--integrations', 'integrations.yaml'], { cwd: root })
    await listening.until(/listening on/)
    listening.type(CTRL_C)
    assert.equal((await listening.ended).code, 0)
    execFileSync('openssl',
      ['genpkey', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048', '-out', join(root, 'ein key.pem')],
      { stdio: 'pipe' })
    put('ein key.pem', readFileSync(join(root, 'ein key.pem'), 'utf8'))
    const encoded = await run(['key', 'encode', 'ein key.pem'], { cwd: root })
    assert.match(encoded.stdout, /^JWT_PRIVATE_KEY=LS0tLS1CRUdJTi/, encoded.stderr)
  })
})
