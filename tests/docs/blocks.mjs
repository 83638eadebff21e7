// Reads the code blocks of a Markdown file. The tests use them like this:
//
// * `sh` blocks of a file are run in order, by one shell in one folder. A block that begins with "# In another
//   terminal" runs in the background and is ended after the file's last block.
// * A line "# → TEXT" of an `sh` block must occur in the output of the file's commands; … in it matches any text.
// * A block below a line that begins with a path in backquotes and ends with a colon is written to that path first,
//   whatever its language.
// * `cpp` blocks are compiled: as a file if they have a path, a main() or ADIT_ACTION; otherwise as the body of a
//   function that also contains the file's earlier blocks.
// * A block below a line "<!-- Not run by the tests: WHY -->" is skipped and counted.
import { readFileSync } from 'node:fs'

const kNotRun = /^<!-- Not run by the tests: (.+) -->$/
const kOwnTerminal = /^# In another terminal/
const kShownOutput = /^# → (.+)$/gm

// Returns [{ language, text, line, path, notRun, ownTerminal, shown }]; `line` is the number of the block's first line,
// from 1, and `shown` are the lines of output that the block shows.
export function readBlocks (file) {
  const lines = readFileSync(file, 'utf8').split('\n')
  const blocks = []
  for (let at = 0, lead = ''; at < lines.length; ++at) {
    const fence = lines[at].match(/^( *)```(\w*)/)
    if (!fence) {
      if (lines[at].trim() !== '') lead = lines[at]
      continue
    }
    const begin = at + 1
    for (++at; at < lines.length && !lines[at].startsWith(fence[1] + '```'); ++at);
    if (at === lines.length) throw new Error(`${file}:${begin}: the block does not end`)
    const text = lines.slice(begin, at).map((line) => line.slice(fence[1].length)).join('\n') + '\n'
    blocks.push({
      language: fence[2], text, line: begin + 1, path: lead.match(/^`([\w.-]*[./][\w./-]*)`[^`]*:$/)?.[1],
      notRun: lead.match(kNotRun)?.[1], ownTerminal: kOwnTerminal.test(text),
      shown: [...text.matchAll(kShownOutput)].map(([, output]) => output)
    })
    lead = ''
  }
  return blocks
}

// Makes one C++ file from the fragments in a Markdown file: first their includes, then one function in which each block
// is nested in the previous one.
export function toFragmentFile (name, blocks) {
  const includes = []
  let body = ''
  for (const { text, line } of blocks) {
    const lines = text.split('\n')
    includes.push(...lines.filter((text) => text.startsWith('#include')))
    body += `{\n#line ${line} "${name}"\n` + lines.map((text) => (text.startsWith('#include') ? '' : text)).join('\n')
  }
  return [...new Set(includes)].join('\n') + `\n\nvoid example() {\n${body}${'}'.repeat(blocks.length)}\n}\n`
}

export const isWhole = ({ text, path }) => path !== undefined || /^int main\(|^ADIT_ACTION\(|^TEST\(/m.test(text)
