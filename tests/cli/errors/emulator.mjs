// The emulator's options and its integrations file.
const integrations = (text) =>
  [['emulator', '--integrations', 'integrations.yaml'], { files: { 'integrations.yaml': text } }]
const integration = (lines) => integrations(`integrations:\n  - client_id: id\n    client_secret: s\n${lines}`)

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
  ['an integrations file that is not there', ['emulator', '--integrations', 'integrations.yaml']],
  ['an integrations file that is broken', ...integrations('integrations: [')],
  ['an integrations file without integrations', ...integrations('client_id: id\n')],
  ['integrations that are not a list', ...integrations('integrations: id\n')],
  ['an integration that is not a map', ...integrations('integrations: [id]\n')],
  ['an integration without an id', ...integrations('integrations:\n  - client_secret: s\n')],
  ['an integration without a secret', ...integrations('integrations:\n  - client_id: id\n')],
  [
    'an integration twice',
    ...integrations('integrations:\n  - { client_id: id, client_secret: s }\n  - { client_id: id, client_secret: s }\n')
  ],
  ['an integration with an unknown key', ...integration('    technical_acount_id: x\n')],
  ['an integration with an invalid switch', ...integration('    exchange_jwt: perhaps\n')],
  ['an integration with an invalid rate', ...integration('    token_rate: often\n')],
  [
    'an integration with a certificate that is not there',
    ...integration('    org_id: o\n    technical_account_id: t\n    certificates: [missing.crt]\n')
  ],
  ['an integration with keys and no account', ['emulator', '--integrations', 'integrations.yaml'], { files: {
    'integrations.yaml': 'integrations:\n  - client_id: id\n    client_secret: s\n    public_keys: [k.pem]\n',
    'k.pem': made.publicKey
  } }],
  ['an integration with an elliptic key', ['emulator', '--integrations', 'integrations.yaml'], { files: {
    'integrations.yaml':
      'integrations:\n  - client_id: id\n    client_secret: s\n    org_id: o\n    technical_account_id: t\n    public_keys: [k.pem]\n',
    'k.pem': made.ellipticPublicKey
  } }]
]
