// The emulator's options and its clients file.
const clients = (text) => [['emulator', '--clients', 'clients.yaml'], { files: { 'clients.yaml': text } }]
const client = (lines) => clients(`clients:\n  - client_id: id\n    client_secret: s\n${lines}`)

export const emulator = ({ made }) => [
  ['an invalid lifetime of tokens', ['emulator', '--token-lifetime', 'long']],
  ['an unknown fault', ['emulator', '--fault', 'explode']],
  ['a fault with an invalid value', ['emulator', '--fault', 'status=abc']],
  ['a fault that would never happen', ['emulator', '--fault', 'reset=1,path=/never']],
  ['a program that is not there', ['run', '--', 'no-such-program'], { only: /^(?!adit: note|the emulator)/ }],
  ['a proxy of another kind', ['run', '--', 'true'], { env: { HTTPS_PROXY: 'socks5://127.0.0.1:1' } }],
  ['an invalid rate', ['emulator', '--token-rate', 'often']],
  ['a CA without HTTPS', ['emulator', '--ca-out', 'ca.pem']],
  ['a second port without HTTPS', ['emulator', '--http-port', '0']],
  ['a CA that cannot be written', ['emulator', '--tls', '--ca-out', 'no/ca.pem']],
  ['a port that is taken', ['emulator', '--port', 'TAKEN']],
  ['a port out of range', ['emulator', '--port', '99999']],
  ['an invalid address', ['emulator', '--host', 'not an address']],
  ['an invalid origin', ['emulator', '--allow-origin', 'example.com/page']],
  ['a file of settings that is not there', ['emulator', '--env-file', 'x.env']],
  ['a clients file that is not there', ['emulator', '--clients', 'clients.yaml']],
  ['a clients file that is broken', ...clients('clients: [')],
  ['a clients file without clients', ...clients('client_id: id\n')],
  ['clients that are not a list', ...clients('clients: id\n')],
  ['a client that is not a map', ...clients('clients: [id]\n')],
  ['a client without an id', ...clients('clients:\n  - client_secret: s\n')],
  ['a client without a secret', ...clients('clients:\n  - client_id: id\n')],
  [
    'a client twice',
    ...clients('clients:\n  - { client_id: id, client_secret: s }\n  - { client_id: id, client_secret: s }\n')
  ],
  ['a client with an unknown key', ...client('    technical_acount_id: x\n')],
  ['a client with an invalid switch', ...client('    exchange_jwt: perhaps\n')],
  ['a client with an invalid rate', ...client('    token_rate: often\n')],
  [
    'a client with a certificate that is not there',
    ...client('    org_id: o\n    technical_account_id: t\n    certificates: [missing.crt]\n')
  ],
  ['a client with keys and no account', ['emulator', '--clients', 'clients.yaml'], { files: {
    'clients.yaml': 'clients:\n  - client_id: id\n    client_secret: s\n    public_keys: [k.pem]\n',
    'k.pem': made.publicKey
  } }],
  ['a client with an elliptic key', ['emulator', '--clients', 'clients.yaml'], { files: {
    'clients.yaml':
      'clients:\n  - client_id: id\n    client_secret: s\n    org_id: o\n    technical_account_id: t\n    public_keys: [k.pem]\n',
    'k.pem': made.ellipticPublicKey
  } }]
]
