/** A mistake somebody could make: one place of the product, replaced while the simulation is bundled. */
export interface PlantedBug {
  name: string;
  /** Under `shared/`. */
  file: string;
  /** Must occur exactly once. */
  snippet: string;
  replacement: string;
}

const BEIJING_NOW = "new Date(ctx.clock.nowMs() + 28_800_000).toISOString().replace(/\\D/g, '').slice(0, 14)";

export const PLANTED_BUGS: PlantedBug[] = [
  {
    name: 'a blind resend after a time-out',
    file: 'app/attempt.ts',
    snippet: "case 'in-doubt':",
    replacement: "case 'in-doubt':\n      await ctx.gateway.apply(refund, ctx.deadlineMs);",
  },
  {
    name: 'a query that failed is taken for "not found"',
    file: 'app/resolve.ts',
    snippet: "answer.type === 'not-found' && isLateEnough",
    replacement: "answer.type !== 'not-sent' && isLateEnough",
  },
  {
    name: '"not found" is believed at once',
    file: 'app/resolve.ts',
    snippet: 'return sentAtMs - (held.last_attempt_at ?? sentAtMs) >= ctx.rules.resendAfterMs;',
    replacement: 'return sentAtMs > 0 && held.attempts !== 0 && ctx.rules.resendAfterMs > 0;',
  },
  {
    name: 'the age counts until the answer comes, not until the question leaves',
    file: 'app/resolve.ts',
    snippet: 'isLateEnough(ctx, held, answer.sentAtMs)',
    replacement: 'isLateEnough(ctx, held, ctx.clock.nowMs())',
  },
  {
    name: 'the lease is given back unconditionally, with the status',
    file: 'app/attempt-writes.ts',
    snippet: 'whileHeld(held), { lease_until: undefined, ...kept }',
    replacement: "{}, { status: 'REQUESTED', lease_until: undefined, ...kept }",
  },
  {
    name: 'the lease is given back unconditionally, with a code',
    file: 'app/attempt-writes.ts',
    snippet: 'whileHeld(held), { lease_until: undefined, ...kept }',
    replacement: '{}, { lease_until: undefined, ...kept }',
  },
  {
    name: 'a refusal is recorded unconditionally',
    file: 'app/attempt-writes.ts',
    snippet: "whileUnheardOf(held), rejected, ['version']",
    replacement: "{}, rejected, ['version']",
  },
  {
    name: 'a resend is begun unconditionally',
    file: 'app/attempt-writes.ts',
    snippet: 'whileUnheardOf(held),\n    {\n      // A new id',
    replacement: '{},\n    {\n      // A new id',
  },
  {
    name: 'a beginning that was repeated goes on, though a message has settled the refund since',
    file: 'app/attempt-writes.ts',
    snippet: " && refund.status === 'REQUESTED';",
    replacement: ';',
  },
  {
    name: 'a lease that ends before its holder does',
    file: 'app/attempt-writes.ts',
    snippet: 'ctx.deadlineMs + CLOCK_MARGIN_MS',
    replacement: 'ctx.clock.nowMs() + CLOCK_MARGIN_MS / 5',
  },
  {
    name: 'the lease is ignored by a second caller',
    file: 'app/apply.ts',
    snippet: '(seen.lease_until ?? 0) > ctx.clock.nowMs()',
    replacement: '(seen.lease_until ?? 0) < 0',
  },
  {
    name: 'doubt is not set on a resend',
    file: 'app/attempt-writes.ts',
    snippet: '      doubt: true,\n',
    replacement: '',
  },
  {
    name: 'a refusal is believed while in doubt',
    file: 'app/attempt.ts',
    snippet: 'return refund.doubt ? giveBack(',
    replacement: 'return refund.attempts === 0 ? giveBack(',
  },
  {
    name: 'REJECTED after a resend leaves the index',
    file: 'app/resolve.ts',
    snippet: 'reject(ctx, held, checkIn(held.no_refund, ctx.clock.nowMs(), ctx.rules.firstCheckMs))',
    replacement: 'reject(ctx, held, { shard: undefined, next_check_at: undefined, check_wait: undefined })',
  },
  {
    name: 'dt_refund is renewed on a resend',
    file: 'app/attempt-writes.ts',
    snippet: '      doubt: true,\n',
    replacement: `      doubt: true,\n      dt_refund: ${BEIJING_NOW},\n`,
  },
  {
    name: 'something is sent before the record is written',
    file: 'app/attempt-writes.ts',
    snippet: 'return owned(await ctx.store.create(refund), attempt_id);',
    replacement:
      'await ctx.gateway.apply(refund, ctx.deadlineMs);\n  return owned(await ctx.store.create(refund), attempt_id);',
  },
  {
    name: 'the clock is not looked at before a send',
    file: 'gateway/client.ts',
    snippet: "  if (timeoutMs === 0) return { type: 'not-sent' };\n",
    replacement: '',
  },
  {
    name: 'a status is settled unconditionally',
    file: 'app/settle.ts',
    snippet: '{ status: from, ...agreement(said), ...(!status && nothingElseClaimed(said)) },\n    changes,',
    replacement: '{},\n    changes,',
  },
  {
    name: 'a final status is overwritten by another',
    file: 'domain/life-cycle.ts',
    snippet: 'RANK[earlier] < RANK[status]',
    replacement: 'RANK[earlier] <= RANK[status] && earlier !== status',
  },
  {
    name: 'a status is settled on the condition of an attempt that was read before',
    file: 'app/settle.ts',
    snippet: '  const written = await ctx.store.update(\n    said.no_refund,\n    { status: from, ',
    replacement:
      '  const read = await ctx.store.get(said.no_refund);\n' +
      '  const written = await ctx.store.update(\n    said.no_refund,\n' +
      '    { status: from, attempt_id: [read?.attempt_id], ',
  },
  {
    name: 'a status is settled only while an attempt holds the lease',
    file: 'app/settle.ts',
    snippet: '{ status: from, ...agreement(said), ...(!status && nothingElseClaimed(said)) },\n    changes,',
    replacement:
      '{ status: from, lease_until: [(await ctx.store.get(said.no_refund))?.lease_until ?? -1], ...agreement(said), ...(!status && nothingElseClaimed(said)) },\n    changes,',
  },
  {
    name: 'the amount of a message is not compared',
    file: 'app/contradictions.ts',
    snippet: "const IDENTITY = ['money_refund', 'dt_refund', 'oid_refundno']",
    replacement: "const IDENTITY = ['dt_refund', 'oid_refundno']",
  },
  {
    name: 'a contradiction is not kept',
    file: 'app/settle.ts',
    snippet: '  if (claim || disagree(known, said)) {',
    replacement: '  if (claim && disagree(known, said)) {',
  },
  {
    name: 'an unfinished refund leaves the index when it moves',
    file: 'app/settle.ts',
    snippet: '...checksAfter(status, said.no_refund, now, ctx.rules.firstCheckMs),',
    replacement: 'shard: undefined, next_check_at: undefined,',
  },
  {
    name: 'an unsigned 0000 is trusted',
    file: 'gateway/answers.ts',
    snippet: "  if (!isSigned) return inDoubt('a 0000 without a signature');\n",
    replacement: '',
  },
  {
    name: 'a wrong signature is overlooked in an answer',
    file: 'gateway/answers.ts',
    snippet: 'if (isSigned && !(await isAuthentic(fields)))',
    replacement: 'if (isSigned && !(await isAuthentic(fields)) && fields.size === 0)',
  },
  {
    name: 'an answer about another refund is taken for this one',
    file: 'gateway/answers.ts',
    snippet: 'if (namesAnother(fields, expected))',
    replacement: 'if (namesAnother(fields, expected) && fields.size === 0)',
  },
  {
    name: 'notifications are not verified',
    file: 'gateway/inbox.ts',
    snippet: '!(await isAuthentic(fields)) || ',
    replacement: '',
  },
  {
    name: 'a code in doubt is taken for a refusal',
    file: 'gateway/client.ts',
    snippet: 'return inDoubt(ret_code, ret_msg);\n}\n\nfunction queryAnswer',
    replacement: "return { type: 'rejected', ret_code, ret_msg };\n}\n\nfunction queryAnswer",
  },
  {
    name: 'a duplicate is taken for a refusal',
    file: 'app/attempt.ts',
    snippet: 'return askAfterDuplicate(ctx, refund, answer);',
    replacement: 'return reject(ctx, refund, { ...NO_CHECK });',
  },
  {
    name: 'other parameters under a known number are not noticed',
    file: 'app/apply.ts',
    snippet: ' || issues.length > 0',
    replacement: '',
  },
  {
    name: 'a table that fails after a send is told as ServiceUnavailable',
    file: 'app/attempt.ts',
    snippet: '    );\n    return refund;\n',
    replacement: '    );\n    throw error;\n',
  },
  {
    name: 'a send after a refusal is not confirmed',
    file: 'app/resolve.ts',
    snippet: 'const confirmed = await confirmAttempt(ctx, held);',
    replacement: 'const confirmed = { mine: true, refund: held };',
  },
  {
    name: 'after a refusal a query that failed is taken for "not found"',
    file: 'app/resolve.ts',
    snippet: "if (answer.type !== 'not-found' || isKnownToGateway(ctx, held))",
    replacement: "if (answer.type === 'not-sent' || isKnownToGateway(ctx, held))",
  },
  {
    name: 'an attempt after a refusal is begun by a late repetition too',
    file: 'app/attempt-writes.ts',
    snippet: "{ status: ['REJECTED'], attempt_id: [seen.attempt_id] }",
    replacement: "{ status: ['REJECTED'] }",
  },
  {
    name: 'an answer that says too little is not kept',
    file: 'app/settle.ts',
    snippet: '...unsettledBy(said),',
    replacement: "...(how === 'told' ? unsettledBy(said) : {}),",
  },
  {
    name: 'what earlier messages left out is never learnt',
    file: 'app/settle.ts',
    snippet: '  if (news.length === 0) {',
    replacement: '  if (news.length >= 0) {',
  },
  {
    name: "the gateway's number is not kept from a message that says too little",
    file: 'app/settle.ts',
    snippet: '    ...(oid_refundno && { claimed_oid_refundno: oid_refundno }),\n',
    replacement: '',
  },
  {
    name: 'an older task token comes back',
    file: 'app/attempt-writes.ts',
    snippet: 'return !written.written && isPassedOver ?',
    replacement: 'return !written.written && refund.task_token !== token ?',
  },
  // What must not be missed, and who is told of it.
  {
    name: 'a message that could not be recorded is told of without a level that anybody watches',
    file: 'app/recording.ts',
    snippet: "ctx.log.error('a verified message could not be recorded",
    replacement: "ctx.log.info('a verified message could not be recorded",
  },
  {
    name: 'a message that could not be recorded is told of without what it says',
    file: 'app/recording.ts',
    snippet:
      '      message: decisiveFields(said),\n      contradiction: contradiction && decisiveFields(contradiction),\n',
    replacement: '',
  },
  {
    name: 'a message that could not be recorded is not counted',
    file: 'app/recording.ts',
    snippet: 'metrics: { UnrecordedMessages: 1, Failures: 1, ...(contradiction && { Conflicts: 1 }) },',
    replacement: 'metrics: contradiction && { Failures: 1 },',
  },
  {
    name: 'a contradiction whose write fails is dropped',
    file: 'app/settle.ts',
    snippet: "return { outcome: 'conflict', refund: await keepConflict(ctx, known, said, claim) };",
    replacement:
      "return { outcome: 'conflict', refund: await keepConflict(ctx, known, said, claim).catch(() => known) };",
  },
  {
    name: 'a conflict is counted by whoever has written it, not from the stream',
    file: 'app/publish.ts',
    snippet: 'if ((after.conflicts ?? 0) > (before?.conflicts ?? 0))',
    replacement: 'if ((after.conflicts ?? 0) > (before?.conflicts ?? 0) && before?.status !== after.status)',
  },
  {
    name: 'that a refund was paid after its refusal is not counted from the stream',
    file: 'app/publish.ts',
    snippet: "if (before?.status === 'REJECTED') tellOfPaidAfterRefusal(log, after);",
    replacement: '',
  },
  {
    name: 'a record that was deleted raises nothing',
    file: 'app/publish.ts',
    snippet: '      metrics: { RecordsDeleted: 1 },\n',
    replacement: '',
  },
  {
    name: 'a repeated application that finds a refund after its refusal tells nobody',
    file: 'app/resolve.ts',
    snippet: '    tellOfPaidAfterRefusal(ctx.log, refund);\n',
    replacement: '',
  },
  {
    name: 'after a refusal nobody asks before the refund is sent again',
    file: 'app/resolve.ts',
    snippet: '  const answer = await ask(ctx, held);\n  if (answer.type',
    replacement:
      "  const answer = { type: 'not-found' } as Awaited<ReturnType<typeof ask>>;\n  if (answer.type",
  },
  {
    name: 'a duplicate whose query was not answered is told as not found',
    file: 'app/attempt.ts',
    snippet: "if (found.type === 'not-found') {",
    replacement: "if (found.type !== 'not-sent') {",
  },
  {
    name: 'a duplicate that is not found is not told',
    file: 'app/attempt.ts',
    snippet: '      metrics: { DuplicatesNotFound: 1, StuckRefunds: 1 },\n',
    replacement: '',
  },
  {
    name: 'a refund that is too old to be sent again is left alone in silence',
    file: 'app/resolve.ts',
    snippet: '  if (!isYoung) {\n    ctx.log.error(',
    replacement: '  if (!isYoung) {\n    ctx.log.info(',
  },
  {
    name: 'the age of a refund counts from its creation',
    file: 'domain/refund.ts',
    snippet: 'return applied_at ?? Date.parse(created_at);',
    replacement: 'return applied_at === 0 ? 0 : Date.parse(created_at);',
  },
  {
    name: 'an application that meets a running lease is not remembered',
    file: 'app/apply.ts',
    snippet: 'if (isUnderWay) return rememberApplication(ctx, seen);',
    replacement: 'if (isUnderWay) return seen;',
  },
  {
    name: 'the waits of a refund that may be sent again grow without a bound',
    file: 'app/reconcile.ts',
    snippet: 'const isLong = waitMs > MAX_RESENDABLE_WAIT_MS;',
    replacement: 'const isLong = waitMs < 0;',
  },
  {
    name: 'a second page of due refunds is never read',
    file: 'app/reconcile.ts',
    snippet: 'after = page.length === PAGE ? page.at(-1) : undefined;',
    replacement: 'after = page.length > PAGE ? page.at(-1) : undefined;',
  },
  {
    name: 'an item of the index without its wait is never looked after',
    file: 'app/reconcile.ts',
    snippet: 'longerWait(due.check_wait ?? ctx.rules.firstCheckMs)',
    replacement: 'longerWait(due.check_wait as number)',
  },
  {
    name: 'a refund that cannot be queried is left alone in silence',
    file: 'app/reconcile.ts',
    snippet: '      metrics: { NotQueryable: 1, StuckRefunds: 1 },\n',
    replacement: '',
  },
  {
    name: 'an external refund without a date is not looked after',
    file: 'app/notify.ts',
    snippet: '    ...checks(ctx, said, now, status),',
    replacement: '    ...(said.dt_refund && checks(ctx, said, now, status)),',
  },
  {
    name: 'an answer is believed whatever the form of its fields',
    file: 'gateway/answers.ts',
    snippet: '  if (faults.length > 0) {',
    replacement: '  if (faults.length > 9) {',
  },
  {
    name: 'an answer is believed although its signed text is ambiguous',
    file: 'gateway/answers.ts',
    snippet: 'isSigned && isAmbiguous(fields)',
    replacement: 'isSigned && isAmbiguous(fields) && fields.size === 0',
  },
  {
    name: 'fields that the prose has swallowed are overlooked',
    file: 'signing/fields.ts',
    snippet: "if (key === 'ret_msg') return SWALLOWED_FIELD.test(value);",
    replacement: "if (key === 'ret_msg') return false;",
  },
  {
    name: 'a notification is believed whatever the form of its fields',
    file: 'gateway/inbox.ts',
    snippet: 'if (faults.length > 0 || !noRefund)',
    replacement: 'if (!noRefund)',
  },
  {
    name: 'a notification that cannot be read raises nothing',
    file: 'app/notify.ts',
    snippet: '      metrics: { UnreadableMessages: 1 },\n',
    replacement: '',
  },
  {
    name: 'a later claim is written over an earlier one',
    file: 'app/settle.ts',
    snippet: 'return { unsettled: [undefined], ...Object.fromEntries(claims) };',
    replacement: 'return claims.length > 9 ? { unsettled: [undefined] } : {};',
  },
  {
    name: 'of a refund that is found, what earlier messages claimed is not compared with it',
    file: 'app/settle.ts',
    snippet: 'message.contradiction = before && contradictedClaim(refund, message.said, before);',
    replacement: '',
  },
  {
    name: 'a settled refund is not counted',
    file: 'app/settle.ts',
    snippet: 'metrics: status && METRICS[status]',
    replacement: "metrics: status === 'FAILED' ? METRICS[status] : undefined",
  },
  // Publishing.
  {
    name: 'an event that the bus has refused is taken for published',
    file: 'app/publish.ts',
    snippet: '    return error !== undefined;\n',
    replacement: "    return error?.startsWith('Error') ?? false;\n",
  },
  {
    name: 'events that could not be published are dropped',
    file: 'app/publish.ts',
    snippet: 'const event = unpublished.has(notice) ? notice.event : undefined;',
    replacement: 'const event = unpublished.size > 99 ? notice.event : undefined;',
  },
  {
    name: 'a state machine that could not be answered waits for ever',
    file: 'app/publish.ts',
    snippet: '{ ...facts, error: String(error) });\n    return [notice];',
    replacement: '{ ...facts, error: String(error) });\n    return [];',
  },
  {
    name: 'a task token that comes after the end is not answered',
    file: 'app/publish.ts',
    snippet: 'waiting: isMoved || before?.task_token !== after.task_token ? waitingFor(after) : undefined',
    replacement: 'waiting: isMoved ? waitingFor(after) : undefined',
  },
  {
    name: 'what is given up is kept nowhere',
    file: 'app/publish.ts',
    snippet: '    await ctx.deadLetters.keep(letter);\n',
    replacement: '',
  },
  {
    name: 'a dead letter is replayed without its state machine',
    file: 'app/publish.ts',
    snippet: 'if (record) return { ...notice, waiting: waitingFor(record) };',
    replacement: 'if (record) return notice;',
  },
  {
    name: 'an event tells the status before it as it is now',
    file: 'app/publish.ts',
    snippet: 'event: isMoved ? eventOf(after, before?.status) : undefined',
    replacement: 'event: isMoved ? eventOf(after, after.status) : undefined',
  },
  {
    name: 'a task token is written into the log',
    file: 'app/publish.ts',
    snippet: 'const facts = { no_refund: refund.no_refund, status: refund.status };',
    replacement: 'const facts = { no_refund: refund.no_refund, status: refund.status, token };',
  },
];
