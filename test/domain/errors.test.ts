import fc from 'fast-check';
import * as errors from '../../shared/domain/errors.ts';

const REJECTION = { ret_code: '5006', ret_msg: '余额不足', reason: 'insufficient merchant balance' };

test.each([
  ['InvalidRequest', new errors.InvalidRequest([{ path: 'a', message: 'is wrong' }])],
  ['NotAuthentic', new errors.NotAuthentic('x')],
  ['RefundNotFound', new errors.RefundNotFound('1')],
  ['RefundConflict', new errors.RefundConflict('1')],
  ['PayloadTooLarge', new errors.PayloadTooLarge(1)],
  ['RefundRejected', new errors.RefundRejected('1', REJECTION)],
  ['ServiceUnavailable', new errors.ServiceUnavailable('x')],
  ['InternalError', new errors.InternalError()],
])('%s is called so, also by its class', (name, error) => {
  expect(error).toBeInstanceOf(Error);
  expect(error.name).toBe(name);
  // Minifying renames the classes: the name has to be a text of its own, which no renaming reaches.
  expect(Object.getOwnPropertyDescriptor(error.constructor, 'name')).toMatchObject({
    value: name,
    enumerable: true,
  });
});

test('a rejection tells code, message and reason', () => {
  expect(new errors.RefundRejected('1', REJECTION).details).toEqual(REJECTION);
});

test('a message is one line without JSON, whatever it quotes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const { message } = new errors.ServiceUnavailable(text);
      expect(message).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}{}[\]"\\]/u);
    }),
    { examples: [['{"a":["b\n"]}\u2028']] },
  );
});
