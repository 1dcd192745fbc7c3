import type { Language } from './language.ts';

/** What the sandbox's gateway does, in Chinese. In English the sandbox tells it itself. */
export const BEHAVIOURS: Record<string, string> = {
  'success-': '记账并付款；应答已经说成功，通知再说一遍。',
  'failed-': '记账；应答说处理中，随后通知失败；外币退款没有失败通知，只有查询才知道。',
  'failed-now-': '记账；应答已经说失败，通知再说一遍；外币退款没有失败通知。',
  'init-': '记账并付款；应答说初始，随后依次通知初始、处理中、成功。',
  'code-NNNN-': '从不记账；每个请求都用返回码 NNNN 应答。',
  'once-NNNN-': '第一个请求用返回码 NNNN 应答，不记账；下一个正常处理。',
  'booked-NNNN-': '记账并付款，却用返回码 NNNN 应答；随后通知成功。',
  'silent-': '记账并付款，但从不应答；随后通知成功。',
  'lost-': '每个请求都丢失：不记账，也不应答。',
  'lost-once-': '第一个请求丢失，不记账也不应答；下一个正常处理。',
  'late-NNNN-': '第一个请求在网络上迟到，在第二个之前才记账付款，第二个得到返回码 NNNN；随后通知成功。',
  'slow-': '马上记账并付款，但很晚才应答；随后通知成功。',
  'drop-': '记账并付款，但应答之前连接断开；随后通知成功。',
  'drop-unbooked-': '从不记账；每个请求的连接都断开，没有应答。',
  'half-': '记账并付款，但应答发到一半连接断开；随后通知成功。',
  'http-NNN-': '记账并付款，正常的签名应答用 HTTP 状态 NNN（200 到 599）；随后通知成功。',
  'garbage-': '记账并付款，却用一页 HTML 应答；随后通知成功。',
  'unsigned-': '记账并付款，但 0000 应答没有签名；随后通知成功。',
  'forged-': '从不记账；每个请求都得到一个用不可信密钥签名的成功应答。',
  'md5-': '记账并付款，但 0000 应答的 sign_type 是 MD5；随后通知成功，用 RSA 签名。',
  'other-refund-': '记账并付款，但签名的应答是另一个 no_refund；随后是正确的成功通知。',
  'other-amount-': '记账并付款，但签名的应答是另一个 money_refund；随后是正确的成功通知。',
  'other-date-': '记账并付款，但签名的应答是另一个 dt_refund；随后是正确的成功通知。',
  'other-partner-': '记账并付款，但签名的应答是另一个 oid_partner；随后是正确的成功通知。',
  'other-number-': '记账并付款；成功通知里的 oid_refundno 与应答不同，好像付了两次。',
  'early-': '记账并付款；成功通知先到，之后的应答说处理中。',
  'twice-': '记账并付款；应答说处理中，成功通知发两次。',
  'reorder-': '记账并付款；成功通知先到，处理中的通知后到。',
  'contradict-': '记账并付款；先通知成功，再通知失败，而账上保持成功；外币退款只发第一个。',
  'mute-': '记账并付款；应答说处理中，不发通知，只有查询才知道成功。',
  'bare-': '记账并付款；所有报文里的数字都不带引号，按原样写（200.10）。',
};

interface ToldBehaviour {
  beginning: string;
  example: string;
  text: string;
}

/** What a behaviour does, in a language, with the digits of its example. */
export function behaviourIn(language: Language, { beginning, example, text }: ToldBehaviour): string {
  const [digits = ''] = /\d+/.exec(example) ?? [];
  const told = language === 'zh' ? (BEHAVIOURS[beginning] ?? text) : text;
  return told.replace(/NNNN?/g, digits);
}
