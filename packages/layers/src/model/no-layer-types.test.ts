import { readFile, readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { layers } from '../layers.ts';

const folder = new URL('.', import.meta.url);

/** Code without its comments and examples. */
const codeOf = async (file: string): Promise<string> =>
  (await readFile(new URL(file, folder), 'utf8')).replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');

test('no file here writes the type of a layer, or asks for its options but the name and whether it is trained', async () => {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  expect(files.length).toBeGreaterThan(10);
  const types = layers.kinds.map(({ type }) => type).join('|');
  for (const file of files) {
    const code = await codeOf(file);
    // 'identity' of computes is also no type; members such as activation are asked for without quotes.
    expect(code.match(new RegExp(`['"\`](${types})['"\`]`, 'g')), file).toBeNull();
    expect(code.match(/\.type\s*[!=]==|\.options\[(?!'(name|trainable)'\])|\boptions: layer/g), file).toBeNull();
  }
});
