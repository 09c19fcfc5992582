import { serve } from '@striate/app-page/worker';
import { webgpu } from '@striate/backend-webgpu';

serve(() => webgpu());
