// A new project, and the user's configuration file.
const configured = (text) => ({ files: { '.env': '', 'config/adit/config': text }, config: 'config' })

export const beginnings = [
  ['a project without a name', ['new', '']],
  ['a project with a line end in its name', ['new', 'a\nb']],
  ['a project where CMake cannot build', ['new', 'a;b']],
  ['a project with an endless name', ['new', 'x'.repeat(300)]],
  ['a project where something is', ['new', 'mine'], {
    files: { 'mine/a': '', 'mine/b': '', 'mine/c': '', 'mine/d': '' }
  }],
  ['a project where a file is', ['new', 'mine'], { files: { mine: '' } }],
  ['a project inside a file', ['new', 'mine/project'], { files: { mine: '' } }],
  ['a setting that is unknown', ['token'], configured('ADIT_LOG=error\nADIT_ISM=stage\n')],
  ['a setting that may not stand in the configuration file', ['token'], configured('JWT_CLIENT_ID=id\n')],
  ['a line of the configuration file that is none', ['token'], configured('stage\n')],
  ['a level of the log that is none', ['token'], configured('ADIT_LOG=loud\n')],
  ['a configuration file that is a folder', ['token'], { files: { 'config/adit/config/x': '' }, config: 'config' }],
  ['a time-out in the configuration file that is none', ['token', '--ims', 'local'], {
    ...configured('ADIT_TOKEN_TIMEOUT=long\n'), credentials: true
  }]
]
