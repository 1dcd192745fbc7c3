import { notifyHandler } from '../shared/entry/notify.ts';
import { wireNotify } from '../shared/runtime/wiring.ts';

export const handler = notifyHandler(wireNotify());
