// Starts the host of a Node.js action where this Node.js is new enough. Written so that any Node.js can read it.
'use strict'

var major = Number(process.versions.node.split('.')[0])
if (major < 18) {
  process.stderr.write(
    'adit: Node.js ' + process.versions.node + ' (' + process.execPath +
      ') is too old to run actions: 18 or later does. Install it, or name it in ADIT_NODE.\n'
  )
  process.exit(1)
}
require('./host.cjs')
