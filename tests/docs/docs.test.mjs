// Every shell and C++ block of README.md, docs/ and the example's README.md works: shell blocks are run with an
// installed adit and an emulator instead of Adobe's hosts, C++ blocks are compiled against its headers. blocks.mjs
// describes the rules.
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { freePort } from '../free-port.mjs'
import { isWhole, readBlocks, toFragmentFile } from './blocks.mjs'
import { runBlocks } from './shell.mjs'

const BUILD = process.env.ADIT_BUILD
if (!BUILD) throw new Error('ADIT_BUILD must name the build folder')
const SOURCE = join(dirname(fileURLToPath(import.meta.url)), '../..')
const kMostNotRun = 6

const files = [
  'README.md', 'examples/analytics-report/README.md',
  ...readdirSync(join(SOURCE, 'docs')).filter((name) => name.endsWith('.md')).sort().map((name) => 'docs/' + name)
]
  .map((name) => ({ name, blocks: readBlocks(join(SOURCE, name)) }))

const scratch = mkdtempSync(join(tmpdir(), 'adit-docs-'))
after(() => rmSync(scratch, { recursive: true, force: true }))

describe('the documentation', () => {
  const prefix = join(scratch, 'adit')
  let adobe, endpoints, lib

  before(async () => {
    const { status, stderr } = spawnSync('cmake', ['--install', BUILD, '--prefix', prefix], { encoding: 'utf8' })
    assert.equal(status, 0, stderr)
    lib = dirname(join(prefix, readdirSync(prefix, { recursive: true }).find((name) => name.endsWith('/libadit.so'))))
    // An emulator instead of Adobe's hosts. It knows the credential that the documents use, and that of `adit new`.
    const integrations = join(scratch, 'integrations.yaml')
    const client = (id, secret, org) =>
      `  - {client_id: ${id}, client_secret: ${secret}, org_id: ${org}, scopes: [openid, AdobeID, read_organizations]}\n`
    writeFileSync(integrations,
      'integrations:\n' + client('your-client-id', 'your-client-secret', 'your-org@AdobeOrg') +
        client('local-client', 'local', 'LOCAL@AdobeOrg') +
        client('cm-p1-e2-integration-0', 'your-client-secret', 'your-org@AdobeOrg'))
    adobe = spawn(join(prefix, 'bin/adit'), ['emulator', '--port', '0', '--integrations', integrations],
      { env: { PATH: process.env.PATH, HOME: scratch }, stdio: ['ignore', 'ignore', 'pipe'] })
    endpoints = await new Promise((resolve, reject) => {
      let text = ''
      adobe.stderr.setEncoding('utf8').on('data', (data) => {
        text += data
        const found = text.match(/export ADIT_ENDPOINTS='(.*)'/)
        if (found) resolve(found[1])
      })
      adobe.on('close', () => reject(new Error('the emulator ended: ' + text)))
    })
  })
  after(() => adobe.kill())

  for (const { name, blocks } of files) {
    const run = blocks.filter(({ notRun }) => !notRun)

    if (run.some(({ language }) => language === 'sh')) {
      test(`${name}: its commands work, in order`, async () => {
        const folder = join(scratch, name.replaceAll(/\W/g, '-'))
        const home = folder + '-home'
        // With the emulator's signing key in the cache folder, all emulators accept each other's tokens, as Adobe's
        // hosts do.
        cpSync(join(scratch, '.cache/adit'), join(home, '.cache/adit'), { recursive: true })
        mkdirSync(folder)
        // What a reader who has built adit has: its examples, in the folder in which the commands are typed.
        cpSync(join(SOURCE, 'examples'), join(folder, 'examples'),
          { recursive: true, filter: (path) => !/\/(dist|\.env)$/.test(path) })
        const env = {
          PATH: `${join(prefix, 'bin')}:${process.env.PATH}`, HOME: home, LANG: 'C.UTF-8', ADIT_ENDPOINTS: endpoints,
          CMAKE_PREFIX_PATH: prefix, PKG_CONFIG_PATH: join(lib, 'pkgconfig'), LD_LIBRARY_PATH: lib
        }
        // A port that a document names may be in use here.
        const ports = { 9080: await freePort(), 9081: await freePort() }
        const free = run.map((block) => ({ ...block, text: block.text.replaceAll(/908[01]/g, (port) => ports[port]) }))
        const { code, output, at } = await runBlocks(free, { cwd: folder, env })
        assert.equal(code, 0, `${name}:${at}: this block failed (${code}):\n${output}`)
        for (const shown of run.flatMap((block) => block.shown)) {
          const parts = shown.split('…').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
          assert.match(output, new RegExp(parts.join('.*')), `${name}: no command prints "${shown}"`)
        }
      })
    }

    const cpp = run.filter(({ language }) => language === 'cpp')
    const compile = (file) => spawnSync('c++',
      ['-std=c++20', '-fsyntax-only', '-Wall', '-Wextra', '-Werror', '-I', join(prefix, 'include'), file],
      { encoding: 'utf8' })
    const fragments = cpp.filter((block) => !isWhole(block))
    if (fragments.length > 0) {
      test(`${name}: its C++ compiles`, () => {
        const file = join(scratch, name.replaceAll(/\W/g, '-') + '.cc')
        writeFileSync(file, toFragmentFile(name, fragments))
        const { status, stderr } = compile(file)
        assert.equal(status, 0, stderr)
      })
    }
    for (const block of cpp.filter(isWhole)) {
      test(`${name}:${block.line}: its C++ compiles`, () => {
        const file = join(scratch, `${name.replaceAll(/\W/g, '-')}-${block.line}.cc`)
        writeFileSync(file, `#line ${block.line} "${name}"\n${block.text}`)
        const { status, stderr } = compile(file)
        assert.equal(status, 0, stderr)
      })
    }
  }

  test('shell and C++ blocks are called sh and cpp, so that none is missed', () => {
    const known = ['sh', 'cpp', 'cmake', 'yaml', 'json', 'javascript', 'dockerfile', 'text', '']
    for (const { name, blocks } of files) {
      for (const { language, line, path, text } of blocks) {
        assert.ok(known.includes(language), `${name}:${line}: ${language}`)
        // The generated reference shows how commands are written, not commands.
        if (language === '' && !path && name !== 'docs/reference.md')
          assert.doesNotMatch(text, /^(?:\$ |adit |make |cmake |#include)/m,
            `${name}:${line}: this is a block of sh or cpp`)
      }
    }
  })

  test('few blocks are not run, and each says why', () => {
    const passed = files.flatMap(({ name, blocks }) => blocks.filter(({ notRun }) => notRun).map(({ line, notRun }) =>
      `${name}:${line}: ${notRun}`))
    assert.ok(passed.length <= kMostNotRun,
      `${passed.length} blocks are not run, ${kMostNotRun} are enough:\n${passed.join('\n')}`)
  })
})
