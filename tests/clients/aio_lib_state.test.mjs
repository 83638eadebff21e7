// @adobe/aio-lib-state, App Builder's library for the State service, as actions use it.
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { adobe, clientOf } from './adobe.mjs'
import { secret } from '../cli/adit.mjs'

const NAMESPACE = '1234567-project-stage'
const credentials = (changes) => ({ ow: { namespace: NAMESPACE, auth: `user:${secret}`, ...changes } })

// Calls each [method, ...arguments] on one state, in order.
const calls = async (packages, config, steps) => {
  const state = await packages('@adobe/aio-lib-state').init(config)
  const answers = []
  for (const [method, ...args] of steps) {
    if (method === 'list') {
      const pages = []
      for await (const { keys } of state.list(...args)) pages.push(keys)
      answers.push(pages)
    } else {
      answers.push(await state[method](...args) ?? null)
    }
  }
  return answers
}

// Puts keys `PREFIX-0` to `PREFIX-(COUNT-1)`, fifty at a time.
const fill = async (packages, config, prefix, count) => {
  const state = await packages('@adobe/aio-lib-state').init(config)
  for (let i = 0; i < count; i += 50) {
    await Promise.all(Array.from({ length: Math.min(50, count - i) }, (_, n) => state.put(`${prefix}-${i + n}`, 'v')))
  }
}

describe('@adobe/aio-lib-state', () => {
  let ims, client
  before(async () => {
    ims = await adobe()
    client = clientOf(ims)
  })
  const run = (steps, config = credentials()) => client.run(calls, config, steps)

  test('puts, gets, replaces and deletes a value', async () => {
    const answers = await run([
      ['get', 'basic'], ['put', 'basic', 'one'], ['get', 'basic'], ['put', 'basic', 'zwei ü €'], ['get', 'basic'],
      ['put', 'empty', ''], ['get', 'empty'], ['delete', 'empty'],
      ['delete', 'basic'], ['delete', 'basic'], ['get', 'basic']
    ])
    assert.deepEqual(answers.map((answer) => answer?.value ?? answer),
      [null, 'basic', 'one', 'basic', 'zwei ü €', 'empty', '', 'empty', 'basic', null, null])
  })

  test('keeps a value for a day, or for the given time', async () => {
    for (const [options, seconds] of [
      [{}, 86400], [{ ttl: 0 }, 86400], [{ ttl: 60 }, 60], [{ ttl: 31536000 }, 31536000]
    ]) {
      const start = Date.now()
      const [, { expiration }] = await run([['put', 'life', 'v', options], ['get', 'life']])
      const left = new Date(expiration).getTime()
      assert.ok(left >= start + seconds * 1000 - 1 && left <= Date.now() + seconds * 1000,
        `${seconds} s: ${expiration}`)
    }
    await assert.rejects(run([['put', 'life', 'v', { ttl: -1 }]]), { code: 'ERROR_BAD_ARGUMENT' })
  })

  test('says whether there are values, and how many', async () => {
    const own = credentials({ namespace: '1234567-counted', auth: `counting:${secret}` })
    assert.deepEqual(await run([
      ['any'], ['stats'], ['put', 'a', '12345'], ['put', 'bc', '1'], ['any'], ['stats'], ['delete', 'a'],
      ['delete', 'bc'], ['any'], ['stats']
    ], own), [
      false, { keys: 0, bytesKeys: 0, bytesValues: 0 }, 'a', 'bc', true, { keys: 2, bytesKeys: 3, bytesValues: 6 },
      'a', 'bc', false, { keys: 0, bytesKeys: 0, bytesValues: 0 }
    ])
  })

  test('lists keys in pages, all or those that match, and deletes those that match', async () => {
    const own = credentials({ namespace: '1234567-listed', auth: `listing:${secret}` })
    assert.deepEqual(await run([['list'], ['deleteAll', { match: '*' }]], own), [[[]], { keys: 0 }])
    await client.run(fill, own, 'list', 1100)
    const [all, ones, hinted, none] = await run([
      ['list'], ['list', { match: 'list-*1' }], ['list', { match: 'list-10*', countHint: 100 }],
      ['list', { match: 'other*' }]
    ], own)
    assert.deepEqual(all.map((page) => page.length), [1000, 100])
    assert.equal(new Set(all.flat()).size, 1100)
    assert.equal(ones.flat().length, 110)
    assert.equal(hinted.flat().length, 111)
    assert.equal(none.flat().length, 0)
    assert.deepEqual(await run([
      ['deleteAll', { match: 'list-*_1' }], ['deleteAll', { match: 'list-109*' }], ['deleteAll', { match: '*' }],
      ['any']
    ], own), [{ keys: 0 }, { keys: 11 }, { keys: 1089 }, false])
    await assert.rejects(run([['deleteAll', {}]], own), { code: 'ERROR_BAD_ARGUMENT' })
  })

  test('keeps namespaces and regions apart', async () => {
    const other = credentials({ namespace: '1234567-other', auth: `other:${secret}` })
    const emea = { ...credentials(), region: 'emea' }
    await run([['put', 'apart', 'one']])
    await run([['put', 'apart', 'two']], other)
    await run([['put', 'apart', 'three']], emea)
    const values = await Promise.all([credentials(), other, emea].map((config) => run([['get', 'apart']], config)))
    assert.deepEqual(values.map(([{ value }]) => value), ['one', 'two', 'three'])
    for (const region of ['apac', 'aus'])
      assert.deepEqual(await run([['get', 'apart']], { ...credentials(), region }), [null])
  })

  test('is refused with the key of another namespace, and outside of App Builder', async () => {
    await run([['any']])
    for (const namespace of [NAMESPACE + 'bad', 'legacy']) {
      await assert.rejects(run([['get', 'k']], credentials({ namespace })),
        { name: 'AdobeStateLibError', code: 'ERROR_UNAUTHORIZED' })
    }
    await assert.rejects(run([['get', 'k']], credentials({ auth: 'no-password' })), { code: 'ERROR_UNAUTHORIZED' })
  })

  test('puts values up to 1 MB', async () => {
    const put = (packages, config, size) =>
      packages('@adobe/aio-lib-state').init(config).then((state) => state.put('large', 'a'.repeat(size)))
    assert.equal(await client.run(put, credentials(), 1 << 20), 'large')
    for (const size of [(1 << 20) + 1, 3 << 20])
      await assert.rejects(client.run(put, credentials(), size), { code: 'ERROR_PAYLOAD_TOO_LARGE' })
  })

  test('reads its credentials from the environment of an action, and uses the given endpoint', async () => {
    const action =
      clientOf(ims, { __OW_NAMESPACE: NAMESPACE, __OW_API_KEY: `user:${secret}`, AIO_STATE_ENDPOINT: ims.origin })
    assert.deepEqual((await action.run(calls, {}, [['put', 'own', 'v'], ['get', 'own']]))[1].value, 'v')
    action.end()
  })

  test('waits when the server asks for it, and continues', async () => {
    await ims.fault({ fault: 'status', status: 429, retry_after: 1, count: 1, path: '/containers' })
    assert.deepEqual(await run([['put', 'slow', 'v']]), ['slow'])
  })

  test('works on stage', async () => {
    const stage = clientOf(ims, { AIO_CLI_ENV: 'stage' })
    assert.deepEqual(
      await stage.run(calls, credentials({ namespace: 'development-' + NAMESPACE, auth: `stage:${secret}` }),
        [['put', 'k', 'v'], ['any']]),
      ['k', true]
    )
    stage.end()
  })
})
