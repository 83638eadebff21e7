// Resolves imports in ES modules as webpack does, which bundles the actions of every App Builder build: relative
// imports may omit the file extension or name a folder, and imports of JSON need no attribute. These are hooks of
// Node.js (node:module, register); host.cjs installs them for actions that are ES modules.
const ENDINGS = ['.js', '.mjs', '.cjs', '.json', '/index.js', '/index.mjs', '/index.cjs']
const UNRESOLVED = ['ERR_MODULE_NOT_FOUND', 'ERR_UNSUPPORTED_DIR_IMPORT']

async function resolveAny (specifier, context, next) {
  try {
    return await next(specifier, context)
  } catch (error) {
    const own = /^\.\.?(\/|$)/.test(specifier) && !context.parentURL?.includes('/node_modules/')
    if (!own || !UNRESOLVED.includes(error.code)) throw error
    for (const ending of ENDINGS) {
      try {
        return await next(specifier.replace(/\/$/, '') + ending, context)
      } catch {}
    }
    throw error
  }
}

export async function resolve (specifier, context, next) {
  const resolved = await resolveAny(specifier, context, next)
  if (!/^file:.*\.json$/.test(resolved.url)) return resolved
  return { ...resolved, format: 'json', importAttributes: {
    ...(resolved.importAttributes ?? context.importAttributes), type: 'json'
  } }
}
