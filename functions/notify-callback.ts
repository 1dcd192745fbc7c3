import { notifyHandler } from '../shared/entry/notify.ts';
import { startNotify } from '../shared/runtime/start.ts';

export const handler = notifyHandler(startNotify());
