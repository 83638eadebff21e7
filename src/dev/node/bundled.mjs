// Loads ES modules as webpack does, which bundles the actions of every App Builder build: relative imports may omit the
// file extension or name a folder, imports of JSON need no attribute and may name a key, those of CommonJS may name any
// property, and a module may use `require`, `__dirname` and `__filename`. These are hooks of Node.js (node:module,
// register); host.cjs installs them for actions that are ES modules.
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

const ENDINGS = ['.js', '.mjs', '.cjs', '.json', '/index.js', '/index.mjs', '/index.cjs']
const UNRESOLVED = ['ERR_MODULE_NOT_FOUND', 'ERR_UNSUPPORTED_DIR_IMPORT']
const AGAIN = '?bundled'
const isOwn = (url) => url?.startsWith('file:') && !url.includes('/node_modules/')

// Returns what a folder's package.json names as its `main`, relative to the folder.
async function mainOf (folder) {
  try {
    const { main } = JSON.parse(await readFile(new URL('package.json', folder), 'utf8'))
    return typeof main === 'string' ? [main.replace(/^(\.?\/)?/, '/')] : []
  } catch {
    return []
  }
}

async function resolveAny (specifier, context, next) {
  try {
    return await next(specifier, context)
  } catch (error) {
    const own = /^\.\.?(\/|$)/.test(specifier) && isOwn(context.parentURL)
    if (!own || !UNRESOLVED.includes(error.code)) throw error
    const plain = specifier.replace(/\/$/, '')
    const mains = await mainOf(new URL(plain + '/', context.parentURL))
    for (const ending of [...mains, ...mains.flatMap((main) => ENDINGS.map((ending) => main + ending)), ...ENDINGS]) {
      try {
        return await next(plain + ending, context)
      } catch {}
    }
    throw error
  }
}

// The names that own modules import, by the module's URL and the specifier.
const imported = new Map()

function noteImports (url, source) {
  const statement =
    /\b(?:import|export)\s+(?:([\w$]+)\s*,?\s*)?(?:\{([^}]*)\}|\*\s*as\s+([\w$]+))?\s*from\s*['"](\.[^'"]*)['"]/g
  for (const [, alone, list = '', all, specifier] of source.matchAll(statement)) {
    const names = list.split(',').map((item) => item.trim().split(/\s/)[0])
    const use = all && new RegExp(`\\b${all.replaceAll('$', '\\$')}\\s*\\??\\.\\s*([\\w$]+)`, 'g')
    const used = all ? [...source.matchAll(use)] : []
    imported.set(`${url} ${specifier}`, new Set([
      ...(imported.get(`${url} ${specifier}`) ?? []), ...(alone ? ['default'] : []), ...names.filter(Boolean),
      ...used.map(([, name]) => name)
    ]))
  }
}

const isModule = (source) => /^\s*(import\b(?!\s*\()|export\b)/m.test(source.replace(/\/\*[^]*?\*\//g, '')) &&
  !/\b(module\.exports|exports\.\w+\s*=)/.test(source)

// Node.js finds only some of the names that a CommonJS module exports. The importer's names are put into the URL, and
// load() makes a module that exports them.
async function withNames (resolved, names) {
  const { url, format } = resolved
  if (format === 'module' || !isOwn(url) || !/\.c?js(\?|$)/.test(url)) return resolved
  // Where no package.json says it, Node.js finds it out by itself, with a warning.
  if (isModule(await readFile(new URL(url), 'utf8'))) return format ? resolved : { ...resolved, format: 'module' }
  if (!names?.size) return resolved
  return { ...resolved, format: 'module', url: `${url}?names=${[...names].sort().join(',')}` }
}

export async function resolve (specifier, context, next) {
  const resolved =
    await withNames(await resolveAny(specifier, context, next), imported.get(`${context.parentURL} ${specifier}`))
  if (/^file:.*\.json$/.test(resolved.url)) {
    const attributes = resolved.importAttributes ?? context.importAttributes
    return attributes?.type ? resolved : { ...resolved, format: 'module', importAttributes: {} }
  }
  // Node.js caches a failed module by its URL.
  return context.parentURL?.endsWith(AGAIN) && isOwn(resolved.url) && !resolved.url.includes('?')
    ? { ...resolved, url: resolved.url + AGAIN }
    : resolved
}

// A module whose exports are `value`, an expression, and those of its properties that have these names.
const moduleOf = (value, alone, names) => [
  `const value = ${value};const alone = ${alone};export default alone`,
  ...names.filter((name) => /^[A-Za-z_$][\w$]*$/.test(name) && name !== 'default')
    .map((name, i) => `const v${i} = value?.[${JSON.stringify(name)}];export { v${i} as ${name} }`)
].join('\n')

function moduleOfJson (text) {
  const value = JSON.parse(text.replace(/^\ufeff/, ''))
  const names = value && typeof value === 'object' && !Array.isArray(value) ? Object.keys(value) : []
  return moduleOf(`JSON.parse(${JSON.stringify(JSON.stringify(value))})`, 'value', names)
}

const moduleOfCommonJs = (url, names) => "import { createRequire } from 'node:module'\n" + moduleOf(
  `createRequire(import.meta.url)(${JSON.stringify(fileURLToPath(url))})`, 'value?.__esModule ? value.default : value',
  names
)

const COMMONJS = {
  require: "import { createRequire as __aditRequire } from 'node:module';const require = __aditRequire(import.meta.url);",
  __filename: "import { fileURLToPath as __aditFile } from 'node:url';const __filename = __aditFile(import.meta.url);",
  __dirname:
    "import { fileURLToPath as __aditDir } from 'node:url';const __dirname = __aditDir(new URL('.', import.meta.url)).replace(/(.)[\\\\/]$/, '$1');"
}

// Adds the names of CommonJS that the module uses and does not declare, on its first line, so that the numbers of the
// lines stay the same.
function withCommonJs (source) {
  const isUsed = (name) => new RegExp(`\\b${name}\\b`).test(source)
  const isDeclared = (name) => new RegExp(`\\b(const|let|var|function|import)\\b[^=;\\n]*\\b${name}\\b`).test(source)
  if (source.startsWith('#!')) return source
  return Object.keys(COMMONJS).filter((name) => isUsed(name) && !isDeclared(name)).map((name) => COMMONJS[name])
    .join('') + source
}

export async function load (url, context, next) {
  if (context.format === 'module' && /^file:.*\.json$/.test(url))
    return { format: 'module', shortCircuit: true, source: moduleOfJson(await readFile(new URL(url), 'utf8')) }
  const [file, names] = url.split('?names=')
  if (names !== undefined)
    return { format: 'module', shortCircuit: true, source: moduleOfCommonJs(file, names.split(',')) }
  const loaded = await next(url, context)
  if (loaded.format !== 'module' || !loaded.source || !isOwn(url)) return loaded
  const source = Buffer.from(loaded.source).toString('utf8')
  noteImports(url, source)
  return { ...loaded, source: withCommonJs(source) }
}
