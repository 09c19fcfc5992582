// Fetched only where there is no WebGPU.
import { serve } from '@striate/app-page/worker';
import { wasm } from '@striate/backend-wasm';

serve(() => wasm());
