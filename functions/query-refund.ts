import { queryHandler } from '../shared/entry/query.ts';
import { startAsking } from '../shared/runtime/start.ts';

export const handler = queryHandler(startAsking());
