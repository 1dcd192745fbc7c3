import fc from 'fast-check';
import * as errors from '../../shared/domain/errors.ts';

const CONFLICT = {
  issues: [{ path: 'money_refund', message: 'is 1.00 in the record' }],
  status: 'SUCCEEDED',
  kind: 'refund',
};
const REJECTION = { ret_code: '5006', ret_msg: '余额不足', reason: 'insufficient merchant balance' };

test.each([
  ['InvalidRequest', new errors.InvalidRequest([{ path: 'a', message: 'is wrong' }])],
  ['NotAuthentic', new errors.NotAuthentic('x')],
  ['RefundNotFound', new errors.RefundNotFound('1')],
  ['RefundConflict', new errors.RefundConflict('1', CONFLICT)],
  ['PayloadTooLarge', new errors.PayloadTooLarge(1)],
  ['RefundRejected', new errors.RefundRejected('1', REJECTION)],
  ['ServiceUnavailable', new errors.ServiceUnavailable('x')],
  ['OutcomeUnknown', new errors.OutcomeUnknown('x')],
  ['InternalError', new errors.InternalError()],
])('%s has this name, and its class too', (name, error) => {
  expect(error).toBeInstanceOf(Error);
  expect(error.name).toBe(name);
  // Minifying renames the classes, but no strings.
  expect(Object.getOwnPropertyDescriptor(error.constructor, 'name')).toMatchObject({
    value: name,
    enumerable: true,
  });
});

test('a rejection has the code, the message and the reason', () => {
  expect(new errors.RefundRejected('1', REJECTION).details).toEqual(REJECTION);
});

test('a conflict has the differences and the recorded status, and warns of a second payment', () => {
  const { details, message } = new errors.RefundConflict('1', CONFLICT);
  expect(details).toEqual(CONFLICT);
  expect(message).toMatch(/refund, SUCCEEDED/);
  expect(message).toMatch(/differs in money_refund\./);
  expect(message).toMatch(/another number would be a second payment/);
});

test('a message is one line without JSON, even with quoted text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const { message } = new errors.ServiceUnavailable(text);
      expect(message).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}{}[\]"\\]/u);
    }),
    { examples: [['{"a":["b\n"]}\u2028']] },
  );
});
