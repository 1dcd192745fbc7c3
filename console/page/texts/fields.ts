import type { Language } from './language.ts';

/** What the fields of the gateway's messages mean. */
const MEANINGS: Record<string, Record<Language, string>> = {
  ret_code: { en: "the gateway's return code", zh: '网关的返回码' },
  ret_msg: { en: 'the text of the return code', zh: '返回码的说明' },
  oid_partner: { en: 'the merchant', zh: '商户号' },
  no_refund: { en: 'your number of the refund', zh: '商户的退款流水号' },
  dt_refund: { en: 'date and time of the refund, UTC+8', zh: '退款时间，UTC+8' },
  money_refund: { en: 'the amount, CNY yuan', zh: '退款金额，人民币元' },
  oid_refundno: { en: "the gateway's number of the refund", zh: '连连的退款单号' },
  sta_refund: {
    en: 'the status: 0 initialized, 1 processing, 2 success, 3 failure',
    zh: '退款状态：0 退款申请，1 处理中，2 成功，3 失败',
  },
  settle_date: { en: 'date of settlement', zh: '清算日期' },
  money_foreign_refund: { en: 'the amount in the foreign currency', zh: '外币退款金额' },
  rate_id: { en: "the exchange rate's number", zh: '汇率编号' },
  rate: { en: 'the exchange rate', zh: '汇率' },
  exchange_bankcode: { en: 'the bank that exchanged', zh: '换汇银行' },
  sign_type: { en: 'the type of the signature', zh: '签名方式' },
  sign: { en: 'the signature itself', zh: '签名' },
};

/** The names of the fields that are explained. */
export const EXPLAINED = Object.keys(MEANINGS);

/** Empty for a field that isn't documented. */
export function meaningOf(language: Language, name: string): string {
  return Object.hasOwn(MEANINGS, name) ? (MEANINGS[name]?.[language] ?? '') : '';
}
