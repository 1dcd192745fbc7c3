import { reconcileHandler } from '../shared/entry/reconcile.ts';
import { wireReconcile } from '../shared/runtime/wiring.ts';

export const handler = reconcileHandler(wireReconcile());
