// Completion in real shells.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import { ADIT, project, run, temporaryFolder } from './adit.mjs'
import { onTerminal } from './terminal.mjs'

const manifest = `runtimeManifest:
  packages:
    one:
      actions:
        report: { function: report, runtime: cpp }
        list: { function: list.js, runtime: 'nodejs:22' }
        twice: { function: report, runtime: cpp }
    two:
      actions:
        twice: { function: report, runtime: cpp }
`
const environment =
  (home) => ({ PATH: `${dirname(ADIT)}:${process.env.PATH}`, HOME: home, LANG: 'C.UTF-8', TERM: 'xterm' })
const script = async (shell) => (await run(['completion', shell])).stdout

// Returns what bash offers for a line with the cursor at its end. Calls the completion function as readline does.
async function offered (line, cwd) {
  const text = `${await script('bash')}
COMP_LINE=$1; COMP_POINT=\${#1}
# Split as readline splits: at blanks, and at = and :, which are words, too.
mapfile -t COMP_WORDS < <(sed -E 's/([=:])/\\n\\1\\n/g; s/ +/\\n/g' <<< "$1" | sed '/^$/d')
[[ $1 == *' ' ]] && COMP_WORDS+=('')
COMP_CWORD=$(( \${#COMP_WORDS[@]} - 1 ))
_adit; printf '%s\\n' "\${COMPREPLY[@]}"`
  const { stdout, status, stderr } =
    spawnSync('bash', ['--norc', '-c', text, 'bash', line], { cwd, encoding: 'utf8', env: environment(cwd) })
  assert.equal(status, 0, stderr)
  return stdout.split('\n').filter((word) => word !== '').sort()
}

describe('bash completes', () => {
  const root = () => {
    const folder = project({ 'ext.config.yaml': manifest, 'report/CMakeLists.txt': '', 'my key.pem': '' })
    mkdirSync(join(folder, 'folder'))
    return folder
  }

  test('commands, and those of groups', async () => {
    assert.deepEqual(await offered('adit che', root()), ['check'])
    assert.deepEqual(await offered('adit key ', root()), ['decode', 'encode', 'generate', 'show'])
    assert.deepEqual(await offered('adit ims secrets r', root()), ['remove', 'rotate'])
    const all = await offered('adit ', root())
    assert.ok(all.includes('new') && all.includes('emulator') && !all.some((word) => word.startsWith('_')), String(all))
  })

  test('options, and the values that they can have', async () => {
    assert.deepEqual(await offered('adit token --he', root()), ['--header', '--help'])
    assert.deepEqual(await offered('adit token --grant ', root()), ['jwt', 'oauth'])
    assert.deepEqual(await offered('adit token --grant=o', root()), ['oauth'])
    assert.deepEqual(await offered('adit dev --ims ', root()), ['local', 'prod', 'stage'])
    assert.deepEqual(await offered('adit new --template w', root()), ['webhook'])
    assert.deepEqual(await offered('adit package --target ', root()), ['image', 'native', 'nodejs'])
    assert.deepEqual(await offered('adit call -X P', root()), ['PATCH', 'POST', 'PUT'])
    assert.deepEqual(await offered('adit completion ', root()), ['bash', 'fish', 'zsh'])
  })

  test('files for options that take a file, folders for those that take a folder', async () => {
    assert.deepEqual(await offered('adit key show ', root()),
      ['.env', 'ext.config.yaml', 'folder', 'my key.pem', 'report'].filter((name) => name !== '.env'))
    assert.deepEqual(await offered('adit dev --project ', root()), ['folder', 'report'])
    assert.deepEqual(await offered('adit new ', root()), ['folder', 'report'])
  })

  test("the names of the project's actions, with the package if one is not enough", async () => {
    assert.deepEqual(await offered('adit invoke ', root()), ['list', 'one/twice', 'report', 'two/twice'])
    assert.deepEqual(await offered('adit invoke one/', root()), ['one/list', 'one/report', 'one/twice'])
    assert.deepEqual(await offered('adit build r', root()), ['report'])
    const elsewhere = temporaryFolder()
    assert.deepEqual(
      await offered('adit invoke ', elsewhere).then((words) => words.filter((word) => !word.startsWith('--'))), []
    )
    assert.deepEqual(await offered(`adit invoke --project ${root()} rep`, elsewhere), ['report'])
  })

  test('nothing if a manifest is invalid, without an error message', async () => {
    const folder = project({ 'ext.config.yaml': 'a: [' })
    assert.deepEqual((await offered('adit invoke x', folder)), [])
  })

  test('in a real shell, by the Tab key', async () => {
    const folder = root()
    writeFileSync(join(folder, 'rc'), `PS1='> '\n${await script('bash')}`)
    const shell = onTerminal(['--rcfile', 'rc', '-i'], { cwd: folder, program: '/bin/bash', env: environment(folder) })
    await shell.until(/> $/)
    shell.type('adit invoke rep\t')
    await shell.until(/adit invoke report $/)
    shell.type('--ims lo\t')
    await shell.until(/--ims local $/)
    shell.type('--help > /dev/null && exit 7\n')
    assert.equal((await shell.ended).code, 7)
  })
})

describe('other shells', () => {
  test('zsh completes', async () => {
    const folder = project({ 'ext.config.yaml': manifest })
    writeFileSync(join(folder, '_adit'), await script('zsh'))
    writeFileSync(
      join(folder, '.zshrc'),
      "PS1='> '\nfpath=($HOME $fpath)\nautoload -Uz compinit && compinit -u -D\nzstyle ':completion:*' list-prompt ''\n"
    )
    const shell = onTerminal(['-i'], { cwd: folder, program: 'zsh', env: { ...environment(folder), ZDOTDIR: folder } })
    await shell.until(/> /)
    shell.type('adit invoke rep\t')
    await shell.until(/report/)
    shell.type('--ims lo\t')
    await shell.until(/local/)
    shell.type('--help > /dev/null && exit 7\n')
    assert.equal((await shell.ended).code, 7)
  })

  test('fish completes', async () => {
    const folder = project({ 'ext.config.yaml': manifest })
    writeFileSync(join(folder, 'adit.fish'), await script('fish'))
    const completions = (line) =>
      spawnSync('fish', ['--no-config', '-c', `source adit.fish; complete -C '${line}'`],
        { cwd: folder, encoding: 'utf8', env: environment(folder) }).stdout
        .split('\n').map((text) => text.split('\t')[0]).filter((text) => text)
    assert.deepEqual(completions('adit invoke rep'), ['report'])
    assert.deepEqual(completions('adit dev --ims ').sort(), ['local', 'prod', 'stage'])
    assert.deepEqual(completions('adit che'), ['check'])
  })
})
