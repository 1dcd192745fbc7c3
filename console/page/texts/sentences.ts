import type { Language } from './language.ts';

/** The sentences of a story's codes in Chinese. In English the service tells them itself. */
export const SENTENCES: Record<string, string> = {
  'refund.created': '退款已记录，第一次尝试开始',
  'refund.reapplied': '被拒绝的退款再次申请',
  'refund.rejected': '网关拒绝了退款',
  'refund.initialized': '一条验签通过的报文说：退款已受理（初始）',
  'refund.processing': '一条验签通过的报文说：退款处理中',
  'refund.succeeded': '一条验签通过的报文说：退款成功',
  'refund.failed': '一条验签通过的报文说：退款失败',
  'refund.paid_after_rejection': '网关办了它曾经拒绝的退款',
  'refund.external': '一条通知说的是不在这里申请的退款：记录为 external',
  'attempt.sent': '一次尝试：先记录，再把签名的请求发给网关',
  'attempt.resent': '网关不知道这笔退款：原样再发一次同一个请求',
  'attempt.accepted': '网关用一条验签通过的报文应答了这次尝试',
  'attempt.rejected': '网关拒绝了这次尝试',
  'attempt.duplicate': '网关说流水号重复：查询才能知道更多',
  'attempt.in_doubt': '这次尝试没有得到能证明什么的应答：结果不知道',
  'attempt.not_sent': '这次尝试没有发出：剩下的时间太少',
  'attempt.duplicate_not_found': '网关说流水号重复，可是查询又查不到',
  'attempt.too_old_to_resend': '时间太久，不再自动重发：请再申请一次，或查明为什么什么都没送到',
  'query.found': '网关知道这笔退款',
  'query.not_found': '网关不知道这笔退款，或者还不知道',
  'query.in_doubt': '查询没有得到能证明什么的应答',
  'query.not_sent': '查询没有发出：剩下的时间太少',
  'query.denies_message': '网关查不到一笔有验签通过的报文的退款',
  'query.denies_status': '网关不知道它曾经应答过的退款',
  'message.incomplete': '一条验签通过的报文缺少金额或状态：需要查询',
  'message.completes': '一条验签通过的报文补上了记录里缺的内容',
  'message.conflict': '一条验签通过的报文与记录矛盾',
  'application.repeated': '结果还不知道时，同一笔退款又申请了一次',
  'check.begun': '一次检查：查询网关，或等待正在进行的尝试。有新的发现会在后面',
  'check.ended': '不再检查这笔被拒绝的退款：七天没有它的消息',
  'task.waits': '一个状态机在等这笔退款的结果',
  'record.held': '有人用手工暂停了这笔退款，不让它发送',
  'record.hold_ended': '暂停结束：检查继续',
  'record.changed_by_hand': '服务从不改动的内容被改动了：手工，或别的程序',
  'record.unreadable': '记录的一次改动读不懂：里面有别种类型的值',
  'record.deleted': '记录被删除了：请恢复，因为它防止同一流水号再次发送',
  'record.restored': '记录按原样放回：删除之后，或作为副本',
};

/** What an entry says, in a language; of an unknown code, the service's own sentence. */
export function sentenceIn(language: Language, code: string, text: string): string {
  return language === 'zh' && Object.hasOwn(SENTENCES, code) ? (SENTENCES[code] ?? text) : text;
}
