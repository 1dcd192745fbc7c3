import { recordHistoryHandler } from '../shared/entry/record-history.ts';
import { wireRecordHistory } from '../shared/runtime/history-wiring.ts';

export const handler = recordHistoryHandler(wireRecordHistory());
