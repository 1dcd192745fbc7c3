/** For an option that may be given several times: its values in their order. */
export const collected = (value: string, before: string[] = []): string[] => [...before, value];
