import { reconcileHandler } from '../shared/entry/reconcile.ts';
import { startQuery } from '../shared/runtime/start.ts';

export const handler = reconcileHandler(startQuery());
