// Packs every built file once, as small as can be: the host hands these out as they are, and spends no time on it.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { brotliCompressSync } from 'node:zlib';

const folder = new URL('../../../artifacts/web/', import.meta.url);
for (const name of readdirSync(folder, { recursive: true })) {
  const file = new URL(name, folder);
  if (statSync(file).isFile() && !name.endsWith('.br')) {
    writeFileSync(new URL(`${name}.br`, folder), brotliCompressSync(readFileSync(file)));
  }
}
