// Builds and deploys a project with Adobe's @adobe/aio-lib-runtime: node aio_deploy.mjs NPM_FOLDER PROJECT ORIGIN KEY.
// The project has actions/*.js, which become the actions of the package `peer`.
import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, join } from 'node:path'

const [npm, root, origin, key] = process.argv.slice(2)
const lib = createRequire(join(npm, 'package.json'))('@adobe/aio-lib-runtime')
const actions = Object.fromEntries(readdirSync(join(root, 'actions')).map((file) =>
  [basename(file, '.js'), { function: join(root, 'actions', file), runtime: 'nodejs:22', web: 'yes' }]))
const manifest = { packages: { peer: { license: 'Apache-2.0', actions } } }
const config = {
  root,
  app: {
    hasBackend: true, hasFrontend: false, name: 'peer', version: '1.0.0', dist: 'dist',
    hostname: 'https://adobeio-static.net', defaultHostname: 'https://adobeio-static.net'
  },
  actions: { src: join(root, 'actions'), dist: join(root, 'dist') },
  web: { src: join(root, 'web') },
  ow: { apihost: origin, auth: key, namespace: 'guest', apiversion: 'v1', package: 'peer-1.0.0' },
  manifest: { full: manifest, package: manifest.packages.peer, packagePlaceholder: '__APP_PACKAGE__' },
  s3: {}
}
process.chdir(root)
await lib.buildActions(config)
const deployed = await lib.deployActions(config, {}, () => {})
if (deployed.actions.length !== Object.keys(actions).length) throw new Error('not all actions were deployed')
