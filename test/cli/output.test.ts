import { painterFor, plain } from '../../cli/output.ts';

const terminal = { isTTY: true };

test('there are colours on a terminal', () => {
  expect(painterFor(terminal, { TERM: 'xterm' })('green', 'ok')).toBe('\u001b[32mok\u001b[39m');
});

test.each([
  ['where nobody looks', {}, {}],
  ['where NO_COLOR is set', terminal, { NO_COLOR: '1' }],
  ['where a terminal has none', terminal, { TERM: 'dumb' }],
])('there are none %s', (_where, stream, environment) => {
  expect(painterFor(stream, environment)('green', 'ok')).toBe('ok');
});

test('text of others moves no cursor and begins no line', () => {
  expect(plain('a\u001b[2K\r\nb\u202ec\u2028d 退款')).toBe('a�[2K�b�c�d 退款');
});
