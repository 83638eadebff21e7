// Finds the places in the source code where errors are made, by literals of their messages.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

const sources = (folder) => readdirSync(folder).flatMap((name) => {
  const path = join(folder, name)
  if (statSync(path).isDirectory()) return sources(path)
  return name.endsWith('.cc') && !name.endsWith('_test.cc') ? [path] : []
})

// Returns the text between the parenthesis that opens before `begin` and its closing one.
function argumentsAt (text, begin) {
  let depth = 1
  let quoted = false
  let at = begin
  for (; depth > 0 && at < text.length; at++) {
    const sign = text[at]
    if (quoted && sign === '\\') at++
    else if (sign === '"') quoted = !quoted
    else if (!quoted && sign === '(') depth++
    else if (!quoted && sign === ')') depth--
  }
  return text.slice(begin, at - 1)
}

export function sites () {
  return ['cli', 'src'].flatMap((folder) => sources(join(ROOT, folder))).flatMap((path) => {
    const text = readFileSync(path, 'utf8')
    return [...text.matchAll(/Error::(configuration|failure)\(/g)].map((match) => {
      const literals =
        [...argumentsAt(text, match.index + match[0].length).matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, literal]) =>
          literal.trim())
      return {
        file: relative(ROOT, path), line: text.slice(0, match.index).split('\n').length,
        pieces: literals.filter((literal) => literal.length > 7 && !/^[a-z_]+$/.test(literal))
      }
    }).filter(({ pieces }) => pieces.length > 0)
  })
}

const library = 'an error of the library that the command cannot cause'
const system = 'a system without memory, randomness, descriptors or a working OpenSSL'
const interrupted = 'the answer to Ctrl-C; see terminal.test.mjs'
const server = 'an answer to a client, not to the user of the command'

// Errors that errors.test.mjs does not provoke: a part of the message, and the reason.
export const unreachable = [
  ['cannot be bundled', 'a mistake in JavaScript, in a project with esbuild; see bundles.test.mjs'],
  ['has a link that leads out of the project', 'a package of a folder; see bundles.test.mjs'],
  ['files.', 'a folder of more than 20,000 files'], ['The folder of', 'a folder that may not be read; root may'],
  ['there is no terminal to ask at', 'a plan that needs a platform; see deploy.test.mjs'],
  ['The deployment was interrupted', interrupted],
  ['but did not reject a request', 'a platform that leaves actions open; see deploy.test.mjs'],
  ['refused the trigger', 'a feed that refuses; see plan_test.cc'], ['a SHA-256 digest', system],
  ['has changed and does not start', 'printed while adit dev runs; see dev-changes.test.mjs'],
  ['so adit undid them', 'a change that causes more errors than the trial on a copy'],
  ['no token is sent to', 'a finding of adit check; see check.test.mjs'],
  ['The call was interrupted', interrupted], ['Interrupted.', interrupted], ['Stopped while writing', interrupted],
  ['stopped before its end', interrupted],
  ['The zip could not be made', 'a disk that fills while it is written'],
  ['cannot be made:', 'a folder that may not be written to; root may'],
  ['cannot be written', 'a folder that may not be written to; root may'],
  ['Cannot start the local proxy to the emulator', 'a machine without free ports'],
  ['larger than', 'an answer of more than 64 MB'],
  ['an exception that is not a std::exception', 'an exception of a caller of the library; see exceptions_test.cc'],
  ['Out of memory.', 'see tests/faults'],
  ["another process holds the record's lock", 'two processes; see redis_hostile_test.cc'],
  ['The assertion cannot be signed', library], ["'local' is the emulator inside", library],
  ["The issuer's key", library], ['The OAuth client cannot', library], ['The authorization server at', library],
  ['This is not an access token', library], ["The token's signature is not valid", library],
  ["The token's `kid`", library], ['has a modulus or exponent', 'a key that was crafted on purpose'],
  ['The key is not one for', library], ['bits cannot be made', library], ['The token engine has ended', library],
  ['The wait for a token of', library], ['The API refuses every new token', library],
  ['Another process has been fetching', 'another process that hangs for half a minute'],
  ['The token could not be fetched', system],
  ["missing parameter(s) '", library], ['The parameter', library], ['The parameter file must', library],
  ['A response header', library], ['A result that is not an object', library],
  ['must be a number from', 'of an action that is started by hand'],
  ['--socket needs a path', 'of an action that is started by hand'],
  ['--host needs an address', 'of an action that is started by hand'],
  ['There would be more than', server], ['integrations already', library],
  ['There is no option', 'of an action that is started by hand'],
  ['A key of .env has', library],
  [', which is not a number of seconds', 'a time setting; a similar error is provoked'],
  ['changed by someone else in the meantime', 'two processes that write one file at the same time'],
  ['OpenSSL could not', system], ['A pipe could not', system],
  ['A temporary folder could not', system], ['random', system], ['A timer could not be made', system],
  ['A thread could not be started', system], ['libcurl does not start', system],
  ['cannot be started', 'a program that was deleted after it was found'], ['did not end within', 'half an hour'],
  ['Another build of', 'half an hour'],
  ["The query parameter '", server], ['Another adit dev keeps', 'two commands at once; see dev-deploy.test.mjs'],
  ['The code is not', 'of a deployment; see unpack_test.cc'],
  ['The code of the action is no longer in', 'a state folder that another process changes'],
  ['The zip contains no file exec', 'of a deployment; see dev-deploy.test.mjs'],
  ["No folder for the action's code", system],
  ['in the state folder was skipped', 'printed with the address; see entity_store_test.cc'],
  ['cannot be run here.', 'of a deployment; see dev-deploy.test.mjs'],
  ['another file contains the same', 'see entity_store_test.cc'], ['its code is missing', 'see entity_store_test.cc'],
  ['its kind is unknown', 'see entity_store_test.cc'], ['A fault is a JSON object', server],
  ['The form is malformed', server], ['The body is not a form', server],
  ["adit's CMake package was not found beside", 'an incomplete installation'],
  ['CMake did not say what', 'a CMake before 3.14'],
  ['which can be read only once', library], ["The request's method", library], ['Unix socket', library],
  ["A header's name", library], ['The bearer token is empty', library],
  ["The request's body ended", 'a file that shrinks while it is sent']
]
