import { queryHandler } from '../shared/entry/query.ts';
import { startQuery } from '../shared/runtime/start.ts';

export const handler = queryHandler(startQuery());
