// `save FROM TO` loads a model and saves it again; `load FROM` loads it. Both print the weights' fingerprint as JSON.
import { wasm } from '@striate/backend-wasm';
import { use } from '@striate/core';
import { load, save, weightsSha256 } from '@striate/inference';

const [what, from, to] = process.argv.slice(2);
await use(wasm({ threads: 1 }));
const { network } = await load(from!);
if (what === 'save') await save(network, to!);
process.stdout.write(JSON.stringify({ weightsSha256: await weightsSha256(network) }));
