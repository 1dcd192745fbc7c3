import { readFileSync } from 'node:fs';
import { type Figures, figuresOf, tableOf } from '../../bench/figures.ts';
import { publications, publishedFigures } from '../../bench/publish.ts';
import { svgOf } from '../../bench/svg.ts';

test.each(Object.entries(publications(publishedFigures())))(
  '%s is what the bench makes of the published figures',
  (file, text) => {
    expect(readFileSync(file, 'utf8')).toBe(text);
  },
);

const example: Figures = {
  node: 'v24.0.0',
  cpu: '2 × example',
  rounds: 5,
  values: figuresOf([
    {
      floor: { bytes: [200] },
      peer: { bytes: [1000], load: [90] },
      service: { bytes: [100], load: [30, 10] },
    },
    { bare: { refund: [2] }, peer: { refund: [4] }, service: { refund: [5, 1, 2, 4, 3], load: [20] } },
  ]),
};

test('a figure is the median of the samples of all rounds, with its quartiles', () => {
  expect(example.values.refund?.service).toEqual([2, 3, 4]);
  expect(example.values.load?.service).toEqual([15, 20, 25]);
  expect(example.values.bytes?.peer).toEqual([1000, 1000, 1000]);
});

test('the table has each ratio, and none of what nobody does', () => {
  const [, , bytes, load, refund] = tableOf(example).split('\n');
  expect(bytes).toBe(
    '| bundle that applies for refunds, KB | 200, **1.00** | – | – | 1000, **5.00** | 100, **0.50** | 0.10 |',
  );
  expect(load).toMatch(/ \| 20\.0 \(15\.0 to 25\.0\), \*\*–\*\* \| 0\.22 \|$/);
  expect(refund).toMatch(/ \| 3\.00 \(2\.00 to 4\.00\), \*\*1\.50\*\* \| 0\.75 \|$/);
});

test('the picture has bars as long as the figures, and all of it in words', () => {
  const picture = svgOf(example);
  const widths = [...picture.matchAll(/<rect class="(\w+)" x="24" y="\d+" width="(\d+)" height="14"/g)]
    .slice(1)
    .map(([, subject, width]) => `${subject} ${width}`);
  expect(widths.slice(0, 3)).toEqual(['floor 96', 'service 48', 'peer 480']);
  const [, words = ''] = /<desc id="desc">(.*)<\/desc>/.exec(picture) ?? [];
  expect(words).toContain('CPU of a warm refund, ms: bare calls 2.00, this service 3.00, peer 4.00.');
  expect(picture).toContain('prefers-color-scheme: dark');
  expect(picture.replace('xmlns="http://www.w3.org/2000/svg"', '')).not.toMatch(/https?:|url\(|@import/);
});
