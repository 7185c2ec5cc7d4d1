import { speakWanted } from './words/language';

await speakWanted();
await import('./main');
