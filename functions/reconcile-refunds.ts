import { reconcileHandler } from '../shared/entry/reconcile.ts';
import { startAsking } from '../shared/runtime/start.ts';

export const handler = reconcileHandler(startAsking());
