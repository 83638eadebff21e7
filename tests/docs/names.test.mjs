// The documents name tests, source files and folders of this repository in backquotes. Each of them exists.
import assert from 'node:assert/strict'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { readBlocks } from './blocks.mjs'

const SOURCE = join(dirname(fileURLToPath(import.meta.url)), '../..')
const kFolders =
  ['bench', 'cli', 'cmake', 'docs', 'examples', 'fuzz', 'include', 'packaging', 'src', 'templates', 'tests', 'tools']
// Files of an App Builder project that begin with the name of one of the folders.
const kOfProjects = ['src/config.json', 'tests/.env']

const documents = [
  'CONTRIBUTING.md', ...readdirSync(join(SOURCE, 'docs'), { recursive: true })
    .filter((name) => name.endsWith('.md')).map((name) => 'docs/' + name)
]

// Returns what a document has in backquotes outside of its code blocks.
const quoted = (name) =>
  [...readFileSync(join(SOURCE, name), 'utf8').replace(/^( *)```[^]*?^\1```/gm, '').matchAll(/`([^`]+)`/g)]
    .map(([, text]) => text.replace(/\s+/g, ' '))

// Returns a/b and a/c for a/{b,c}.
const expanded = (path) => {
  const [, begin, choices, end] = path.match(/^(.*?)\{(.*?)\}(.*)$/) ?? []
  return choices === undefined ? [path] : choices.split(',').flatMap((choice) => expanded(begin + choice + end))
}

// Whether a part of the path is a word such as NAME.
const hasPlaceholder = (path) => /(?:^|\/)[A-Z]+(?:\.(?!md)|\/|$)/.test(path)

const files = kFolders.flatMap((folder) =>
  readdirSync(join(SOURCE, folder), { recursive: true }).map((name) => `${folder}/${name}`))

const tests = files.filter((name) => name.endsWith('_test.cc'))
  .flatMap((name) =>
    [...readFileSync(join(SOURCE, name), 'utf8').matchAll(/^TEST(?:_[FP])?\(\s*(\w+),\s*(\w+)\)/gm)])
  .map(([, suite, name]) => `${suite}.${name}`)

test('the documents name only tests that exist', () => {
  // `Suite.name_of_a_test`; the name may be cut off with "…", and a suite's name may be followed by ".…".
  const named = documents.flatMap((document) => quoted(document)
    .filter((text) => /^[A-Z]\w*\.(?:\w*_\w*|\w*…)$/.test(text)).map((text) => ({ document, text })))
  assert.ok(named.length > 70, `${named.length} names`)
  assert.deepEqual(named.filter(({ text }) => text.endsWith('…')
    ? !tests.some((name) => name.startsWith(text.slice(0, -1)))
    : !tests.includes(text)), [])
})

test('the documents name only files and folders that exist', () => {
  const named = documents.flatMap((document) => quoted(document)
    .flatMap((text) => expanded(text.split(' ')[0]))
    .filter((path) => kFolders.some((folder) => path.startsWith(folder + '/')))
    .filter((path) => !hasPlaceholder(path) && !kOfProjects.includes(path))
    .map((path) => ({ document, path })))
  assert.ok(named.length > 100, `${named.length} paths`)
  assert.deepEqual(named.filter(({ path }) => !existsSync(join(SOURCE, path))), [])
})

test('a source file that the documents name without its first folders exists', () => {
  // `web/answer.cc` in a text about src/dev; not the files of a project that a document makes, `report/report.cc`.
  const named = documents.flatMap((document) => {
    const made = readBlocks(join(SOURCE, document)).map(({ path }) => path)
    return quoted(document)
      .filter((text) => /^[\w/-]+\.(?:cc|h|mjs)$/.test(text) && !hasPlaceholder(text) && !made.includes(text))
      .map((path) => ({ document, path }))
  })
  assert.ok(named.length > 50, `${named.length} paths`)
  assert.deepEqual(named.filter(({ path }) => !files.some((file) => `/${file}`.endsWith(`/${path}`))), [])
})
