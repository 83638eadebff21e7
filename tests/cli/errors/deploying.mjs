// Errors of deployments: where to deploy, and failures of the platform.
const settings = 'AIO_runtime_auth=u:p\nAIO_runtime_namespace=ns\n'
const files = (packages, env = settings) => ({
  '.env': env, 'a.js': 'exports.main = () => ({})\n',
  'app.config.yaml': `application:\n  runtimeManifest:\n    packages:\n      p:\n${packages}`
})
const action = (name, more = '') => `        actions: { ${name}: { function: a.js, runtime: 'nodejs:22'${more} } }\n`
const oauth =
  'ADIT_IMS=local\nIMS_OAUTH_S2S_CLIENT_ID=c\nIMS_OAUTH_S2S_CLIENT_SECRET=s\nIMS_OAUTH_S2S_ORG_ID=DEF@AdobeOrg\nIMS_OAUTH_S2S_SCOPES=openid\n'

export const deploying = ({ origin }) => {
  const at = (path) => ['--to', `${origin}${path}`]
  return [
    ['a platform that is not a URL', ['info', '--to', 'ftp://host'], { files: files(action('a')) }],
    ['a platform that is misspelt', ['info', '--to', 'adobee'], { files: files(action('a')) }],
    ['a word that is not a platform', ['info', '--to', 'production'], { files: files(action('a')) }],
    ['a platform that is a variable without a value', ['info', '--to', ''], { files: files(action('a')) }],
    ['a host with a password', ['info'], { files: files(action('a'), 'AIO_runtime_apihost=https://u:p@host\n') }],
    ['an invalid namespace', ['info'], {
      files: files(action('a'), 'AIO_runtime_namespace=host.example/\n')
    }],
    ['no namespace', ['logs'], { files: files(action('a'), '') }],
    ['no key of Adobe\'s', ['logs'], { files: files(action('a'), 'AIO_runtime_namespace=ns\n') }],
    ['no key of a local platform', ['logs', '--to', 'http://127.0.0.1:1'], { files: files(action('a'), '') }],
    ['a time that is not a duration', ['logs', '--to', 'http://127.0.0.1:1', '--since', 'soon'], {
      files: files(action('a'))
    }],
    ['an activation that is not named', ['activation', 'get', '--to', 'http://127.0.0.1:1'], {
      files: files(action('a'))
    }],
    ['an invalid id of an activation', ['activation', 'get', 'mine', ...at('/array')], { files: files(action('a')) }],
    ['no activation', ['activation', 'get', '--last', ...at('/array')], { files: files(action('a')) }],
    ['no activation of an action without its package', ['activation', 'get', '--last', 'a', ...at('/array')], {
      files: files(action('a'))
    }],
    ['a trigger that is not there', ['fire', 'nightly', ...at('/nothing')], { files: files(action('a')) }],
    ['a platform that is busy', ['logs', ...at('/503')], { files: files(action('a')) }],
    ['a server that is not a platform', ['undeploy', ...at('/object')], { files: files(action('a')) }],
    ['a platform that does not listen', ['deploy', '--to', 'http://127.0.0.1:1'], { files: files(action('a')) }],
    ['an action that would be open', ['deploy', '--to', 'https://openwhisk.example'], { files: files(action('a',
      ', web: yes, annotations: { require-adobe-auth: true }')) }],
    ['a name that the secured action needs', ['deploy', '--to', 'http://127.0.0.1:1'], { files: files(
      '        actions: { a: { function: a.js, runtime: "nodejs:22", web: yes, annotations: { require-adobe-auth: true } }, __secured_a: { function: a.js, runtime: "nodejs:22" } }\n'
    ) }],
    ['a feed without a key', ['deploy'], { files: files(
      '        triggers: { t: { feed: /whisk.system/alarms/once } }\n', oauth + 'AIO_runtime_namespace=ns\n'
    ) }],
    ['a host of the project for a key of the user', ['deploy'], {
      files: files(action('a'), 'AIO_runtime_apihost=https://host.example\nAIO_runtime_namespace=ns\n'),
      env: { AIO_runtime_auth: 'u:p' }
    }]
  ]
}
