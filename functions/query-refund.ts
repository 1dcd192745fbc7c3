import { queryHandler } from '../shared/entry/query.ts';
import { wireQuery } from '../shared/runtime/wiring.ts';

export const handler = queryHandler(wireQuery());
