import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import {
  base64, emulator, jwtEnv, keys, probeManifest, probeProject, project, rawProject, run, secret, temporaryFolder,
  toDotenv
} from './adit.mjs'

// Returns the processes whose environment contains the text.
const processesWith = (text) => readdirSync('/proc').filter((entry) => {
  if (!/^\d+$/.test(entry)) return false
  try {
    return readFileSync(`/proc/${entry}/environ`, 'latin1').includes(text)
  } catch {
    return false // the process has ended
  }
})

describe('adit invoke', { concurrency: false }, () => {
  let root
  before(async () => { root = await probeProject() })
  const invoke = (args, options = {}) => run(['invoke', ...args], { cwd: root, ...options })
  const envFile = (variables) => {
    const file = join(temporaryFolder(), 'other.env')
    writeFileSync(file, toDotenv(variables), { mode: 0o600 })
    return file
  }

  test('runs the tutorial\'s action and prints only the report to stdout', async () => {
    const { code, stdout, stderr } = await invoke(['--ims', 'local'])
    assert.equal(code, 0, stderr)
    const result = JSON.parse(stdout)
    assert.equal(result.statusCode, 200)
    assert.ok(result.body.rows.length > 0)
  })

  test('shows its steps and no secret with --verbose', async () => {
    const { code, stdout, stderr } = await invoke(['probe', '--ims', 'local', '-v'])
    assert.equal(code, 0, stderr)
    for (const step of [
      'configuration read', 'inputs mapped', 'action started', 'assertion signed', 'token received'
    ]) {
      assert.ok(stderr.toLowerCase().includes(step), `"${step}" in:\n${stderr}`)
    }
    assert.doesNotMatch(stderr, /\u001b\[/, 'no colours when piped')
    for (const hidden of [secret, base64(keys.privateKey).slice(0, 60), 'eyJ']) {
      assert.ok(!stderr.includes(hidden) && !stdout.includes(hidden))
    }
  })

  test('says once which credentials the emulator skips, and nothing about a kind that is not used', async () => {
    const skipped = async (variables) => {
      const { stderr } =
        await invoke(['probe', '--ims', 'local', '-p', 'MODE', 'echo', '--env-file', envFile(variables)],
          { env: { ADIT_LOG: 'debug' } })
      const lines = stderr.split('\n').filter((line) => line.includes('emulator skips'))
      return lines.map((line) => line.replace(/.*emulator skips credentials: /, ''))
    }
    assert.deepEqual(await skipped(jwtEnv()), [])
    assert.deepEqual(await skipped(jwtEnv({ JWT_IMS_ORG: undefined, JWT_CLIENT_SECRET: undefined })),
      ['The JWT credential is incomplete. Not set: JWT_CLIENT_SECRET, JWT_IMS_ORG.',
        'The OAuth server-to-server credential is incomplete. Not set: IMS_OAUTH_S2S_CLIENT_ID, IMS_OAUTH_S2S_CLIENT_SECRET, IMS_OAUTH_S2S_ORG_ID, IMS_OAUTH_S2S_SCOPES.'])
    assert.equal((await skipped(jwtEnv({ JWT_PRIVATE_KEY: 'broken' }))).length, 1)
  })

  test('finds the project from a folder below it', async () => {
    mkdirSync(join(root, 'deep/er'), { recursive: true })
    const { code, stderr } =
      await run(['invoke', 'tests/probe', '--ims', 'local', '-p', 'MODE', 'echo'], { cwd: join(root, 'deep/er') })
    assert.equal(code, 0, stderr)
  })

  test('finds the project that --project names from anywhere', async () => {
    const { code, stderr } =
      await run(['invoke', '--project', root, '--ims', 'local', '-p', 'MODE', 'echo'], { cwd: '/' })
    assert.equal(code, 0, stderr)
  })

  test('merges inputs, a parameter file and parameters, later ones over earlier ones', async () => {
    const file = join(root, 'params.json')
    writeFileSync(file, JSON.stringify({ MODE: 'echo', LOG_LEVEL: 'from-file', nested: { a: [1, 'ä'] } }))
    const { code, stdout, stderr } =
      await invoke(['--ims', 'local', '-P', file, '-p', 'LOG_LEVEL', 'from-flag', '-p', 'count', '3'])
    assert.equal(code, 0, stderr)
    const { body } = JSON.parse(stdout)
    assert.equal(body.LOG_LEVEL, 'from-flag')
    assert.deepEqual(body.nested, { a: [1, 'ä'] })
    assert.equal(body.count, 3)
    assert.equal(body.JWT_CLIENT_ID, 'test-client')
  })

  test('prints the activation record with --full', async () => {
    const { code, stdout, stderr } = await invoke(['--ims', 'local', '--full', '-p', 'MODE', 'echo'])
    assert.equal(code, 0, stderr)
    const record = JSON.parse(stdout)
    assert.match(record.activationId, /^[0-9a-f]{32}$/)
    assert.equal(record.name, 'probe')
    assert.equal(record.response.success, true)
    assert.equal(record.response.result.statusCode, 200)
    assert.ok(record.end >= record.start && Array.isArray(record.logs) && Array.isArray(record.annotations))
  })

  test('prefers the process environment to .env', async () => {
    const { stdout } = await invoke(['--ims', 'local', '-p', 'MODE', 'echo'], { env: { LOG_LEVEL: 'warn' } })
    assert.equal(JSON.parse(stdout).body.LOG_LEVEL, 'warn')
  })

  test('exchanges a token at an emulator that runs elsewhere, which counts it', async () => {
    const ims = await emulator(['--env-file', join(root, '.env')])
    const { code, stderr } = await invoke(['--ims', ims.origin])
    assert.equal(code, 0, stderr)
    const stats = await (await fetch(ims.origin + '/__adit/stats')).json()
    assert.equal(stats.exchanges.jwt, 1)
    assert.equal(stats.api_calls, 1)
    assert.equal(stats.rejected, 0)
    assert.equal((await ims.stop()).code, 0)
  })

  test('speaks ActionLoop with a program that does not use the SDK', async () => {
    const other = project({
      'ext.config.yaml':
        'runtimeManifest:\n  packages:\n    tests:\n      actions:\n        loop:\n          function: loop\n          runtime: cpp\n          inputs:\n            LEVEL: $LEVEL\n',
      '.env': 'LEVEL=debug\n',
      'loop/CMakeLists.txt':
        'cmake_minimum_required(VERSION 3.25)\nproject(loop LANGUAGES CXX)\nadd_executable(exec exec.cc)\n',
      'loop/exec.cc': String.raw`#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>

int main() {
  FILE* out = fdopen(3, "w");
  if (std::getenv("__OW_WAIT_FOR_ACK")) std::fputs("{\"ok\":true}\n", out), std::fflush(out);
  for (std::string line; std::getline(std::cin, line);) {
    std::cerr << "one line" << std::endl;
    std::fprintf(out, "{\"received\":%s}\n", line.c_str()), std::fflush(out);
  }
}
`
    })
    const { code, stdout, stderr } =
      await invoke(['--ims', 'local', '-p', 'count', '3'], { cwd: other, timeout: 1_200_000 })
    assert.equal(code, 0, stderr)
    const { received } = JSON.parse(stdout)
    assert.deepEqual(received.value, { LEVEL: 'debug', count: 3 })
    assert.match(received.activation_id, /^[0-9a-f]{32}$/)
    assert.match(received.action_name, /\/tests\/loop$/)
    assert.match(stderr, /^one line$/m)
  })

  describe('reports', () => {
    const fails = async (args, { code, says }, options) => {
      const result = await invoke(args, options)
      assert.equal(result.code, code, result.stdout + result.stderr)
      for (const text of says) assert.match(result.stdout + result.stderr, text)
      for (const hidden of [secret, base64(keys.privateKey).slice(40, 100)])
        assert.ok(!(result.stdout + result.stderr).includes(hidden))
      return result
    }

    test('an unknown action, with the nearest name', async () => {
      await fails(['prob'], { code: 2, says: [/prob/, /probe/] })
    })

    test('a name that two packages have', async () => {
      const action = '        same:\n          function: a\n          runtime: cpp\n'
      const other = project({
        'ext.config.yaml':
          `runtimeManifest:\n  packages:\n    one:\n      actions:\n${action}    two:\n      actions:\n${action}`
      })
      await fails(['same'], { code: 2, says: [/one\/same/, /two\/same/, /ext\.config\.yaml:\d+/] }, { cwd: other })
    })

    test('an action that a package has twice, with both lines', async () => {
      const action = '        same:\n          function: a\n          runtime: cpp\n'
      const other =
        project({ 'ext.config.yaml': `runtimeManifest:\n  packages:\n    one:\n      actions:\n${action}${action}` })
      await fails([], { code: 2, says: [/ext\.config\.yaml:8/, /5/] }, { cwd: other })
    })

    test('a folder that is not a project', async () => {
      await fails([], { code: 2, says: [/app\.config\.yaml/] }, { cwd: temporaryFolder() })
    })

    test('an --env-file that is missing', async () => {
      await fails(['--env-file', 'nowhere.env'], { code: 2, says: [/nowhere\.env/] })
    })

    test('variables that are not set, with the line of the manifest', async () => {
      await fails(['--ims', 'local', '--env-file', envFile({ LOG_LEVEL: 'info' })],
        { code: 1, says: [/JWT_CLIENT_ID/, /ext\.config\.yaml:\d+/] })
    })

    test('broken YAML, with line and column', async () => {
      const other = project({ 'ext.config.yaml': 'runtimeManifest:\n  packages:\n   one: [\n  two: {}\n' })
      await fails([], { code: 2, says: [/ext\.config\.yaml:\d+:\d+/] }, { cwd: other })
    })

    test('a key that is a certificate\'s public half', async () => {
      await fails(['--ims', 'local', '--env-file', envFile(jwtEnv({ JWT_PRIVATE_KEY: base64(keys.publicKey) }))],
        { code: 1, says: [/public key/i, /JWT_PRIVATE_KEY/] })
    })

    test('a wrong client secret', async () => {
      const ims = await emulator(['--env-file', join(root, '.env')])
      await fails(['--ims', ims.origin, '--env-file', envFile(jwtEnv({ JWT_CLIENT_SECRET: 'wrong' }))],
        { code: 1, says: [/invalid_client|secret/i] })
      const stats = await (await fetch(ims.origin + '/__adit/stats')).json()
      assert.equal(stats.rejected, 1, 'a wrong secret is not tried again')
    })

    test('no error if the clock is behind that of IMS: the assertion is signed with the time of IMS', async () => {
      const ims = await emulator(['--env-file', join(root, '.env')])
      const set = await fetch(ims.origin + '/__adit/faults', {
        method: 'POST', headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ fault: 'clock_skew', delay: '10m' })
      })
      assert.ok(set.ok, await set.text())
      // IMS refuses the first assertion. Its answer shows the difference of the clocks, and the next assertion is
      // valid.
      const { code, stdout, stderr } = await invoke(['--ims', ims.origin])
      assert.equal(code, 0, stdout + stderr)
      const stats = await (await fetch(ims.origin + '/__adit/stats')).json()
      assert.deepEqual([stats.rejected, stats.exchanges.jwt], [1, 1])
    })

    test('an IMS that cannot be reached', async () => {
      await fails(['--ims', 'http://127.0.0.1:1'], { code: 1, says: [/127\.0\.0\.1:1/, /refused/i] },
        { env: { ADIT_TOKEN_TIMEOUT: '1' } })
    })

    test('an IMS that answers HTML', async () => {
      const { createServer } = await import('node:http')
      const server = createServer(
        (_, response) => response.setHeader('content-type', 'text/html').end('<html>Sign in</html>')
      ).listen(0, '127.0.0.1')
      await new Promise((resolve) => server.once('listening', resolve))
      try {
        await fails(['--ims', `http://127.0.0.1:${server.address().port}`], { code: 1, says: [/HTML/] })
      } finally {
        server.close()
        server.closeAllConnections()
      }
    })

    test('an action that crashes', async () => {
      await fails(['--ims', 'local', '-p', 'MODE', 'crash'], { code: 1, says: [/SIGABRT|signal/i] })
    })

    test('an action that ends without an answer', async () => {
      await fails(['--ims', 'local', '-p', 'MODE', 'exit'], { code: 1, says: [/7/] })
    })

    test('an action that hangs past its limit, and leaves no process behind', async () => {
      const marker = 'hang-' + process.pid
      writeFileSync(join(root, 'ext.config.yaml'), probeManifest.replace('timeout: 61000', 'timeout: 5000'))
      try {
        await fails(['--ims', 'local', '-p', 'MODE', 'hang'], { code: 1, says: [/5000 milliseconds/] },
          { env: { ADIT_TEST_MARKER: marker } })
      } finally {
        writeFileSync(join(root, 'ext.config.yaml'), probeManifest)
      }
      assert.deepEqual(processesWith(marker), [])
    })

    test('an action that throws', async () => {
      await fails(['--ims', 'local', '-p', 'MODE', 'throw'], { code: 1, says: [/the probe was told to throw/] })
    })

    test('an action that prints garbage', async () => {
      await fails(['--ims', 'local', '-p', 'SAY', 'garbage'], { code: 1, says: [/JSON/] }, { cwd: await rawProject() })
    })

    test('an action that returns a number', async () => {
      await fails(['--ims', 'local', '-p', 'SAY', 'a number'], { code: 1, says: [/object|dictionary/] },
        { cwd: await rawProject() })
    })

    test('an unknown option', async () => {
      await fails(['--imz', 'local'], { code: 2, says: [/--imz/] })
    })
  })
})
