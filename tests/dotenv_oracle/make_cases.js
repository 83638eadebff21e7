// Writes how dotenv reads the texts of `hard`, and texts generated at random (from a fixed seed) from the characters
// that matter to dotenv's expression: [[text, [[key, value], …]], …]. src/config/dotenv_test.cc expects the same. To
// renew: npm ci && npm run cases
const { parse } = require('dotenv')

const hard = [
  '', '\n', '#', '# comment', 'A', 'A=', 'A =', 'A= ', 'A=1', ' A = 1 ', '\tA\t=\t1\t', 'A=1\nB=2', 'A=1\r\nB=2\r\n',
  'A=1\rB=2', 'A:1', 'A: 1', 'A:\n1', 'A : 1',
  'A=b=c', 'A==', 'A=#', 'A= # c', 'A=x#y', 'A=x #y', 'A="x#y"', "A='x#y'", 'A=`x#y`', 'A="x" # c', 'A="x"y', 'A="x" y',
  'A="x', "A='x", 'A=`x', 'A=x"', 'A="x\ny"',
  "A='x\ny'", 'A=`x\ny`', 'A="x\\ny"', "A='x\\ny'", 'A=x\\ny', 'A="x\\r\\ny"', 'A="x\\\\ny"', 'A="x\\"y"', "A='x\\'y'",
  "A='x\\' y", "A='x\\'", "A='\\'\\'", "A='\\'' y\nB=1",
  "A='a\\'\\' b\\'", 'A="" ', "A=''", 'A="\'"', "A='\"'", 'A=`"\'`', 'A=\'"x"\'', 'A="\'x\'"', 'A=\n"x"',
  'A=\n\n\'x\'\nB=2', 'A\n=1', 'A\n\n =\n 1', 'export A=1',
  'export  A=1', 'export\nA=1', 'export=1', 'export =1', 'export', 'export A', 'exportA=1', 'export export=1',
  'export export A=1', 'EXPORT A=1', 'A B=1', 'A-B.C_1=2',
  '1=2', '.=x', '-=x', 'Ä=1', 'Aé=1', 'A=é😀', 'A=\u00a0x\u00a0', 'A\u00a0=1', '\ufeffA=1', 'A=x\u2028B=y',
  'A=x\u2029B=y', '\u2028A=1', 'A="x"\u2028B=y', 'A=x\u0085', 'A=\u200bx',
  'A=1\nA=2', '__proto__=1', 'constructor=1', 'toString=1', 'A={"a": "b"}', "A='{\"a\": 1}'", 'A=$B', 'A=${B}',
  'A="$1 $& $$"', 'A=x\n  # c\n\nB=y', 'A=\n# c\nB=y', 'A=\n\n# c "\n"\nB=y',
  'A="x\n# no comment\ny"\nB=1', 'A="x\nB=1\n', 'A="x\nB="y"', 'A="x" "y"', "A='x' 'y'", 'A="x"\n"y"', 'A= "x',
  'A="x" #"', 'A=x # "\nB="y"', 'A=\\', 'A="\\"', 'A="\\\\"', 'A="\\\\" # c',
  'A=-----BEGIN PRIVATE KEY-----\nMII\nkQgUFJJ==\n-----END PRIVATE KEY-----\nB=1',
  'A="-----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY-----\n"\nB=1', 'A=\0x', 'A\0=x', 'A=x\v', 'A=x\fB=y', '=x',
  '= x\nA=1', 'A,B=1',
  'A=1;B=2', 'A="\\t"', 'A=x\t# c', 'A= \'x\' ', 'A=\'x\'\u3000', 'A="\u2028x\u2028"', 'A=\u2028"x"\u2028y',
  'A=y\u2028"x"', "A=y\u2028'x'\u2028`z`", '\n\n\n  A=1\n\n\n',
]

const atoms = ['A', 'b', '_', '.', '-', '9', 'export', 'export ', '=', ':', ': ', ' ', '\t', '\n', '\n', '\n', '\r',
  '\r\n', "'", '"', '`', "\\'", '\\"', '\\`', '\\', '\\n', '\\r', '#', ' # ',
  '\u00a0', '\u2028', '\u2029', '\ufeff', '\u200b', 'é', 'A=', '\nB=', '\nexport C=', '=\n', "='", '="', '=`', '$',
  'x y']
let seed = 20260301
const below = (n) => { seed = (Math.imul(seed, 1103515245) + 12345) >>> 0; return (seed >>> 8) % n }

function randomText () {
  let text = ''
  for (let left = 3 + below(30); left > 0; left--) text += atoms[below(atoms.length)]
  return text
}

const texts = [...hard]
while (texts.length < 600) {
  const text = randomText()
  if (Object.keys(parse(text)).length > 0) texts.push(text)
}
const cases =
  texts.map((text) => JSON.stringify([text, Object.entries(parse(text)).sort(([a], [b]) => (a < b ? -1 : 1))]))
console.log('[\n' + cases.join(',\n') + '\n]')
