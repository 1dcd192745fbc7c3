import { publishHandler } from '../shared/entry/publish.ts';
import { wirePublish } from '../shared/runtime/publish-wiring.ts';

export const handler = publishHandler(wirePublish());
