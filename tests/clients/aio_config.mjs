// The configuration that the aio CLI passes to @adobe/aio-lib-runtime for a project: `sources` is the folder of the
// actions' code, `dist` the folder of its build below the project's root; `manifest` contains the package
// `packageName`.
import { join } from 'node:path'

export const aioConfig = ({ root, sources, name, origin, key, namespace, manifest, packageName }) => ({
  root,
  app: {
    hasBackend: true, hasFrontend: false, name, version: '1.0.0', dist: 'dist',
    hostname: 'https://adobeio-static.net', defaultHostname: 'https://adobeio-static.net'
  },
  actions: { src: join(root, sources), dist: join(root, 'dist') },
  web: { src: join(root, 'web') },
  ow: { apihost: origin, auth: key, namespace, apiversion: 'v1', package: `${name}-1.0.0` },
  manifest: { full: manifest, package: manifest.packages[packageName], packagePlaceholder: '__APP_PACKAGE__' },
  s3: {}
})
