// The whole cycle on one machine: `adit new`, `adit dev`, `adit deploy --to`, a call by npm's openwhisk, `adit logs`,
// `adit fire`, `adit undeploy`.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { writeFileSync } from 'node:fs'
import { before, describe, test } from 'node:test'
import { NPM, project, run, start, temporaryFolder } from '../cli/adit.mjs'
import { ask, dev, eventually } from './dev.mjs'

const openwhisk = createRequire(join(NPM, 'package.json'))('openwhisk')
const key = `${randomBytes(16).toString('hex')}:${randomBytes(32).toString('hex')}`
const settings = `AIO_runtime_auth=${key}\nAIO_runtime_namespace=guest\n`

describe('a project', () => {
  const root = temporaryFolder()
  let server
  const adit = async (...args) => {
    const { code, stdout, stderr } =
      await run([...args, '--to', server.origin], { cwd: join(root, 'app'), timeout: 1_200_000 })
    assert.equal(code, 0, `adit ${args.join(' ')}: ${stderr}`)
    return stdout
  }

  before(async () => {
    const made = await run(['new', 'app'], { cwd: root })
    assert.equal(made.code, 0, made.stderr)
    writeFileSync(join(root, 'app/.env'), `${settings}ADIT_IMS=local\n`)
    writeFileSync(join(root, 'app/hello.js'),
      "exports.main = ({ name = 'nobody' }) => { console.log('greeting', name); return { greeting: 'Hello ' + name } }\n")
    writeFileSync(join(root, 'app/app.config.yaml'), `application:
  runtimeManifest:
    packages:
      greetings:
        actions:
          hello: { function: hello.js, runtime: 'nodejs:22', web: 'yes' }
          secured: { function: hello.js, runtime: 'nodejs:22', web: 'yes', annotations: { require-adobe-auth: true } }
        sequences: { twice: { actions: 'hello, hello', web: 'yes' } }
        triggers: { guest-came: {} }
        rules: { greet: { trigger: guest-came, action: hello } }
        apis: { front: { v1: { greet: { hello: { method: get } } } } }
`)
    // A server of another project, so that the called actions can only be the deployed ones.
    server = await dev(
      project({ 'app.config.yaml': 'application:\n  runtimeManifest:\n    packages: {}\n', '.env': settings }),
      ['--http', '--ims', 'local']
    )
  })

  test('is deployed, called, watched and removed', async () => {
    const urls = (await adit('deploy', '--yes')).trim().split('\n')
    assert.deepEqual(urls,
      ['hello', 'secured', 'twice'].map((name) => `${server.origin}/api/v1/web/guest/greetings/${name}`))
    const again = JSON.parse(await adit('deploy', '--yes', '--json'))
    assert.ok(again.steps.every(({ change }) => change === 'unchanged'), JSON.stringify(again.steps))
    assert.deepEqual(again.auth_enforced, ['greetings/secured'])

    const client = openwhisk({ apihost: server.origin, api_key: key, namespace: 'guest' })
    assert.deepEqual(
      await client.actions.invoke({ name: 'greetings/hello', params: { name: 'you' }, blocking: true, result: true }),
      { greeting: 'Hello you' }
    )
    assert.equal((await ask(urls[1])).status, 401)

    assert.match(await adit('logs', 'greetings/hello'), /greetings\/hello [0-9a-f]{32}\n.*greeting you/)
    const [newest] = JSON.parse(await adit('activation', 'list', 'greetings/hello', '--json', '--limit', '1'))
    assert.equal(JSON.parse(await adit('activation', 'get', newest.activationId)).activationId, newest.activationId)
    assert.deepEqual(JSON.parse(await adit('activation', 'result', '--last', 'greetings/hello')),
      { greeting: 'Hello you' })
    assert.match(await adit('activation', 'logs', '--last', 'greetings/hello'), /greeting you/)
    assert.match(await adit('activation', 'list'), /success +greetings\/hello/)

    const fired = await adit('fire', 'guest-came', '-p', 'name', 'a guest')
    assert.match(fired, /^[0-9a-f]{32}\n$/)
    await eventually(async () => (await adit('logs', 'greetings/hello')).includes('greeting a guest'))

    assert.match(await adit('undeploy', '--yes'), /removed +trigger guest-came/)
    assert.deepEqual([await client.packages.list(), await client.triggers.list(), await client.rules.list()],
      [[], [], []])
  })

  test('shows new logs until it is stopped', async () => {
    await adit('deploy', '--yes')
    const child = start(['logs', '--follow', '--json', '--to', server.origin], { cwd: join(root, 'app') })
    let text = ''
    child.stdout.setEncoding('utf8').on('data', (data) => { text += data })
    const closed = new Promise((resolve) => child.on('close', resolve))
    await adit('fire', 'guest-came', '-p', 'name', 'late')
    await eventually(() => text.includes('greeting late'))
    child.kill('SIGINT')
    assert.equal(await closed, 0)
    const lines = text.trim().split('\n').map(JSON.parse)
    assert.equal(new Set(lines.map(({ activationId }) => activationId)).size, lines.length, 'none twice')
  })
})
