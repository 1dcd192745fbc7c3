export const OID_PARTNER = '201408071000001539';
export const NOTIFY_URL = 'https://merchant.test/refund-notifications';
