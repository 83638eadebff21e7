// Errors of `adit new`, and of the user's configuration file.
const configured = (text) => ({ files: { '.env': '', 'config/adit/config': text }, config: 'config' })

export const beginnings = [
  ['a current folder that was deleted', ['token'], { shell: 'rmdir "$PWD"; exec "$0" "$@"' }],
  ['a project without a name', ['new', ' ']],
  ['a project with a line end in its name', ['new', 'a\nb']],
  ['a project in a folder where CMake cannot build', ['new', 'a;b']],
  ['a project with too long a name', ['new', 'x'.repeat(300)]],
  ['a project in a folder that is not empty', ['new', 'mine'], {
    files: { 'mine/a': '', 'mine/b': '', 'mine/c': '', 'mine/d': '' }
  }],
  ['a project with the name of a file', ['new', 'mine'], { files: { mine: '' } }],
  ['a project inside a file', ['new', 'mine/project'], { files: { mine: '' } }],
  ['a setting that is unknown', ['token'], configured('ADIT_LOG=error\nADIT_ISM=stage\n')],
  ['a setting that is not allowed in the configuration file', ['token'], configured('JWT_CLIENT_ID=id\n')],
  ['an invalid line of the configuration file', ['token'], configured('stage\n')],
  ['an unknown log level', ['token'], configured('ADIT_LOG=loud\n')],
  ['a configuration file that is a folder', ['token'], { files: { 'config/adit/config/x': '' }, config: 'config' }],
  ['an invalid time-out in the configuration file', ['token', '--ims', 'local'], {
    ...configured('ADIT_TOKEN_TIMEOUT=long\n'), credentials: true
  }]
]
