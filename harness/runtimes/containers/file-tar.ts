/** Archives of one regular file, as the engine takes and gives them (POSIX ustar; what it gives may begin with a PAX header). */

const block = 512
const regularFile = '0'
const paxHeader = 'x'

export interface TarFile {
  /** Without folders; at most 100 bytes. */
  readonly name: string
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly content: Uint8Array
}

export function packFile({ name, mode, uid, gid, content }: TarFile): Buffer {
  const header = Buffer.alloc(block)
  if (header.write(name, 0, 100) < Buffer.byteLength(name)) {
    throw new Error(`the name ${name} is too long for an archive`)
  }
  const octal = (value: number, offset: number, length: number) =>
    header.write(`${value.toString(8).padStart(length - 1, '0')}\0`, offset)
  octal(mode & 0o7777, 100, 8)
  octal(uid, 108, 8)
  octal(gid, 116, 8)
  octal(content.length, 124, 12)
  octal(Math.floor(Date.now() / 1000), 136, 12)
  header.write(regularFile, 156)
  header.write('ustar\x0000', 257)
  // The sum is made with spaces in its own place.
  header.write('        ', 148)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  const padding = Buffer.alloc((block - (content.length % block)) % block)
  return Buffer.concat([header, content, padding, Buffer.alloc(2 * block)])
}

/** The first file of an archive; undefined when what comes first is no regular file. */
export function unpackFile(archive: Buffer): TarFile | undefined {
  let offset = 0
  while (offset + block <= archive.length) {
    const header = archive.subarray(offset, offset + block)
    const text = (at: number, length: number) =>
      header.toString('utf8', at, at + length).replace(/\0.*$/s, '')
    const octal = (at: number, length: number) => Number.parseInt(text(at, length).trim() || '0', 8)
    const size = octal(124, 12)
    const type = text(156, 1) || regularFile
    const start = offset + block
    if (type === regularFile) {
      const content = new Uint8Array(archive.subarray(start, start + size))
      return {
        name: text(0, 100),
        mode: octal(100, 8),
        uid: octal(108, 8),
        gid: octal(116, 8),
        content,
      }
    }
    if (type !== paxHeader) return undefined
    offset = start + Math.ceil(size / block) * block
  }
  return undefined
}
