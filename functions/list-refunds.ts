import { listHandler } from '../shared/entry/list.ts';
import { wireList } from '../shared/runtime/list-wiring.ts';

export const handler = listHandler(wireList());
