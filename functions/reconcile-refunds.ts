import { reconcileHandler } from '../shared/entry/reconcile.ts';
import { wireQuery } from '../shared/runtime/wiring.ts';

export const handler = reconcileHandler(wireQuery());
