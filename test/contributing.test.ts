import { existsSync, readFileSync } from 'node:fs';
import { arrows, isIn, mayKnow, roomOf, rooms } from './support/rooms.ts';

const text = readFileSync('CONTRIBUTING.md', 'utf8');
const [, picture = ''] = /^```mermaid\nflowchart TD\n(.+?)^```/ms.exec(text) ?? [];

/** The place that each box of the picture stands for, by the box's name. */
const places = new Map(
  [...picture.matchAll(/(\w+)\["([^<]+)<br\/>/g)].map(([, box = '', place = '']) => [box, place]),
);

const drawn = picture.split('\n').flatMap((line) => {
  const boxes = line
    .replace(/\[".*?"\]/g, '')
    .trim()
    .split(' --> ');
  return boxes.slice(1).map((to, index) => ({ from: placeOf(boxes[index]), to: placeOf(to) }));
});

function placeOf(box = ''): string {
  const place = places.get(box);
  if (!place) throw new Error(`the picture has no box ${box}`);
  return place;
}

/** Where the arrows lead to from a place, however far. */
function reach(from: string, seen = new Set([from])): Set<string> {
  for (const { to } of drawn.filter((arrow) => arrow.from === from && !seen.has(arrow.to)))
    reach(to, seen.add(to));
  return seen;
}

/** The box that a file is in: of several the smallest. */
const boxOf = (file: string) =>
  [...places.values()].filter((place) => isIn(file, place)).sort((a, b) => b.length - a.length)[0] ?? '';

test('the picture has every room', () => {
  expect(Object.keys(rooms).filter((room) => ![...places.values()].includes(room))).toEqual([]);
});

test('the picture has no arrow that is not allowed', () => {
  expect(drawn.length).toBeGreaterThan(15);
  expect(drawn.filter(({ from, to }) => !mayKnow(from, to))).toEqual([]);
});

test('every import goes along the arrows of the picture', () => {
  const between = arrows.filter(({ file, to }) => roomOf(to) && boxOf(file) !== boxOf(to));
  expect(between.length).toBeGreaterThan(100);
  expect(between.filter(({ file, to }) => !reach(boxOf(file)).has(boxOf(to)))).toEqual([]);
});

test('every file that is named exists', () => {
  const named = [...text.matchAll(/[`(]((?:[\w.-]+\/)*[\w.-]+\.(?:ts|md|yml|json))[`)]/g)].map(
    ([, path = '']) => path,
  );
  expect(named.length).toBeGreaterThan(50);
  expect(named.filter((path) => !path.includes('NAME') && !existsSync(path))).toEqual([]);
});
