// A small OpenWhisk that keeps entities in memory and fails on demand, for tests of interrupted deployments.
// All other tests use `adit dev`.
import { createServer } from 'node:http'
import { atExit } from '../cli/adit.mjs'

export const KEY = 'user:password'

// Returns { url, store, requests, calls, failAt(n), close() }: `store` contains the entities by collection and name,
// `requests` the requests, `calls` the calls of feeds. After failAt(n), the nth request that changes something is
// answered with 500.
export async function openwhisk ({ namespace = 'ns', open = [] } = {}) {
  const store = { packages: new Map(), actions: new Map(), triggers: new Map(), rules: new Map(), routes: new Map() }
  const state = { requests: [], calls: [], failIn: 0 }
  const answer = (response, status, body) => {
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(body))
  }
  const listed = (collection, name, entity) => {
    const parts = name.split('/')
    return { ...entity, name: parts.at(-1), namespace: [namespace, ...parts.slice(0, -1)].join('/') }
  }
  const entities = (method, collection, name, query, body, response) => {
    const known = store[collection]
    if (method === 'GET' && name === '') {
      const all = [...known].map(([key, entity]) => listed(collection, key, entity))
      return answer(response, 200,
        all.slice(Number(query.get('skip')), Number(query.get('skip')) + Number(query.get('limit') ?? 30)))
    }
    if (method === 'PUT') {
      if (collection === 'actions' && name.includes('/') && !known.has(name) && !store.packages.has(name.split('/')[0]))
        return answer(response, 404, { error: 'The requested resource does not exist.' })
      const before = known.get(name)
      const entity = { ...body, version: before ? '0.0.' + (Number(before.version.split('.')[2]) + 1) : '0.0.1' }
      known.set(name, entity)
      return answer(response, 200, listed(collection, name, entity))
    }
    if (!known.has(name)) return answer(response, 404, { error: 'The requested resource does not exist.' })
    const entity = listed(collection, name, known.get(name))
    if (collection === 'packages' && method === 'DELETE' && [...store.actions.keys()].some((key) =>
      key.startsWith(name + '/')))
      return answer(response, 409, { error: 'Package not empty.' })
    if (method === 'DELETE') known.delete(name)
    return answer(response, 200, entity)
  }
  const gateway = (call, query, body, response) => {
    if (call === 'createApi') {
      const { apidoc } = body
      store.routes.set(`${apidoc.gatewayMethod.toUpperCase()} ${apidoc.gatewayBasePath}${apidoc.gatewayPath}`, apidoc)
      return answer(response, 200, { gwApiUrl: 'http://gateway' + apidoc.gatewayBasePath })
    }
    if (call === 'deleteApi') {
      store.routes.delete(`${query.get('operation').toUpperCase()} ${query.get('basepath')}${query.get('relpath')}`)
      return answer(response, 200, {})
    }
    const apis = [...store.routes.values()].map(({ gatewayBasePath, gatewayPath, gatewayMethod, action, apiName }) => {
      const [pkg, name] = action.name.includes('/') ? action.name.split('/') : ['default', action.name]
      return { id: apiName, value: { apidoc: { basePath: gatewayBasePath, info: { title: apiName }, paths: {
        [gatewayPath]: { [gatewayMethod]: { 'x-openwhisk': { action: name, package: pkg, namespace } } }
      } } } }
    })
    return answer(response, 200, { apis })
  }
  const server = createServer((request, response) => {
    const chunks = []
    request.on('data', (chunk) => chunks.push(chunk)).on('end', () => {
      const url = new URL(request.url, 'http://host')
      const whole = decodeURIComponent(url.pathname)
      const path = whole.replace(/^\/runtime/, '')
      const body = chunks.length ? JSON.parse(Buffer.concat(chunks)) : undefined
      state.requests.push({ method: request.method, path: whole, headers: request.headers, body })
      const web = path.match(/^\/api\/v1\/web\/ns\/(.+)$/)
      if (web) return answer(response, open.includes(web[1]) ? 200 : 401, {})
      const wanted = 'Basic ' + Buffer.from(KEY).toString('base64')
      if (request.headers.authorization !== wanted && !request.headers.authorization?.startsWith('Bearer '))
        return answer(response, 401, { error: 'The supplied authentication is invalid', code: 'x' })
      if (request.method !== 'GET' && state.failIn > 0 && --state.failIn === 0)
        return answer(response, 500, { error: 'There was an internal server error.' })
      const api = path.match(/^\/api\/v1\/web\/whisk\.system\/apimgmt\/(\w+)/)
      if (api) return gateway(api[1], url.searchParams, body, response)
      if (path.endsWith('/namespaces')) return answer(response, 200, [namespace])
      const [, inNamespace, collection, name = ''] = path.match(/\/api\/v1\/namespaces\/([^/]+)\/(\w+)\/?(.*)$/) ?? []
      if (inNamespace === 'whisk.system') {
        state.calls.push(body)
        return answer(response, 200, { activationId: '0'.repeat(32), response: { success: true, result: {} } })
      }
      if (!store[collection]) return answer(response, 404, { error: 'The requested resource does not exist.' })
      entities(request.method, collection, name, url.searchParams, body, response)
    })
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  atExit(() => server.close())
  return {
    url: `http://127.0.0.1:${server.address().port}`, store, ...state, requests: state.requests, calls: state.calls,
    failAt: (n) => { state.failIn = n }
  }
}
