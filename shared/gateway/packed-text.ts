import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** What most messages have: a text is packed by how it differs. Texts that were packed with another one can't be read. */
const USUAL = Buffer.from(
  '"exchange_bankcode":"","rate":"","rate_id":"","money_foreign_refund":"","dt_order":"20","no_order":"20",' +
    '{"ret_code":"0000","ret_msg":"交易成功","oid_partner":"201","no_refund":"20","dt_refund":"20",' +
    '"oid_refundno":"20","money_refund":"0.00","sta_refund":"0","sta_refund":"1","sta_refund":"2",' +
    '"settle_date":"20","sign_type":"RSA","sign":"="}',
);

/** Of zlib's output: as usual it would be 16 KiB for each message. */
const CHUNK_BYTES = 1_024;

/** A message in half of its size: it travels in the record, which should stay within one write unit. */
export function packText(text: string): Uint8Array {
  return deflateRawSync(text, {
    dictionary: USUAL,
    level: 9,
    windowBits: 10,
    memLevel: 4,
    chunkSize: CHUNK_BYTES,
  });
}

/** The text of `packText`, to the letter. Throws where it isn't one. */
export function unpackText(packed: Uint8Array): string {
  return inflateRawSync(packed, { dictionary: USUAL }).toString('utf8');
}
