import { pageConfig } from '@striate/app-page/vite';

export default pageConfig;
