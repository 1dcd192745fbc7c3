import type { Language } from './language.ts';

/** An event at the sandbox's gateway, as its control shows it. */
interface ToldEvent {
  type: string;
  text: string;
  fields?: Record<string, string>;
}

/** The gateway's events in Chinese: `$1` … are what the pattern finds in the English text. */
const EVENTS: Record<string, [pattern: RegExp, chinese: string]> = {
  'request-received': [/at (\/\w+\.htm)(.*)$/, '收到 $1 的签名请求$2'],
  'behaviour-misspelt': [/was (\S+) meant/, '没有这种行为，按普通流水号处理；是不是想写 $1？'],
  booked: [/(\S+) CNY as (\S+)$/, '记账 $1 元，单号 $2'],
  answered: [/answers (.*)$/, '应答：$1'],
  unanswered: [/^/, '没有应答'],
  'status-changed': [/sta_refund (\d).* to sta_refund (\d)/, '在自己的记录里把 sta_refund 从 $1 改为 $2'],
  'notification-sent': [/sta_refund (\d)/, '发出通知：sta_refund $1'],
  'notification-acknowledged': [/^/, '通知得到确认'],
  'notification-unacknowledged': [/: (.*)$/, '通知没有得到确认：$1'],
  'notification-withheld': [/notify (\S+),/, '不通知 $1：不在本机'],
  'notification-omitted': [/sta_refund (\d)/, '不通知 sta_refund $1：外币退款的失败只有查询才知道'],
};

/** The types that are told in Chinese. */
export const TOLD_EVENTS = Object.keys(EVENTS);

/** What happened at the gateway, in a language; in English as the gateway tells it. */
export function eventIn(language: Language, { type, text }: ToldEvent): string {
  const [pattern, chinese] = EVENTS[type] ?? [];
  const found = language === 'zh' && pattern?.exec(text);
  if (!found || !chinese) return text;
  return chinese.replace(/\$(\d)/g, (_whole, group: string) => found[Number(group)] ?? '');
}
