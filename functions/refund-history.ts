import { historyHandler } from '../shared/entry/history.ts';
import { wireHistory } from '../shared/runtime/history-wiring.ts';

export const handler = historyHandler(wireHistory());
