// Starts host.cjs if this Node.js is recent enough. Written in a syntax that every version of Node.js can parse.
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
