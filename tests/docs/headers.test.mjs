// Each public header is listed in docs/library.md, and begins with an example of its use. The example and the header
// compile without any warning that a program may have enabled.
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const SOURCE = join(dirname(fileURLToPath(import.meta.url)), '../..')
const INCLUDE = join(SOURCE, 'include')
const headers = readdirSync(join(INCLUDE, 'adit')).sort()
const kWarnings = ['-Wall', '-Wextra', '-Wpedantic', '-Wshadow', '-Wconversion', '-Wsign-conversion', '-Werror']
// Warnings that an example may cause, because it only shows calls.
const kOfExamples = ['-Wno-unused-variable', '-Wno-unused-but-set-variable']
const compilers = ['g++', 'clang++'].filter((name) => spawnSync(name, ['--version']).status === 0)
if (!compilers.includes('clang++')) test('with clang++', { skip: 'clang++ is not installed' })

const scratch = mkdtempSync(join(tmpdir(), 'adit-headers-'))
after(() => rmSync(scratch, { recursive: true, force: true }))

// Returns the lines that are indented by four blanks in the header's first comment.
const exampleOf = (header) => {
  const [, comment] =
    readFileSync(join(INCLUDE, 'adit', header), 'utf8').match(/^#pragma once\n\n((?:\/\/.*\n)+)/) ?? [null, '']
  const lines = comment.split('\n')
  const begin = lines.findIndex((line) => line.startsWith('//     '))
  if (begin < 0) return ''
  const end = lines.findLastIndex((line) => line.startsWith('//     '))
  return lines.slice(begin, end + 1).map((line) => line.slice(7)).join('\n') + '\n'
}

// An example is a whole file if it begins with an include, otherwise the body of a function.
const fileOf = (header) => {
  const example = exampleOf(header)
  if (example.startsWith('#include')) return `#include "adit/${header}"\n${example}`
  return `#include "adit/${header}"\n#include <chrono>\nusing namespace std::chrono_literals;\nvoid shown() {\n${example}}\n`
}

const compile = (compiler, file) => new Promise((resolve) => {
  const child = spawn(compiler, ['-std=c++20', '-fsyntax-only', ...kWarnings, ...kOfExamples, '-I', INCLUDE, file])
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (data) => { output += data })
  child.on('close', (code) => resolve({ code, output }))
})

for (const compiler of compilers) {
  describe(`with ${compiler}`, () => {
    for (const header of headers) {
      test(`adit/${header} begins with an example that compiles without a warning`, async () => {
        assert.notEqual(exampleOf(header), '', 'there is no example')
        const file = join(scratch, `${compiler}-${header}.cc`)
        writeFileSync(file, fileOf(header))
        const { code, output } = await compile(compiler, file)
        assert.equal(code, 0, output)
      })
    }
  })
}

test('the table of docs/library.md lists each header once', () => {
  const listed = [...readFileSync(join(SOURCE, 'docs/library.md'), 'utf8').matchAll(/^\| `adit\/([\w.]+)` \|/gm)]
  assert.deepEqual(listed.map(([, name]) => name).sort(), headers)
})
