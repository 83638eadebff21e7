import { crc32, deflateRawSync } from 'node:zlib'

// Makes a zip as simple as the format allows. Each entry is [name, text, changes to its headers].
export function zip (...entries) {
  const crc = crc32 ?? ((bytes) => {
    let c = ~0
    for (
      const b of bytes
    ) { c ^= b; for (let i = 0; i < 8; i++) c = (c >>> 1) ^ (c & 1 ? 0xedb88320 : 0) } return ~c >>> 0
  })
  const locals = []; const central = []; let offset = 0
  for (const [name, text, flags = 0] of entries) {
    const data = deflateRawSync(Buffer.from(text)); const head = Buffer.alloc(30); const path = Buffer.from(name)
    head.writeUInt32LE(0x04034b50, 0); head.writeUInt16LE(20, 4); head.writeUInt16LE(flags, 6); head.writeUInt16LE(8, 8)
    head.writeUInt32LE(crc(Buffer.from(text)), 14); head.writeUInt32LE(data.length, 18); head
      .writeUInt32LE(Buffer.byteLength(text), 22); head.writeUInt16LE(path.length, 26)
    const entry = Buffer.alloc(46); entry.writeUInt32LE(0x02014b50, 0); entry.writeUInt16LE(20, 4); head.copy(entry, 6,
      4, 30); entry.writeUInt32LE(offset, 42)
    locals.push(head, path, data); central.push(entry, path); offset += 30 + path.length + data.length
  }
  const directory = Buffer.concat(central); const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0); end.writeUInt16LE(entries.length, 8); end.writeUInt16LE(entries.length, 10); end
    .writeUInt32LE(directory.length, 12); end.writeUInt32LE(offset, 16)
  return Buffer.concat([...locals, directory, end])
}
