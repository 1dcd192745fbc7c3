import type { StoryEntry } from '../../domain/story.ts';

/** The stories of refunds: what was recorded stays as it is. */
export interface HistoryWriter {
  /**
   * Records what one change of a refund told. The same change again changes nothing.
   *
   * @param position orders the changes of a refund
   * @throws where the table of stories doesn't answer, or refuses
   */
  record(noRefund: string, position: string, entries: StoryEntry[]): Promise<void>;
}

/** A part of a story, oldest first. */
interface HistoryPage {
  entries: StoryEntry[];
  /** The position of its last change, where there is more. */
  next?: string;
}

export interface HistoryReader {
  /** @throws ServiceUnavailable where the table of stories doesn't answer */
  read(noRefund: string, after: string | undefined): Promise<HistoryPage>;
}
