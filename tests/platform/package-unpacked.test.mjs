// Packages as platforms unpack and run them: without the modes in the zip (Python's zipfile.extractall, in
// openwhisk/dockerskeleton), as a user who does not own the folder, with an unwritable folder and /tmp, by a relative
// path.
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { LOADER, asRoot, probeManifest, probeProject, run, temporaryFolder } from '../cli/adit.mjs'

const NOBODY = 65534

// Without the right to mount, as in most containers, only the package is made read-only, by its modes, not the whole
// temporary folder.
const MAY_MOUNT = (() => {
  const [program, ...words] = [...asRoot(), 'unshare', '--mount', 'sh', '-c', 'mount --bind "$0" "$0"', tmpdir()]
  return spawnSync(program, words).status === 0
})()
const unpacked = []

// Unpacks the files without their modes. Only `exec` is made executable, as the platforms do.
function unpackWithoutModes (zip) {
  const folder = temporaryFolder()
  const mask = MAY_MOUNT ? 0o777 : 0o555
  execFileSync('unzip', ['-q', zip, '-d', folder])
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath ?? entry.path, entry.name)
    chmodSync(path, (entry.isDirectory() || (entry.name === 'exec' && dirname(path) === folder) ? 0o755 : 0o644) & mask)
  }
  chmodSync(folder, 0o755 & mask)
  unpacked.push(folder)
  return folder
}

// Runs a command in `folder` with the whole temporary folder read-only, the package included, and as nobody if the
// tests run as root. The mounts exist only in a separate namespace.
function confined (folder, command, { input, ...options } = {}) {
  const user =
    process.getuid() === 0 ? ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', '--'] : []
  const script = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && cd "$1" && shift && exec "$@"'
  const readOnly = MAY_MOUNT ? [...asRoot(), 'unshare', '--mount', 'sh', '-c', script, tmpdir(), folder]
    : ['sh', '-c', 'cd "$0" && exec "$@"', folder]
  const [program, ...words] = [...readOnly, ...user, ...command]
  return spawnSync(program, words,
    { env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' }, timeout: 60_000, encoding: 'utf8', input, ...options })
}
const lastLine = (text) => JSON.parse(text.trim().split('\n').at(-1))

describe('an unpacked package', { concurrency: false }, () => {
  let root
  let out
  after(() => unpacked.forEach((folder) => execFileSync('chmod', ['-R', 'u+w', folder])))
  before(async () => {
    root = await probeProject()
    out = temporaryFolder()
    // A file that the action reads by a relative path.
    writeFileSync(join(root, 'ext.config.yaml'),
      probeManifest.replace("web: 'yes'", "web: 'yes'\n          include: [['words/*.txt', 'text/']]"))
    execFileSync('mkdir', ['-p', join(root, 'words')])
    writeFileSync(join(root, 'words/word.txt'), 'hello include')
  })
  const make = async (target, output) => {
    const { code, stderr } =
      await run(['package', 'probe', '--target', target, '-o', output], { cwd: root, timeout: 1_200_000 })
    assert.equal(code, 0, stderr)
    return output
  }
  const ask = { MODE: 'file', path: 'text/word.txt' }

  test('contains the file that the action reads on this machine', async () => {
    const { code, stdout, stderr } =
      await run(['invoke', 'probe', '-p', 'MODE', 'file', '-p', 'path', ask.path], { cwd: root, timeout: 120_000 })
    assert.equal(code, 0, stderr)
    assert.equal(JSON.parse(stdout).body.text, 'hello include')
  })

  test('native runs, for one activation and by ActionLoop', async (t) => {
    if (!MAY_MOUNT) t.diagnostic('no right to mount: only the package is read-only, by its permissions')
    const folder = unpackWithoutModes(await make('native', join(out, 'native.zip')))
    assert.equal(statSync(join(folder, 'lib/' + LOADER)).mode & 0o111, 0)
    for (const [where, program] of [
      [folder, './exec'], [dirname(folder), folder.slice(dirname(folder).length + 1) + '/exec'],
      ['/', join(folder, 'exec')]
    ]) {
      const once = confined(where, [program, JSON.stringify(ask)])
      assert.equal(once.status, 0, once.stderr)
      assert.equal(lastLine(once.stdout).body.text, 'hello include', `${program} in ${where}`)
    }
    const loop = confined(folder, ['sh', '-c', 'exec ./exec 3>&1 >&2'],
      { input: [1, 2].map((n) => JSON.stringify({ value: { MODE: 'echo', n } }) + '\n').join('') })
    assert.deepEqual(loop.stdout.trim().split('\n').map((line) => JSON.parse(line).body.n), [1, 2], loop.stderr)
  })

  test('nodejs runs', async () => {
    const folder = unpackWithoutModes(await make('nodejs', join(out, 'probe.zip')))
    const script =
      `require('./index.js').main(${JSON.stringify(ask)}).then((result) => { console.log(JSON.stringify(result)); process.exit() })`
    const { status, stdout, stderr } = confined(folder, [process.execPath, '-e', script])
    assert.equal(status, 0, stderr)
    assert.equal(lastLine(stdout).body?.text, 'hello include', stdout)
  })

  test('an image\'s root runs', async () => {
    const folder = join(await make('image', join(out, 'image')), 'root/action')
    for (const name of ['lib/' + LOADER, 'bin/action']) chmodSync(join(folder, name), 0o644)
    chmodSync(out, 0o755)
    const { status, stdout, stderr } = confined(folder, ['./exec', JSON.stringify(ask)])
    assert.equal(status, 0, stderr)
    assert.equal(lastLine(stdout).body.text, 'hello include')
  })

  test('a package whose include would replace one of its own files is refused', async () => {
    const manifest = readFileSync(join(root, 'ext.config.yaml'), 'utf8')
    execFileSync('mkdir', ['-p', join(root, 'mine')])
    writeFileSync(join(root, 'mine/action'), 'x')
    writeFileSync(join(root, 'ext.config.yaml'), manifest.replace("[['words/*.txt', 'text/']]", "[['mine/*', 'bin']]"))
    const { code, stderr } = await run(['package', 'probe', '--target', 'native', '-o', join(out, 'conflict.zip')],
      { cwd: root, timeout: 1_200_000 })
    assert.equal(code, 2)
    assert.match(stderr, /`include` of probe puts .*mine\/action where the package has its own bin\/action/)
  })
})
