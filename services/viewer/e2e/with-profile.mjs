// Puts a colour profile into a little-endian TIFF: node e2e/with-profile.mjs IN OUT PROFILE
// PROFILE is a name in web/colour/reference.json.
import { readFileSync, writeFileSync } from 'node:fs';

const ICC_PROFILE = 34675;
const UNDEFINED = 7;
const ENTRY_BYTES = 12;

const [source, target, name] = process.argv.slice(2);
const reference = JSON.parse(readFileSync(new URL('../web/colour/reference.json', import.meta.url)));
const profile = Buffer.from(reference.profiles[name].icc, 'base64');
const tiff = readFileSync(source);
if (tiff.toString('latin1', 0, 4) !== 'II*\0') throw new Error(`${source} is not a little-endian TIFF`);

// The first directory again, with one more entry, after all there is; both begin at even places.
const start = tiff.readUInt32LE(4);
const count = tiff.readUInt16LE(start);
const end = start + 2 + count * ENTRY_BYTES;
const entries = Array.from({ length: count }, (_, at) => tiff.subarray(start + 2 + at * ENTRY_BYTES).subarray(0, ENTRY_BYTES));
const body = Buffer.concat([tiff, Buffer.alloc(tiff.length % 2), profile, Buffer.alloc(profile.length % 2)]);
const added = Buffer.alloc(ENTRY_BYTES);
added.writeUInt16LE(ICC_PROFILE, 0);
added.writeUInt16LE(UNDEFINED, 2);
added.writeUInt32LE(profile.length, 4);
added.writeUInt32LE(tiff.length + (tiff.length % 2), 8);
entries.push(added);
entries.sort((one, other) => one.readUInt16LE(0) - other.readUInt16LE(0));
const size = Buffer.alloc(2);
size.writeUInt16LE(entries.length);
body.writeUInt32LE(body.length, 4);
writeFileSync(target, Buffer.concat([body, size, ...entries, tiff.subarray(end, end + 4)]));
