import type { Attention } from '../../../client/types.ts';
import type { Language } from './language.ts';

/** What to do about a refund that needs attention, in Chinese. In English the service tells it itself. */
export const ATTENTION: Record<Attention, string> = {
  conflict: '验签通过的报文互相矛盾：请向连连确认哪一条是真的。如果有两个 oid_refundno，可能付了两次。',
  denied: '有验签通过的报文，可是网关查不到这笔退款：请向连连确认这个流水号的结果。',
  too_old_to_resend: '网关不知道它，而且时间太久，不再自动重发：请原样再申请一次，或不再处理。',
  duplicate_not_found: '网关说流水号重复，可是查询又查不到：请向连连确认这个流水号的结果。',
};

/** What to do, in a language. */
export function whatToDoIn(language: Language, attention: Attention, text: string): string {
  return language === 'zh' ? (ATTENTION[attention] ?? text) : text;
}
