import type { Random } from './random.ts';

/** How likely each kind of trouble is, at its worst. A seed has some of them, none at full strength everywhere. */
const WORST = {
  crash: 0.4,
  freeze: 0.6,
  slowTable: 0.15,
  lostWrite: 0.15,
  lostWriteAnswer: 0.25,
  secretsDown: 0.3,
  noConnection: 0.2,
  lostRequest: 0.3,
  lateRequest: 0.6,
  lostAnswer: 0.4,
  slowAnswer: 0.7,
  brokenAnswer: 0.25,
  forgedAnswer: 0.3,
  refusal: 0.6,
  doubtfulCode: 0.4,
  wrongDuplicate: 0.15,
  doubtfulQuery: 0.25,
  queryLag: 0.6,
  malformed: 0.15,
  slip: 0.5,
  lostNotification: 1,
  repeatedNotification: 0.4,
  slowNotification: 0.5,
  forgedNotification: 0.5,
  busDown: 0.5,
  busRefuses: 0.3,
  tasksDown: 0.5,
  deadLettersDown: 0.4,
} as const;

export type Trouble = keyof typeof WORST;

/** The odds of each kind of trouble. */
export type Weather = Record<Trouble, number>;

export function drawWeather(random: Random): Weather {
  const drawn = Object.entries(WORST).map(([trouble, worst]) => [
    trouble,
    random.pick([0, 0, 0.3, 1]) * worst,
  ]);
  return Object.fromEntries(drawn) as Weather;
}

/** Late requests, slow answers and repeated writes, and little that would keep them from meeting. */
export function tighten(weather: Weather): void {
  const much = { lateRequest: 0.7, slowAnswer: 0.7, lostWriteAnswer: 0.4 };
  const nothing = {
    lostRequest: 0,
    noConnection: 0,
    refusal: 0,
    secretsDown: 0,
    brokenAnswer: 0,
    slowNotification: 0,
  };
  const little = {
    crash: weather.crash / 4,
    freeze: weather.freeze / 4,
    forgedAnswer: weather.forgedAnswer / 4,
    lostNotification: weather.lostNotification / 4,
  };
  Object.assign(weather, much, nothing, little);
}

/** The gateway contradicts itself in answers too, while notifications overtake them and writes fail. */
export function slipOften(weather: Weather): void {
  weather.slip = 0.5;
  weather.slowAnswer = 0.7;
  weather.lostNotification = 0;
}

/** Somebody lies often. */
export function lie(weather: Weather): void {
  weather.forgedAnswer = 0.4;
}

/** The gateway is out of reach until the trouble is over, and everything is left to the checks. */
export function crowd(weather: Weather): void {
  weather.noConnection = 1;
}

/** The trouble is over; what is on its way already stays so. */
export function calm(weather: Weather): void {
  for (const trouble of Object.keys(weather) as Trouble[]) weather[trouble] = 0;
}
