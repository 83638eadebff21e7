// apache/openwhisk, core/controller/test/LimitsApiTests.scala
import assert from 'node:assert/strict'

const LIMITS = {
  storeActivations: true, minActionMemory: 128, maxActionMemory: 4096, minActionLogs: 0, maxActionLogs: 10,
  minActionTimeout: 100, maxActionTimeout: 10800000, minActionConcurrency: 1, maxActionConcurrency: 500
}

export const cases = {
  'list default system limits if no namespace limits are set':
    'The namespace of adit dev has limits of its own: those of Adobe I/O Runtime.',
  'list set limits if limits have been set for the namespace': async (w) => {
    for (const path of ['limits', 'limits/']) {
      const limits = await w.get(path)
      for (const [name, value] of Object.entries(LIMITS)) assert.deepEqual(limits[name], value, name)
      for (const name of ['invocationsPerMinute', 'concurrentInvocations', 'firesPerMinute'])
        assert.equal(typeof limits[name], 'number', name)
      assert.ok(limits.allowedKinds.includes('nodejs:22'))
    }
  },
  'reject requests for unsupported methods': async (w) => {
    for (const method of ['PUT', 'POST', 'DELETE']) await w.whole(method, 'limits', undefined, 405)
  },
  'reject all methods for entity level request': async (w) => {
    for (const method of ['PUT', 'POST', 'DELETE']) await w.whole(method, 'limits/limitsEntity', undefined, 405)
    await w.get('limits/limitsEntity', [400, 'Inner entity level routes for limits are not yet implemented.'])
  }
}
