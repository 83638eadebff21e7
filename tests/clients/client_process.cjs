// A process in which a client runs. It receives functions with their arguments, and answers with their results. Its
// packages are those that tools/install-npm has installed.
const { createRequire } = require('node:module')
const { join } = require('node:path')

const packages = createRequire(join(process.env.ADIT_NPM, 'package.json'))

process.on('message', async ({ number, source, args }) => {
  try {
    // eslint-disable-next-line no-eval
    const value = await (0, eval)(`(${source})`)(packages, ...args)
    process.send({ number, value })
  } catch (error) {
    const { name, code, message, sdkDetails } = error
    process.send({ number, error: { name, code, message, sdkDetails } })
  }
})
