// Builds and deploys a project with Adobe's @adobe/aio-lib-runtime: node aio_deploy.mjs NPM_FOLDER PROJECT ORIGIN KEY.
// The project's actions/*.js become the actions of the package `peer`.
import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, join } from 'node:path'
import { aioConfig } from '../tests/clients/aio_config.mjs'

const [npm, root, origin, key] = process.argv.slice(2)
const lib = createRequire(join(npm, 'package.json'))('@adobe/aio-lib-runtime')
const actions = Object.fromEntries(readdirSync(join(root, 'actions')).map((file) =>
  [basename(file, '.js'), { function: join(root, 'actions', file), runtime: 'nodejs:22', web: 'yes' }]))
const manifest = { packages: { peer: { license: 'Apache-2.0', actions } } }
const config = aioConfig({
  root, sources: 'actions', name: 'peer', origin, key, namespace: 'guest', manifest, packageName: 'peer'
})
process.chdir(root)
await lib.buildActions(config)
const deployed = await lib.deployActions(config, {}, () => {})
if (deployed.actions.length !== Object.keys(actions).length) throw new Error('not all actions were deployed')
