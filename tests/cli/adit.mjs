// Runs the built command from outside: with projects in temporary folders, processes with time limits, and the emulator
// as a server.
import { spawn, spawnSync } from 'node:child_process'
import { createSign, generateKeyPairSync } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { after } from 'node:test'
import { fileURLToPath } from 'node:url'

// Clean-up functions that run after the file's tests. A hook that is set inside `before` would run as soon as `before`
// ends.
const cleaners = []
export const atExit = (clean) => cleaners.push(clean)
after(() => cleaners.reverse().forEach((clean) => clean()))

export const ADIT = process.env.ADIT_BINARY
export const HERE = dirname(fileURLToPath(import.meta.url))
// The folder into which tools/install-npm has installed Adobe's packages.
// The file name of glibc's program loader.
export const LOADER = process.arch === 'arm64' ? 'ld-linux-aarch64.so.1' : 'ld-linux-x86-64.so.2'
export const NPM = process.env.ADIT_NPM ?? join(HERE, '../../build/npm')
if (!ADIT) throw new Error('ADIT_BINARY must name the built command')

// One RSA key for all tests of a file, because generating one takes a while.
export const keys = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' }
})
export const secret = 'secret-' + Math.random().toString(36).slice(2)
export const base64 = (text) => Buffer.from(text).toString('base64')

export const jwtEnv = (changes = {}) => ({
  JWT_CLIENT_ID: 'test-client',
  JWT_CLIENT_SECRET: secret,
  JWT_TECHNICAL_ACCOUNT_ID: 'ABC@techacct.adobe.com',
  JWT_IMS_ORG: 'DEF@AdobeOrg',
  JWT_METASCOPES: 'https://ims-na1.adobelogin.com/s/ent_analytics_bulk_ingest_sdk',
  JWT_PRIVATE_KEY: base64(keys.privateKey),
  ...changes
})

export const toDotenv = (variables) =>
  Object.entries(variables).filter(([, value]) => value !== undefined).map(([key, value]) => `${key}=${value}\n`)
    .join('')

export function temporaryFolder () {
  const folder = mkdtempSync(join(tmpdir(), 'adit-test-'))
  atExit(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

// Whether the process runs. A zombie has ended; its new parent will reap it.
export const runs = (pid) => {
  try {
    return !/\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

// Returns the prefix for a command that must run as root, such as chroot: a user namespace, or sudo, or nothing if the
// tests run as root.
export function asRoot () {
  if (process.getuid() === 0) return []
  return spawnSync('unshare', ['--map-root-user', 'true']).status === 0 ? ['unshare', '--map-root-user']
    : ['sudo', '-n']
}

// Returns the prefix for a command that must be able to mount: nothing for root, or one that makes a user namespace.
// Undefined without the right to mount, as in many containers and in a chroot.
export const asMounter = () => [['unshare', '--mount'], ['unshare', '--map-root-user', '--mount']]
  .find(([program, ...words]) =>
    spawnSync(program, [...words, 'mount', '-t', 'tmpfs', 'none', temporaryFolder()]).status === 0)

// Makes a project folder with these files, given as { path: text }.
export function project (files) {
  const root = temporaryFolder()
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text, { mode: 0o600 })
  }
  return root
}

const inputs = ['LOG_LEVEL', ...Object.keys(jwtEnv())]
export const probeManifest = `runtimeManifest:
  packages:
    tests:
      actions:
        probe:
          function: probe
          runtime: cpp
          web: 'yes'
          limits:
            timeout: 61000
          inputs:
${inputs.map((name) => `            ${name}: $${name}`).join('\n')}
`

// Returns a project with the probe action, which is built once by `adit build`. Each test gets a copy with its own
// .env.
export async function probeProject () {
  const root = project({ 'ext.config.yaml': probeManifest, '.env': toDotenv(jwtEnv()) })
  cpSync(join(HERE, 'probe'), join(root, 'probe'), { recursive: true })
  const built = await run(['build'], { cwd: root, timeout: 1_200_000 })
  if (built.code !== 0) throw new Error('the probe was not built:\n' + built.stderr)
  return root
}

// Returns a project whose action does not use adit's SDK and can violate the contract: it answers garbage on
// demand, otherwise a number. It writes HTTP by hand to the socket that its last argument names.
export async function rawProject () {
  return project({
    'ext.config.yaml':
      'runtimeManifest:\n  packages:\n    tests:\n      actions:\n        liar:\n          function: liar\n          runtime: cpp\n',
    'liar/CMakeLists.txt':
      'cmake_minimum_required(VERSION 3.25)\nproject(liar LANGUAGES CXX)\nadd_executable(liar liar.cc)\n',
    'liar/liar.cc': String.raw`#include <cstring>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

void serve(int connection) {
  std::string text;
  char bytes[65536];
  for (ssize_t count; (count = read(connection, bytes, sizeof bytes)) > 0;) {
    text.append(bytes, count);
    const auto end = text.find("\r\n\r\n");
    const auto length = text.find("ontent-Length: ");
    if (end == std::string::npos || length == std::string::npos) continue;
    const auto size = end + 4 + std::stoul(text.substr(length + 15));
    if (text.size() < size) continue;
    const std::string body = text.find("garbage") != std::string::npos ? "this is not JSON" : text.find("/init") != std::string::npos ? "{}" : "42";
    const auto answer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    if (write(connection, answer.data(), answer.size()) < 0) return;
    text.erase(0, size);
  }
}

int main(int argc, char** argv) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, argv[argc - 1], sizeof address.sun_path - 1);
  const int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 || listen(listener, 16) != 0) return 1;
  for (int connection; (connection = accept(listener, nullptr, nullptr)) >= 0; close(connection)) serve(connection);
}
`
  })
}

// The environment of the command, without the developer's settings.
const { TMPDIR } = process.env
const cleanEnvironment = (home) =>
  ({ PATH: process.env.PATH, HOME: home, LANG: 'C.UTF-8', ...(TMPDIR === undefined ? {} : { TMPDIR }) })
const home = mkdtempSync(join(tmpdir(), 'adit-home-'))
atExit(() => rmSync(home, { recursive: true, force: true }))

// `front` is a command that starts the one in its last arguments.
export function start (args, { cwd = HERE, env = {}, input, front = [] } = {}) {
  const [program, ...words] = [...front, ADIT, ...args]
  const child =
    spawn(program, words, { cwd, env: { ...cleanEnvironment(home), ...env }, stdio: ['pipe', 'pipe', 'pipe'] })
  child.stdin.on('error', () => {}) // EPIPE: the command may end without reading its input
  child.stdin.end(input ?? '')
  return child
}

// Runs the command to its end and returns { code, signal, stdout, stderr }. A command that exceeds its time is killed
// and fails the test.
export function run (args, options = {}) {
  const child = start(args, options)
  const result = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (data) => { result.stdout += data })
  child.stderr.setEncoding('utf8').on('data', (data) => { result.stderr += data })
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`adit ${args.join(' ')} did not end in time; it printed:\n${result.stderr}`))
    }, options.timeout ?? 60_000)
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      resolve({ ...result, code, signal })
    })
  })
}

// Starts `adit emulator` and returns { origin, lines, child, stop(), until(pattern) }; `lines` are the lines printed so
// far.
export async function emulator (args = [], options = {}) {
  const child = start(['emulator', '--port', '0', ...args], options)
  let stderr = ''
  const waiting = []
  child.stderr.setEncoding('utf8').on('data', (data) => {
    stderr += data
    for (const check of [...waiting]) check()
  })
  const closed = new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal, stderr })))
  // Resolves with the first match on stderr, as soon as it is there.
  const until = (pattern) => Promise.race([
    new Promise((resolve) => {
      const check = () => { const found = stderr.match(pattern); if (found) resolve(found) }
      waiting.push(check)
      check()
    }),
    closed.then((end) => { throw new Error('not printed: ' + pattern + JSON.stringify(end)) })
  ])
  const lines = []
  const line = await Promise.race([
    new Promise((resolve) => createInterface({ input: child.stdout }).on('line',
      (text) => resolve((lines.push(text), text)))),
    closed.then((end) => { throw new Error('the emulator ended: ' + JSON.stringify(end)) })
  ])
  const stop = (signal = 'SIGINT') => { child.kill(signal); return closed }
  atExit(() => child.kill('SIGKILL'))
  return { origin: line.replace(/^listening on /, ''), lines, child, stop, until }
}

// Makes an assertion as any JWT library would. It does not use adit, so that the emulator is tested with tokens from
// another implementation.
export function assertion (claims = {}, { key = keys.privateKey, header = { alg: 'RS256', typ: 'JWT' } } = {}) {
  const env = jwtEnv()
  const all = {
    exp: Math.floor(Date.now() / 1000) + 300,
    iss: env.JWT_IMS_ORG,
    sub: env.JWT_TECHNICAL_ACCOUNT_ID,
    aud: 'https://ims-na1.adobelogin.com/c/' + env.JWT_CLIENT_ID,
    [env.JWT_METASCOPES]: true,
    ...claims
  }
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const input = part(header) + '.' + part(all)
  return input + '.' + createSign('sha256').update(input).sign(key, 'base64url')
}

// Whether a process ignores the signal with this number, by the text of its /proc/self/status. A sanitizer may ignore
// further signals.
export const ignoresSignal = (status, number) =>
  (BigInt('0x' + status.match(/^SigIgn:\s*(\w+)$/m)[1]) >> BigInt(number - 1) & 1n) === 1n
