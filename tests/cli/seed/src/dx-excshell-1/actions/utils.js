// The helper functions of Adobe's action template that this action uses.
const isMissing = (value) => value === undefined || value === null || value === ''

function checkMissingRequestInputs (params, requiredParams = [], requiredHeaders = []) {
  const headers = requiredHeaders.filter((name) => isMissing(params.__ow_headers?.[name.toLowerCase()]))
  const missing =
    requiredParams.filter((path) => isMissing(path.split('.').reduce((value, name) => value?.[name], params)))
  const missingParts = []
  if (headers.length > 0) missingParts.push(`missing header(s) '${headers}'`)
  if (missing.length > 0) missingParts.push(`missing parameter(s) '${missing}'`)
  return missingParts.length > 0 ? missingParts.join(' and ') : null
}

function errorResponse (statusCode, message, logger) {
  logger?.info(`${statusCode}: ${message}`)
  return { error: { statusCode, body: { error: message } } }
}

const stringParameters =
  (params) => JSON.stringify({ ...params, __ow_headers: { ...params.__ow_headers, authorization: '<hidden>' } })

module.exports = { checkMissingRequestInputs, errorResponse, stringParameters }
