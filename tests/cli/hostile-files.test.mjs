// Projects with hostile files: links that lead out of the project, pipes and devices instead of files, names with
// special characters, and git configuration that runs programs. Nothing outside of the project may change, no program
// may run, and nothing may hang.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, statSync, symlinkSync, truncateSync,
  writeFileSync
} from 'node:fs'
import { dirname, join } from 'node:path'
import { before, describe, test } from 'node:test'
import { jwtEnv, project, run, temporaryFolder, toDotenv } from './adit.mjs'
import { onTerminal } from './terminal.mjs'

const console_ =
  JSON.stringify({ CLIENT_ID: 'c', CLIENT_SECRETS: ['p8e-secret'], ORG_ID: 'o@AdobeOrg', SCOPES: ['openid'] })
const manifest =
  'application:\n  runtimeManifest:\n    packages:\n      p:\n        actions:\n          a: { function: a.js, runtime: "nodejs:22" }\n'

// Makes a home folder with a file that must not change, and a project with these files in it: { home, root, untouched()
// }.
function clone (files = {}, links = {}) {
  const home = temporaryFolder()
  const root = join(home, 'src', 'repo')
  mkdirSync(root, { recursive: true })
  writeFileSync(join(home, '.profile'), '# mine\n')
  chmodSync(join(home, '.profile'), 0o644)
  mkdirSync(join(home, 'folder'))
  for (const [name, text] of Object.entries(
    { 'app.config.yaml': manifest, 'a.js': 'exports.main = () => ({})\n', ...files }
  ))
    writeFileSync(join(root, name), text, { mode: 0o600 })
  for (const [name, target] of Object.entries(links)) symlinkSync(target, join(root, name))
  const untouched = () => {
    assert.equal(readFileSync(join(home, '.profile'), 'utf8'), '# mine\n')
    assert.equal(statSync(join(home, '.profile')).mode & 0o777, 0o644)
    assert.deepEqual(readdirSync(join(home, 'folder')), [])
    assert.deepEqual(readdirSync(home).sort(), ['.profile', 'folder', 'src'])
    for (const [name, target] of Object.entries(links))
      assert.ok(lstatSync(join(root, name)).isSymbolicLink(), `${name} -> ${target}`)
  }
  return { home, root, untouched }
}

describe('links that lead out of the project', () => {
  const refused = async (args, { root, untouched }, options = {}) => {
    const result = await run(args, { cwd: root, ...options })
    untouched()
    assert.equal(result.code, 2, result.stderr)
    assert.match(result.stderr, /leads to .*outside of|lies outside of the project/)
    return result
  }

  test('are not followed by any command that writes', async () => {
    const env = { '.env': '../../.profile' }
    await refused(['import', 'console.json', '--replace'], clone({ 'console.json': console_ }, env))
    await refused(['import', 'console.json', '--env-file', 'settings'],
      clone({ 'console.json': console_ }, { settings: '../../.profile' }))
    await refused(['import', 'console.json', '--env-file', 'settings/new'],
      clone({ 'console.json': console_ }, { settings: '../../folder' }))
    await refused(['key', 'generate', '--force'], clone({}, { 'private.key': '../../.profile' }))
    await refused(['key', 'generate', '--out', 'keys/new'], clone({}, { keys: '../../folder' }))
    await refused(['new', 'folder/new', '--yes'], clone({}, { folder: '../../folder' }))
    await refused(['package', 'a', '--program', '/bin/true', '--target', 'native', '-o', 'out/a.zip'],
      clone({}, { out: '../../folder' }))
    await refused(['package', 'a', '--program', '/bin/true', '--target', 'image', '-o', 'out/a'],
      clone({}, { out: '../../folder' }))
  })

  test('are not followed by a build', async () => {
    for (const links of [{ dist: '../../folder' }, {}]) {
      const subject = clone({}, links)
      mkdirSync(join(subject.root, 'cpp'))
      writeFileSync(join(subject.root, 'app.config.yaml'),
        manifest.replace('a.js, runtime: "nodejs:22"', 'cpp, runtime: cpp'))
      writeFileSync(join(subject.root, 'cpp', 'CMakeLists.txt'),
        'cmake_minimum_required(VERSION 3.25)\nproject(x LANGUAGES NONE)\n')
      if (
        !links.dist
      ) { mkdirSync(join(subject.root, 'dist')); symlinkSync('../../../folder', join(subject.root, 'dist', '.build')) }
      await refused(['build'], subject)
    }
  })

  test('are not followed when a server\'s answer is written', async () => {
    const subject = clone({}, { 'answer.json': '../../.profile' })
    const { createServer } = await import('node:http')
    const server = createServer((_, response) => response.end('theirs\n'))
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      await refused(['call', `http://127.0.0.1:${server.address().port}/`, '-o', 'answer.json'], subject)
    } finally { server.close() }
  })

  test('keep migrate from writing settings, and no backup is left', async () => {
    const subject = clone({}, { '.env': '../../.settings' })
    writeFileSync(join(subject.home, '.settings'), toDotenv(jwtEnv()))
    const before = readFileSync(join(subject.home, '.settings'), 'utf8')
    const { code, stderr } = await run(['migrate'], { cwd: subject.root })
    assert.equal(code, 2, stderr)
    assert.equal(readFileSync(join(subject.home, '.settings'), 'utf8'), before)
    assert.deepEqual(readdirSync(subject.root).sort(), ['.env', 'a.js', 'app.config.yaml'])
  })

  test('keep check --fix from changing a mode', async () => {
    const subject = clone({}, { '.env': '../../.profile' })
    const { stdout } = await run(['check', '--fix', '--yes'], { cwd: subject.root })
    subject.untouched()
    assert.doesNotMatch(stdout, /is closed to other users/)
  })
})

describe('links inside the project', () => {
  test('are kept, and their targets are written and shown', async () => {
    const subject = clone({ 'console.json': console_, settings: '' }, { '.env': 'settings' })
    const { code, stderr } = await run(['import', 'console.json'], { cwd: subject.root })
    assert.equal(code, 0, stderr)
    subject.untouched()
    assert.match(readFileSync(join(subject.root, 'settings'), 'utf8'), /IMS_OAUTH_S2S_CLIENT_ID=c/)
    chmodSync(join(subject.root, 'settings'), 0o644)
    const fixed = await run(['check', '--fix', '--yes'], { cwd: subject.root })
    assert.match(fixed.stderr, /^chmod 600 settings$/m)
    assert.equal(statSync(join(subject.root, 'settings')).mode & 0o777, 0o600)
    subject.untouched()
  })

  test('that lead into .git are refused', async () => {
    const subject = clone({ 'console.json': console_ }, { '.env': '.git/hooks/post-checkout' })
    execFileSync('git', ['init', '-q'], { cwd: subject.root })
    const { code, stderr } = await run(['import', 'console.json'], { cwd: subject.root })
    assert.equal(code, 2)
    assert.match(stderr, /into git's own files/)
    assert.ok(!existsSync(join(subject.root, '.git/hooks/post-checkout')))
  })
})

describe('check --fix', () => {
  const repository = (files, links) => {
    const subject = clone(files, links)
    execFileSync('git', ['init', '-q'], { cwd: subject.root })
    return subject
  }

  test('does not touch a .gitignore that is a link, which git does not follow', async () => {
    for (const target of ['../../.profile', 'a.js']) {
      const subject = repository({ '.env.a;touch PWNED': 'X=1\n' }, { '.gitignore': target })
      const { stdout } = await run(['check', '--fix', '--yes'], { cwd: subject.root })
      subject.untouched()
      assert.match(stdout, /a link that git does\s+not follow/)
      assert.equal(readFileSync(join(subject.root, 'a.js'), 'utf8'), 'exports.main = () => ({})\n')
    }
  })

  test('escapes names as gitignore(5) requires, so that git ignores exactly these files', async () => {
    const names = ['.env.a;b', '.env.* ', '.env.[x]', '.env.\\']
    const subject = repository(Object.fromEntries(names.map((name) => [name, 'X=1\n'])))
    await run(['check', '--fix', '--yes'], { cwd: subject.root })
    const ignored = execFileSync('git', ['check-ignore', '-z', '--stdin'],
      { cwd: subject.root, encoding: 'utf8', input: [...names, '.env.x', '.env.other'].join('\0') })
    assert.deepEqual(ignored.split('\0').filter(Boolean).sort(), [...names].sort())
  })

  test('writes no line for a name with a line end, which would add another pattern', async () => {
    const subject = repository({ '.gitignore': '.env\n', '.env.x\n!.env': 'X=1\n' })
    const { stdout } = await run(['check', '--fix', '--yes'], { cwd: subject.root })
    assert.equal(readFileSync(join(subject.root, '.gitignore'), 'utf8'), '.env\n')
    assert.match(stdout, /Rename or delete the file/)
  })

  test('quotes names in YAML, and skips names that an input cannot have', async () => {
    const names = ['1E3', 'NULL', '0X1F', 'A_B', 'A.B', '-']
    const block =
      'application:\n  runtimeManifest:\n    packages:\n      p:\n        actions:\n          a:\n            function: a.js\n            runtime: nodejs:22\n'
    const subject = clone({
      'app.config.yaml': block, '.env': names.map((name) => `${name}=x\n`).join(''),
      'a.js': `exports.main = (params) => checkMissingRequestInputs(params, ${JSON.stringify(names)})\n`
    })
    await run(['check', '--fix', '--yes'], { cwd: subject.root })
    const text = readFileSync(join(subject.root, 'app.config.yaml'), 'utf8')
    for (const line of ["'1E3': $1E3", "'NULL': $NULL", "'0X1F': $0X1F", 'A_B: $A_B'])
      assert.match(text, new RegExp(`^ *${line.replaceAll('$', '\\$')}$`, 'm'))
    assert.doesNotMatch(text, /A\.B/)
    const { stdout } = await run(['invoke', 'a', '--full'], { cwd: subject.root })
    assert.doesNotMatch(stdout, /invalid_yaml/)
  })

  test('prints commands in which each name is one word of the shell', async () => {
    const name = "x;touch PWNED $(id) it's"
    const subject = clone({ [name]: 'X=1\n' })
    chmodSync(join(subject.root, name), 0o644)
    const checked = await run(['check', '--env-file', name], { cwd: subject.root })
    const command = /→ (chmod 600 .*)/.exec(checked.stdout.replace(/\n {4}/g, ' '))[1]
    assert.equal(command, "chmod 600 'x;touch PWNED $(id) it'\\''s'")
    execFileSync('sh', ['-c', command], { cwd: subject.root })
    assert.equal(statSync(join(subject.root, name)).mode & 0o777, 0o600)
    const key = await run(['key', 'generate', '--out', 'a b;c'], { cwd: subject.root })
    assert.match(key.stderr, /adit key encode '.*a b;c\.key'/)
  })

  test('shows the file that it changes, not the link to it', async () => {
    const subject = repository({ '.gitignore': '.env\n', settings: 'X=1\n' }, { '.env': 'settings' })
    chmodSync(join(subject.root, 'settings'), 0o644)
    const terminal = onTerminal(['check', '--fix'], { cwd: subject.root })
    await terminal.until(/\[y\/N\]/)
    assert.match(terminal.output, /chmod 600 settings/)
    terminal.type('n\n')
    await terminal.ended
  })
})

describe('git', () => {
  test('is never run with the configuration of the project', async () => {
    const up = temporaryFolder()
    const git = (...args) => execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: up })
    git('init', '-q')
    const mark = join(temporaryFolder(), 'PWNED')
    mkdirSync(join(up, 'app/objects'), { recursive: true })
    mkdirSync(join(up, 'app/refs'))
    const config = `[core]\n\tbare = false\n\tworktree = .\n\tfsmonitor = "touch '${mark}'; false"\n`
    for (const [name, text] of Object.entries({
      'app.config.yaml': manifest, HEAD: 'ref: refs/heads/main\n', config, 'objects/.keep': '', 'refs/.keep': '',
      'a.js': ''
    }))
      writeFileSync(join(up, 'app', name), text)
    git('add', '-A')
    await run(['check'], { cwd: join(up, 'app') })
    assert.ok(!existsSync(mark), 'a bare repository between the sources')

    writeFileSync(join(up, '.git/config'), config)
    await run(['check'], { cwd: join(up, 'app') })
    assert.ok(!existsSync(mark), 'the configuration of a repository that was unpacked')

    const { code } = await run(['check'], { cwd: join(up, 'app'), env: {
      GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'core.fsmonitor', GIT_CONFIG_VALUE_0: `touch ${mark}; false`
    } })
    assert.ok(!existsSync(mark) && code !== null, 'the environment')
  })
})

describe('something other than a regular file', () => {
  let commands
  before(() => {
    commands = [
      ['check'], ['token', '--store', 'memory:'], ['invoke', 'a'], ['build'], ['migrate'], ['ims', 'validate'],
      ['import', 'console.json'], ['call', 'https://analytics.adobe.io/x']
    ]
  })
  // { description: how to make it }
  const traps = {
    'a pipe': (path) => execFileSync('mkfifo', [path]),
    'a device': (path) => symlinkSync('/dev/zero', path),
    'a folder': (path) => mkdirSync(path),
    'a huge file': (path) => { writeFileSync(path, ''); truncateSync(path, 2 ** 40) }
  }

  for (const [what, make] of Object.entries(traps)) {
    test(`${what} instead of .env ends every command with an error`, async () => {
      const subject = clone({ 'console.json': console_ })
      make(join(subject.root, '.env'))
      for (const args of commands) {
        const { code, stdout, stderr } = await run(args, { cwd: subject.root, timeout: 60_000 })
        if (args[0] !== 'build') assert.notEqual(code, 0, args.join(' '))
        assert.doesNotMatch(stdout + stderr, /bad_alloc|Aborted/)
      }
    })

    test(`${what} instead of another file of the project makes no command hang`, async () => {
      for (const name of ['app.config.yaml', 'package.json', 'a.js', '.gitignore', 'private.key']) {
        const subject = clone({ '.env': 'JWT_PRIVATE_KEY=private.key\n' })
        execFileSync('rm', ['-f', join(subject.root, name)])
        make(join(subject.root, name))
        // Node.js itself reads these two, and may use the whole time of the action.
        for (const args of [
          ['check'], ['token', '--store', 'memory:'],
          ...(['a.js', 'package.json'].includes(name) ? [] : [['invoke', 'a']]), ['migrate', '--dry-run']
        ]) {
          const { stdout, stderr } = await run(args,
            { cwd: subject.root, timeout: 60_000, env: { ADIT_IMS: 'http://127.0.0.1:1', ADIT_TOKEN_TIMEOUT: '1' } })
          assert.doesNotMatch(stdout + stderr, /bad_alloc|Aborted/)
        }
      }
    })
  }

  // What a build writes below dist, and reads again the next time.
  const built = [
    '.build/p/a.stamps', '.build/p/a.lock', '.build/p/a/CMakeCache.txt',
    '.build/p/a/.cmake/api/v1/query/client-adit/codemodel-v2', 'p/a/exec', 'p/a/exec.new'
  ]
  for (const [what, make] of Object.entries(traps)) {
    test(`${what} instead of a file that a build makes or reads ends it with an error`, async () => {
      for (const name of [...built.map((one) => join('dist', one)), 'cpp/CMakeLists.txt']) {
        const subject =
          clone({ 'app.config.yaml': manifest.replace('a.js, runtime: "nodejs:22"', 'cpp, runtime: cpp') })
        mkdirSync(join(subject.root, 'cpp'))
        if (!name.startsWith('cpp'))
          writeFileSync(join(subject.root, 'cpp', 'CMakeLists.txt'),
            'cmake_minimum_required(VERSION 3.25)\nproject(x LANGUAGES NONE)\n')
        mkdirSync(dirname(join(subject.root, name)), { recursive: true })
        make(join(subject.root, name))
        // CMake itself reads this file.
        if (what === 'a huge file' && name.startsWith('cpp')) continue
        const { code, stderr } = await run(['build'], { cwd: subject.root, timeout: 120_000 })
        assert.ok(code === 1 || code === 2, `${name}: ${stderr}`)
        assert.doesNotMatch(stderr, /bad_alloc|Aborted/)
      }
    })
  }

  test('a pipe in the project instead of a file for an answer or a body is refused', async () => {
    const subject = clone()
    execFileSync('mkfifo', [join(subject.root, 'pipe')])
    const { createServer } = await import('node:http')
    const server = createServer((_, response) => response.end('theirs\n'))
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      for (const [option, value, expected] of [['-o', 'pipe', 1], ['-d', '@pipe', 2]]) {
        const { code, stderr } = await run(['call', `http://127.0.0.1:${server.address().port}/`, option, value],
          { cwd: subject.root, timeout: 120_000 })
        assert.equal(code, expected, stderr)
        assert.match(stderr, /pipe/)
      }
    } finally { server.close() }
  })

  test('is accepted if the user names it on the command line', async () => {
    const subject = clone()
    writeFileSync(join(subject.home, 'settings'),
      'IMS_OAUTH_S2S_CLIENT_ID=from-pipe\nIMS_OAUTH_S2S_CLIENT_SECRET=s\nIMS_OAUTH_S2S_ORG_ID=o@AdobeOrg\nIMS_OAUTH_S2S_SCOPES=openid\n')
    const settings = join(subject.home, 'settings')
    for (const command of [
      `"$0" token --status --store memory: --json --env-file <(cat ${settings})`,
      `cat ${settings} | "$0" token --status --store memory: --json --env-file /dev/stdin`
    ]) {
      const output = execFileSync('bash', ['-c', command, process.env.ADIT_BINARY],
        { cwd: subject.root, encoding: 'utf8', env: { PATH: process.env.PATH, HOME: subject.home } })
      assert.match(output, /from-pipe/)
    }
  })
})
