// As index.js, but on the main thread and on WebAssembly alone.
import { wasm } from '@striate/backend-wasm';
import { train } from './train.js';

const query = new URLSearchParams(location.search);
const report = train({ wasm }, { threads: Number(query.get('threads')) });
window.report = report.catch((error) => ({ error: `${error.name}: ${error.message}` }));
