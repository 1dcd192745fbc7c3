import { applyHandler } from '../shared/entry/apply.ts';
import { startApply } from '../shared/runtime/start.ts';

export const handler = applyHandler('exchange-refund', startApply());
