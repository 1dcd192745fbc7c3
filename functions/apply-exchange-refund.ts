import { applyHandler } from '../shared/entry/apply.ts';
import { wireApply } from '../shared/runtime/wiring.ts';

export const handler = applyHandler('exchange-refund', wireApply());
