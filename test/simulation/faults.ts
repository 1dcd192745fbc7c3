import type { Random } from './random.ts';

/** The highest probability of each kind of fault. A seed has some kinds, each with all, a third or none of it. */
const MAX_PROBABILITY = {
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
  rejection: 0.6,
  inDoubtCode: 0.4,
  falseDuplicate: 0.15,
  inDoubtQuery: 0.25,
  queryLag: 0.6,
  malformedMessage: 0.15,
  inconsistentMessage: 0.5,
  lostNotification: 1,
  repeatedNotification: 0.4,
  slowNotification: 0.5,
  forgedNotification: 0.5,
  busDown: 0.5,
  busRejects: 0.3,
  tasksDown: 0.5,
  deadLettersDown: 0.4,
} as const;

export type FaultKind = keyof typeof MAX_PROBABILITY;

/** The probability of each kind of fault, from 0 to 1. */
export type FaultProbabilities = Record<FaultKind, number>;

export function drawFaults(random: Random): FaultProbabilities {
  const drawn = Object.entries(MAX_PROBABILITY).map(([kind, highest]) => [
    kind,
    random.pick([0, 0, 0.3, 1]) * highest,
  ]);
  return Object.fromEntries(drawn) as FaultProbabilities;
}

/** Many late requests, slow answers and repeated writes, and few other faults: so that these coincide. */
export function tightenTiming(faults: FaultProbabilities): void {
  const frequent = { lateRequest: 0.7, slowAnswer: 0.7, lostWriteAnswer: 0.4 };
  const none = {
    lostRequest: 0,
    noConnection: 0,
    rejection: 0,
    secretsDown: 0,
    brokenAnswer: 0,
    slowNotification: 0,
  };
  const rare = {
    crash: faults.crash / 4,
    freeze: faults.freeze / 4,
    forgedAnswer: faults.forgedAnswer / 4,
    lostNotification: faults.lostNotification / 4,
  };
  Object.assign(faults, frequent, none, rare);
}

/** The gateway contradicts itself in answers too, and notifications overtake these. */
export function contradictOften(faults: FaultProbabilities): void {
  faults.inconsistentMessage = 0.5;
  faults.slowAnswer = 0.7;
  faults.lostNotification = 0;
}

/** An impostor often answers in the gateway's place. */
export function forgeOften(faults: FaultProbabilities): void {
  faults.forgedAnswer = 0.4;
}

/** The gateway is out of reach until the faults end: all refunds are left to reconciliation. */
export function disconnectGateway(faults: FaultProbabilities): void {
  faults.noConnection = 1;
}

/** No fault begins any more; what is in flight stays late or lost. */
export function stopFaults(faults: FaultProbabilities): void {
  for (const kind of Object.keys(faults) as FaultKind[]) faults[kind] = 0;
}
