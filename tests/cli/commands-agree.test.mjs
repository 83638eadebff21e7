// Runs each pair of commands that change a project, one after the other. No command undoes what the other did, and none
// finds more to do after its own run.
import assert from 'node:assert/strict'
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { jwtEnv, keys, project, run, secret, toDotenv } from './adit.mjs'

const names = Object.keys(jwtEnv())
// As in the tutorial: the manifest does not map the secret that the action requires.
const seed = () => project({
  'app.config.yaml': 'extensions:\n  dx/excshell/1:\n    $include: ext.config.yaml\n',
  'ext.config.yaml': `runtimeManifest:
  packages:
    p:
      actions:
        a:
          function: a.js
          runtime: nodejs:22
          web: 'yes'
          inputs:
            LOG_LEVEL: debug
${names.filter((name) => name !== 'JWT_CLIENT_SECRET').map((name) => `            ${name}: $${name}\n`).join('')}`,
  'a.js': `exports.main = (params) => {
  for (const name of [${names.map((name) => `'${name}'`).join(', ')}]) if (!params[name]) return { error: { statusCode: 400, body: { error: name } } }
  const { ${names.join(', ')} } = params
  return { body: [${names.join(', ')}].length }
}
`,
  '.env': toDotenv({ ...jwtEnv(), LOG_LEVEL: 'info' }),
  'package.json': '{"name":"x","version":"0.1.0"}\n',
  'console.json':
    JSON.stringify({ CLIENT_ID: 'test-client', CLIENT_SECRETS: [secret], ORG_ID: 'DEF@AdobeOrg', SCOPES: ['openid'] }),
  'private.key': keys.privateKey
})

const commands = {
  'check --fix': ['check', '--fix', '--yes'],
  migrate: ['migrate'],
  'migrate --both': ['migrate', '--both'],
  'import --keep': ['import', 'console.json', '--keep']
}

// Returns every line of every text file of the project, with its file, and the modes.
function state (root) {
  const lines = new Set()
  for (const name of readdirSync(root)) {
    const path = join(root, name)
    if (!statSync(path).isFile()) continue
    lines.add(`${name} has mode ${(statSync(path).mode & 0o777).toString(8)}`)
    readFileSync(path, 'utf8').split('\n').forEach((line) => lines.add(`${name}: ${line.trim()}`))
  }
  return lines
}
const without = (one, other) => [...one].filter((line) => !other.has(line))

describe('commands that change a project', { concurrency: 2 }, () => {
  for (const [first, firstArgs] of Object.entries(commands)) {
    for (const [second, secondArgs] of Object.entries(commands)) {
      test(`${first}, ${second}, and ${first} again: the changes of both remain`, async () => {
        const root = seed()
        const does = async (args) => {
          const { code, stderr } = await run(args, { cwd: root })
          assert.ok(code === 0 || args[0] === 'check', `${args.join(' ')}: ${stderr}`)
          return state(root)
        }
        const before = await does(firstArgs)
        const after = await does(secondArgs)
        const again = await does(firstArgs)
        // --both keeps what the plain command removes, so that running one after the other must undo the first.
        const opposites = first !== second && first.startsWith('migrate') && second.startsWith('migrate')
        if (!opposites) {
          assert.deepEqual(without(without(after, before), again), [], `${first} removes what ${second} added`)
          assert.deepEqual(without(before, after).filter((line) => again.has(line)), [],
            `${first} adds what ${second} removed`)
        }
        await does(secondArgs)
        const last = await does(firstArgs)
        assert.deepEqual([without(last, again), without(again, last)], [[], []], 'both are done')
      })
    }
  }
})
