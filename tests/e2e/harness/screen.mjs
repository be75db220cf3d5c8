// What an X server shows: Xvfb keeps its picture in a file in the XWD format (X11/XWDFile.h), which is read here and can
// be saved as a PNG.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { deflateSync } from "node:zlib";

/** The picture as it is now. `folder` is what Xvfb was given as -fbdir. */
export async function screen(folder) {
  const file = await readFile(join(folder, "Xvfb_screen0"));
  const word = (index) => file.readUInt32BE(index * 4);
  const [header, width, height] = [word(0), word(4), word(5)];
  const [littleEndian, bits, line, colours] = [word(7) === 0, word(11), word(12), word(19)];
  if (bits !== 32) throw new Error(`a pixel has ${bits} bits; only 32 are read here`);
  const begin = header + colours * 12;
  /** 0xRRGGBB */
  function pixel(x, y) {
    const at = begin + y * line + x * 4;
    return (littleEndian ? file.readUInt32LE(at) : file.readUInt32BE(at)) & 0xffffff;
  }
  async function save(path) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, png(width, height, pixel));
  }
  return { width, height, pixel, save };
}

// PNG (ISO 15948): a signature, and chunks with a checksum each.
function png(width, height, pixel) {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2], 8); // 8 bits of red, green and blue
  const rows = Buffer.alloc(height * (1 + width * 3));
  let at = 0;
  for (let y = 0; y < height; y += 1) {
    at += 1; // no filter
    for (let x = 0; x < width; x += 1) at = rows.writeUIntBE(pixel(x, y), at, 3);
  }
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk("IHDR", head), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
}

function chunk(name, data) {
  const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

function crc32(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}
