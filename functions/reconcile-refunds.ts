import { reconcileHandler } from '../shared/entry/reconcile.ts';
import { wireReconcile } from '../shared/runtime/reconcile-wiring.ts';

export const handler = reconcileHandler(wireReconcile());
