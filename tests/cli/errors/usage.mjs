// Errors of wrong usage.
export const usage = [
  ['an unknown command', ['tokn']],
  ['a command that is nearly one', ['key', 'shwo']],
  ['an option that is nearly one', ['token', '--stroe', 'memory:']],
  ['a command that resembles no other', ['frobnicate']],
  ['an unknown option of the program', ['--nope']],
  ['an unknown option of a command', ['token', '--nope']],
  ['an option of curl that adit call does not have', ['call', '-k', 'https://127.0.0.1']],
  ['a body for a request that takes none', ['call', '-I', '-d', 'a=b', 'http://127.0.0.1']],
  ['two options that exclude each other', ['token', '--json', '--header']],
  ['an option without another that it needs', ['check', '--api', 'https://example.com']],
  ['both --quiet and --verbose', ['token', '--quiet', '--verbose']],
  ['an unknown template', ['new', 'x', '--template', 'webook']],
  ['an unknown shell', ['completion', 'csh']],
  ['a missing argument', ['import']],
  ['a missing subcommand', ['key']],
  ['an unknown subcommand', ['key', 'lose']],
  ['an option without its value', ['token', '--store']],
  ['an option without its choice', ['token', '--grant']],
  ['a value that is not a number', ['dev', '--port', 'x']],
  ['a number of days that is not a number', ['key', 'generate', '--days', 'x']],
  ['a value that is not one of the choices', ['token', '--grant', 'saml']],
  ['a size of key that the Developer Console does not take', ['key', 'generate', '--bits', '1024']],
  ['a number out of its range', ['call', '--retry', '101', 'http://127.0.0.1']],
  ['one argument too many', ['migrate', 'now']],
  ['a parameter without a value', ['invoke', '-p', 'name']],
  ['a missing target', ['package']],
  ['help that cannot be written', ['key', '--help'], { shell: 'exec "$0" "$@" > /dev/full' }],
  ['a key pair that would have a folder for its name', ['key', 'generate', '--out', 'keys/']],
  ['a result that cannot be written', ['jwt', 'decode', 'eyJhbGciOiJub25lIn0.e30.'], {
    shell: 'exec "$0" "$@" > /dev/full'
  }]
]
