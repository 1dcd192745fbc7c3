import { type Status, statusesBefore } from '../../../shared/domain/life-cycle.ts';
import { isCreation, movedTo, signedStatusOf } from '../codes.ts';
import { type Check, nothing, right, type Told, wrong } from '../finding.ts';

const EXPORT_WHOLE =
  "Export the story anew, from its first page. If it is the same again, entries are missing or were changed: keep both exports, and find out who wrote to the table of stories. (A refund that is older than the service's stories begins in the middle.)";

/** A story begins with its application, or with the message that made a refund known. */
export const beginning: Check = ({ entry, told }) => {
  const { status } = entry.facts;
  if (!isCreation(entry)) {
    return entry.number > 1 ? nothing : wrong('the story does not begin with this entry', EXPORT_WHOLE);
  }
  // A record that was deleted, or copied into another table, is put back as it was.
  if (entry.code === 'record.restored' && status === (told.status ?? told.deleted)) return nothing;
  if (told.status) return wrong(`the story has begun already, and is at ${told.status}`, EXPORT_WHOLE);
  const isOpening = entry.code === 'refund.external' || status === 'REQUESTED';
  return isOpening ? nothing : wrong(`a refund begins REQUESTED, not ${status}`, EXPORT_WHOLE);
};

/** A status follows the one before, and only moves forward. */
export const forward: Check = ({ entry, told }) => {
  const to = movedTo(entry);
  if (!to) return nothing;
  const { from, status } = entry.facts;
  if (status !== to) return wrong(`it says ${status}, and its code means ${to}`, EXPORT_WHOLE);
  if (told.status && from !== told.status)
    return wrong(`it says that the refund was ${from}, and the story was at ${told.status}`, EXPORT_WHOLE);
  if (!statusesThatMayBecome(to, signedStatusOf(entry) !== undefined).includes(from as Status))
    return wrong(`${from} never becomes ${to}`, EXPORT_WHOLE);
  return right(`${from} to ${to}`);
};

function statusesThatMayBecome(status: Status, isSigned: boolean): Status[] {
  if (isSigned) return statusesBefore(status);
  return status === 'REJECTED' ? ['REQUESTED'] : ['REJECTED'];
}

/** No other entry tells another status than the story is at. */
export const sameStatus: Check = ({ entry, told }) => {
  const { status } = entry.facts;
  if (status === undefined || isCreation(entry) || movedTo(entry)) return nothing;
  if (!told.status || status === told.status) return nothing;
  return wrong(`it says ${status}, and the story is at ${told.status}`, EXPORT_WHOLE);
};

/** What the story is at after an entry. */
export function statusAfter({ status, deleted }: Told, entry: Parameters<Check>[0]['entry']): Partial<Told> {
  if (entry.code === 'record.deleted') return { status: undefined, deleted: status };
  if (isCreation(entry)) return { status: entry.facts.status as Status, deleted: undefined };
  return { status: movedTo(entry) ?? status, deleted };
}
