import { publishHandler } from '../shared/entry/publish.ts';
import { startPublish } from '../shared/runtime/start-publish.ts';

export const handler = publishHandler(startPublish());
